"""What an input reaches: steps from line to line within the readers, counted without atheris."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.targets import TARGETS

_READERS = str(Path(__file__).parents[2] / "shared" / "messages")
type Step = tuple[str, int, int]


def reached(target: str, data: bytes) -> set[Step]:
    """The steps that one input takes. What escapes from the target escapes."""
    steps: set[Step] = set()

    def enter(frame: FrameType, event: str, arg: object) -> Any:
        if not frame.f_code.co_filename.startswith(_READERS):
            return None
        name, before = frame.f_code.co_qualname, 0

        def line(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal before
            steps.add((name, before, frame.f_lineno))
            before = frame.f_lineno
            return line

        return line

    others = sys.gettrace()
    sys.settrace(enter)
    try:
        TARGETS[target](data)
    finally:
        sys.settrace(others)
    return steps


def smallest(target: str, known: Iterable[bytes], found: Iterable[bytes]) -> Iterator[bytes]:
    """Of what was found, the smallest inputs that reach what those known and those before them do not."""
    steps: set[Step] = set()
    for data in known:
        steps |= reached(target, data)
    for data in sorted(found, key=lambda each: (len(each), each)):
        new = reached(target, data) - steps
        if new:
            steps |= new
            yield data
