"""How fast and how right scheduling messages are read, beside python-hl7: `python -m benchmarks.hl7_parse [--json]`.

`ratio`: both parse a decoded text and find the same eight fields as text. `ratio_whole`: ours is all that an intake needs
(bytes decoded and split, the message checked, its patients, instants and E.164 number made), python-hl7's the same as
before, with nothing converted. Processor time, the readers taking turns; trust the ratios, not the absolute times.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import hl7 as python_hl7

from benchmarks.siu_messages import REGION, ZONE, Generated, messages
from shared.messages import hl7, siu

_ROUNDS = 7


def read_ours(body: bytes) -> siu.Appointment:
    """The product's whole way from a body to an appointment."""
    return siu.read(hl7.Message.parse(hl7.split(body)[0]), zone=ZONE, region=REGION, environment="production")


def read_fields(text: str) -> dict[str, str]:
    """The wanted fields by our parser, as text."""
    message = hl7.Message.parse(text)
    header, schedule = message.header, message.first("SCH")
    person, visit, timing, service = (message.first(name) for name in ("PID", "PV1", "TQ1", "AIS"))
    if not (schedule and person and visit and service):
        return {}
    return {
        "event": header.component(9, 2),
        "control_id": message.control_id,
        "session_id": schedule.component(2) or visit.component(19),
        "start": (timing.component(7) if timing else "") or schedule.component(11, 4) or service.component(4),
        "minutes": schedule.component(9),
        "phone": _phone(person),
        "language": person.component(15),
        "department": visit.component(3) or visit.component(3, 4),
    }


def _phone(person: hl7.Segment) -> str:
    for repetition in person.repetitions(13):
        parts = repetition.split(person.delimiters.component)
        if len(parts) > 2 and parts[2] == "CP":
            return person.delimiters.unescape(parts[11] if len(parts) > 11 else parts[0])
    return ""


def read_python_hl7(text: str) -> dict[str, str]:
    """The same fields by python-hl7, as text, found in the same order of places."""
    message = python_hl7.parse(text)
    header, schedule = message.segment("MSH"), message.segment("SCH")
    person, visit = message.segment("PID"), message.segment("PV1")
    return {
        "event": str(header[9][0][1]),
        "control_id": str(header[10]),
        "session_id": _component(message, schedule, 2, 1) or _component(message, visit, 19, 1),
        "start": _peer_start(message, schedule),
        "minutes": _component(message, schedule, 9, 1),
        "phone": _peer_phone(message, person),
        "language": _component(message, person, 15, 1),
        "department": _component(message, visit, 3, 1) or _component(message, visit, 3, 4),
    }


def _component(message: Any, segment: Any, field: int, component: int) -> str:
    try:
        repetition = segment[field][0]
        part = repetition if isinstance(repetition, str) else repetition[component - 1]
        return str(message.unescape(str(part))) if not isinstance(repetition, str) or component == 1 else ""
    except IndexError:
        return ""


def _peer_start(message: Any, schedule: Any) -> str:
    for name, field in (("TQ1", 7), ("AIS", 4)):
        if name == "AIS":
            found = _component(message, schedule, 11, 4)
            if found:
                return found
        try:
            found = _component(message, message.segment(name), field, 1)
        except KeyError:
            continue
        if found:
            return found
    return ""


def _peer_phone(message: Any, person: Any) -> str:
    for repetition in person[13]:
        if isinstance(repetition, str) or len(repetition) < 3 or str(repetition[2]) != "CP":
            continue
        number = str(repetition[11]) if len(repetition) > 11 else str(repetition[0])
        return str(message.unescape(number))
    return ""


def _each[T](read: Callable[[T], object], inputs: list[T]) -> float:
    """Microseconds of processor time for one input."""
    begun = time.process_time()
    for given in inputs:
        read(given)
    return (time.process_time() - begun) / len(inputs) * 1e6


def compare(cases: list[Generated]) -> dict[str, Any]:
    """All figures of one run."""
    texts, bodies = [case.text for case in cases], [case.text.encode() for case in cases]
    some = texts[: max(1, len(texts) // 5)]
    wrong = sum(
        read_ours(case.text.encode()) != case.appointment or read_fields(case.text) != case.wanted for case in cases
    )
    wrong_peer = sum(read_python_hl7(case.text) != case.wanted for case in cases)
    rounds = [
        (_each(read_fields, texts), _each(read_ours, bodies), _each(read_python_hl7, some)) for _ in range(_ROUNDS)
    ]
    fields, whole, peer = (statistics.median(column) for column in zip(*rounds, strict=True))
    return {
        "messages": len(cases),
        "bytes_each": round(statistics.mean(map(len, bodies))),
        "ours_us": round(fields, 1),
        "ours_whole_us": round(whole, 1),
        "python_hl7_us": round(peer, 1),
        "ours_wrong": wrong,
        "python_hl7_wrong": wrong_peer,
        "ratio": round(peer / fields, 1),
        "ratio_whole": round(peer / whole, 1),
    }


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures; status 1 if any of our fields was wrong."""
    parser = argparse.ArgumentParser(description="Reading scheduling messages: ours beside python-hl7.")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args(arguments)
    figures = compare(messages(options.messages, options.seed))
    lines = [json.dumps(figures)] if options.json else [f"{name:32}{value}" for name, value in figures.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if figures["ours_wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
