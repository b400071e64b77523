"""Into the visit: notes the launch, opens the room, says where the browser goes. Also what a text's link opens."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.keys.keyring import Keyring
from shared.keys.keys import Keys
from shared.launch.guesses import Guesses, client_address
from shared.launch.smart import Context
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.rooms.rooms import Rooms
from shared.settings import Settings
from shared.visits.changes import launched, with_staff
from shared.visits.ids import link_token, read_link_token, visit_keys
from shared.visits.store import Visits
from shared.visits.visit import Record, State, VisitKey


@dataclass(frozen=True, slots=True)
class Standing:
    """What a patient's link stands at: `ready` with the room's address, or `waiting` for the care team.

    `language` is the patient's, empty where it is not known whose link it is.
    """

    state: str
    join_url: str
    language: str
    start: datetime
    zone: str


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

    async def clinician(self, connection: Connection, context: Context, ehr_user: str, oid: str) -> str:
        """The room's address for a clinician, who is its organiser if there is none, a presenter else."""
        ring = await self._keys.ring()
        key, session = await self._visit(connection, context, ring)
        staff = ring.seal("staff", ehr_user.encode(), str(key))

        def apply(record: Record | None) -> Record | None:
            after = launched(
                record, key=key, session=session, zone=connection.zone, department=context.department, now=self._clock()
            )
            return after and with_staff(_open(after), oid, staff)

        record = await self._visits.change(key, apply)
        if record is None:
            raise Refused("link.over")
        room = await self._rooms.open(record, connection, oid)
        if room is None:
            raise Refused("room.refused")
        return room.join_url

    async def patient(self, connection: Connection, context: Context) -> str:
        """The room's address for a patient, or our waiting page while nobody can be the organiser."""
        ring = await self._keys.ring()
        key, session = await self._visit(connection, context, ring)

        def apply(record: Record | None) -> Record | None:
            after = launched(
                record, key=key, session=session, zone=connection.zone, department=context.department, now=self._clock()
            )
            return after and _open(after)

        record = await self._visits.change(key, apply)
        if record is None:
            raise Refused("link.over")
        room = await self._try_room(record, connection)
        return room or f"{self._settings.public_url}/api/v/{link_token(ring, key, context.session)}"

    async def link(self, token: str, forwarded_for: str = "") -> Standing:
        """What a text's link stands at. `forwarded_for`: the request's X-Forwarded-For.

        Raises `Refused`: `link.invalid`, `link.too_many`, `link.off`, `link.over`, `link.cancelled`.
        """
        keys = read_link_token(await self._keys.ring(), token)
        record = (await self._visits.find(keys))[1] if keys else None
        if record is None:
            # Only who tries what leads nowhere is counted: a right link works whoever else sits behind the address.
            self._guesses.missed(client_address(forwarded_for))
            raise Refused("link.invalid")
        connection = await self._connections.get(record.visit.key.connection)
        if connection is None or connection.state is not ConnectionState.APPROVED:
            raise Refused("link.off")
        _open(record)
        join_url = await self._try_room(record, connection)
        languages = {phone.language for phone in record.phones.values()}
        language = languages.pop() if len(languages) == 1 else ""
        state, visit = "ready" if join_url else "waiting", record.visit
        return Standing(state, join_url or "", language, visit.start, visit.zone)

    async def _try_room(self, record: Record, connection: Connection) -> str | None:
        # A patient who comes while Teams has a bad minute waits on our page, which asks again by itself.
        try:
            room = await self._rooms.open(record, connection, None)
        except BridgeError:
            return None
        return room.join_url if room else None

    async def _visit(self, connection: Connection, context: Context, ring: Keyring) -> tuple[VisitKey, str]:
        keys = visit_keys(ring, connection.id, context.session)
        key = keys[0] if len(keys) == 1 else (await self._visits.find(keys))[0]
        return key, ring.seal("session", context.session.encode(), str(key))


def _open(record: Record) -> Record:
    """The record itself, if its visit can still be entered."""
    if record.visit.state is State.CANCELLED:
        raise Refused("link.cancelled")
    if record.visit.state is not State.BOOKED:
        raise Refused("link.over")
    return replace(record)
