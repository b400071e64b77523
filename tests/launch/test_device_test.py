"""The device test's door: whose it opens to, what is kept, what its page may measure with."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from shared.errors import BridgeError
from shared.launch.device_test import CODE_LIFE, DeviceTests
from shared.launch.guesses import FREE, Guesses
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.visits.ids import link_token, read_link_token, visit_keys
from shared.visits.store import Loaded
from shared.visits.visit import Record, State
from tests.builders import NOW, RING, a_phone, a_visit
from tests.rooms.teams import CONNECTION, Clinic
from tests.visits.test_device import FINE

(KEY,) = visit_keys(RING, CONNECTION.id, "900100001")
LINK = link_token(RING, KEY, "900100001")
UNKNOWN = link_token(RING, visit_keys(RING, CONNECTION.id, "unheard")[0], "unheard")


class Door:
    """A clinic with one visit, booked unless said otherwise."""

    def __init__(self, connection: Connection | None = CONNECTION) -> None:
        self.clinic = Clinic()
        self.connection = connection
        clinic = self.clinic
        self.tests = DeviceTests(
            clinic.visits, cast("Connections", self), clinic.keys, Guesses(clinic.clock), clinic.clock
        )

    async def get(self, connection_id: str, **_: Any) -> Connection | None:
        return self.connection if self.connection and connection_id == self.connection.id else None

    async def booked(self, *, languages: tuple[str, ...] = ("es",), **changes: Any) -> None:
        record = a_visit(key=KEY, **changes)
        phones = {str(index): a_phone(f"+1608555{index:04}", language) for index, language in enumerate(languages)}
        record = replace(record, phones=phones)
        await self.clinic.visits.change(KEY, lambda _: record)

    async def kept(self) -> Record:
        return await self.clinic.load(KEY)

    async def refusal(self, token: str = LINK) -> set[str]:
        """The codes by which page and result are refused."""
        codes = set()
        for step in (self.tests.open(token), self.tests.keep(token, FINE)):
            with pytest.raises(BridgeError) as caught:
                await step
            codes.add(caught.value.code)
        return codes


async def measures(door: Door, token: str, code: str) -> str:
    """The code by which a measurement is refused, or nothing."""
    try:
        await door.tests.check(token, code)
    except BridgeError as error:
        return error.code
    return ""


@pytest.mark.parametrize(("languages", "spoken"), [(("es",), "es"), (("es", "es"), "es"), (("es", "ar"), ""), ((), "")])
async def test_the_page_is_in_the_language_of_the_patient_where_one_is_known(
    languages: tuple[str, ...], spoken: str
) -> None:
    door = Door()
    await door.booked(languages=languages)
    bench = await door.tests.open(LINK)
    assert (bench.language, bench.kept) == (spoken, True)


async def test_a_result_is_kept_with_the_visit_as_it_was_found() -> None:
    door = Door()
    await door.booked()
    assert await door.tests.keep(LINK, FINE | {"microphone": "silent"}) == "warnings"
    device = (await door.kept()).visit.device
    assert device is not None
    assert (device.at, device.result, device.checks) == (NOW, "warnings", FINE | {"microphone": "silent"})
    assert await door.tests.keep(LINK, FINE) == "passed"
    device = (await door.kept()).visit.device
    assert device is not None
    assert device.result == "passed"


async def test_the_same_result_again_writes_nothing() -> None:
    door = Door()
    await door.booked()
    await door.tests.keep(LINK, FINE)
    before = await door.kept()
    door.clinic.tables.requests.clear()
    assert await door.tests.keep(LINK, FINE) == "passed"
    assert await door.kept() == before
    assert not [name for name in door.clinic.tables.requests if "transact" in name]


@pytest.mark.parametrize(
    ("state", "code"), [(State.CANCELLED, "link.cancelled"), (State.OVER, "link.over"), (State.DELETED, "link.over")]
)
async def test_a_visit_that_is_gone_is_not_tested_for(state: State, code: str) -> None:
    door = Door()
    await door.booked(state=state)
    assert await door.refusal() == {code}
    assert (await door.kept()).visit.device is None


async def test_a_visit_nobody_told_us_of_can_be_tested_for_and_is_not_begun_by_it() -> None:
    door = Door()
    bench = await door.tests.open(UNKNOWN)
    assert not bench.kept
    assert await measures(door, UNKNOWN, bench.code) == ""
    with pytest.raises(BridgeError, match=r"link\.invalid"):
        await door.tests.keep(UNKNOWN, FINE)
    assert await door.clinic.visits.look(read_link_token(RING, UNKNOWN)) == Loaded(
        read_link_token(RING, UNKNOWN)[0], None
    )


@pytest.mark.parametrize("token", ["", "x", LINK[:-1], "A" * 31, "other2eme" + LINK[9:]])
async def test_what_is_no_code_of_ours_opens_nothing(token: str) -> None:
    door = Door()
    await door.booked()
    assert await door.refusal(token) == {"link.invalid"}


@pytest.mark.parametrize("state", [ConnectionState.DISABLED, ConnectionState.NEEDS_APPROVAL])
async def test_a_connection_that_is_off_tests_nothing(state: ConnectionState) -> None:
    door = Door(replace(CONNECTION, state=state))
    await door.booked()
    assert await door.refusal() == {"link.off"}


async def test_who_tries_codes_is_slowed_down_and_a_right_one_still_works() -> None:
    door = Door()
    await door.booked()
    for _ in range(FREE):
        await door.tests.open(UNKNOWN, "203.0.113.7:5000")
    with pytest.raises(BridgeError, match=r"link\.too_many"):
        await door.tests.open(UNKNOWN, "203.0.113.7:5001")
    assert (await door.tests.open(LINK, "203.0.113.7:5002")).kept


async def test_the_page_s_code_measures_for_twelve_hours_and_for_its_link_alone() -> None:
    door = Door()
    await door.booked()
    code = (await door.tests.open(LINK)).code
    door.clinic.tables.requests.clear()
    assert await measures(door, LINK, code) == ""
    assert not door.clinic.tables.requests, "the way to us would be measured with that to our storage"
    until, _, mac = code.partition(".")
    forged = ("", "x", ".", f"{until}.", f"{int(until) + 1}.{mac}", f"{until}.{mac[:-2]}", f"{until}.\u00e9", f".{mac}")
    assert {await measures(door, LINK, wrong) for wrong in forged} == {"link.invalid"}
    assert await measures(door, UNKNOWN, code) == "link.invalid"
    door.clinic.clock.now += CODE_LIFE - timedelta(seconds=1)
    assert await measures(door, LINK, code) == ""
    door.clinic.clock.now += timedelta(seconds=1)
    assert await measures(door, LINK, code) == "link.expired"
