"""What the Functions host did between two moments: its calls by kind, its functions' executions, the lines it logged.

Calls are those that `launch_calls/sitecustomize.py` noted, the rest is in the local host's log. What timers do is kept
apart from what a visit causes: it is counted by the day.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIMERS = ("reminder_tick", "daily_look", "failures_expire", "reports_expire", "writeback_expire", "audit_expire")
LINE = re.compile(r"^\S+ \S+ [A-Z]+ \[(\w+)\] ([\w.]+): (.*)$")
OF_QUEUES = {"GET": "get", "POST": "put", "DELETE": "delete", "PUT": "update"}
ENDED = re.compile(r"^(?:succeeded|failed) in (\d+) ms")
# A part of a path that names one thing of many: an id, a code, a quoted key.
ONE = re.compile(r"[\d=$(']|^.{25,}$")


@dataclass
class Counts:
    """Of one span. `calls` by kind; `operations`: entities that writes to tables touched; `executions` and `busy_ms` by
    function; `lines` and `characters`: what functions logged; `segments`: SMS segments that were billed.
    """

    calls: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    executions: Counter[str] = field(default_factory=Counter)
    busy_ms: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    characters: int = 0
    segments: int = 0

    def per(self, number: int) -> dict[str, Any]:
        """The same for one of so many."""

        def each(counter: Mapping[str, int]) -> dict[str, float]:
            return {name: round(count / number, 2) for name, count in sorted(counter.items())}

        return {
            "calls": each(self.calls),
            "operations": round(self.operations / number, 2),
            "executions": each(self.executions),
            "busy_ms": each(self.busy_ms),
            "lines": round(self.lines / number, 2),
            "characters": round(self.characters / number),
            "segments": round(self.segments / number, 2),
        }


class Notes:
    """Both files, read from where they were read last. `ports` says which service answers where."""

    def __init__(self, calls: Path, log: Path, ports: Mapping[str, int]) -> None:
        self._files = (calls, log)
        self._read = [0, 0]
        self._services = {port: service for service, port in ports.items()}

    def skip(self) -> None:
        """Forgets what was noted up to now."""
        for place in (0, 1):
            self._new(place)

    def take(self) -> tuple[Counts, Counts, int]:
        """What visits caused and what timers did since the last look, and how often the host asked its queues for work."""
        calls, log = self._new(0), self._new(1)
        return self.count(calls, log)

    def count(self, calls: Iterable[str], log: Iterable[str]) -> tuple[Counts, Counts, int]:
        """The same of given lines."""
        visits, timers, polls = Counts(), Counts(), 0
        for line in calls:
            _, _, port, method, within, operations, path = line.split(" ", 6)
            kind = self._kind(int(port), method, path)
            if kind == "queue get":
                polls += 1
                continue
            counts = timers if within in TIMERS else visits
            counts.calls[kind] += 1
            if kind in ("table write", "table transaction"):
                counts.operations += int(operations)
        for line in log:
            found = LINE.match(line)
            if not found or found[1] == "host":
                continue
            counts = timers if found[1] in TIMERS else visits
            ended = ENDED.match(found[3]) if found[2] == "host" else None
            if ended:
                counts.executions[found[1]] += 1
                counts.busy_ms[found[1]] += int(ended[1])
            elif found[2] != "host":
                counts.lines += 1
                counts.characters += len(found[3])
        return visits, timers, polls

    def _kind(self, port: int, method: str, path: str) -> str:
        service = self._services.get(port, str(port))
        if service == "table":
            return f"table {'transaction' if path.endswith('$batch') else 'read' if method == 'GET' else 'write'}"
        if service == "queue":
            return f"queue {OF_QUEUES[method]}"
        parts = [part for part in path.split("/") if part and not ONE.search(part)]
        return f"{service} {method} {'/'.join(parts[-2:])}"

    def _new(self, place: int) -> list[str]:
        path = self._files[place]
        with path.open("rb") as file:
            file.seek(self._read[place])
            content = file.read()
        # A line that is being written is read next time.
        whole = content[: content.rfind(b"\n") + 1]
        self._read[place] += len(whole)
        return whole.decode(errors="replace").splitlines()
