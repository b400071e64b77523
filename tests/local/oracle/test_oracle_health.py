"""`oracle-health` against the stand-in: link and status by a patch of the version that was read."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from local.oracle.app import READ, Millennium
from shared.adapters.appointments import Appointment
from shared.errors import Refused, Unavailable
from shared.follow.oracle_health import LONGEST_LINK, TRIES, OracleHealth, status_operations
from shared.organisations.connection import Connection, Writeback
from shared.visits.visit import LINK, Announcement
from tests.builders import NOW
from tests.local.oracle.served import LINK_URL, Served, serving


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


def links(millennium: Millennium, number: str) -> list[tuple[str, str]]:
    rooms = millennium.appointments[number].resource["contained"]
    return [(room["telecom"][0]["value"], room["telecom"][0]["period"]["start"]) for room in rooms]


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
async def test_a_patient_who_waits_has_arrived_and_who_is_let_in_is_checked_in(algorithm: str) -> None:
    async with serving(algorithm) as served:
        served.millennium.add("100")
        await served.tell("100", "waiting")
        assert served.status("100") == "arrived"
        await served.tell("100", "connected")
        assert served.status("100") == "checked-in"


async def test_the_link_is_added_first_and_replaced_when_the_visit_moves(served: Served) -> None:
    appointment = served.millennium.add("100")
    await served.tell("100", LINK)
    before = links(served.millennium, "100")
    assert [url for url, _ in before] == [LINK_URL, LINK_URL]
    await served.tell("100", LINK, hours=5)
    after = links(served.millennium, "100")
    assert [start for _, start in after] > [start for _, start in before]
    verbs = [{verb for verb, _ in operations.values()} for operations in appointment.patched]
    assert verbs == [{"add"}, {"replace"}]


async def test_a_status_never_goes_back_and_the_same_one_is_not_written_twice(served: Served) -> None:
    appointment = served.millennium.add("100", "checked-in")
    for state in ("waiting", "connected", "connected"):
        await served.tell("100", state)
    assert (served.status("100"), appointment.version) == ("checked-in", 1)


@pytest.mark.parametrize("status", ["cancelled", "noshow", "proposed", "entered-in-error", ""])
def test_an_appointment_that_is_not_to_take_place_is_left_alone(status: str) -> None:
    with pytest.raises(Refused, match=r"ehr\.status_refused"):
        status_operations(Appointment("100", "1", status), "arrived")


async def test_who_was_slower_reads_again_and_patches_the_newer_version(served: Served) -> None:
    appointment = served.millennium.add("100")
    read, others = served.adapter._appointments.read, [1, 2]

    async def read_and_lose(*given: Any) -> Appointment:
        known = await read(*given)
        if others:
            others.pop()
            appointment.version += 1
        return known

    served.adapter._appointments.read = read_and_lose  # type: ignore[method-assign, assignment]
    await served.tell("100", "connected")
    assert (served.status("100"), appointment.version) == ("checked-in", 4)


async def test_a_lock_is_waited_for_by_reading_again_and_then_left_to_a_later_round(served: Served) -> None:
    appointment = served.millennium.add("100")
    appointment.locked = TRIES - 1
    await served.tell("100", "connected")
    assert served.status("100") == "checked-in"
    other = served.millennium.add("200")
    other.locked = TRIES
    with pytest.raises(Unavailable, match=r"ehr\.appointment_changing"):
        await served.tell("200", "connected")
    assert served.status("200") == "booked"


@pytest.mark.parametrize("number", ["404", "100|200", "a/b", "../Patient/1", "x" * 65, ""])
async def test_an_appointment_that_is_not_there_is_refused_and_only_ids_are_asked_for(
    served: Served, number: str
) -> None:
    with pytest.raises(Refused, match=r"ehr\.appointment_unknown"):
        await served.tell(number, "connected")


@pytest.mark.parametrize("allowed", [(READ,), ("system/Patient.read",)], ids=str)
async def test_a_client_without_the_scopes_is_told_as_not_signed_in(allowed: tuple[str, ...]) -> None:
    async with serving(allowed=allowed) as served:
        served.millennium.add("100")
        with pytest.raises(Unavailable, match=r"ehr\.sign_in_refused"):
            await served.tell("100", "connected")


async def test_a_token_that_is_withdrawn_is_told_as_not_signed_in(served: Served) -> None:
    served.millennium.add("100")
    await served.token()
    served.millennium.tokens.revoke()
    with pytest.raises(Unavailable, match=r"ehr\.sign_in_refused"):
        await served.tell("100", "connected")
    assert served.tokens.forget(served.connection)
    await served.tell("100", "connected")
    assert served.status("100") == "checked-in"


async def test_a_link_that_is_too_long_and_a_visit_without_video_are_refusals_of_this_one(served: Served) -> None:
    served.millennium.add("100")
    served.millennium.add("200", video=False)
    with pytest.raises(Refused, match=r"ehr\.status_refused"):
        await served.tell("100", LINK, link="https://a.example/" + "x" * LONGEST_LINK)
    with pytest.raises(Refused, match=r"ehr\.status_refused"):
        await served.tell("200", LINK)


async def test_a_server_that_is_away_is_told_as_not_answering(served: Served) -> None:
    await served.token()
    served.connection = served.connection.__replace__(fhir_base="http://127.0.0.1:9")
    with pytest.raises(Unavailable, match=r"ehr\.not_answering"):
        await served.tell("100", "connected")


def test_only_the_patient_s_coming_and_the_link_are_told() -> None:
    connection = Connection(
        "c", "t", "https://ehr", "testing", "UTC", "", writeback=Writeback("oracle-health", {"connected": "arrived"})
    )
    adapter = OracleHealth.__new__(OracleHealth)
    told = [
        (role, state)
        for role in ("patient", "clinician")
        for state in ("waiting", "connected", "left")
        if adapter.speaks(connection, Announcement(role, state, NOW))
    ]
    assert told == [("patient", "connected")]
    assert adapter.speaks(connection, Announcement("visit", LINK, NOW))
