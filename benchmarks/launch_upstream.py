"""The upstream calls of the Functions host, as `launch_calls/sitecustomize.py` notes them, read beside our answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SHORT = {"table": "storage", "queue": "storage", "blob": "storage"}


@dataclass(frozen=True, slots=True)
class Window:
    """From a request to its answer, in seconds of the monotonic clock."""

    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Call:
    """One upstream call."""

    begin: float
    end: float
    name: str


class Calls:
    """What was noted. `path` is the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ports: dict[int, str] = {}

    def name(self, ports: Mapping[str, int]) -> None:
        """Says which service answers on which port."""
        self._ports = {port: SHORT.get(service, service) for service, port in ports.items()}

    def within(self, windows: Sequence[Window]) -> tuple[list[str], float, float]:
        """The calls of one launch that followed one another; our seconds and the upstream's.

        A call that goes on after our answer was made beside it: nobody waited for it.
        """
        calls = self._read(windows[0].begin)
        waited = [each for each in calls if any(w.begin <= each.begin and each.end <= w.end for w in windows)]
        upstream = _covered(waited)
        whole = sum(window.end - window.begin for window in windows)
        return [each.name for each in _chain(waited)], whole - upstream, upstream

    def _read(self, since: float) -> list[Call]:
        found = []
        for line in reversed(self.path.read_text().splitlines()):
            begin, end, port, method, _, _, path = line.split(" ", 6)
            if float(end) < since:
                break
            if (method, path.rpartition("/")[2]) == ("GET", "messages"):
                continue  # the local host looks for work in the same process; no launch waits for that
            named = f"{self._ports.get(int(port), port)} {method} {path.rpartition('/')[2][:24]}"
            found.append(Call(float(begin), float(end), named))
        return found


def _chain(calls: Sequence[Call]) -> list[Call]:
    """The longest sequence of calls of which none overlaps another: the next is always the one that ends first."""
    chain: list[Call] = []
    for call in sorted(calls, key=lambda each: each.end):
        if not chain or call.begin >= chain[-1].end:
            chain.append(call)
    return chain


def _covered(calls: Sequence[Call]) -> float:
    """Seconds in which at least one call was under way."""
    covered, reached = 0.0, 0.0
    for call in sorted(calls, key=lambda each: each.begin):
        covered += max(0.0, call.end - max(call.begin, reached))
        reached = max(reached, call.end)
    return covered
