"""What a guest's link opens, and what stops one who guesses."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest

from shared.errors import BridgeError, Unavailable
from shared.launch.guesses import FREE, Guesses
from shared.launch.guests import GuestLinks
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.visits.guests import closed, invited, revoked
from shared.visits.ids import guest_token
from shared.visits.visit import Record, State
from tests.builders import KEY, NOW, RING
from tests.rooms.teams import CONNECTION, Clinic
from tests.rooms.test_rooms import launched

NAME = "0a1b2c"
TOKEN = guest_token(RING, KEY, NAME)


@dataclass
class Known:
    """Connections: one."""

    connection: Connection | None = CONNECTION

    async def get(self, _: str) -> Connection | None:
        return self.connection


@dataclass
class Door:
    """A clinic with one guest's link."""

    clinic: Clinic
    known: Known

    def __post_init__(self) -> None:
        clinic = self.clinic
        self.links = GuestLinks(
            clinic.visits,
            clinic.rooms,
            cast("Connections", self.known),
            clinic.keys,
            Guesses(clinic.clock),
            clinic.clock,
        )

    async def refusal(self, token: str = TOKEN, address: str = "192.0.2.1") -> str:
        """The code by which the link is refused, the same on both pages."""
        codes = set()
        for step in (self.links.look, self.links.enter):
            with pytest.raises(BridgeError) as caught:
                await step(token, address)
            codes.add(caught.value.code)
        (code,) = codes
        return code

    async def uses(self) -> int:
        return (await self.clinic.load()).guests[NAME].uses


async def a_door(*, room: bool = True) -> Door:
    door = Door(Clinic(), Known())
    await door.clinic.booked()
    await door.clinic.visits.change(KEY, lambda record: record and invited(record, NAME, "interpreter", "doctor", NOW))
    if room:
        await launched(door.clinic, "doctor")
    return door


async def test_a_guest_reads_what_the_link_is_for_and_only_going_on_counts() -> None:
    door = await a_door()
    invitation = await door.links.look(TOKEN)
    assert invitation.role == "interpreter"
    assert await door.uses() == 0
    room = (await door.clinic.load()).visit.room
    assert room is not None
    assert await door.links.enter(TOKEN) == await door.links.enter(TOKEN) == room.join_url
    assert await door.uses() == 2


async def test_a_guest_becomes_no_presenter() -> None:
    door = await a_door()
    await door.links.enter(TOKEN)
    assert door.clinic.teams.presenters() == [{"doctor"}]


async def test_a_guest_before_there_is_a_room_is_told_to_try_again() -> None:
    door = await a_door(room=False)
    with pytest.raises(Unavailable):
        await door.links.enter(TOKEN)
    assert await door.uses() == 0


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("link.revoked", lambda record: revoked(record, NAME, NOW)),
        ("link.cancelled", lambda record: replace(record, visit=replace(record.visit, state=State.CANCELLED))),
        ("link.over", lambda record: closed(record, NOW)),
    ],
)
async def test_a_dead_link_says_why(code: str, change: Callable[[Record], Record]) -> None:
    door = await a_door()
    await door.clinic.visits.change(KEY, lambda record: record and change(record))
    assert await door.refusal() == code
    assert await door.uses() == 0


async def test_a_link_runs_out() -> None:
    door = await a_door()
    door.clinic.clock.now = (await door.clinic.load()).visit.end + timedelta(hours=1)
    assert await door.refusal() == "link.expired"


async def test_a_connection_that_is_switched_off_leads_nowhere() -> None:
    door = await a_door()
    door.known.connection = replace(CONNECTION, state=ConnectionState.DISABLED)
    assert await door.refusal() == "link.off"


async def test_who_guesses_is_slowed_down_and_a_right_link_still_works_from_there() -> None:
    door = await a_door()
    wrong = TOKEN[:-1] + ("A" if TOKEN[-1] != "A" else "Q")
    for _ in range(FREE // 2):
        assert await door.refusal(wrong) == "link.invalid"
    assert await door.refusal(wrong) == "link.too_many"
    assert await door.refusal(wrong, "198.51.100.7") == "link.invalid"
    assert (await door.links.look(TOKEN, "192.0.2.1")).role == "interpreter"


async def test_a_wrong_code_costs_no_look_into_storage() -> None:
    door = await a_door()
    door.clinic.tables.requests.clear()
    await door.refusal("A" * 57)
    assert door.clinic.tables.requests.total() == 0
