"""Everything around the purchase of a number, in memory, with a fuse: any step can be cut off before or after it acted.

The shop keeps the service's promises: a search takes from the week's five and holds one number for a quarter of an hour, a
number is sold once, operations can be asked for by their ids.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.adapters.numbers import Busy, Held, Owned, PhoneNumbers, Progress, Search, purchase_of
from shared.adapters.tables import Entity
from shared.adapters.web import Web
from shared.clock import to_text
from shared.errors import Refused, Unavailable
from shared.numbers.claims import Claims
from shared.numbers.models import OperationShown
from shared.numbers.numbers import Numbers
from shared.numbers.purchases import Purchases
from shared.numbers.rows import OperationRows
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.connections import Connections
from shared.organisations.consents import Consents
from tests.builders import StillClock
from tests.memory import MemoryQueues, MemoryTables

TENANT, OTHER = "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10", "7f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10"
CALLER = Caller(TENANT, "a0000000-0000-4000-8000-000000000001", frozenset({ADMIN}))
WANTED = {"country": "US", "type": "tollFree"}
EXISTING = Owned("+18335550100", "US", "tollFree")


class KilledError(Exception):
    """The worker's process is gone."""


@dataclass
class Fuse:
    """Burns at the given count of moments: there is one before and one after whatever acts on the world."""

    at: int | None = None
    moments: int = 0

    def moment(self) -> None:
        self.moments += 1
        if self.moments == self.at:
            raise KilledError

    async def at_writes(self, request: str) -> None:
        """Reads change nothing."""
        if not request.endswith((" get", " query")):
            self.moment()


class CrowdedTables(MemoryTables):
    """Others act between a read and what is done about it."""

    async def get(self, table: str, partition: str, row: str) -> Entity | None:
        found = await super().get(table, partition, row)
        await asyncio.sleep(0)
        return found


class WaitingQueues(MemoryQueues):
    """Messages that wait, with the seconds for which nobody sees them."""

    @property
    def waiting(self) -> list[tuple[dict[str, Any], int]]:
        assert {queue for queue, _, _ in self.messages} <= {"operations"}
        return [(message, hidden) for _, message, hidden in self.messages]

    def take(self) -> tuple[dict[str, Any], int]:
        """The first, with the seconds."""
        _, message, hidden = self.messages.pop(0)
        return message, hidden

    def leave(self, message: dict[str, Any], hidden: int) -> None:
        """Not deleted: seen again after these seconds."""
        self.messages.append(("operations", message, hidden))


@dataclass
class Shop(PhoneNumbers):
    """The service. `mood` is asked at each call what happens: "" (all is well), `lost` (done, but nobody hears of it),
    `killed` (done, and the worker dies of it), `away` (not done), `busy` (not done, and said so), or a code of ours
    (refused).
    """

    clock: StillClock
    fuse: Fuse
    mood: Callable[[str], str] = lambda _: ""
    stock: list[str] = field(default_factory=lambda: ["+18335550111", "+18335550112", "+18335550113"])
    numbers: list[Owned] = field(default_factory=lambda: [EXISTING])
    searches: dict[str, Held] = field(default_factory=dict)
    purchases: dict[str, str] = field(default_factory=dict)
    fate: str = ""
    """What becomes of purchases: sold, or this code."""
    forgetful: bool = False
    """It does not know the operations of purchases by their ids."""

    async def _act[T](self, what: str, work: Callable[[], T]) -> T:
        mood = self.mood(what)
        self.fuse.moment()
        if mood == "busy":
            raise Busy
        if mood == "away":
            raise Unavailable
        if mood not in ("", "lost", "killed"):
            raise Refused(mood)
        done = work()
        self.fuse.moment()
        if mood == "lost":
            raise Unavailable
        if mood == "killed":
            raise KilledError
        return done

    async def owned(self) -> list[Owned]:
        return await self._act("owned", lambda: list(self.numbers))

    async def search(self, country: str, kind: str) -> Search:
        def work() -> Search:
            assert (country, kind) == ("US", "tollFree")
            search_id = f"s{len(self.searches) + 1}"
            held = Held(self.stock.pop(0), self.clock() + timedelta(minutes=15))
            self.searches[search_id] = held if held.number else Held("", None, "numbers.none_available")
            return Search(search_id, f"search_{search_id}")

        return await self._act("search", work)

    async def held(self, search_id: str) -> Held:
        return await self._act("held", lambda: self.searches[search_id])

    async def buy(self, search_id: str) -> str:
        def work() -> str:
            held = self.searches[search_id]
            if purchase_of(search_id) in self.purchases or held.until is None or held.until < self.clock():
                raise Refused("numbers.failed")
            self.purchases[purchase_of(search_id)] = self.fate
            if not self.fate:
                self.numbers.append(Owned(held.number, "US", "tollFree"))
            return purchase_of(search_id)

        return await self._act("buy", work)

    async def progress(self, operation: str) -> Progress | None:
        def work() -> Progress | None:
            if operation.startswith("search_"):
                return Progress("succeeded")
            fate = None if self.forgetful else self.purchases.get(operation)
            return None if fate is None else Progress("failed", fate) if fate else Progress("succeeded")

        return await self._act("progress", work)


class Nowhere(Web):
    """No calls are made by it."""


class Market:
    """A tenant with its consents, a shop, and workers that come and go."""

    def __init__(
        self, *, burns_at: int | None = None, mood: Callable[[str], str] = lambda _: "", fate: str = ""
    ) -> None:
        self.clock = StillClock()
        self.fuse = Fuse(burns_at)
        self.tables = CrowdedTables(self.fuse.at_writes)
        self.queues = WaitingQueues(self.fuse.at_writes)
        self.shop = Shop(self.clock, self.fuse, mood, fate=fate)
        self.claims = Claims(self.tables)
        audit = Audit(self.tables, self.clock)
        consents = Consents(self.tables, audit, self.clock)
        rows = OperationRows(self.tables)
        self.purchases = Purchases(rows, self.shop, self.claims, consents, self.queues, audit, self.clock)
        connections = Connections(self.tables, (TENANT, OTHER), self.clock)
        self.numbers = Numbers(self.shop, self.claims, self.purchases, connections, self.tables, audit, self.clock)
        for tenant in (TENANT, OTHER):
            consent = {"PartitionKey": tenant, "RowKey": "consents", "sms_terms": True, "patient_consent": True}
            self.tables.put("tenants", consent)

    async def start(
        self, key: str = "one", body: Mapping[str, Any] = WANTED, caller: Caller = CALLER
    ) -> OperationShown:
        """The administrator asks, and asks again if nobody answers."""
        try:
            return await self.purchases.start(caller, body, key)
        except KilledError:
            return await self.purchases.start(caller, body, key)

    async def deliver(self) -> None:
        """One message goes to a worker. One that is killed, or fails, leaves it for the next, ten minutes later."""
        message, hidden = self.queues.take()
        self.clock.pass_time(seconds=hidden + 1)
        try:
            await self.purchases.step(message)
        except KilledError:
            self.queues.leave(message, 600)

    async def finished(self, operation_id: str, *, at_most: int = 200) -> OperationShown:
        """Lets workers work until it is over. If nothing moves, someone looks, as a page that is open does."""
        for _ in range(at_most):
            if self.queues.waiting:
                await self.deliver()
            shown = await self.seen(operation_id)
            if shown.state != "running":
                return shown
            if not self.queues.waiting:
                self.clock.pass_time(seconds=46)
        raise AssertionError("it never ends")

    async def seen(self, operation_id: str) -> OperationShown:
        """What the page shows; a worker that is killed here was one of the API's, and the page asks again."""
        try:
            return await self.purchases.show(CALLER, operation_id)
        except KilledError:
            return await self.purchases.show(CALLER, operation_id)

    def trail(self) -> list[str]:
        """Actions in the audit trail."""
        return [row["action"] for row in self.tables.dump("audit")]

    def bought(self) -> list[str]:
        """What was bought, however often it was tried."""
        return [owned.number for owned in self.shop.numbers if owned != EXISTING]

    def now(self) -> str:
        return to_text(self.clock())
