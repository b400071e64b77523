"""What a text's link opens, and what opens nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from local.demo.steps import until
from tests.stack.conftest import Hospital

ADDRESSES = (f"198.51.100.{number}:40{number:03}" for number in count(1))


async def status_of(hospital: Hospital, token: str, address: str = "") -> tuple[int, str]:
    """What the waiting page would hear, each time from another client unless said otherwise."""
    headers = {"X-Forwarded-For": address or next(ADDRESSES)}
    answer = await hospital.world.http.get(f"{hospital.config.functions}/api/visits/{token}/status", headers=headers)
    body = answer.json()
    return answer.status_code, body.get("code") or body["state"]


async def test_a_link_waits_until_there_is_a_room(hospital: Hospital) -> None:
    token = await hospital.link(await hospital.booked())
    assert await status_of(hospital, token) == (200, "waiting")
    page = await hospital.world.http.get(f"{hospital.config.functions}/api/v/{token}")
    assert page.status_code == 200
    assert 'lang="en"' in page.text


@pytest.mark.parametrize("token", ["x", "A" * 48, "demo2amer", "%2e%2e", "A" * 3000])
async def test_a_code_that_is_not_ours_opens_nothing(hospital: Hospital, token: str) -> None:
    before = await hospital.at_rest()
    assert (await status_of(hospital, token))[0] == 404
    assert await hospital.at_rest() == before


async def test_a_changed_code_opens_nothing(hospital: Hospital) -> None:
    token = await hospital.link(await hospital.booked())
    swapped = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert await status_of(hospital, swapped) == (404, "link.invalid")


async def test_the_link_of_a_cancelled_visit_says_so(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    token = await hospital.link(appointment)
    await hospital.send(appointment, "S15")
    assert await status_of(hospital, token) == (410, "link.cancelled")
    page = await hospital.world.http.get(
        f"{hospital.config.functions}/api/v/{token}", headers={"Accept-Language": "fr"}
    )
    assert page.status_code == 410
    assert "annul" in page.text


async def test_a_guesser_is_slowed_down_and_a_right_link_still_works(hospital: Hospital) -> None:
    token = await hospital.link(await hospital.booked())
    guesser = "203.0.113.7:50000"
    answers = [await status_of(hospital, f"demo2amer{number:022}", guesser) for number in range(12)]
    assert answers.count((404, "link.invalid")) == 10
    assert answers[-1] == (429, "link.too_many")
    assert await status_of(hospital, token, guesser) == (200, "waiting")
    page = await hospital.world.http.get(
        f"{hospital.config.functions}/api/v/{'A' * 31}", headers={"X-Forwarded-For": guesser, "Accept-Language": "ar"}
    )
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert 'dir="rtl"' in page.text


@pytest.mark.parametrize("event", ["S17", "S26"])
async def test_the_link_of_a_deleted_or_missed_visit_is_over(hospital: Hospital, event: str) -> None:
    appointment = await hospital.booked()
    token = await hospital.link(appointment)
    await hospital.send(appointment, event)
    assert await status_of(hospital, token) == (410, "link.over")


async def test_a_visit_that_is_over_leaves_no_number_and_no_open_link(hospital: Hospital) -> None:
    """The start is moved into the past as Epic would do it after the fact: the number goes, the link ends in time."""
    appointment = await hospital.booked(start=(datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0))
    token = await hospital.link(appointment)
    past = replace(appointment, start=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6))
    await hospital.send(past, "S13")

    async def over() -> bool:
        await hospital.world.run_tick()
        return await status_of(hospital, token) == (410, "link.over")

    await until(over, "the link to end")
    phones = [row for row in await hospital.world.rows("visits") if row["RowKey"].endswith(":phone")]
    assert appointment.phone not in str(phones)
