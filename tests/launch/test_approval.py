"""The approver's decision: what it needs and what it leaves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from shared.adapters.epic import Endpoints
from shared.errors import Refused
from shared.launch.approval import Approvals
from shared.launch.cookies import Cookie
from shared.launch.ehr import EhrSignIn, SignedIn
from shared.launch.smart import Identity
from shared.organisations.access import Caller
from shared.organisations.audit import Audit
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.organisations.showing import show
from shared.settings import Settings
from tests.builders import StillClock

CONNECTION = Connection(
    "demo2amer", "tenant", "https://ehr.example/api/FHIR/R4", "testing", "UTC", "approver",
    state=ConnectionState.NEEDS_APPROVAL, endpoints=Endpoints("https://ehr.example/a", "https://ehr.example/t"),
)  # fmt: skip
APPROVER, ADMIN = Caller("tenant", "approver", frozenset()), Caller("tenant", "admin", frozenset({"Connector.Admin"}))
SETTINGS = Settings("https://us", "https://portal", "tenant", "app", "https://vault", "https://sms")


class OneConnection:
    """A store of one connection."""

    def __init__(self) -> None:
        self.held = CONNECTION

    async def get(self, connection_id: str, *, fresh: bool = False) -> Connection | None:
        return self.held if connection_id == self.held.id else None

    async def require(self, connection_id: str, tenant: str) -> Connection:
        return self.held

    async def save(self, connection: Connection) -> Connection:
        self.held = connection
        return connection


class Trail:
    """Remembers what was noted."""

    def __init__(self) -> None:
        self.actions: list[str] = []

    async def note(self, tenant: str, by: str, action: str, subject: str, changed: str = "") -> None:
        self.actions.append(action)


class SignedInAs:
    """A sign-in at the EHR that ends with this identity."""

    def __init__(self, connections: OneConnection, identity: Identity, oid: str = "approver") -> None:
        self._connections, self._identity, self._oid = connections, identity, oid

    async def finish(self, audience: str, query: Mapping[str, str], cookies: Mapping[str, str]) -> SignedIn:
        extra = {"oid": self._oid}
        return SignedIn(self._connections.held, self._identity, "https://issuer", {}, extra, Cookie("c", "", 0))


class World:
    """An approval at hand, with its clock, store and trail."""

    def __init__(self, identity: Identity | None = None, oid: str = "approver") -> None:
        self.clock, self.store, self.trail = StillClock(), OneConnection(), Trail()
        sign_in = SignedInAs(self.store, identity or Identity("Practitioner", "eAnalyst"), oid)
        self.approvals = Approvals(
            SETTINGS, cast("Connections", self.store), cast("EhrSignIn", sign_in), cast("Audit", self.trail),
            cast("Any", None), self.clock,
        )  # fmt: skip

    async def decide(self, caller: Caller = APPROVER, **body: str) -> Connection:
        shown = await self.approvals.decide(caller, "demo2amer", body)
        assert shown.state == self.store.held.state.value
        return self.store.held


async def test_the_approver_signs_in_and_approves() -> None:
    world = World()
    url, spent = await world.approvals.finish({}, {})
    assert (url, spent.value) == ("https://portal/approve/demo2amer", "")
    decided = await world.decide(decision="approve")
    assert decided.state is ConnectionState.APPROVED
    assert decided.evidence is None
    assert decided.decision is not None
    assert (decided.decision.by, decided.decision.configuration) == ("approver", CONNECTION.configuration)
    assert decided.approved is not None
    assert decided.approved.covered == CONNECTION.covered
    assert world.trail.actions == ["connection.approved"]


async def test_a_rejection_keeps_its_reason() -> None:
    world = World()
    await world.approvals.finish({}, {})
    decided = await world.decide(decision="reject", reason=" the zone is wrong ")
    assert decided.state is ConnectionState.REJECTED
    assert decided.decision is not None
    assert decided.decision.reason == "the zone is wrong"


@pytest.mark.parametrize(
    ("caller", "body", "code"),
    [
        (ADMIN, {"decision": "approve"}, "approval.not_approver"),
        (APPROVER, {"decision": "perhaps"}, "request.invalid"),
        (APPROVER, {"decision": "reject"}, "approval.reason_missing"),
    ],
)
async def test_a_decision_that_does_not_stand_is_refused(caller: Caller, body: dict[str, str], code: str) -> None:
    world = World()
    await world.approvals.finish({}, {})
    with pytest.raises(Refused, match=code):
        await world.decide(caller, **body)


async def test_evidence_is_good_for_fifteen_minutes_once_and_for_what_was_seen() -> None:
    world = World()
    with pytest.raises(Refused, match=r"approval.evidence_missing"):
        await world.decide(decision="approve")
    await world.approvals.finish({}, {})
    world.clock.now += timedelta(minutes=15)
    with pytest.raises(Refused, match=r"approval.evidence_missing"):
        await world.decide(decision="approve")
    await world.approvals.finish({}, {})
    world.store.held = replace(world.store.held, fhir_base="https://elsewhere.example/R4")
    with pytest.raises(Refused, match=r"approval.evidence_missing"):
        await world.decide(decision="approve")


async def test_a_patient_or_another_person_is_no_approver() -> None:
    with pytest.raises(Refused, match=r"launch.wrong_role"):
        await World(Identity("Patient", "ePat")).approvals.finish({}, {})
    with pytest.raises(Refused, match=r"approval.not_approver"):
        await World(oid="someone else").approvals.finish({}, {})


async def test_what_was_approved_last_is_remembered_so_that_the_approver_sees_what_is_new() -> None:
    world = World()
    await world.approvals.finish({}, {})
    await world.decide(decision="approve")
    changed = replace(world.store.held, client_ids={"provider": "p2"}, state=ConnectionState.NEEDS_APPROVAL)
    assert [
        (change.field, change.before, change.after) for change in show(changed, world.clock()).approval.changes
    ] == [("client_ids.provider", "", "p2")]


async def test_a_configuration_that_was_not_seen_is_not_approved() -> None:
    world = World()
    await world.approvals.finish({}, {})
    with pytest.raises(Refused, match=r"precondition\.failed"):
        await world.decide(decision="approve", configuration="0" * 64)
    await world.decide(decision="approve", configuration=CONNECTION.configuration)
