"""A hospital and its affiliate on one stack: each with people, a connection and a room of its own."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from local.browser import Browser
from local.config import AFFILIATE_TENANT_ID, EPIC_CLIENT_IDS, PEOPLE, TENANT_ID, Person
from tests.stack.conftest import Hospital
from tests.stack.test_launch import code_of


@dataclass
class Organisation:
    """One of the two: its people by their keys, its connection, and the meeting that its doctor's launch made."""

    tenant: str
    admin: str
    approver: str
    doctor: Person
    connection: str = ""
    room: str = ""
    csn: str = ""


class Both:
    """The hospital and its affiliate, each with an approved connection to the same FHIR base URL."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital
        self.home = Organisation(TENANT_ID, "admin", "approver", PEOPLE["clinician"])
        self.affiliate = Organisation(
            AFFILIATE_TENANT_ID, "affiliate_admin", "affiliate_approver", PEOPLE["affiliate_clinician"]
        )

    @property
    def pairs(self) -> list[tuple[Organisation, Organisation]]:
        """Each with the other."""
        return [(self.home, self.affiliate), (self.affiliate, self.home)]

    async def call(self, person: str, method: str, path: str, **options: Any) -> httpx.Response:
        """A call of the API by a person."""
        headers = {"Authorization": f"Bearer {await self.hospital.world.token(person)}"} | options.pop("headers", {})
        url = f"{self.hospital.config.functions}/api{path}"
        return await self.hospital.world.http.request(method, url, headers=headers, **options)

    async def add(self, one: Organisation) -> None:
        """Its admin adds the connection."""
        approver = PEOPLE[one.approver]
        body = {
            "fhir_base": self.hospital.config.fhir_base,
            "environment": "testing",
            "zone": "America/Chicago",
            "approver": {"oid": approver.oid, "name": approver.name},
            "client_ids": EPIC_CLIENT_IDS,
        }
        answer = await self.call(one.admin, "POST", "/connections", json=body)
        assert answer.status_code == 201, answer.text
        one.connection = answer.json()["id"]

    async def approve(self, one: Organisation) -> None:
        """Its approver signs in to Epic and approves."""
        path, person = f"/connections/{one.connection}/approval", PEOPLE[one.approver]
        async with Browser(str(self.hospital.config.bundle)) as browser:
            started = await self.call(one.approver, "POST", f"{path}/start")
            page = await browser.open(started.json()["url"])
            page = await browser.submit(page, epic_username=person.epic_username, epic_password=person.epic_password)
            assert str(page.url).startswith(self.hospital.config.portal), code_of(page)
        answer = await self.call(one.approver, "POST", path, json={"decision": "approve"})
        assert (answer.status_code, answer.json().get("state")) == (200, "approved"), answer.text

    async def launch_url(self, one: Organisation) -> str:
        """The launch URL of its records, as Epic fills it in for a visit of its doctor."""
        shown = (await self.call(one.admin, "GET", f"/connections/{one.connection}/records")).json()["records"]
        record = next(item for item in shown if item["name"] == "provider")
        one.csn = one.csn or await self.book()
        launch = await self.hospital.launch(one.csn, user=one.doctor.epic_username)
        return f"{record['launch_url']}?{urlsplit(launch).query}"

    async def book(self) -> str:
        """A visit that no message announced."""
        start = "2027-01-05T10:00:00-06:00"
        answer = await self.hospital.world.control("POST", "/epic/appointments", json={"start": start})
        return str(answer["csn"])

    async def enter(self, one: Organisation) -> None:
        """Its doctor launches and signs in to Microsoft, once."""
        async with Browser(str(self.hospital.config.bundle)) as browser:
            page = await browser.open(await self.launch_url(one))
            if str(page.url).startswith(self.hospital.config.entra):
                assert page.url.path.startswith(f"/{one.tenant}/")
                page = await browser.submit(page, username=one.doctor.username, password=one.doctor.password)
        assert page.url.path.startswith("/l/meetup-join/"), page.text
        one.room = str(page.url)

    async def meeting(self, one: Organisation) -> dict[str, Any]:
        """What Graph has of its room."""
        meetings = await self.hospital.world.control("GET", "/meetings")
        found: dict[str, Any] = next(item for item in meetings if httpx.URL(item["joinWebUrl"]) == httpx.URL(one.room))
        return found
