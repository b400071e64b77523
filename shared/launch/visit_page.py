"""The clinician's visit page: who waits since when, the way in, links for guests, the text, the end for all."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from secrets import token_hex

from shared.clock import Clock, to_text
from shared.errors import BridgeError, Refused, Unavailable
from shared.keys.keyring import Keyring, SealError
from shared.keys.keys import Keys
from shared.launch import page_session
from shared.launch.cookies import FORM_LIFE, Cookie, form_cookie
from shared.launch.page_session import PageSession
from shared.metrics import measure
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.rooms.rooms import Rooms
from shared.settings import Settings
from shared.visits.guests import ROLES, closed, invited, revoked
from shared.visits.ids import guest_token
from shared.visits.store import Visits
from shared.visits.visit import Presence, Record, State

IssueForm = Callable[[Connection, str, str], Awaitable[tuple[str, str]]]
"""As in `launch.py`: a form that texts the visit's link. Raises `Refused("direct.texts_off")`."""
TextsOn = Callable[[Connection], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the call. `who`: `you`, `clinician`, `patient`, or `someone` where it may be a guest as well."""

    id: str
    who: str
    state: str
    since: str


@dataclass(frozen=True, slots=True)
class Link:
    """A guest's link as its maker sees it. `state`: `open`, `revoked`, `expired`."""

    id: str
    role: str
    url: str
    expires: str
    uses: int
    state: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows. `state`: `open`, `closed` (ended for all), `cancelled`, `over`. `device`: the result of the
    patient's last device test, empty if there was none. Instants are UTC.
    """

    state: str
    start: str
    device: str
    people: tuple[Person, ...]
    guests: tuple[Link, ...]


class VisitPages:
    """The visit pages of one stamp. Every session is checked against the visit as it stands."""

    def __init__(
        self, settings: Settings, visits: Visits, rooms: Rooms, connections: Connections, texts_on: TextsOn,
        issue_form: IssueForm, keys: Keys, clock: Clock,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._visits = visits
        self._rooms = rooms
        self._connections = connections
        self._texts_on = texts_on
        self._issue_form = issue_form
        self._keys = keys
        self._clock = clock

    async def session(self, page: str, sealed: str, code: str | None = None) -> PageSession:
        """The session of a request; with `code`, of one that changes something. Raises `Refused("visit.page_invalid")`."""
        session = page_session.read(await self._keys.ring(), page, sealed, self._clock())
        if code is not None:
            page_session.check(session, code)
        return session

    async def seen(self, session: PageSession) -> Seen:
        """What the page shows now."""
        record, _ = await self._load(session)
        return self._seen(await self._keys.ring(), record, session)

    async def texts(self, session: PageSession) -> bool:
        """Whether the visit's link can be texted."""
        _, connection = await self._load(session)
        return await self._texts_on(connection)

    async def join(self, session: PageSession) -> str:
        """The room's address. Raises `Refused`, `Unavailable` as `Rooms.open`."""
        record, connection = await self._load(session)
        if record.visit.state is State.CANCELLED:
            raise Refused("link.cancelled")
        room = await self._rooms.open(record, connection, session.oid)
        if room is None:
            raise Unavailable
        return room.join_url

    async def invite(self, session: PageSession, role: str) -> Seen:
        """Makes a guest's link. Raises `Refused`: `request.invalid`, `link.over`, `.cancelled`, `visit.too_many_guests`."""
        if role not in ROLES:
            raise Refused("request.invalid", fields={"role": "not one of the values allowed"})
        name = token_hex(3)
        seen = await self._change(session, lambda record: invited(record, name, role, session.oid, self._clock()))
        measure("visitbridge.guest.invited", 1, role=role)
        return seen

    async def revoke(self, session: PageSession, guest: str) -> Seen:
        """Takes a link back. Raises `Refused("not_found")` for one that is not there."""

        def take_back(record: Record) -> Record:
            if guest not in record.guests:
                raise Refused("not_found")
            return revoked(record, guest, self._clock())

        return await self._change(session, take_back)

    async def end(self, session: PageSession) -> tuple[Seen, bool]:
        """Ends the visit for all: no link leads there any more, and Teams lets nobody in but by its organiser and stops
        the chat. Who is in the call stays until somebody ends it in Teams: Graph has no way to do that for an application
        that is not itself in the call (https://learn.microsoft.com/graph/api/call-delete). False: Teams could not be told.
        """
        seen = await self._change(session, lambda record: closed(record, self._clock()))
        record, connection = await self._load(session)
        room = record.visit.room
        if room is None or room.stage != "ready":
            return seen, True
        try:
            await self._rooms.configure(record, room, connection)
        except BridgeError:
            return seen, False
        return seen, True

    async def text(self, session: PageSession) -> tuple[str, Cookie]:
        """Where the visit's link is texted from, with the cookie for it. Raises `Refused`: `direct.texts_off`, `link.over`."""
        record, connection = await self._load(session)
        ring = await self._keys.ring()
        try:
            csn = ring.unseal("session", record.visit.session, str(record.visit.key)).decode()
        except SealError:
            raise Refused("link.over") from None
        form, ticket = await self._issue_form(connection, csn, record.visit.department)
        url = f"{self._settings.public_url}/api/direct-sms/{form}"
        return url, Cookie(form_cookie(form), ticket, FORM_LIFE)

    async def _change(self, session: PageSession, change: Callable[[Record], Record]) -> Seen:
        await self._load(session)
        record = await self._visits.change(session.key, lambda current: change(current) if current else None)
        if record is None:
            raise Refused("visit.page_invalid")
        return self._seen(await self._keys.ring(), record, session)

    async def _load(self, session: PageSession) -> tuple[Record, Connection]:
        """The visit, of which the session's clinician must be staff, and its connection."""
        record = await self._visits.load(session.key)
        connection = await self._connections.get(session.key.connection)
        if record is None or session.oid not in record.visit.staff:
            raise Refused("visit.page_invalid")
        if connection is None or connection.state is not ConnectionState.APPROVED:
            raise Refused("link.off")
        return record, connection

    def _seen(self, ring: Keyring, record: Record, session: PageSession) -> Seen:
        now, visit = self._clock(), record.visit

        def link(name: str) -> Link:
            guest = record.guests[name]
            state = "revoked" if guest.revoked else "expired" if guest.expires <= now else "open"
            url = f"{self._settings.public_url}/api/g/{guest_token(ring, visit.key, name)}" if state == "open" else ""
            return Link(name, guest.role, url, to_text(guest.expires), guest.uses, state)

        booked = "closed" if visit.closed else "open"
        state = booked if visit.state is State.BOOKED else "cancelled" if visit.state is State.CANCELLED else "over"
        guests = sorted(record.guests, key=lambda name: record.guests[name].made)
        device = visit.device.result if visit.device else ""
        return Seen(
            state, to_text(visit.start), device, tuple(_people(record, session)), tuple(link(name) for name in guests)
        )


def _people(record: Record, session: PageSession) -> Iterator[Person]:
    """Those who wait first, then those in the call, by when; of those who left only the last patient, if none is there."""
    people = sorted(record.visit.people.items(), key=lambda item: (item[1].state != "waiting", item[1].since))
    here = [(name, person) for name, person in people if person.state != "left"]
    patients = [person for _, person in here if person.role != "clinician"]
    guests = any(guest.uses for guest in record.guests.values())
    several = guests or len(patients) > 1
    if not patients:
        left = [item for item in people if item[1].role != "clinician"]
        here += left[-1:]
    for name, person in here:
        yield Person(name, _who(person, session, several=several), person.state, to_text(person.since))


def _who(person: Presence, session: PageSession, *, several: bool) -> str:
    if person.role == "clinician":
        return "you" if person.oid == session.oid else "clinician"
    return "someone" if several else "patient"
