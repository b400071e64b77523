"""Who wants no texts. Kept by sender number and a keyed hash of the phone, also for numbers we never saw.

One row of a sender tells when its opt-outs last changed. Before each claim that row alone is read; the opt-outs
themselves, which are many and change seldom, are read again only when it says so.
"""

from secrets import token_hex

from shared.adapters.tables import Operation, Tables
from shared.clock import Clock, to_text
from shared.keys.keyring import Keyring
from shared.keys.keys import Keys

CHANGED = "changed"
PURPOSE = "optout"


class OptOuts:
    """The opt-outs of one stamp. An opt-out holds before the next text is claimed."""

    def __init__(self, tables: Tables, keys: Keys, clock: Clock) -> None:
        self._tables = tables
        self._keys = keys
        self._clock = clock
        self._known: dict[str, tuple[str, frozenset[str]]] = {}

    async def stop(self, sender: str, phone: str) -> None:
        """No more texts from this sender to this phone, from now on."""
        digest = (await self._keys.ring()).digest(PURPOSE, _digits(phone)).hex()
        row = {"PartitionKey": _sender(sender), "RowKey": digest, "since": to_text(self._clock())}
        await self._tables.transact("optouts", [("upsert", row), _changed(sender)])

    async def start(self, sender: str, phone: str) -> None:
        """Texts again."""
        ring = await self._keys.ring()
        for digest in ring.digests(PURPOSE, _digits(phone)):
            if await self._tables.get("optouts", _sender(sender), digest.hex()):
                row = {"PartitionKey": _sender(sender), "RowKey": digest.hex()}
                await self._tables.transact("optouts", [("delete", row), _changed(sender)])

    async def stopped(self, sender: str, phone: str) -> bool:
        """Whether this phone wants no texts from this sender, as it stands now."""
        await self.refresh(sender)
        return self.is_stopped(await self._keys.ring(), sender, phone)

    async def refresh(self, sender: str) -> None:
        """Makes what `is_stopped` says of a sender as new as this call: one request, if nothing changed."""
        row = await self._tables.get("optouts", _sender(sender), CHANGED)
        change = row["change"] if row else ""
        if self._known.get(sender, ("", frozenset()))[0] != change:
            rows = await self._tables.rows("optouts", _sender(sender))
            # As old as the word that was read before them, so that what comes in between is read next time.
            self._known[sender] = change, frozenset(row["RowKey"] for row in rows) - {CHANGED}

    def is_stopped(self, ring: Keyring, sender: str, phone: str) -> bool:
        """Whether this phone wanted no texts from this sender at the last `refresh`."""
        _, stopped = self._known.get(sender, ("", frozenset[str]()))
        return bool(stopped) and any(digest.hex() in stopped for digest in ring.digests(PURPOSE, _digits(phone)))


def _changed(sender: str) -> Operation:
    return "upsert", {"PartitionKey": _sender(sender), "RowKey": CHANGED, "change": token_hex(8)}


def _sender(name: str) -> str:
    return "".join(char for char in name if char.isalnum())


def _digits(number: str) -> str:
    # Event Grid may leave out the plus sign.
    return "".join(char for char in number if char.isdigit())
