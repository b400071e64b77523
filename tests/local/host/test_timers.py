"""Timers: by their schedule, by hand, late, and again after a failure."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.host.timers import pause_seconds
from tests.local.host.running import Site, until


async def test_a_timer_fires_again_and_again(site: Site) -> None:
    before = len(await site.seen("tick"))

    async def twice() -> list[Any]:
        return (await site.seen("tick"))[before + 1 :]

    assert (await until(twice, "two ticks"))[-1] == {"past_due": False}


async def test_a_timer_run_by_hand_is_retried_as_its_policy_says(site: Site) -> None:
    before = len(await site.seen("nightly"))
    async with site.client as client:
        await client.post("/api/fail/2")
        answer = await client.post("/admin/functions/nightly", json={"input": ""}, headers=site.admin)
        assert (answer.status_code, answer.content) == (202, b"")

        async def thrice() -> list[Any]:
            return (await site.seen("nightly"))[before + 2 :]

        await until(thrice, "three calls")
    assert [call["retry"] for call in (await site.seen("nightly"))[before:]] == [0, 1, 2]


async def test_what_was_missed_is_made_up_for_by_one_late_call(returned: Site) -> None:
    async def called() -> list[Any]:
        return await returned.seen("nightly")

    assert (await until(called, "a late call"))[0] == {"past_due": True, "retry": 0}
    assert returned.log
    file = returned.log.parent / "timers/nightly.json"

    async def noted() -> bool:
        status = json.loads(file.read_text())
        return datetime.fromisoformat(status["Next"]) > datetime.now(UTC).replace(tzinfo=None)

    await until(noted, "the next call in the status")
    assert len(await returned.seen("nightly")) == 1


async def test_a_timer_that_never_ran_is_not_late(ours: Site) -> None:
    assert ours.log
    status = json.loads((ours.log.parent / "state/timers/nightly.json").read_text())
    assert status["Last"] == "0001-01-01T00:00:00"
    assert not [call for call in await ours.seen("nightly") if call["past_due"]]


@pytest.mark.parametrize(("tries", "expected"), [(1, 2.0), (2, 4.0), (3, 8.0), (4, 10.0)])
def test_the_pause_before_a_retry_doubles_up_to_the_longest(tries: int, expected: float) -> None:
    policy = {"retry_strategy": "exponential_backoff", "minimum_interval": timedelta(seconds=2)}
    assert pause_seconds(policy | {"maximum_interval": timedelta(seconds=10)}, tries) == expected


def test_a_fixed_pause_stays_the_same() -> None:
    policy = {"retry_strategy": "fixed_delay", "delay_interval": timedelta(seconds=7)}
    assert [pause_seconds(policy, tries) for tries in (1, 5)] == [7, 7]
