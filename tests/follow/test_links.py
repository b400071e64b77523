"""A visit's link to the EHR that wants one: given once for each time of the visit, and like a status if it is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import Refused, Unavailable
from shared.follow.ehr import Word
from shared.organisations.connection import Connection, Writeback
from shared.visits.ids import link_token, visit_keys
from shared.visits.visit import LINK, Record, State, VisitKey
from shared.work.moments import Rules, next_moment
from tests.builders import KEY, NOW, RING, a_visit, at
from tests.follow.telling import Stamp, status

NUMBER = "4817517"
(VISIT,) = visit_keys(RING, KEY.connection, NUMBER)
RULES = Rules(writeback_on=True, links_on=True)


class Linked(Stamp):
    """A connection whose EHR is given links; `links` are those it was given: address, from, to."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = replace(self.connection, writeback=Writeback("oracle-health", {"connected": "arrived"}))
        self.links: list[tuple[str, str, str]] = []
        tell = self.ehr.tell

        async def tell_and_note(connection: Connection, word: Word, token: str) -> None:
            await tell(connection, word, token)
            if word.item.state == LINK:
                self.links.append((word.link, f"{word.start:%H:%M}", f"{word.end:%H:%M}"))

        self.ehr.tell = tell_and_note  # type: ignore[method-assign]
        self.writeback._adapters = {"oracle-health": self.ehr}

    async def booked(self) -> VisitKey:
        record = a_visit(key=VISIT, session=RING.seal("session", NUMBER.encode(), str(VISIT)))
        await self.visits.change(VISIT, lambda _: replace(record, phones={}), ring=False)
        return VISIT

    async def changed(self, **changes: object) -> None:
        def change(record: Record | None) -> Record | None:
            return record and replace(record, visit=replace(record.visit, **changes))  # type: ignore[arg-type]

        await self.visits.change(VISIT, change, ring=False)


@pytest.fixture
def stamp() -> Linked:
    return Linked()


async def test_a_visit_s_link_is_given_once_and_opens_it_for_a_patient(stamp: Linked) -> None:
    await stamp.booked()
    for _ in range(2):
        await stamp.run(VISIT)
    token = link_token(RING, VISIT, NUMBER)
    assert stamp.links == [(f"https://amer.example.org/api/v/{token}", "15:00", "15:30")]


async def test_a_visit_that_moves_gives_its_new_time(stamp: Linked) -> None:
    await stamp.booked()
    await stamp.run(VISIT)
    await stamp.changed(start=at(50))
    await stamp.run(VISIT)
    assert [begins for _, begins, _ in stamp.links] == ["15:00", "17:00"]


async def test_while_the_ehr_is_away_only_the_last_time_waits(stamp: Linked) -> None:
    stamp.ehr.answers = {"": Unavailable("ehr.not_answering")}
    await stamp.booked()
    await stamp.run(VISIT)
    await stamp.changed(start=at(50))
    stamp.ehr.answers = {}
    stamp.later(minutes=11)
    await stamp.run(VISIT)
    assert [begins for _, begins, _ in stamp.links] == ["17:00"]


async def test_a_link_that_is_refused_is_given_up_like_a_status_and_written_after_all(stamp: Linked) -> None:
    stamp.ehr.answers = {"": Refused("ehr.appointment_unknown")}
    await stamp.booked()
    await stamp.run(VISIT)
    (kept,) = await stamp.untold.of(KEY.connection)
    assert (kept.item.role, kept.item.state, kept.code) == ("visit", LINK, "ehr.appointment_unknown")
    stamp.ehr.answers = {}
    assert await stamp.untold.again(kept) == "replayed"
    await stamp.run(VISIT)
    assert len(stamp.links) == 1


async def test_statuses_of_a_visit_go_on_beside_its_link(stamp: Linked) -> None:
    await stamp.booked()
    await stamp.says(VISIT, status("connected", 0))
    await stamp.run(VISIT)
    assert [state for _, _, state in stamp.ehr.told] == ["connected", LINK]


@pytest.mark.parametrize("state", [State.CANCELLED, State.DELETED, State.NO_SHOW, State.OVER])
def test_no_link_is_owed_for_a_visit_that_does_not_come(state: State) -> None:
    booked = a_visit()
    moment = next_moment(replace(booked, phones={}), RULES, NOW)
    assert moment
    assert moment.at == NOW
    other = next_moment(replace(a_visit(state=state), phones={}), RULES, NOW)
    assert other is None or other.at > NOW


def test_no_link_is_owed_for_a_visit_that_is_past_nor_where_none_are_wanted() -> None:
    booked = replace(a_visit(), phones={})
    after = booked.visit.end + timedelta(seconds=1)
    owed = next_moment(booked, RULES, after)
    assert owed is None or owed.at != after
    quiet = next_moment(booked, Rules(writeback_on=True), NOW)
    assert quiet is None or quiet.at > NOW
