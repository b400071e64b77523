"""The device test's door: which visit it is of, what its page may measure with, what it found.

The code in its address is that of the visit's link. A visit that nobody has told us of yet, because no message announced
it and no launch entered it, can be tested for all the same; only there is nothing to keep the result with, and to begin
such a visit here would end it before its day (docs/decisions/0024-device-test.md).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.clock import Clock
from shared.errors import Refused
from shared.keys.keyring import Keyring, decode, encode
from shared.keys.keys import Keys
from shared.launch.guesses import Guesses, client_address
from shared.metrics import measure
from shared.organisations.connection import ConnectionState
from shared.organisations.connections import Connections
from shared.visits.device import with_device
from shared.visits.guests import refuse_ended
from shared.visits.ids import read_link_token
from shared.visits.store import Loaded, Visits
from shared.visits.visit import Record

PURPOSE = "device-test"
CODE_BYTES = 16
CODE_LIFE = timedelta(hours=12)
MOST_BYTES = 256 * 1024
"""How much is sent either way to see how fast that goes."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a device is tested. `language` is the patient's, empty where it is not known whose link it is; `code` lets
    the page measure for twelve hours; `kept`: whether there is a visit to keep the result with.
    """

    language: str
    code: str
    kept: bool


class DeviceTests:
    """The device tests of one stamp."""

    def __init__(self, visits: Visits, connections: Connections, keys: Keys, guesses: Guesses, clock: Clock) -> None:
        self._visits = visits
        self._connections = connections
        self._keys = keys
        self._guesses = guesses
        self._clock = clock

    async def open(self, token: str, forwarded_for: str = "") -> Bench:
        """What the page begins with. `forwarded_for`: the request's X-Forwarded-For.

        Raises `Refused`: `link.invalid`, `.too_many`, `.off`, `.over`, `.cancelled`.
        """
        record = (await self._find(token, forwarded_for)).record
        if record is None:
            return Bench("", await self.code(token), kept=False)
        refuse_ended(record)
        languages = {phone.language for phone in record.phones.values()}
        language = languages.pop() if len(languages) == 1 else ""
        return Bench(language, await self.code(token), kept=True)

    async def code(self, token: str) -> str:
        """What lets the page behind a link measure its way to us, for CODE_LIFE."""
        until = str(int((self._clock() + CODE_LIFE).timestamp()))
        ring = await self._keys.ring()
        return f"{until}.{encode(ring.digest(PURPOSE, f'{token}|{until}', CODE_BYTES))}"

    async def check(self, token: str, code: str) -> None:
        """Raises `Refused` unless `code` is good: `link.invalid`, `link.expired`. Asks nobody: what is measured is the
        way to us, and not our storage.
        """
        until, _, mac = code.partition(".")
        if not _made(await self._keys.ring(), token, until, mac):
            raise Refused("link.invalid")
        if datetime.fromtimestamp(int(until), UTC) <= self._clock():
            raise Refused("link.expired")

    async def keep(self, token: str, checks: Mapping[str, object], forwarded_for: str = "") -> str:
        """Keeps what a test found with its visit; returns the result: `passed`, `warnings` or `failed`.

        Raises `Refused` as `open`, `link.invalid` for a visit that is not known, `request.invalid`.
        """
        found = await self._find(token, forwarded_for)
        if found.record is None:
            raise Refused("link.invalid")

        def note(current: Record | None) -> Record:
            if current is None:
                raise Refused("link.over")
            return with_device(current, checks, self._clock())

        record = await self._visits.change(found.key, note, found=found)
        assert record is not None
        assert record.visit.device is not None
        result = record.visit.device.result
        measure("visitbridge.device_test.kept", 1, result=result)
        return result

    async def _find(self, token: str, forwarded_for: str) -> Loaded:
        keys = read_link_token(await self._keys.ring(), token)
        found, connection = None, None
        if keys:
            found, connection = await asyncio.gather(self._visits.look(keys), self._connections.get(keys[0].connection))
        if found is None or found.record is None:
            # Whoever has no visit may be early, or may be guessing.
            self._guesses.missed(client_address(forwarded_for))
        if found is None or connection is None:
            raise Refused("link.invalid")
        if connection.state is not ConnectionState.APPROVED:
            raise Refused("link.off")
        return found


def _made(ring: Keyring, token: str, until: str, mac: str) -> bool:
    try:
        code = decode(mac)
    except ValueError:
        return False
    return len(code) == CODE_BYTES and ring.verify(PURPOSE, f"{token}|{until}", code)
