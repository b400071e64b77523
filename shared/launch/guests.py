"""What a guest's link opens: first a page that says what it is for, then the room.

In two steps, for programs that look at links before people do would else count as guests, and learn the room's address.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.clock import Clock
from shared.errors import Refused, Unavailable
from shared.keys.keys import Keys
from shared.launch.guesses import Guesses, client_address
from shared.metrics import measure
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.rooms.rooms import Rooms
from shared.visits.guests import used, welcome
from shared.visits.ids import read_guest_token
from shared.visits.joins import joined
from shared.visits.store import Visits
from shared.visits.visit import Record


@dataclass(frozen=True, slots=True)
class Invitation:
    """As whom somebody is invited, to a visit that starts when; `zone` is the facility's."""

    role: str
    start: datetime
    zone: str


class GuestLinks:
    """The guests' door of one stamp."""

    def __init__(
        self, visits: Visits, rooms: Rooms, connections: Connections, keys: Keys, guesses: Guesses, clock: Clock
    ) -> None:
        self._visits = visits
        self._rooms = rooms
        self._connections = connections
        self._keys = keys
        self._guesses = guesses
        self._clock = clock

    async def look(self, token: str, forwarded_for: str = "") -> Invitation:
        """What a link is for. `forwarded_for`: the request's X-Forwarded-For.

        Raises `Refused`: `link.invalid`, `.too_many`, `.off`, `.over`, `.cancelled`, `.revoked`, `.expired`.
        """
        record, name, _ = await self._find(token, forwarded_for)
        guest = welcome(record, name, self._clock())
        return Invitation(guest.role, record.visit.start, record.visit.zone)

    async def enter(self, token: str, forwarded_for: str = "", device: str = "desktop") -> str:
        """The room's address, and counts; `device`: on what kind of device.

        Raises as `look` does, and `Unavailable` while there is no room.
        """
        record, name, connection = await self._find(token, forwarded_for)
        welcome(record, name, self._clock())
        room = await self._rooms.open(record, connection, None)
        if room is None:
            raise Unavailable

        def count(current: Record | None) -> Record | None:
            if current is None:
                raise Refused("link.invalid")
            # It may have been taken back a moment ago.
            welcome(current, name, self._clock())
            return joined(used(current, name), "guest", device, self._clock())

        await self._visits.change(record.visit.key, count)
        measure("visitbridge.guest.entered", 1)
        return room.join_url

    async def _find(self, token: str, forwarded_for: str) -> tuple[Record, str, Connection]:
        found = read_guest_token(await self._keys.ring(), token)
        record = await self._visits.load(found[0]) if found else None
        if found is None or record is None:
            self._guesses.missed(client_address(forwarded_for))
            raise Refused("link.invalid")
        connection = await self._connections.get(record.visit.key.connection)
        if connection is None or connection.state is not ConnectionState.APPROVED:
            raise Refused("link.off")
        return record, found[1], connection
