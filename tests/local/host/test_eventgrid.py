"""Event Grid's webhook, by the contract of its delivery."""

from typing import Any
from uuid import uuid4

import pytest

from tests.local.host.running import FUNCTION, OTHER_SYSTEM, Site

WEBHOOK = "/runtime/webhooks/eventgrid"


def an_event(subject: str = "good") -> dict[str, Any]:
    """An event in Event Grid's own schema."""
    return {
        "id": str(uuid4()),
        "topic": "/subscriptions/x/resourceGroups/y",
        "subject": subject,
        "eventType": "Sample.Happened",
        "eventTime": "2026-01-01T00:00:00.1234567Z",
        "data": {"number": 7},
        "dataVersion": "1.0",
        "metadataVersion": "1",
    }


async def deliver(site: Site, kind: str | None, body: Any, function: str = "on_event", **how: Any) -> Any:
    """Posts to the webhook with its key, unless `how` has other query or headers."""
    async with site.client as client:
        query = {"functionName": function} | how.get("query", {"code": site.event_grid})
        headers = ({"aeg-event-type": kind} if kind else {}) | how.get("headers", {})
        return await client.post(WEBHOOK, params=query, headers=headers, json=body)


async def _seen(site: Site) -> list[str]:
    return [event["id"] for event in await site.seen("events")]


async def test_each_event_of_a_batch_reaches_the_function(site: Site) -> None:
    events = [an_event(), an_event()]
    assert (await deliver(site, "Notification", events)).status_code == 202
    assert {event["id"] for event in events} <= set(await _seen(site))
    kept = [event for event in await site.seen("events") if event["id"] == events[0]["id"]]
    assert kept == [{"id": events[0]["id"], "type": "Sample.Happened", "data": {"number": 7}}]


async def test_one_failure_fails_the_batch(site: Site) -> None:
    events = [an_event(), an_event("bad")]
    assert (await deliver(site, "Notification", events)).status_code == 500
    assert {event["id"] for event in events} <= set(await _seen(site))


async def test_the_handshake_is_answered_with_its_code(site: Site) -> None:
    event = an_event() | {
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "data": {"validationCode": "512d38b6", "validationUrl": "https://example.invalid/"},
    }
    answer = await deliver(site, "SubscriptionValidation", [event])
    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "512d38b6"})
    assert event["id"] not in await _seen(site)


async def test_an_unsubscription_is_noted(site: Site) -> None:
    assert (await deliver(site, "Unsubscribe", [])).status_code == 202


@pytest.mark.parametrize(
    ("kind", "body", "function", "status"),
    [
        (None, [], "on_event", 400),
        ("Other", [], "on_event", 400),
        ("Notification", [1], "on_event", 400),
        ("SubscriptionValidation", [], "on_event", 400),
        ("SubscriptionValidation", [{"data": "x"}], "on_event", 400),
        ("Notification", [], "nobody", 404),
        ("Notification", [], "things", 404),
        ("Notification", [], "", 404),
    ],
)
async def test_what_is_no_delivery_is_refused(
    ours: Site, kind: str | None, body: Any, function: str, status: int
) -> None:
    assert (await deliver(ours, kind, body, function)).status_code == status


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({}, {}),
        ({"code": "wrong"}, {}),
        ({"code": FUNCTION}, {}),
        ({"code": OTHER_SYSTEM}, {}),
        ({}, {"aeg-sas-key": "wrong"}),
    ],
)
async def test_without_the_extensions_key_nothing_is_delivered(
    ours: Site, query: dict[str, str], headers: dict[str, str]
) -> None:
    event = an_event()
    answer = await deliver(ours, "Notification", [event], query=query, headers=headers)
    assert answer.status_code == 401
    assert event["id"] not in await _seen(ours)


async def test_the_key_may_stand_in_event_grids_own_header(ours: Site) -> None:
    answer = await deliver(ours, "Notification", [an_event()], query={}, headers={"aeg-sas-key": ours.event_grid})
    assert answer.status_code == 202
