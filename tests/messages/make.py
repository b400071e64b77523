"""Readable builders of HL7 messages for tests. All people, numbers and places are invented."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shared.messages import hl7, siu

CHICAGO = ZoneInfo("America/Chicago")
SAMPLES = Path(__file__).parent / "samples"


def a_message(
    *,
    event: str = "S12",
    start: str = "202611241015",
    phone: str = "(608)555-0142^PRN^PH~(608)555-0143^PRN^CP",
    header: str = "",
    schedule: str | None = None,
    more: tuple[str, ...] = (),
    changes: dict[str, str] | None = None,
    **fields: str,
) -> str:
    """An Epic-shaped message. `fields` (or `changes`) name single ones: `msh11="T"`, `pid15="spa"`, `sch2=""`."""
    lines = {
        "MSH": header or f"MSH|^~\\&|EPICSCH|LAMNA-TST|BRIDGE|LAMNA|20261123090000||SIU^{event}|SYN0001|P|2.3",
        "SCH": schedule
        or f"SCH||900100001||||^Follow up||VIDEO VISIT^Video Visit|30|MIN|^^^{start}|||||1234^LEE^STEVEN",
        "PID": f"PID|1||E4000123^^^LAMNA^MRN||TESTER^PAT^Q||19800229|F|||1 MAIN ST^^MADISON^WI^53703||{phone}||",
        "PV1": "PV1|1|O|10501^^^LAMNA CARDIOLOGY||||||||||||||||900100001",
    }
    for name, value in (fields | (changes or {})).items():
        segment, number = name[:3].upper(), int(name[3:])
        lines[segment] = _with_field(lines[segment], number - (segment == "MSH"), value)
    return "\r".join([*lines.values(), *more]) + "\r"


def _with_field(line: str, number: int, value: str) -> str:
    parts = line.split("|")
    parts += [""] * (number + 1 - len(parts))
    parts[number] = value
    return "|".join(parts)


def read(
    text: str | bytes,
    *,
    environment: str = "production",
    zone: ZoneInfo = CHICAGO,
    region: str = "US",
    landlines: bool = False,
    received: datetime | None = None,
) -> siu.Appointment:
    """The appointment of a text or body that holds one message."""
    body = text.encode() if isinstance(text, str) else text
    (single,) = hl7.split(body)
    message = hl7.Message.parse(single)
    return siu.read(message, zone=zone, region=region, environment=environment, landlines=landlines, received=received)
