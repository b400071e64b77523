"""The clinician's visit page: whose it is, what it shows, what it may do."""

from dataclasses import dataclass, replace
from typing import cast

import pytest

from shared.errors import BridgeError, Refused
from shared.launch import page_session
from shared.launch.page_session import LIFE, PageSession
from shared.launch.visit_page import VisitPages
from shared.organisations.connection import Connection
from shared.organisations.connections import Connections
from shared.settings import Settings
from shared.visits.guests import ROLES, used
from shared.visits.visit import Presence, State
from tests.builders import KEY, NOW, RING, at
from tests.launch.test_guest_links import Known
from tests.rooms.teams import CONNECTION, Clinic
from tests.rooms.test_rooms import launched

DEPLOYMENT = Settings("https://v.example", "", "", "", "", "")
SESSION = PageSession("page", KEY, "doctor", "code")


@dataclass
class Desk:
    """A clinician at a visit's page."""

    clinic: Clinic
    known: Known

    def __post_init__(self) -> None:
        clinic = self.clinic
        self.issued: list[tuple[str, str]] = []
        self.pages = VisitPages(
            DEPLOYMENT, clinic.visits, clinic.rooms, cast("Connections", self.known), self.texts_on, self.issue, clinic.keys,
            clinic.clock,
        )  # fmt: skip

    async def texts_on(self, _: Connection) -> bool:
        return True

    async def issue(self, _: Connection, session: str, department: str) -> tuple[str, str]:
        self.issued.append((session, department))
        return "form", "ticket"

    async def people(self, **people: Presence) -> list[tuple[str, str]]:
        """Who is shown, and how, when these are there."""
        await self.clinic.visits.change(
            KEY, lambda record: record and replace(record, visit=replace(record.visit, people=people))
        )
        return [(person.who, person.state) for person in (await self.pages.seen(SESSION)).people]


async def a_desk() -> Desk:
    desk = Desk(Clinic(), Known(replace(CONNECTION, visit_page=True)))
    await desk.clinic.booked(session=RING.seal("session", b"CSN-1", str(KEY)))
    await launched(desk.clinic, "doctor")
    return desk


def test_a_session_opens_its_own_page_until_it_runs_out() -> None:
    page, cookie = page_session.begin(RING, KEY, "doctor", NOW)
    session = page_session.read(RING, page, cookie.value, NOW + LIFE / 2)
    assert (session.key, session.oid) == (KEY, "doctor")
    for name, value, now in ((page, cookie.value, NOW + LIFE), ("another", cookie.value, NOW), (page, "", NOW)):
        with pytest.raises(Refused, match=r"visit\.page_invalid"):
            page_session.read(RING, name, value, now)


async def test_what_changes_something_needs_the_page_s_code() -> None:
    desk = await a_desk()
    page, cookie = page_session.begin(RING, KEY, "doctor", NOW)
    session = await desk.pages.session(page, cookie.value)
    assert (await desk.pages.session(page, cookie.value, session.code)) == session
    for code in ("", "0" * 32, session.code[:-1]):
        with pytest.raises(Refused, match=r"visit\.page_invalid"):
            await desk.pages.session(page, cookie.value, code)


async def test_a_session_of_someone_who_is_no_staff_of_the_visit_opens_nothing() -> None:
    desk = await a_desk()
    other = replace(SESSION, oid="somebody")
    for step in (
        desk.pages.seen(other),
        desk.pages.join(other),
        desk.pages.end(other),
        desk.pages.invite(other, "family"),
    ):
        with pytest.raises(Refused, match=r"visit\.page_invalid"):
            await step
    assert (await desk.clinic.load()).guests == {}


async def test_the_page_shows_who_waits_first_and_names_nobody() -> None:
    desk = await a_desk()
    shown = await desk.people(
        a=Presence("clinician", "connected", at(0), "doctor"),
        b=Presence("patient", "waiting", at(minutes=2)),
        c=Presence("clinician", "connected", at(minutes=1), "other"),
    )
    assert shown == [("patient", "waiting"), ("you", "connected"), ("clinician", "connected")]


async def test_where_there_may_be_guests_nobody_is_called_the_patient() -> None:
    desk = await a_desk()
    two = {"a": Presence("patient", "waiting", at(0)), "b": Presence("patient", "waiting", at(minutes=1))}
    assert await desk.people(**two) == [("someone", "waiting")] * 2
    seen = await desk.pages.invite(SESSION, "interpreter")
    assert await desk.people(a=two["a"]) == [("patient", "waiting")]
    await desk.clinic.visits.change(KEY, lambda record: record and used(record, seen.guests[0].id))
    assert await desk.people(a=two["a"]) == [("someone", "waiting")]


async def test_who_left_is_shown_only_while_no_patient_is_there() -> None:
    desk = await a_desk()
    left = Presence("patient", "left", at(0))
    assert await desk.people(a=left) == [("patient", "left")]
    assert await desk.people(a=left, b=Presence("patient", "waiting", at(1))) == [("patient", "waiting")]


@pytest.mark.parametrize("role", ROLES)
async def test_a_link_is_made_shown_again_and_taken_back(role: str) -> None:
    desk = await a_desk()
    (made,) = (await desk.pages.invite(SESSION, role)).guests
    assert made.url.startswith("https://v.example/api/g/")
    assert (made.role, made.state, made.uses) == (role, "open", 0)
    assert (await desk.pages.seen(SESSION)).guests == (made,)
    (gone,) = (await desk.pages.revoke(SESSION, made.id)).guests
    assert (gone.url, gone.state) == ("", "revoked")
    with pytest.raises(Refused, match="not_found"):
        await desk.pages.revoke(SESSION, "ffffff")


async def test_a_role_is_one_of_a_few_words_and_never_a_name() -> None:
    desk = await a_desk()
    for role in ("", "Maria Lopez", "Interpreter"):
        with pytest.raises(Refused, match=r"request\.invalid"):
            await desk.pages.invite(SESSION, role)
    assert (await desk.clinic.load()).guests == {}


async def test_the_end_for_all_closes_the_room_and_kills_the_links() -> None:
    desk = await a_desk()
    await desk.pages.invite(SESSION, "family")
    seen, told = await desk.pages.end(SESSION)
    assert (seen.state, told, [guest.state for guest in seen.guests]) == ("closed", True, ["revoked"])
    (meeting,) = desk.clinic.teams.meetings.values()
    assert meeting["lobbyBypassSettings"]["scope"] == "organizer"
    assert meeting["allowedLobbyAdmitters"] == "organizerAndCoOrganizers"
    assert meeting["allowMeetingChat"] == "disabled"
    with pytest.raises(Refused, match=r"link\.over"):
        await desk.pages.invite(SESSION, "family")
    # Staff still come in: somebody has to end the call in Teams.
    assert await desk.pages.join(SESSION) == meeting["joinWebUrl"]


async def test_the_end_holds_though_teams_does_not_answer_and_says_so() -> None:
    desk = await a_desk()
    desk.clinic.teams.down = True
    seen, told = await desk.pages.end(SESSION)
    assert (seen.state, told) == ("closed", False)
    assert (await desk.clinic.load()).visit.closed == NOW


async def test_the_text_s_form_is_for_this_visit() -> None:
    desk = await a_desk()
    url, cookie = await desk.pages.text(SESSION)
    assert desk.issued == [("CSN-1", "10501")]
    assert (url, cookie.value) == ("https://v.example/api/direct-sms/form", "ticket")
    assert "CSN" not in url


async def test_a_cancelled_visit_is_shown_as_such_and_not_joined() -> None:
    desk = await a_desk()
    await desk.clinic.visits.change(
        KEY, lambda record: record and replace(record, visit=replace(record.visit, state=State.CANCELLED))
    )
    assert (await desk.pages.seen(SESSION)).state == "cancelled"
    with pytest.raises(BridgeError, match=r"link\.cancelled"):
        await desk.pages.join(SESSION)


async def test_what_the_page_asks_each_second_is_one_request_to_storage() -> None:
    desk = await a_desk()
    desk.clinic.tables.requests.clear()
    await desk.pages.seen(SESSION)
    assert desk.clinic.tables.requests == {"query": 1}
