"""Into the visit: notes the launch, opens the room, says where the browser goes. Also what a text's link opens."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.keys.keyring import Keyring
from shared.keys.keys import Keys
from shared.launch import page_session
from shared.launch.cookies import Cookie
from shared.launch.guesses import Guesses, client_address
from shared.launch.smart import Context
from shared.launch.standing import Standing
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.rooms.rooms import Rooms
from shared.settings import Settings
from shared.visits import joins
from shared.visits.changes import launched, with_staff
from shared.visits.guests import refuse_ended, reopened
from shared.visits.ids import link_token, read_link_token, visit_keys
from shared.visits.joins import FROM_PORTAL, HELD, joined
from shared.visits.store import Loaded, Visits
from shared.visits.visit import Record
from shared.visits.window import Window

log = logging.getLogger(__name__)

AFTER_THE_ANSWER = 0.05
"""Seconds by which what nobody waits for lets the answer go first: one process does both."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a clinician goes: into the room, or to the visit's page, which needs its cookie."""

    url: str
    cookies: tuple[Cookie, ...] = ()


class Entry:
    """Enters visits, from any side."""

    def __init__(
        self,
        settings: Settings,
        visits: Visits,
        rooms: Rooms,
        connections: Connections,
        keys: Keys,
        guesses: Guesses,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._visits = visits
        self._rooms = rooms
        self._connections = connections
        self._keys = keys
        self._guesses = guesses
        self._clock = clock
        self._counting: set[asyncio.Task[None]] = set()

    async def look(self, connection: Connection, context: Context) -> "Looked":
        """The visit that a launch speaks of, as it stands: one trip, to be made beside others."""
        ring = await self._keys.ring()
        return Looked(await self._visits.look(visit_keys(ring, connection.id, context.session)), context)

    async def clinician(self, connection: Connection, looked: "Looked", ehr_user: str, oid: str) -> Way:
        """The way for a clinician, who is the room's organiser if there is none, a presenter else.

        A visit that was ended for all is open again.
        """
        ring, key = await self._keys.ring(), looked.loaded.key
        note = self._noting(connection, looked, ring, _reopened)
        if looked.has_room and looked.knows(oid):
            record = self._beside(looked.loaded, note)
        else:
            staff = ring.seal("staff", ehr_user.encode(), str(key))
            record = await self._changed(looked, lambda found: with_staff(note(found), oid, staff))
        room = await self._rooms.open(record, connection, oid)
        if room is None:
            raise Refused("room.refused")
        if not connection.visit_page:
            return Way(room.join_url)
        page, cookie = page_session.begin(ring, key, oid, self._clock())
        return Way(f"{self._settings.public_url}/api/visit/{page}", (cookie,))

    async def patient(
        self, connection: Connection, context: Context, device: str = "desktop", *, fits: bool = True
    ) -> str:
        """The room's address for a patient; our page while nobody can be the organiser, before patients may come in, and
        in a browser that does not fit a call. Raises `Refused`: `link.over`, `link.cancelled`.
        """
        looked = await self.look(connection, context)
        ring, key = await self._keys.ring(), looked.loaded.key
        found = looked.loaded.record
        held = found is not None and self._opens(found, connection) is not None

        def entered(found: Record) -> Record:
            # Who is held back is counted when they go in.
            return joined(_open(found), "portal", device, self._clock()) if fits and not held else _open(found)

        note = self._noting(connection, looked, ring, entered)
        record = self._beside(looked.loaded, note) if looked.has_room else await self._changed(looked, note)
        page = f"{self._settings.public_url}/api/v/{link_token(ring, key, context.session)}"
        if held or not fits:
            return f"{page}?{HELD}"
        return await self._try_room(record, connection) or f"{page}?{FROM_PORTAL}"

    async def device_test(self, connection: Connection, context: Context) -> str:
        """The address of the device test page for a visit. The page's code is that of the visit's link."""
        ring = await self._keys.ring()
        looked = await self.look(connection, context)
        return f"{self._settings.public_url}/api/device-test/{link_token(ring, looked.loaded.key, context.session)}"

    async def link(self, token: str, forwarded_for: str = "", device: str = "", way: joins.Way = "text") -> Standing:
        """What a text's link stands at. `forwarded_for`: the request's X-Forwarded-For; `device`: the kind of device on
        which somebody now goes by the link, if so, and `way` how they came by it.

        Raises `Refused`: `link.invalid`, `link.too_many`, `link.off`, `link.over`, `link.cancelled`.
        """
        keys = read_link_token(await self._keys.ring(), token)
        record, connection = None, None
        if keys:
            found, connection = await asyncio.gather(self._visits.look(keys), self._connections.get(keys[0].connection))
            record = found.record
        if record is None:
            # Only who tries what leads nowhere is counted: a right link works whoever else sits behind the address.
            self._guesses.missed(client_address(forwarded_for))
            raise Refused("link.invalid")
        if connection is None or connection.state is not ConnectionState.APPROVED:
            raise Refused("link.off")
        opens = self._opens(record, connection)
        join_url = None if opens else await self._try_room(record, connection)
        if join_url and device:
            self._beside(found, lambda current: joined(_known(current), way, device, self._clock()))
        languages = {phone.language for phone in record.phones.values()}
        language = languages.pop() if len(languages) == 1 else ""
        state, visit = "early" if opens else "ready" if join_url else "waiting", record.visit
        moved = visit.time_generation > 1
        return Standing(state, join_url or "", language, visit.start, visit.zone, opens, moved)

    def _opens(self, record: Record, connection: Connection) -> datetime | None:
        """When a patient may come in, None if now. Raises `Refused`: `link.over`, `link.cancelled`."""
        _open(record)
        window, now = Window(connection.early_minutes, connection.late_minutes), self._clock()
        if window.too_late(record.visit, now):
            raise Refused("link.over")
        return window.too_early(record.visit, now)

    async def _try_room(self, record: Record, connection: Connection) -> str | None:
        # A patient who comes while Teams has a bad minute waits on our page, which asks again by itself.
        try:
            room = await self._rooms.open(record, connection, None)
        except BridgeError:
            return None
        return room.join_url if room else None

    def _noting(
        self, connection: Connection, looked: "Looked", ring: Keyring, entered: Callable[[Record], Record]
    ) -> Callable[[Record | None], Record]:
        """The change that a launch makes to its visit. Raises `Refused` for one that cannot be entered any more."""
        key, context = looked.loaded.key, looked.context
        session = ring.seal("session", context.session.encode(), str(key))

        def note(record: Record | None) -> Record:
            after = launched(
                record, key=key, session=session, zone=connection.zone, department=context.department, now=self._clock()
            )
            return entered(after)

        return note

    async def _changed(self, looked: "Looked", change: Callable[[Record | None], Record]) -> Record:
        record = await self._visits.change(looked.loaded.key, change, found=looked.loaded)
        if record is None:
            raise Refused("link.over")
        return record

    def _beside(self, loaded: Loaded, note: Callable[[Record | None], Record]) -> Record:
        # Nothing hangs on how often a ready room was launched: nobody waits for that to be written.
        record = loaded.record
        assert record is not None
        _open(record)
        task = asyncio.get_running_loop().create_task(self._counted(loaded, note))
        self._counting.add(task)
        task.add_done_callback(self._counting.discard)
        return record

    async def _counted(self, loaded: Loaded, note: Callable[[Record | None], Record]) -> None:
        await asyncio.sleep(AFTER_THE_ANSWER)
        try:
            await self._visits.change(loaded.key, note, found=loaded, ring=False)
        except Exception as error:  # noqa: BLE001, whatever it is: a count is not worth a launch
            log.warning("a launch was not counted: %s", type(error).__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """A launch's visit as it was read, and what the launch said of it."""

    loaded: Loaded
    context: Context

    @property
    def has_room(self) -> bool:
        """Whether there is a room to send people to, and none has to be opened again."""
        record = self.loaded.record
        if record is None or record.visit.closed:
            return False
        return record.visit.room is not None and record.visit.room.stage == "ready"

    def knows(self, oid: str) -> bool:
        """Whether this person launched the visit as staff before."""
        return self.loaded.record is not None and oid in self.loaded.record.visit.staff


def _known(record: Record | None) -> Record:
    """A record that cannot be gone yet: it was read a moment ago."""
    if record is None:
        raise Refused("link.over")
    return record


def _open(record: Record) -> Record:
    """The record itself, if its visit can still be entered."""
    refuse_ended(record)
    return replace(record)


def _reopened(record: Record) -> Record:
    """The record for staff, who may open again what was ended for all."""
    return _open(reopened(record))
