"""Deliveries at the door of a deployment with two tenants: an item counts with its own tenant's token, for its own visit."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from azure.core.exceptions import ServiceRequestError

from shared.adapters.entra import TenantTokens
from shared.adapters.queues import Queues
from shared.errors import Refused, Unavailable
from shared.follow.notifications import (
    ANSWER_WITHIN,
    CHANGE_TRACKING_APP,
    LOOK_WITHIN,
    SENT_AT_ONCE,
    Notifications,
)
from shared.keys.keys import Keys
from shared.organisations.connection import Connection
from shared.rooms.envelope import Envelope
from shared.settings import Settings
from shared.visits.ids import watch_state
from shared.visits.store import Change, Visits
from shared.visits.visit import VisitKey
from shared.work.worker import Worker
from tests.builders import RING, StillClock

SETTINGS = Settings("https://us", "https://portal", "home", "app", "https://v", "https://s", ("affiliate",))
VISIT = "AAAAAAAAAAAAAAAAAAAA"
TENANT_OF = {"ofhome": "home", "ofaffil": "affiliate"}


class Tokens:
    """Takes a token `tenant` or `tenant:caller` for true."""

    async def verify(self, token: str, *, refusal: str, version_1: bool) -> dict[str, Any]:
        tenant, _, caller = token.partition(":")
        if tenant not in SETTINGS.tenants or not version_1:
            raise Refused(refusal)
        return {"tid": tenant, "appid": caller or CHANGE_TRACKING_APP}


async def at_once() -> None:
    """Storage as it should be."""


class Rest:
    """Everything else that the door asks: the ring, the queue, visits, connections."""

    def __init__(self) -> None:
        self.queued: list[str] = []
        self.changed: list[str] = []
        self.before_queued: Callable[[], Awaitable[None]] = at_once
        self.before_known: Callable[[], Awaitable[None]] = at_once
        self.messages: list[dict[str, Any]] = []
        self.opened: list[Any] = []

    async def ring(self) -> Any:
        return RING

    async def send(self, _: str, message: dict[str, Any]) -> None:
        await self.before_queued()
        self.queued.append(message["visit"].partition("/")[0])
        self.messages.append(message)

    async def change(self, key: VisitKey, _: Change, **how: bool) -> None:
        self.changed.append(key.connection)

    async def open(self, content: Any) -> dict[str, Any]:
        self.opened.append(content)
        return {}

    async def run(self, _: Any) -> None:
        """No work follows."""

    async def connection_of(self, connection_id: str) -> Connection | None:
        await self.before_known()
        tenant = TENANT_OF.get(connection_id)
        return Connection(connection_id, tenant, "https://ehr", "testing", "UTC", "") if tenant else None


def door() -> tuple[Notifications, Rest]:
    rest = Rest()
    made = Notifications(
        SETTINGS, cast("TenantTokens", Tokens()), cast("Keys", rest), cast("Queues", rest), cast("Envelope", rest),
        cast("Visits", rest), rest.connection_of, cast("Worker", rest), StillClock(),
    )  # fmt: skip
    return made, rest


def an_item(connection: str, tenant: Any, **more: Any) -> dict[str, Any]:
    return {"clientState": watch_state(RING, VisitKey(connection, VISIT)), "tenantId": tenant, **more}


@pytest.mark.parametrize("connection", ["ofhome", "ofaffil"])
async def test_each_tenant_s_events_are_taken(connection: str) -> None:
    notifications, rest = door()
    tenant = TENANT_OF[connection]
    await notifications.accept({"value": [an_item(connection, tenant)], "validationTokens": [tenant]})
    assert rest.queued == [connection]


async def test_one_delivery_may_hold_events_of_both_with_a_token_for_each() -> None:
    notifications, rest = door()
    items = [an_item("ofhome", "home"), an_item("ofaffil", "affiliate")]
    await notifications.accept({"value": items, "validationTokens": ["home", "affiliate"]})
    assert rest.queued == ["ofhome", "ofaffil"]


@pytest.mark.parametrize(
    ("items", "tokens"),
    [
        ([an_item("ofaffil", "affiliate")], ["home"]),
        ([an_item("ofhome", "home"), an_item("ofaffil", "affiliate")], ["home"]),
        ([an_item("ofhome", "affiliate")], ["affiliate"]),
        ([an_item("ofhome", "affiliate")], ["home", "affiliate"]),
        ([an_item("ofaffil", "home")], ["home", "affiliate"]),
        ([an_item("ofhome", "foreign")], ["home"]),
        ([an_item("ofhome", "foreign")], ["foreign"]),
        ([an_item("ofhome", None)], ["home"]),
        ([an_item("ofhome", ["home"])], ["home"]),
        ([an_item("removed", "affiliate")], ["home"]),
        ([an_item("ofhome", "home")], ["home", "foreign"]),
        ([an_item("ofhome", "home")], ["home:another caller"]),
        ([an_item("ofhome", "home") | {"clientState": "forged"}], ["home"]),
    ],
)
async def test_a_tenant_speaks_for_its_own_visits_only(items: list[dict[str, Any]], tokens: list[str]) -> None:
    notifications, rest = door()
    with pytest.raises(Refused, match=r"graph\.not_authentic"):
        await notifications.accept({"value": items, "validationTokens": tokens})
    assert rest.queued == []


async def test_an_event_for_a_visit_whose_connection_is_gone_needs_a_served_tenant() -> None:
    notifications, rest = door()
    await notifications.accept({"value": [an_item("removed", "home")], "validationTokens": ["home"]})
    assert rest.queued == ["removed"]


async def test_a_renewal_is_asked_for_by_the_visit_s_own_tenant() -> None:
    notifications, rest = door()
    renew = {"lifecycleEvent": "reauthorizationRequired"}
    await notifications.lifecycle({"value": [an_item("ofaffil", "affiliate", **renew)]})
    with pytest.raises(Refused, match=r"graph\.not_authentic"):
        await notifications.lifecycle({"value": [an_item("ofaffil", "home", **renew)]})
    assert rest.changed == ["ofaffil"]


async def test_storage_that_is_too_slow_for_graph_s_patience_is_an_outage_not_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Graph comes again to an error; it counts an answer that comes too late as none, and gives the slow up."""
    monkeypatch.setattr("shared.follow.notifications.ANSWER_WITHIN", timedelta(milliseconds=20))
    assert timedelta(seconds=3) > ANSWER_WITHIN
    notifications, rest = door()
    rest.before_queued = asyncio.Event().wait  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        await notifications.accept({"value": [an_item("ofhome", "home")], "validationTokens": ["home"]})


async def test_a_delivery_of_many_events_is_not_queued_one_by_one() -> None:
    notifications, rest = door()
    under_way = most = 0

    async def slowly() -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    rest.before_queued = slowly
    await notifications.accept({"value": [an_item("ofhome", "home")] * 200, "validationTokens": ["home"]})
    assert len(rest.queued) == 200
    assert 1 < most <= SENT_AT_ONCE


@pytest.mark.parametrize("error", [None, ServiceRequestError("storage is away")], ids=["slow", "away"])
async def test_tables_that_are_slow_or_away_do_not_keep_graph_waiting_and_the_event_is_queued_still_encrypted(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    monkeypatch.setattr("shared.follow.notifications.LOOK_WITHIN", timedelta(milliseconds=20))
    assert LOOK_WITHIN < ANSWER_WITHIN < timedelta(seconds=3)
    notifications, rest = door()

    async def never() -> None:
        if error:
            raise error
        await asyncio.Event().wait()

    rest.before_known = never
    sealed = {"data": "sealed"}
    item = an_item("ofhome", "home", encryptedContent=sealed)
    await notifications.accept({"value": [item], "validationTokens": ["home"]})
    assert [message["content"] for message in rest.messages] == [sealed]
    assert rest.opened == []
    rest.before_known = at_once
    await notifications.open(rest.messages[0])
    assert rest.opened == [sealed]


async def test_what_the_door_could_not_ask_the_worker_asks_before_anything_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.follow.notifications.LOOK_WITHIN", timedelta(milliseconds=20))
    notifications, rest = door()
    rest.before_known = asyncio.Event().wait  # type: ignore[assignment]
    await notifications.accept({"value": [an_item("ofaffil", "home")], "validationTokens": ["home"]})
    rest.before_known = at_once
    await notifications.open(rest.messages[0])
    assert (rest.opened, rest.changed) == ([], [])


async def test_an_event_that_was_queued_before_tenants_went_along_is_opened() -> None:
    notifications, rest = door()
    await notifications.open({"visit": f"ofhome/{VISIT}", "content": {"data": "sealed"}})
    assert rest.opened == [{"data": "sealed"}]
