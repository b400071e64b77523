"""Timer triggers: a schedule, a status that survives restarts, one late call for what was missed, the retry policy."""

import asyncio
import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.host.app import App, resolved
from local.host.ncrontab import Schedule, seconds_of
from local.host.worker import Function, Result

log = logging.getLogger("host")

MONITORED_FROM = timedelta(minutes=1)


class Timer:
    """One timer function. The status is kept in a file where the host keeps a blob."""

    def __init__(self, app: App, function: Function) -> None:
        self._app = app
        self._function = function
        self._file: Path = app.state / "timers" / f"{function.name}.json"
        self._schedule = Schedule(resolved(function.trigger["schedule"]))
        self._schedule.next(_now())

    async def run(self) -> None:
        """Fires for ever, never twice at once."""
        trigger, schedule, now = self._function.trigger, self._schedule, _now()
        first = schedule.next(now)
        monitored = trigger.get("useMonitor", True) is not False and schedule.next(first) - first >= MONITORED_FROM
        status = self._status(now) if monitored else None
        following = datetime.fromisoformat(status["Next"]) if status else first
        past_due = following < now
        at_once = past_due or trigger.get("runOnStartup") is True
        while True:
            if not at_once:
                await _sleep_until(following)
            # Shielded: when the host ends, the call in hand comes to its end like any other.
            await asyncio.shield(self._app.background(self._occurrence(past_due=past_due, monitored=monitored)))
            # What came due while it ran is left out, as the host does it.
            following, past_due, at_once = schedule.next(_now()), False, False

    async def _occurrence(self, *, past_due: bool, monitored: bool) -> None:
        now = _now()
        await self.fire(past_due=past_due)
        if monitored:
            self._save(now, self._schedule.next(now))

    async def fire(self, *, past_due: bool = False) -> Result:
        """One call, with the function's retry policy behind it."""
        status = self._known()
        info = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": status, "IsPastDue": past_due}
        policy, tries = self._function.retry, 0
        most = int(policy.get("max_retry_count") or 0)
        while True:
            result = await self._app.invoke(
                self._function, {self._function.trigger["name"]: ("json", json.dumps(info))}, retry=(tries, most)
            )
            if result.ok or (most != -1 and tries >= most):
                return result
            tries += 1
            await asyncio.sleep(_pause(policy, tries))

    def _status(self, now: datetime) -> dict[str, str]:
        known = self._known()
        if known and self._schedule.next(datetime.fromisoformat(known["LastUpdated"])).isoformat() == known["Next"]:
            return known
        # None yet, or from before the schedule was changed.
        return self._save(now, self._schedule.next(now))

    def _known(self) -> dict[str, str] | None:
        if not self._file.exists():
            return None
        known: dict[str, str] = json.loads(self._file.read_text())
        return known

    def _save(self, last: datetime, following: datetime) -> dict[str, str]:
        status = {"Last": last.isoformat(), "Next": following.isoformat(), "LastUpdated": last.isoformat()}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(status))
        partial.replace(self._file)
        return status


def _now() -> datetime:
    # On Azure's Linux plans schedules are read in UTC.
    return datetime.now(UTC).replace(tzinfo=None)


async def _sleep_until(moment: datetime) -> None:
    # The event loop's clock and the wall's may drift apart: look again when the time seems to have come.
    left = (moment - _now()).total_seconds()
    while left > 0:
        await asyncio.sleep(left)
        left = (moment - _now()).total_seconds()


def _pause(policy: dict[str, Any], tries: int) -> float:
    def seconds(name: str, default: float) -> float:
        value = policy.get(name)
        if value is None:
            return default
        return value.total_seconds() if isinstance(value, timedelta) else seconds_of(str(value))

    if str(policy.get("retry_strategy", "")).lower() in ("fixed_delay", "1"):
        return seconds("delay_interval", 0)
    longest = seconds("maximum_interval", 86_400)
    return min(longest, max(1.0, seconds("minimum_interval", 0)) * 2.0 ** (tries - 1))
