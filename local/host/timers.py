"""Timer triggers: a schedule, a status that survives restarts, one late call for what was missed, the retry policy.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
"""

import asyncio
import json
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.host.app import App
from local.host.ncrontab import Schedule, seconds_of
from local.host.settings import AppError, resolved
from local.host.worker import Function, Result, Value

log = logging.getLogger("host")

# The host keeps no status for what fires more often: a missed call is followed by the next one anyway.
MONITORED_FROM = timedelta(minutes=1)
NEVER = "0001-01-01T00:00:00"


class Timer:
    """One timer function. The status is kept in a file where the host keeps a blob. Raises AppError for its schedule."""

    def __init__(self, app: App, function: Function) -> None:
        self._app = app
        self._function = function
        self._file: Path = app.state / "timers" / f"{function.name}.json"
        try:
            self._schedule = Schedule(resolved(function.trigger["schedule"]))
            first = self._schedule.next(_now())
            period = self._schedule.next(first) - first
        except (ValueError, AppError) as error:
            raise AppError(f"{function.name}: {error}") from None
        self._monitored = function.trigger.get("useMonitor", True) is not False and period >= MONITORED_FROM

    async def run(self) -> None:
        """Fires for ever, never twice at once. Who cancels this does not cancel a call that runs."""
        following = self._expected(_now())
        past_due = following < _now()
        at_once = past_due or self._function.trigger.get("runOnStartup") is True
        while True:
            if not at_once:
                await _sleep_until(following)
            fired = _now()
            following = self._schedule.next(fired)
            await asyncio.shield(self._app.background(self._scheduled(fired, following, past_due=past_due)))
            past_due = at_once = False

    async def fire(self, *, past_due: bool = False) -> Result:
        """One call, with the function's retry policy behind it."""
        info = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": self._status(), "IsPastDue": past_due}
        inputs: dict[str, Value] = {self._function.trigger["name"]: ("json", json.dumps(info))}
        policy, tries = self._function.retry, 0
        most = int(policy.get("max_retry_count") or 0)
        while True:
            result = await self._app.invoke(self._function, inputs, retry=(tries, most))
            if result.ok or (most != -1 and tries >= most):
                return result
            tries += 1
            await asyncio.sleep(pause_seconds(policy, tries))

    async def _scheduled(self, fired: datetime, following: datetime, *, past_due: bool) -> None:
        await self.fire(past_due=past_due)
        if self._monitored:
            self._save(fired.isoformat(), fired, following)

    def _expected(self, now: datetime) -> datetime:
        """When the next call is due by the status; it may be past. A changed schedule starts anew."""
        if not self._monitored:
            return self._schedule.next(now)
        known = self._status()
        if known and self._schedule.next(datetime.fromisoformat(known["LastUpdated"])).isoformat() == known["Next"]:
            return datetime.fromisoformat(known["Next"])
        following = self._schedule.next(now)
        self._save(NEVER, now, following)
        return following

    def _status(self) -> dict[str, str] | None:
        if not (self._monitored and self._file.exists()):
            return None
        known: dict[str, str] = json.loads(self._file.read_text())
        return known

    def _save(self, last: str, updated: datetime, following: datetime) -> None:
        status = {"Last": last, "Next": following.isoformat(), "LastUpdated": updated.isoformat()}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(status))
        partial.replace(self._file)


def _now() -> datetime:
    # Without WEBSITE_TIME_ZONE, Azure reads schedules in UTC; so do we, wherever this machine stands.
    return datetime.now(UTC).replace(tzinfo=None)


async def _sleep_until(moment: datetime) -> None:
    # The event loop's clock and the wall's may drift apart: look again when the time seems to have come.
    left = (moment - _now()).total_seconds()
    while left > 0:
        await asyncio.sleep(left)
        left = (moment - _now()).total_seconds()


def pause_seconds(policy: dict[str, Any], tries: int) -> float:
    """How long to wait before a retry; `tries` counts the calls so far. The policy is as the worker reports it."""

    def seconds(name: str, default: float) -> float:
        value = policy.get(name)
        if value is None:
            return default
        return value.total_seconds() if isinstance(value, timedelta) else seconds_of(str(value))

    if policy.get("retry_strategy") == "fixed_delay":
        return seconds("delay_interval", 0)
    # Exponential, from the smallest interval on.
    return min(seconds("maximum_interval", 86_400), max(1.0, seconds("minimum_interval", 0)) * 2.0 ** (tries - 1))
