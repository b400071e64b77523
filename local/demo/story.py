"""The story: from a configured connection to an erased phone number, on real protocols, each step with its proof."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from local.browser import Browser
from local.config import EPIC_CLIENT_IDS, PEOPLE, SENDER_NUMBER
from local.demo.steps import StepFailedError, Steps, holds, until
from local.demo.world import World
from local.seed import ORGANISATION, WRITEBACK, ZONE

REMINDER_MINUTES = 15
LINK = re.compile(r"https?://\S+/api/v/[\w-]+")
DOCTOR, PATIENT = PEOPLE["clinician"], PEOPLE["patient"]


@dataclass
class Story:
    """What one step leaves for the next."""

    world: World
    steps: Steps
    connection_id: str = ""
    csn: str = ""
    link: str = ""
    join_url: str = ""
    meeting_id: str = ""
    start: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def play(self) -> None:
        """Plays the whole story. Raises `StepFailedError` at the first step that does not hold."""
        bundle = str(self.world.config.bundle)
        async with Browser(bundle) as approver, Browser(bundle) as doctor, Browser(bundle) as patient:
            await self.configure()
            await self.approve(approver)
            await self.appointment()
            await self.reminder()
            await self.patient_waits(patient)
            await self.clinician_launches(doctor)
            await self.visit(patient)
            await self.second_launch(doctor)
            await self.end()
            await self.report()

    async def configure(self) -> None:
        """The administrator configures a connection through the API that the portal uses."""
        world = self.world
        with self.steps.step("The administrator adds a connection; its FHIR base URL is checked first") as proof:
            checked = await world.api("admin", "POST", "/connections/check", json={"fhir_base": world.config.fhir_base})
            holds(checked["usable"], f"the check found {checked['findings']}")
            body = {
                "fhir_base": world.config.fhir_base,
                "environment": "testing",
                "zone": ZONE,
                "approver": {"oid": PEOPLE["approver"].oid, "name": PEOPLE["approver"].name},
                "client_ids": EPIC_CLIENT_IDS,
                "writeback": {
                    "kind": WRITEBACK.kind,
                    "statuses": dict(WRITEBACK.statuses),
                    "id_types": dict(WRITEBACK.id_types),
                },
            }
            added = await world.api("admin", "POST", "/connections", json=body)
            self.connection_id = added["id"]
            holds(added["state"] == "needs_approval", f"the state is {added['state']}")
            proof.append(f"connection {self.connection_id}, FHIR {checked['fhir_release']}, state {added['state']}")
        with self.steps.step(
            "The administrator gives both consents, sets up texts, uploads the sender certificate"
        ) as proof:
            await world.api("admin", "PUT", "/sms/consents", json={"sms_terms": True, "patient_consent": True})
            sms = await world.api(
                "admin",
                "PUT",
                f"/connections/{self.connection_id}/sms",
                json={"enabled": True, "sender": SENDER_NUMBER, "organisation": ORGANISATION},
            )
            certificate = await world.api(
                "admin",
                "POST",
                f"/connections/{self.connection_id}/certificates",
                content=world.config.sender_certificate.read_bytes(),
            )
            proof.append(f"reminders {sms['reminders']} minutes before, from {sms['sender']}")
            proof.append(f"certificate {certificate['thumbprint'][:16]}…, until {certificate['not_after'][:10]}")

    async def approve(self, browser: Browser) -> None:
        """The analyst proves to belong to the hospital's Epic and approves."""
        person = PEOPLE["approver"]
        with self.steps.step(
            "The Epic analyst signs in to Epic and approves; the integration records are ready"
        ) as proof:
            started = await self.world.api("approver", "POST", f"/connections/{self.connection_id}/approval/start")
            page = await browser.open(started["url"])
            landed = await browser.submit(page, epic_username=person.epic_username, epic_password=person.epic_password)
            holds(str(landed.url).startswith(self.world.config.portal), f"the approver landed on {_seen(landed)}")
            decided = await self.world.api(
                "approver", "POST", f"/connections/{self.connection_id}/approval", json={"decision": "approve"}
            )
            holds(decided["state"] == "approved", f"the state is {decided['state']}")
            records = await self.world.api("approver", "GET", f"/connections/{self.connection_id}/records")
            provider = next(record for record in records["records"] if record["name"] == "provider")
            await self._paste(records["records"])
            proof.append(f"state {decided['state']} by {person.name}, {len(records['records'])} records")
            proof.append(f"provider record: {provider['launch_url']}")

    async def _paste(self, records: list[dict[str, Any]]) -> None:
        """The analyst pastes the launch records into Epic."""
        known = await self.world.control("GET", "/epic/records")
        pasted = {
            record["name"]: {"context": record["context"], "url": record["launch_url"]}
            for record in records
            if record["name"] in known
        }
        await self.world.control("PUT", "/epic/records", json=pasted)

    async def appointment(self) -> None:
        """Epic announces an appointment; the confirmation reaches the phone."""
        # The reminder falls due a few seconds from now, so that nobody has to wait for it.
        soon = datetime.now(UTC) + timedelta(minutes=REMINDER_MINUTES, seconds=10)
        self.start = soon.replace(microsecond=0)
        with self.steps.step("Epic sends a signed HL7v2 SIU^S12; it is stored before it is acknowledged") as proof:
            self.csn = await self.world.book(self.start, patient=PATIENT.epic_username, clinician=DOCTOR.epic_username)
            answer = await self.world.send(self.csn, "S12", self.connection_id)
            holds(answer["status"] == 200 and "|AA|" in answer["ack"], f"the answer was {answer}")
            proof.append(f"CSN {self.csn}, {answer['ack'].splitlines()[1]}, {answer['seconds'] * 1000:.0f} ms")
        with self.steps.step("The confirmation text arrives") as proof:
            text = await self._text(1)
            holds(ORGANISATION in text["message"] and "STOP" in text["message"], f"the text was {text['message']}")
            self.link = self._link(text)
            proof += [f"to {text['to']}: {text['message']}", f"gateway id {text['id']}"]

    async def reminder(self) -> None:
        """The reminder leaves at its time, once."""
        with self.steps.step(
            f"The reminder {REMINDER_MINUTES} minutes before leaves when its minute has come"
        ) as proof:

            async def ticked() -> dict[str, Any] | None:
                await self.world.run_tick()
                texts = await self._texts()
                return texts[1] if len(texts) > 1 else None

            text = await until(ticked, "the reminder", seconds=60)
            due = self.start - timedelta(minutes=REMINDER_MINUTES)
            late = datetime.fromisoformat(text["accepted_at"]) - due
            holds(late >= timedelta(0), f"the reminder left {late} too early")
            holds(self._link(text) == self.link, "the reminder's link is another one")
            proof.append(f"{late.total_seconds():.1f} s after its time: {text['message']}")

    async def patient_waits(self, browser: Browser) -> None:
        """The patient opens the text's link before there is a room."""
        with self.steps.step("The patient opens the text's link and waits: no account, no app, no sign-in") as proof:
            page = await browser.open(self.link)
            holds(page.status_code == 200 and 'role="status"' in page.text, f"the page answered {page.status_code}")
            standing = await self._standing(browser)
            holds(standing["state"] == "waiting", f"the link stands at {standing}")
            proof.append(f"waiting page {len(page.content)} bytes, status {standing['state']}")

    async def clinician_launches(self, browser: Browser) -> None:
        """The clinician launches from the chart and signs in once."""
        world = self.world
        with self.steps.step(
            "The clinician launches from Epic's chart: SMART App Launch, then one Microsoft sign-in"
        ) as proof:
            page = await browser.open(f"{world.config.epic}/launch/provider/{self.csn}?user={DOCTOR.epic_username}")
            holds(str(page.url).startswith(world.config.entra), f"no Microsoft sign-in but {page.url.path}")
            room = await browser.submit(page, username=DOCTOR.username, password=DOCTOR.password)
            holds(room.status_code == 200, f"the room answered {room.status_code}")
            self.join_url = str(room.url)
            self.meeting_id = await self._meeting()
            proof.append(f"signed in as {DOCTOR.username}, {self._hops(browser)} hops, meeting {self.meeting_id[:24]}…")
        with self.steps.step(
            "The room has its lobby, its presenter and its watcher before anyone has the link"
        ) as proof:
            meeting = await self._the_meeting()
            lobby = meeting["lobbyBypassSettings"]["scope"]
            holds(meeting["allowedPresenters"] == "roleIsPresenter", "anyone could present")
            holds(meeting["subscriptions"], "nobody watches the room")
            holds(self.csn not in str(meeting), "Teams knows the appointment's number")
            proof.append(f"lobby {lobby}, chat {meeting['allowMeetingChat']}, subject “{meeting['subject']}”")

    async def visit(self, patient: Browser) -> None:
        """Both meet; Epic shows it."""
        world = self.world
        with self.steps.step(
            "The patient's page moves on into the same meeting's lobby; the clinician admits"
        ) as proof:
            standing = await self._standing(patient)
            holds(standing["state"] == "ready", f"the link stands at {standing}")
            page = await patient.open(self.link)
            holds(str(page.url) == self.join_url, "patient and clinician are in different meetings")
            await world.roster(self.meeting_id, "Guest", "lobby")
            await world.roster(self.meeting_id, DOCTOR.username, "join")
            await world.roster(self.meeting_id, "Guest", "join")
            proof.append(f"roster events sent for {self.meeting_id[:24]}…, encrypted, signed")
        with self.steps.step("Epic shows who is connected") as proof:
            told = await self._told(2)
            holds({item["external_id_type"] for item in told} == {"provider", "patient"}, f"Epic was told {told}")
            holds({item["status"] for item in told} == {"connected"}, f"Epic was told {told}")
            holds(DOCTOR.fhir_id in {item["external_id"] for item in told}, "the clinician was not named")
            proof += [_shown(item) for item in told]

    async def second_launch(self, browser: Browser) -> None:
        """The clinician's next launch needs no sign-in."""
        with self.steps.step("The clinician launches again: no sign-in, the same room") as proof:
            before = len(browser.trail)
            page = await browser.open(
                f"{self.world.config.epic}/launch/provider/{self.csn}?user={DOCTOR.epic_username}"
            )
            trail = browser.trail[before:]
            holds(str(page.url) == self.join_url, f"the second launch ended at {page.url.path}")
            holds(not any(url.startswith(self.world.config.entra) for url in trail), "Microsoft asked again")
            proof.append(f"{len(trail) - 1} hops, straight to the room")

    async def end(self) -> None:
        """The visit ends; the number goes."""
        with self.steps.step("The visit ends; Epic shows that both have gone") as proof:
            await self.world.roster(self.meeting_id, DOCTOR.username, "end")
            told = await self._told(4)
            holds({item["status"] for item in told[2:]} == {"disconnected"}, f"Epic was told {told}")
            proof += [_shown(item) for item in told[2:]]
        with self.steps.step("The phone number is gone from storage; the link leads nowhere else") as proof:

            async def erased() -> bool | None:
                rows = await self.world.rows("visits")
                return not any(row["RowKey"].endswith(":phone") for row in rows)

            await until(erased, "the phone number's row to go")
            tables = ("visits", "work", "facts", "clinicians", "audit", "connections", "optouts")
            everything = str([await self.world.rows(table) for table in tables])
            for secret in (PATIENT.phone, PATIENT.phone[1:], self.csn, PATIENT.name):
                holds(secret not in everything, "something of the patient is still in a table")
            proof.append(f"searched {len(everything)} characters in {len(tables)} tables: no number, name or CSN")

    async def report(self) -> None:
        """The report has the visit."""
        with self.steps.step("The report has the visit") as proof:

            async def completed() -> dict[str, Any] | None:
                report = await self.world.api("admin", "GET", "/reports/visits")
                found = [row for row in report["visits"] if row["connection"] == self.connection_id]
                done = [row for row in found if row["status"] == "completed"]
                return done[0] if len(found) == 1 and done else None

            row = await until(completed, "the visit in the report")
            texts = await self._texts()
            holds(len(texts) == 2, f"{len(texts)} texts were sent, not 2")
            proof.append(
                f"status {row['status']}, lobby {row['lobby_seconds']} s, call {row['call_seconds']} s, "
                f"{row['most_people']} people, {row['texts_sent']} texts"
            )

    async def _texts(self) -> list[dict[str, Any]]:
        return [text for text in await self.world.messages() if text["to"] == PATIENT.phone]

    async def _text(self, count: int) -> dict[str, Any]:
        async def arrived() -> dict[str, Any] | None:
            texts = await self._texts()
            return texts[count - 1] if len(texts) >= count else None

        return await until(arrived, "the text")

    async def _told(self, count: int) -> list[dict[str, Any]]:
        async def written() -> list[dict[str, Any]] | None:
            found = [item for item in await self.world.statuses() if item["conference_id"] == self.csn]
            return found if len(found) >= count else None

        told = await until(written, f"{count} statuses in Epic")
        holds(len(told) == count, f"Epic was told {told}")
        return told

    async def _standing(self, browser: Browser) -> dict[str, Any]:
        token = self.link.rpartition("/")[2]
        answer = await browser.step(f"{self.world.config.functions}/api/visits/{token}/status")
        holds(answer.status_code == 200, f"the status answered {answer.status_code}")
        standing: dict[str, Any] = answer.json()
        return standing

    async def _the_meeting(self) -> dict[str, Any]:
        meetings = await self.world.control("GET", "/meetings")
        wanted = httpx.URL(self.join_url)
        for meeting in meetings:
            if httpx.URL(meeting["joinWebUrl"]) == wanted:
                found: dict[str, Any] = meeting
                return found
        raise StepFailedError("the room is no meeting of Teams")

    async def _meeting(self) -> str:
        return str((await self._the_meeting())["id"])

    def _link(self, text: dict[str, Any]) -> str:
        found = LINK.search(text["message"])
        holds(found, f"the text has no link: {text['message']}")
        return found.group(0) if found else ""

    def _hops(self, browser: Browser) -> int:
        return len(browser.trail) - 1


def _seen(page: httpx.Response) -> str:
    """Where a browser landed and what it read there, without the query."""
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    return f"{page.url.host}{page.url.path} ({page.status_code}): {' '.join(words.split())[:300]}"


def _shown(item: dict[str, Any]) -> str:
    return f"{item['received_at']} {item['external_id_type']} {item['status']}"
