"""The inputs that the fuzzer begins with, and that every test run replays."""

from collections.abc import Iterator
from pathlib import Path

SEEDS = Path(__file__).parent / "seeds"
SAMPLES = Path(__file__).parents[1] / "messages" / "samples"


def all_seeds(target: str) -> Iterator[tuple[str, bytes]]:
    """Name and content: what was kept of earlier runs, and for whole bodies our samples."""
    for path in sorted((SEEDS / target).iterdir()):
        yield path.name, path.read_bytes()
    if target == "body":
        for path in sorted(SAMPLES.glob("*.hl7")):
            yield path.name, b"\x00" + path.read_bytes()
