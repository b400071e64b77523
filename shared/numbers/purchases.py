"""Getting a phone number, step by step: each step is one queue message, and any worker can take any of them.

A step reads the operation, does one thing and saves it with its ETag, so that of two workers with the same message one
goes on. What each outcome leads to is decided in `operations.py`.
"""

from collections.abc import Mapping
from typing import Any

from shared.adapters.numbers import Busy, PhoneNumbers, purchase_of
from shared.adapters.queues import OPERATIONS, Queues
from shared.clock import Clock
from shared.errors import Conflict, Refused, Unavailable
from shared.numbers.claims import Claims
from shared.numbers.models import NewNumber, OperationShown
from shared.numbers.offers import OFFERED
from shared.numbers.operations import Operation, Phase
from shared.numbers.rows import OperationRows, id_for, show
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.consents import Consents
from shared.organisations.taking import take

PAUSE_SECONDS = 2
# After "not now", and after a search whose answer was lost: questions that come too fast count against the limits.
LONG_PAUSE_SECONDS = 20
UNTAKEN = {Phase.SEARCH, Phase.SEARCH_SENT, Phase.BUY}


class Purchases:
    """The operations of all tenants; each tenant has one at a time."""

    def __init__(
        self, rows: OperationRows, numbers: PhoneNumbers, claims: Claims, consents: Consents, queues: Queues,
        audit: Audit, clock: Clock,
    ) -> None:  # fmt: skip
        self._rows = rows
        self._numbers = numbers
        self._claims = claims
        self._consents = consents
        self._queues = queues
        self._audit = audit
        self._clock = clock

    async def start(self, caller: Caller, body: Mapping[str, Any], key: str = "") -> OperationShown:
        """Begins to get a number, or answers with the one that is under way.

        `key`: the caller's idempotency key; the same again answers with what it began. Raises `Refused`.
        """
        caller.require(ADMIN)
        form = take(NewNumber, body)
        if form.type not in OFFERED[form.country]:
            raise Refused("request.invalid", fields={"type": "not offered in this country"})
        wanted = Operation(
            id_for(caller.tenant, key), caller.tenant, caller.oid, form.country, form.type,
            started_at=self._clock(), updated_at=self._clock(),
        )  # fmt: skip
        known = await self._rows.get(caller.tenant, wanted.id) if key else None
        if known is not None:
            if (known.country, known.kind) != (wanted.country, wanted.kind):
                raise Refused("request.key_reused")
            return await self._awake(known)
        running = await self.current(caller.tenant)
        if running is not None and running.running:
            return await self._awake(running)
        if not await self._consents.given(caller.tenant):
            raise Refused("sms.consent_missing")
        begun = await self._rows.add(wanted)
        if begun.id == wanted.id:
            changed = f"{wanted.country} {wanted.kind}"
            await self._audit.note(caller.tenant, caller.oid, "number.requested", wanted.id, changed)
            await self._wake(begun, 0)
        return show(begun)

    async def show(self, caller: Caller, operation_id: str) -> OperationShown:
        """How an operation stands. One that nobody works on any more is taken up again. Raises `Refused`."""
        caller.require(ADMIN)
        operation = await self._rows.get(caller.tenant, operation_id)
        if operation is None:
            raise Refused("not_found")
        return await self._awake(await self._settled(operation))

    async def current(self, tenant: str) -> Operation | None:
        """The tenant's operation that is under way, or the last one."""
        operation = await self._rows.last(tenant)
        return await self._settled(operation) if operation is not None else None

    async def step(self, message: Mapping[str, Any]) -> None:
        """Does the next thing of one operation, and sees to it that the one after comes."""
        operation = await self._rows.get(str(message["tenant"]), str(message["operation"]))
        if operation is None or not operation.running:
            return
        try:
            after = await self._kept(operation, await self._next(operation))
        except Conflict:
            # The same message came twice: the other worker is ahead, and goes on by itself.
            return
        if after.running:
            untaken = operation.phase in UNTAKEN and after.phase in UNTAKEN
            await self._wake(after, LONG_PAUSE_SECONDS if untaken else PAUSE_SECONDS)

    async def _next(self, operation: Operation) -> Operation:
        now = self._clock()
        if operation.overdue(now) and not operation.may_have_bought:
            return operation.given_up(now)
        doing = {
            Phase.SEARCH: self._search, Phase.SEARCH_SENT: self._search, Phase.FINDING: self._find,
            Phase.BUY: self._buy, Phase.BUY_SENT: self._look, Phase.BUYING: self._follow,
        }  # fmt: skip
        try:
            after = await doing[operation.phase](operation)
        except Unavailable:
            after = operation.touched(self._clock())
        except Refused as error:
            after = operation.touched(self._clock())
            if not operation.may_have_bought:
                after = operation.refused(error.code, self._clock())
        return after.given_up(now) if after.overdue(now) and after.may_have_bought else after

    async def _search(self, operation: Operation) -> Operation:
        sent = operation.search_sent(self._clock())
        if not sent.running:
            return sent
        sent = await self._rows.save(sent)
        try:
            search = await self._numbers.search(sent.country, sent.kind)
        except Busy:
            return sent.search_not_taken(self._clock())
        except Unavailable:
            return sent.touched(self._clock())
        except Refused as error:
            return sent.failed(error.code, self._clock())
        return sent.search_begun(search.id, search.operation, self._clock())

    async def _find(self, operation: Operation) -> Operation:
        progress = await self._numbers.progress(operation.search_operation)
        if progress is None or progress.status == "running":
            return operation.touched(self._clock())
        if progress.status == "failed":
            return operation.refused(progress.reason, self._clock())
        held = await self._numbers.held(operation.search_id)
        if held.until is None:
            return operation.refused(held.reason, self._clock())
        if not await self._claims.hold(operation.tenant, held.number, operation.id):
            return operation.failed("numbers.none_available", self._clock())
        return operation.found(held.number, held.until, self._clock())

    async def _buy(self, operation: Operation) -> Operation:
        if not operation.still_held(self._clock()):
            return operation.refused("numbers.expired", self._clock())
        sent = await self._rows.save(operation.buy_sent(self._clock()))
        try:
            purchase = await self._numbers.buy(sent.search_id)
        except Busy:
            return sent.buy_not_taken(self._clock())
        except Unavailable:
            return sent.touched(self._clock())
        except Refused as error:
            return sent.buy_not_taken(self._clock()).refused(error.code, self._clock())
        return sent.buy_begun(purchase, self._clock())

    async def _look(self, operation: Operation) -> Operation:
        """A purchase may have left, by someone who did not live to hear the answer, or heard none."""
        purchase = purchase_of(operation.search_id)
        if await self._numbers.progress(purchase) is not None:
            return operation.buy_begun(purchase, self._clock())
        if await self._is_ours(operation):
            return operation.bought(self._clock())
        if operation.still_held(self._clock()):
            # If the first one arrives late, only one of the two can have the number.
            return operation.buy_begun(await self._numbers.buy(operation.search_id), self._clock())
        return operation.touched(self._clock())

    async def _follow(self, operation: Operation) -> Operation:
        progress = await self._numbers.progress(operation.purchase_operation)
        if progress is not None and progress.status == "running":
            return operation.touched(self._clock())
        if (progress is not None and progress.status == "succeeded") or await self._is_ours(operation):
            return operation.bought(self._clock())
        if progress is None:
            return operation.touched(self._clock())
        return operation.buy_not_taken(self._clock()).refused(progress.reason, self._clock())

    async def _is_ours(self, operation: Operation) -> bool:
        return any(owned.number == operation.number for owned in await self._numbers.owned())

    async def _kept(self, before: Operation, after: Operation) -> Operation:
        """Saves what came of a step. The trail comes first: a worker that dies in between writes it twice, not never."""
        if after.problem:
            await self._audit.note(after.tenant, after.by, "number.failed", after.id, after.problem)
        elif not after.running:
            await self._audit.note(after.tenant, after.by, "number.bought", after.number)
        saved = await self._rows.save(after)
        if before.number and not after.may_have_bought and (after.problem or not after.number):
            await self._claims.release(before.number, before.id)
        return saved

    async def _settled(self, operation: Operation) -> Operation:
        """Ends what no worker will end any more, so that the tenant can begin another."""
        if not operation.abandoned(self._clock()):
            return operation
        ended = operation.given_up(self._clock())
        try:
            return await self._kept(operation, ended)
        except Conflict:
            return ended

    async def _awake(self, operation: Operation) -> OperationShown:
        """Shows an operation; if its worker seems to have died with the message, sends another message."""
        if operation.asleep(self._clock()):
            try:
                operation = await self._rows.save(operation.touched(self._clock()))
            except Conflict:
                return show(operation)
            await self._wake(operation, 0)
        return show(operation)

    async def _wake(self, operation: Operation, seconds: int) -> None:
        message = {"tenant": operation.tenant, "operation": operation.id}
        await self._queues.send(OPERATIONS, message, hidden_seconds=seconds)
