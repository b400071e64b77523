"""The pages and the launch buttons, and the schedule behind them."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.config import EPIC_CLIENT_IDS, INTERCONNECT, PEOPLE
from local.epic.writeback import PATH
from tests.local.epic.vendor import Vendor


def links(page: str) -> list[str]:
    """The addresses of a page's launch buttons."""
    return re.findall(rf'href="{INTERCONNECT}/(launch/[^"]+)"', page)


async def test_the_clinicians_chart_leads_to_the_app(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    page = (await vendor.epic.get("hyperspace")).text
    assert "Pat Tester" in page
    assert "10:15" in page
    connect, text = links(page)
    assert (connect, text) == (f"launch/provider/{csn}?user=MBELL", f"launch/directsms/{csn}?user=MBELL")
    answer = await vendor.epic.get(connect)
    assert answer.status_code == 302
    address, _, query = answer.headers["location"].partition("?")
    assert address == f"{vendor.config.functions}/api/launch/epic/provider"
    sent = parse_qs(query)
    assert sent["iss"] == [vendor.config.fhir_base]
    assert len(sent["launch"][0]) > 1000
    assert await vendor.code(launch=sent["launch"][0])


async def test_the_patients_portal_leads_to_the_app(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    begin, test = links((await vendor.epic.get("mychart?user=pat.tester")).text)
    assert (begin, test) == (f"launch/patient/{csn}?user=pat.tester", f"launch/devicetest/{csn}?user=pat.tester")
    for link, audience in ((begin, "patient"), (test, "devicetest")):
        location = (await vendor.epic.get(link)).headers["location"]
        assert urlsplit(location).path == f"/api/launch/epic/{audience}"


async def test_a_launch_can_name_its_connection(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    answer = await vendor.epic.get(f"launch/provider/{csn}?user=MBELL&connection_id=demo2amer")
    assert urlsplit(answer.headers["location"]).path == "/api/launch/epic/provider/demo2amer"


@pytest.mark.parametrize(
    ("link", "status"),
    [
        ("launch/provider/unknown", 404),
        ("launch/unknown/{csn}", 404),
        ("launch/provider/{csn}?user=pat.tester", 403),
        ("launch/patient/{csn}?user=MBELL", 403),
        ("launch/provider/{csn}?user=NOBODY", 403),
        ("hyperspace?user=pat.tester", 404),
        ("mychart?user=MBELL", 404),
    ],
)
async def test_what_is_not_yours_stays_shut(vendor: Vendor, link: str, status: int) -> None:
    csn = (await vendor.appointment())["csn"]
    assert (await vendor.epic.get(link.format(csn=csn))).status_code == status


async def test_a_clinician_sees_their_own_visits_of_today_and_later(vendor: Vendor) -> None:
    csns = [
        (await vendor.appointment(start=start, clinician=clinician))["csn"]
        for start, clinician in (
            ("2026-11-23T10:15:00-06:00", "MBELL"),
            ("2026-11-24T10:15:00-06:00", "MBELL"),
            ("2026-11-25T10:15:00-06:00", "MBELL"),
            ("2026-11-24T10:15:00-06:00", "IMOREAU"),
        )
    ]
    mine = (await vendor.epic.get("hyperspace?user=MBELL")).text
    assert [csn in mine for csn in csns] == [False, True, True, False]
    assert "Today, Tuesday 24 November" in mine
    assert csns[3] in (await vendor.epic.get("hyperspace?user=IMOREAU")).text


async def test_a_cancelled_visit_has_no_buttons(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    await vendor.control.patch(f"/epic/appointments/{csn}", json={"status": "cancelled"})
    page = (await vendor.epic.get("hyperspace")).text
    assert "cancelled" in page
    assert links(page) == []


async def test_the_chart_shows_who_is_connected(vendor: Vendor) -> None:
    csn, token = (await vendor.appointment())["csn"], await vendor.backend_token()
    for kind, status in (("1", "1"), ("2", "1"), ("1", "2")):
        sent = {"ConferenceID": csn, "ExternalID": f"x{kind}", "ExternalIDType": kind, "VendorName": "v"}
        headers = {"Authorization": f"Bearer {token}", "Epic-Client-ID": EPIC_CLIENT_IDS["backend"]}
        await vendor.epic.get(PATH[1:], headers=headers, params=sent | {"ConnectionStatus": status})
    page = (await vendor.epic.get("hyperspace")).text
    assert "Provider disconnected at 00:00:00" in page
    assert "Patient connected at 00:00:00" in page
    assert "Provider connected" not in page


class Outline(HTMLParser):
    """Notes a page's tags and the addresses it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name == "src" or (tag == "link" and name == "href")]


@pytest.mark.parametrize("path", ["hyperspace", "mychart", "launch/provider/unknown"])
async def test_pages_load_nothing_and_have_one_heading(vendor: Vendor, path: str) -> None:
    await vendor.appointment()
    outline = Outline()
    outline.feed((await vendor.epic.get(path)).text)
    assert outline.loads == []
    assert "script" not in outline.tags
    assert (outline.tags.count("h1"), outline.tags.count("main")) == (1, 1)


async def test_an_appointment_is_booked_moved_and_found(vendor: Vendor) -> None:
    booked = await vendor.appointment(csn="42", phone=None, language="es", duration_minutes=20)
    assert (booked["csn"], booked["phone"], booked["clinician"]) == ("42", "", "MBELL")
    moved = await vendor.control.patch("/epic/appointments/42", json={"start": "2026-11-25T08:00:00+01:00"})
    assert moved.json() == booked | {"start": "2026-11-25T08:00:00+01:00"}
    assert (await vendor.control.get("/epic/appointments/42")).json() == moved.json()
    assert (await vendor.control.get("/epic/appointments")).json() == [moved.json()]


async def test_appointments_get_numbers_of_their_own(vendor: Vendor) -> None:
    first, second = await vendor.appointment(), await vendor.appointment()
    assert first["csn"] != second["csn"]
    assert first["phone"] == PEOPLE["patient"].phone


@pytest.mark.parametrize(
    "change",
    [
        {"start": None},
        {"start": "tomorrow"},
        {"start": "2026-11-24T10:15:00"},
        {"zone": "Mars/Olympus"},
        {"clinician": "pat.tester"},
        {"patient": "MBELL"},
        {"duration_minutes": 0},
        {"duration_minutes": True},
        {"status": "lost"},
        {"colour": "red"},
        {"csn": ""},
    ],
)
async def test_what_is_no_appointment_is_not_booked(vendor: Vendor, change: dict[str, Any]) -> None:
    asked = {"start": "2026-11-24T10:15:00-06:00"} | change
    assert (await vendor.control.post("/epic/appointments", json=asked)).status_code == 400
    assert (await vendor.control.get("/epic/appointments")).json() == []


async def test_the_control_address_says_what_it_does_not_know(vendor: Vendor) -> None:
    csn = (await vendor.appointment(csn="7"))["csn"]
    calls = [
        ("GET", "/epic/appointments/8", {}, 404),
        ("PATCH", "/epic/appointments/7", {"csn": "8"}, 400),
        ("POST", "/epic/appointments", {"start": "2026-11-24T10:15:00Z", "csn": csn}, 400),
        ("POST", "/epic/appointments", {}, 400),
        ("POST", "/epic/appointments/7/send", {"event": "S99"}, 400),
        ("POST", "/epic/launches", {"audience": "nobody", "csn": csn}, 400),
        ("POST", "/epic/launches", {"audience": "patient", "csn": "8"}, 404),
        ("POST", "/epic/launches", {"audience": "patient", "csn": csn, "user": "NOBODY"}, 400),
    ]
    for method, path, body, status in calls:
        answer = await vendor.control.request(method, path, json=body)
        assert answer.status_code == status, (method, path, answer.text)
