"""How fast and how right scheduling messages are read, beside python-hl7: `python -m benchmarks.hl7_parse [--json]`.

`ratio`: both parse a decoded text and find the same eight fields as text. `ratio_whole`: ours is all that an intake needs
(bytes decoded and split, the message checked, its patients, instants and E.164 number made), python-hl7's the same as
before, with nothing converted. Processor time, the readers taking turns, the best of some rounds for each handful of
messages; trust the ratios, not the absolute times.

`refused_ms`: how long a body of 1.6 MB takes to be refused. `growth`: the largest body that is taken beside one of a
quarter of its size, the worst of all hostile shapes: in linear time about four, in quadratic time sixteen.
"""

import argparse
import json
import logging
import math
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import hl7 as python_hl7

from benchmarks.siu_messages import REGION, ZONE, Generated, hostile, messages
from shared.messages import hl7, siu
from shared.messages.fields import Segment

_ROUNDS = 3
_HANDFUL = 20
_LARGE = 1_600_000


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


def _phone(person: Segment) -> str:
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


def _seconds[T](read: Callable[[T], object], inputs: list[T], passes: int = 3) -> float:
    """Processor time of the best of some passes; the first one brings the reader back into the processor's caches."""
    best = math.inf
    for _ in range(passes):
        begun = time.process_time()
        for given in inputs:
            read(given)
        best = min(best, time.process_time() - begun)
    return best


def compare(cases: list[Generated]) -> dict[str, Any]:
    """The readers beside one another."""
    texts, bodies = [case.text for case in cases], [case.text.encode() for case in cases]
    wrong = sum(
        read_ours(case.text.encode()) != case.appointment or read_fields(case.text) != case.wanted for case in cases
    )
    wrong_peer = sum(read_python_hl7(case.text) != case.wanted for case in cases)
    fields = whole = peer = 0.0
    for start in range(0, len(cases), _HANDFUL):
        some, raw = texts[start : start + _HANDFUL], bodies[start : start + _HANDFUL]
        rounds = [
            (_seconds(read_fields, some), _seconds(read_ours, raw), _seconds(read_python_hl7, some))
            for _ in range(_ROUNDS)
        ]
        best = [min(column) for column in zip(*rounds, strict=True)]
        fields, whole, peer = fields + best[0], whole + best[1], peer + best[2]
    microseconds = 1e6 / len(cases)
    return {
        "messages": len(cases),
        "bytes_each": round(statistics.mean(map(len, bodies))),
        "ours_us": round(fields * microseconds, 1),
        "ours_whole_us": round(whole * microseconds, 1),
        "python_hl7_us": round(peer * microseconds, 1),
        "ours_wrong": wrong,
        "python_hl7_wrong": wrong_peer,
        "ratio": round(peer / fields, 1),
        "ratio_whole": round(peer / whole, 1),
    }


def intake(body: bytes) -> bool:
    """All that is done with a body before anything is stored; whether it was taken."""
    try:
        for text in hl7.split(body):
            siu.read(hl7.Message.parse(text), zone=ZONE, region=REGION, environment="production", landlines=True)
    except hl7.Hl7Error:
        return False
    return True


def withstand() -> dict[str, Any]:
    """Bodies that nobody means well with."""
    logging.disable()
    large = hostile(_LARGE)["fields"]
    shapes, quarters = hostile(hl7.MAX_BYTES), hostile(hl7.MAX_BYTES // 4)
    growth, slowest = {}, 0.0
    for name in shapes:
        whole, quarter = (_seconds(intake, [body]) for body in (shapes[name], quarters[name]))
        growth[name] = whole / max(quarter, 1e-4)  # what is refused at once takes no time in either size
        slowest = max(slowest, whole)
    logging.disable(logging.NOTSET)
    worst = max(growth, key=growth.__getitem__)
    return {
        "refused_bytes": len(large),
        "refused": not intake(large),
        "refused_ms": round(_seconds(intake, [large]) * 1e3, 3),
        "largest_ms": round(slowest * 1e3, 1),
        "growth": round(growth[worst], 1),
        "growth_of": worst,
    }


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures; status 1 if any of our fields was wrong."""
    parser = argparse.ArgumentParser(description="Reading scheduling messages: ours beside python-hl7.")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args(arguments)
    figures = compare(messages(options.messages, options.seed)) | withstand()
    lines = [json.dumps(figures)] if options.json else [f"{name:32}{value}" for name, value in figures.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if figures["ours_wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
