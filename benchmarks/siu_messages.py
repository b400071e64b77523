"""Scheduling messages for the parser's benchmark and tests: varied ones with known truth, and hostile ones of any size.

All people are invented.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.messages.patients import Patient
from shared.messages.siu import Appointment

ZONE = ZoneInfo("America/Chicago")
REGION = "US"

_NAMES = ("TESTER^PAT^Q", "GARCÍA-NÚÑEZ^JOSÉ", "MÜLLER^ZOË", "O'NEIL{T}SONS^ANN", "渡辺^花", "LONG{S}NAME^AL{F}EX")
_HOME = "1 MAIN ST^^MADISON^WI^53703^USA"
_NOTES = (
    "Please join ten minutes early",
    "Bring the list {T} the forms",
    "Sala 3 {F} planta 2: avise al llegar",
    "See C:{E}DOC",
)
_LANGUAGES = {"": None, "en^English^ISO639": "en", "spa": "es", "zh^Chinese": "zh", "Vietnamese": "vi", "XX9": None}
_DEPARTMENTS = {
    "10501^^^LAMNA CARDIOLOGY": "10501",
    "CARD{T}VASC^R1": "CARD&VASC",
    "": None,
    "^^^NORTH CLINIC": "NORTH CLINIC",
}
_AREAS = ("608", "212", "312", "415", "206", "305")
_EVENTS = ("S12", "S12", "S12", "S13", "S14", "S15", "S17", "S26")
_DELIMITERS = ("|^~\\&",) * 9 + ("#*~\\&",)


@dataclass(frozen=True, slots=True)
class Generated:
    """`text` is the message, `wanted` the raw values that are looked for in it, `appointment` what they mean."""

    text: str
    wanted: dict[str, str]
    appointment: Appointment


# Where something long can stand, what it is made of, and how it ends.
_PHONES = b"PID|1||||||||||||"
_SHAPES = {
    "escapes": (b"NTE|1||", b"\\F\\", b""),
    "open escapes": (b"NTE|1||", b"\\X4", b""),
    "phones": (_PHONES, b"(608)555-0143^PRN^CP~", b""),
    "phone repetitions": (_PHONES, b"~", b""),
    "phone components": (_PHONES, b"^", b""),
    "phone of escapes": (_PHONES, b"\\F\\", b"^PRN^CP"),
    "phone of escape characters": (_PHONES, b"\\", b"^PRN^CP"),
    "phone of open hexadecimals": (_PHONES, b"\\X", b"^PRN^CP"),
    "phone of half hexadecimals": (_PHONES, b"\\X4", b"^PRN^CP"),
    "phone of hexadecimals": (_PHONES, b"\\X44", b"^PRN^CP"),
    "phone of digits": (_PHONES, b"1 ", b"^PRN^CP"),
    "phone of brackets": (_PHONES, b"(", b"^PRN^CP"),
    "phone of extensions": (_PHONES, b"x", b"^PRN^CP"),
    "fields": (b"AIS|1||", b"|", b""),
    "language": (b"PID|1|||||||||||||||", b"a", b""),
    "language of hexadecimals": (b"PID|1|||||||||||||||", b"\\X44", b""),
    "start of digits": (b"TQ1|1||||||", b"2", b""),
    "fraction of a second": (b"TQ1|1||||||202611241015.", b"2", b"-06"),
    "duration": (b"AIS|1||X|||||", b"2", b"|MIN"),
    "empty segments": (b"", b"\r", b""),
    "patients": (b"", b"PID|1\r", b""),
    "resources": (b"", b"AIS|1||X|soon\r", b""),
    "messages": (b"", b"MSH|^~\\&|A\r", b""),
    "bytes of no set": (b"NTE|1||", b"\xff", b""),
    "letters of two bytes": (b"NTE|1||", b"\xc3\xa9", b""),
}


def hostile(size: int) -> dict[str, bytes]:
    """Bodies of about `size` bytes, by what they are made of: a plain booking, and then one thing over and over."""
    head = b"MSH|^~\\&|EPICSCH|LAMNA|BRIDGE|LAMNA|20261123090000||SIU^S12|SYN1|P|2.5.1\rSCH||900100001|||||||||\r"
    return {
        name: head + lead + unit * ((size - len(head) - len(lead) - len(tail)) // len(unit)) + tail
        for name, (lead, unit, tail) in _SHAPES.items()
    }


def messages(count: int, seed: int) -> list[Generated]:
    """`count` messages, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311  varied, not secret
    return [_message(chance, number) for number in range(count)]


def _message(chance: random.Random, number: int) -> Generated:
    version = chance.choice(("2.3", "2.3", "2.4", "2.5.1", "2.8"))
    event = chance.choice(_EVENTS)
    marks = chance.choice(_DELIMITERS)
    csn, control_id = str(900_000_000 + number), f"GEN{number:07}"
    start = datetime(2026, 11, 2, 14, tzinfo=UTC) + timedelta(minutes=15 * chance.randrange(9000))
    minutes = chance.choice((15, 20, 30, 45, 60))
    start_text, place = _written(start, chance), "TQ1" if version == "2.8" else chance.choice(("SCH", "SCH", "AIS"))
    phone_field, phone_text, phone = _phone(chance)
    language_field, language = chance.choice(list(_LANGUAGES.items()))
    department_field, department = chance.choice(list(_DEPARTMENTS.items()))
    sent = datetime(2026, 10, 30, 12, tzinfo=UTC)
    staff = "|||||1234^LEE^STEVEN||||1234^LEE^STEVEN"
    in_place = {name: start_text if name == place else "" for name in ("TQ1", "SCH", "AIS")}
    lines = [
        f"MSH|^~\\&|EPICSCH|LAMNA|BRIDGE|LAMNA|{_local(sent)}||SIU^{event}|{control_id}|P|{version}|||||",
        f"SCH||{csn}||||^Follow up {{F}} two||VIDEO VISIT^Video Visit|{minutes}|MIN|^^^{in_place['SCH']}{staff}|||||1^SCH",
        *([f"TQ1|1||||||{start_text}||A"] if place == "TQ1" else []),
        *(f"NTE|{line + 1}||{chance.choice(_NOTES)}" for line in range(chance.randrange(5))),
        f"PID|1||E4{number:06}^^^LAMNA^MRN||{chance.choice(_NAMES)}||19800229|F|||{_HOME}||{phone_field}||{language_field}|M|||000-00-0000",
        f"PD1||||5678^WELBY^MARCUS^^^^MD{chance.choice(('', '~91011^STRANGE^STEPHEN'))}",
        f"PV1|1|O|{department_field}||||1234^LEE^STEVEN||||||||||||{csn}",
        "PV2||||||||202611240900|||Video follow up|||||||||N|||2^Urgent",
        *(
            f"OBX|{line + 1}|NM|8867-4^Heart rate^LN||{chance.randrange(60, 99)}|/min^^ISO|60-99||||F|||20261030"
            for line in range(chance.randrange(4))
        ),
        *(["DG1|1||64766004^Colitis^SCT|Colitis|20261001|A"] if chance.random() < 0.5 else []),
        "RGS|1||",
        f"AIS|1||VIDEO VISIT^Video Visit|{in_place['AIS']}|||{minutes}|MIN",
        f"AIG|1||5678^WELBY^MARCUS|RESOURCE^PROVIDER||||||| {minutes}|MIN",
        "AIL|1||||||||||",
        f"AIP|1||5678^WELBY^MARCUS^^^^MD|D||||||{minutes}|MIN|||Booked",
        *(f"NTE|{line + 1}||{chance.choice(_NOTES)}" for line in range(chance.randrange(4))),
        f"ZVV|{number}|TEAMS^Video|https://video.example.org/visit/{number}|^^^|Y",
    ]
    one = Patient(csn, phone, phone_given=bool(phone_field), language=language)
    appointment = Appointment(event, control_id, csn, sent, start, "", minutes, one.phone, one.phone_given, language,
                              department, (one,))  # fmt: skip
    wanted = {
        "event": event, "control_id": control_id, "session_id": csn, "start": start_text, "minutes": str(minutes),
        "phone": phone_text, "language": language_field.split("^")[0], "department": department or "",
    }  # fmt: skip
    return Generated(_spelled("\r".join(lines), marks), wanted, appointment)


def _spelled(text: str, marks: str) -> str:
    """The standard's delimiters exchanged for `marks`, then the escapes `{T}` in their place."""
    text = text.translate(str.maketrans("|^~\\&", marks))
    for name in "FSTRE":
        text = text.replace(f"{{{name}}}", f"{marks[3]}{name}{marks[3]}")
    return text


def _local(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%Y%m%d%H%M%S")


def _written(start: datetime, chance: random.Random) -> str:
    forms = (_local(start)[:12], _local(start), _local(start) + ".0000", start.strftime("%Y%m%d%H%M%S+0000"))
    local = start.astimezone(ZONE)
    return chance.choice((*forms, local.strftime("%Y%m%d%H%M%z"))) if not local.fold else forms[3]


def _phone(chance: random.Random) -> tuple[str, str, str | None]:
    """PID-13, the text of the number to take from it, and that number."""
    area, line = chance.choice(_AREAS), f"01{chance.randrange(100):02}"
    home, mail = f"({chance.choice(_AREAS)})555-0199^PRN^PH", "^NET^Internet^pat@example.org"
    number, plain = f"+1{area}555{line}", f"({area})555-{line}"
    return chance.choice((
        (f"{home}~{plain}^PRN^CP", plain, number),
        (f"{home}~{area}-555-{line}^PRN^CP~{mail}", f"{area}-555-{line}", number),
        (f"{home}~^PRN^CP^^1^{area}^555{line}^^^^^{number}~{mail}", number, number),
        (f"{plain}^PRN^CP~({area})555-0100^ORN^CP~{home}~{mail}", plain, number),
        (home, "", None),
        ("", "", None),
    ))  # fmt: skip
