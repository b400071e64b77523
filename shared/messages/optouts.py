"""Who wants no texts. Kept by sender number and a keyed hash of the phone, also for numbers we never saw."""

from shared.adapters.tables import Tables
from shared.clock import Clock, to_text
from shared.keys.keys import Keys

# The words that the FCC names (47 CFR 64.1200(a)(10)), and how carriers undo them.
STOP_WORDS = frozenset({"stop", "quit", "end", "revoke", "optout", "cancel", "unsubscribe", "stopall"})
START_WORDS = frozenset({"start", "unstop", "subscribe", "yes"})


class OptOuts:
    """The opt-outs of one stamp. An opt-out holds before the next text is claimed."""

    def __init__(self, tables: Tables, keys: Keys, clock: Clock) -> None:
        self._tables = tables
        self._keys = keys
        self._clock = clock

    async def stopped(self, sender: str, phone: str) -> bool:
        """Whether this phone wants no texts from this sender."""
        for digest in (await self._keys.ring()).digests("optout", _digits(phone)):
            if await self._tables.get("optouts", _digits(sender), digest.hex()):
                return True
        return False

    async def heed(self, sender: str, phone: str, message: str) -> None:
        """Reads an inbound text: STOP and its words opt out at once, START opts in, anything else changes nothing."""
        words = "".join(char for char in message.casefold() if char.isalnum())
        digests = (await self._keys.ring()).digests("optout", _digits(phone))
        if words in STOP_WORDS:
            row = {"PartitionKey": _digits(sender), "RowKey": digests[0].hex(), "since": to_text(self._clock())}
            await self._tables.upsert("optouts", row)
        elif words in START_WORDS:
            for digest in digests:
                await self._tables.delete("optouts", _digits(sender), digest.hex())


def _digits(number: str) -> str:
    # Event Grid may leave out the plus sign.
    return "".join(char for char in number if char.isdigit())
