"""SetExternalConnectionStatus: what is recorded, and what is not."""

from typing import Any

import pytest

from local.config import EPIC_CLIENT_IDS
from local.epic.writeback import PATH
from tests.local.epic.vendor import Vendor

BACKEND = EPIC_CLIENT_IDS["backend"]


def message(csn: str, **changes: str | None) -> dict[str, str]:
    """A right message, but for `changes`; None leaves a parameter out."""
    usual = {
        "ConferenceID": csn,
        "ExternalID": "MBELL",
        "ExternalIDType": "1",
        "VendorName": "VisitBridge",
        "ConnectionStatus": "1",
    } | changes
    return {name: value for name, value in usual.items() if value is not None}


async def headers(vendor: Vendor) -> dict[str, str]:
    """What the backend client sends along."""
    return {"Authorization": f"Bearer {await vendor.backend_token()}", "Epic-Client-ID": BACKEND}


@pytest.mark.parametrize(("method", "place"), [("GET", "params"), ("POST", "params"), ("POST", "data")])
async def test_a_status_is_recorded(vendor: Vendor, method: str, place: str) -> None:
    csn = (await vendor.appointment())["csn"]
    sent: dict[str, Any] = {place: message(csn)}
    answer = await vendor.epic.request(method, PATH[1:], headers=await headers(vendor), **sent)
    assert answer.status_code == 200
    [status] = (await vendor.control.get("/statuses")).json()
    assert status == {
        "conference_id": csn,
        "external_id": "MBELL",
        "external_id_type": "provider",
        "vendor_name": "VisitBridge",
        "status": "connected",
        "received_at": "2026-11-24T06:00:00.000+00:00",
    }


async def test_statuses_are_listed_in_the_order_they_came(vendor: Vendor) -> None:
    csn, sent = (await vendor.appointment())["csn"], await headers(vendor)
    for kind, status in (("1", "1"), ("2", "1"), ("1", "2")):
        changed = message(csn, ExternalIDType=kind, ConnectionStatus=status)
        await vendor.epic.get(PATH[1:], headers=sent, params=changed)
    seen = [(each["external_id_type"], each["status"]) for each in (await vendor.control.get("/statuses")).json()]
    assert seen == [("provider", "connected"), ("patient", "connected"), ("provider", "disconnected")]
    await vendor.control.delete("/statuses")
    assert (await vendor.control.get("/statuses")).json() == []


async def test_a_group_visit_is_known_by_its_conference(vendor: Vendor) -> None:
    await vendor.appointment(conference_id="G-1")
    answer = await vendor.epic.get(PATH[1:], headers=await headers(vendor), params=message("G-1"))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ConferenceID": "unknown"}, 404),
        ({"ConferenceID": None}, 400),
        ({"ExternalID": None}, 400),
        ({"VendorName": None}, 400),
        ({"ConnectionStatus": "3"}, 400),
        ({"ConnectionStatus": "connected"}, 400),
        ({"ExternalIDType": "0"}, 400),
        ({"Colour": "red"}, 400),
    ],
)
async def test_a_wrong_message_is_refused(vendor: Vendor, change: dict[str, str | None], status: int) -> None:
    csn = (await vendor.appointment())["csn"]
    answer = await vendor.epic.get(PATH[1:], headers=await headers(vendor), params=message(csn, **change))
    assert answer.status_code == status
    assert (await vendor.control.get("/statuses")).json() == []


async def test_only_the_backend_clients_own_token_will_do(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    user_token = (await vendor.token(code=await vendor.code())).json()["access_token"]
    for authorization in ("", "Bearer made-up", f"Bearer {user_token}", "Basic ZW1wJDE6Mg=="):
        sent = {"Authorization": authorization, "Epic-Client-ID": BACKEND}
        answer = await vendor.epic.get(PATH[1:], headers=sent, params=message(csn))
        assert answer.status_code == 401


async def test_a_token_ends(vendor: Vendor) -> None:
    csn, sent = (await vendor.appointment())["csn"], await headers(vendor)
    vendor.clock.now += 3600
    assert (await vendor.epic.get(PATH[1:], headers=sent, params=message(csn))).status_code == 401


@pytest.mark.parametrize("client_id", [None, EPIC_CLIENT_IDS["provider"]])
async def test_the_client_id_must_be_in_its_header(vendor: Vendor, client_id: str | None) -> None:
    csn, sent = (await vendor.appointment())["csn"], await headers(vendor)
    del sent["Epic-Client-ID"]
    answer = await vendor.epic.get(
        PATH[1:], headers=sent | ({"Epic-Client-ID": client_id} if client_id else {}), params=message(csn)
    )
    assert answer.status_code == 400
