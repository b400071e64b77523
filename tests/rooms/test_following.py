"""A room is followed before anybody gets its address; its subscription is renewed, or made again, as work."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.adapters.graph import Graph, Graphs
from shared.adapters.web import Answer
from shared.organisations.connection import Connection
from shared.rooms.rooms import RETRY_AFTER
from shared.rooms.tending import RoomTending
from shared.visits.changes import with_staff
from shared.visits.visit import Record, Watch
from shared.work.moments import WATCH_RENEW_BEFORE, Rules, next_moment
from shared.work.worker import Permit
from tests.builders import KEY, NOW, at
from tests.rooms.teams import CONNECTION, TENANT, Clinic, Teams

RULES = Rules()


@dataclass
class Subscriptions(Teams):
    """Teams that knows its subscriptions: those renewed, those made, and whether they are still there."""

    gone: bool = False
    away: bool = False
    made: list[dict[str, Any]] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)

    async def send(self, method: str, path: str, *, json_body: Any = None, **more: Any) -> Answer:
        if "/subscriptions" not in path:
            return await super().send(method, path, json_body=json_body, **more)
        self.calls.append((method, path.rpartition("/")[2]))
        if self.away:
            return Answer(503, None, {})
        if method == "PATCH":
            if self.gone:
                return Answer(404, {}, {})
            self.renewed.append(path.rpartition("/")[2])
        else:
            self.made.append(json_body)
        return Answer(201, {"id": f"watch-{len(self.made)}", "expirationDateTime": "2026-11-27T00:00:00Z"}, {})


def tending(clinic: Clinic, teams: Teams) -> RoomTending:
    async def connection_of(_: str) -> Connection:
        return CONNECTION

    return RoomTending(clinic.rooms, Graphs((TENANT,), lambda _: Graph(teams)), connection_of, clinic.clock)


async def launched(clinic: Clinic) -> Record:
    def staff(record: Record | None) -> Record | None:
        return record and with_staff(record, "doctor", "sealed doctor")

    record = await clinic.visits.change(KEY, staff)
    assert record
    room = await clinic.rooms.open(record, CONNECTION, "doctor")
    assert room
    assert room.join_url
    return await clinic.load()


async def followed(teams: Subscriptions) -> tuple[Clinic, Record]:
    clinic = Clinic(teams=teams)
    await clinic.booked()
    return clinic, await launched(clinic)


async def test_a_room_is_subscribed_to_before_its_address_is_given() -> None:
    teams = Subscriptions()
    _, record = await followed(teams)
    # The room's address came back from `launched` only after this row was written.
    assert record.visit.watch is not None
    assert teams.calls[0] == ("POST", "createOrGet")
    assert ("POST", "subscriptions") in teams.calls
    (made,) = teams.made
    assert made["includeResourceData"]
    assert made["encryptionCertificateId"]
    assert made["lifecycleNotificationUrl"].endswith("/api/graph/lifecycle")


async def test_a_visit_does_not_fail_because_it_cannot_be_followed_and_the_worker_subscribes_later() -> None:
    teams = Subscriptions(away=True)
    clinic, record = await followed(teams)
    assert record.visit.watch is None
    moment = next_moment(record, RULES, NOW)
    assert moment
    assert moment.at <= NOW + RETRY_AFTER
    teams.away = False
    after = (await tending(clinic, teams).act(record, Permit(), at(hours=1)))(record)
    assert after.visit.watch is not None


async def test_a_subscription_that_runs_out_is_renewed_as_work() -> None:
    teams = Subscriptions()
    clinic, record = await followed(teams)
    watch = Watch("watch-1", NOW + WATCH_RENEW_BEFORE + timedelta(minutes=5))
    record = replace(record, phones={}, visit=replace(record.visit, watch=watch, facts_due=False))
    moment = next_moment(record, RULES, NOW)
    assert moment
    assert moment.at == watch.expires - WATCH_RENEW_BEFORE
    clinic.clock.now = moment.at
    doer = tending(clinic, teams)
    assert doer.wanted(record, RULES, clinic.clock.now)
    after = (await doer.act(record, Permit(), at(hours=1)))(record)
    assert teams.renewed == ["watch-1"]
    assert after.visit.watch
    assert after.visit.watch.expires > watch.expires
    assert not doer.wanted(after, RULES, clinic.clock.now)


async def test_a_subscription_that_is_gone_is_made_again() -> None:
    teams = Subscriptions(gone=True)
    clinic, record = await followed(teams)
    record = replace(record, visit=replace(record.visit, watch=Watch("watch-1", NOW)))
    after = (await tending(clinic, teams).act(record, Permit(), at(hours=1)))(record)
    assert len(teams.made) == 2
    assert after.visit.watch
    assert after.visit.watch.subscription_id == "watch-2"


async def test_a_renewal_that_fails_is_tried_again_in_a_minute_and_again() -> None:
    teams = Subscriptions()
    clinic, record = await followed(teams)
    record = replace(record, visit=replace(record.visit, watch=Watch("watch-1", NOW)))
    teams.away = True
    after = (await tending(clinic, teams).act(record, Permit(), at(hours=1)))(record)
    assert after.visit.watch_retry == NOW + RETRY_AFTER
    assert tending(clinic, teams).wanted(after, RULES, NOW + RETRY_AFTER)
