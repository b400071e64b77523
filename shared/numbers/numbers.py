"""The numbers that a tenant can send texts from: those it has first, then what can be had.

The resource says which exist, `claims.py` whose each is, the connections who sends from it. How far the registration
with the carriers is no API tells; an administrator records it.
"""

from collections.abc import Mapping
from typing import Any

from shared.adapters.numbers import Owned, PhoneNumbers
from shared.adapters.tables import Tables
from shared.clock import Clock, to_text
from shared.errors import Refused
from shared.numbers.claims import Claims
from shared.numbers.models import NumberList, NumberShown, Offer, VerificationChange
from shared.numbers.offers import OFFERED, needs_verification
from shared.numbers.purchases import Purchases
from shared.numbers.rows import show
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.connections import Connections
from shared.organisations.taking import take

PREFIX = "number:"


class Numbers:
    """The portal's use cases around numbers."""

    def __init__(
        self, numbers: PhoneNumbers, claims: Claims, purchases: Purchases, connections: Connections, tables: Tables,
        audit: Audit, clock: Clock,
    ) -> None:  # fmt: skip
        self._numbers = numbers
        self._claims = claims
        self._purchases = purchases
        self._connections = connections
        self._tables = tables
        self._audit = audit
        self._clock = clock

    async def page(self, caller: Caller) -> NumberList:
        """The tenant's numbers and those that nobody uses yet, the last operation, and what is offered. Raises `Refused`."""
        caller.require(ADMIN)
        operation = await self._purchases.current(caller.tenant)
        return NumberList(
            numbers=await self._shown(caller.tenant),
            operation=show(operation) if operation else None,
            offered=[Offer(country=country, types=list(types)) for country, types in OFFERED.items()],
        )

    async def known(self, tenant: str, number: str) -> NumberShown | None:
        """One of the tenant's numbers, or none: it is not the resource's, or another tenant's."""
        return next((shown for shown in await self._shown(tenant) if shown.number == number), None)

    async def record(self, caller: Caller, number: str, body: Mapping[str, Any]) -> NumberShown:
        """Records how far the number's registration with the carriers is. Raises `Refused`."""
        caller.require(ADMIN)
        state = take(VerificationChange, body).state
        known = await self.known(caller.tenant, number)
        if known is None:
            raise Refused("not_found")
        if known.verification == "not_needed":
            raise Refused("request.invalid", fields={"state": "not needed for this number"})
        if known.verification != state:
            await self._claims.require(caller.tenant, number)
            row = {"PartitionKey": caller.tenant, "RowKey": f"{PREFIX}{number}", "verification": state}
            await self._tables.upsert("tenants", row | {"by": caller.oid, "at": to_text(self._clock())})
            await self._audit.note(caller.tenant, caller.oid, "number.verification", number, state)
        return NumberShown(
            number=number, country=known.country, type=known.type, verification=state, connections=known.connections
        )

    async def _shown(self, tenant: str) -> list[NumberShown]:
        owned = await self._numbers.owned()
        used: dict[str, list[str]] = {}
        for connection in await self._connections.of_tenant(tenant):
            used.setdefault(connection.sms.sender, []).append(connection.id)
        owners = await self._claims.owners()
        recorded = {
            row["RowKey"].removeprefix(PREFIX): row["verification"]
            for row in await self._tables.rows("tenants", tenant, PREFIX)
        }
        shown = []
        for each in sorted(owned, key=lambda number: number.number):
            if each.number in used and each.number not in owners and await self._claims.hold(tenant, each.number):
                # Sends since before there were claims, or was restored without them.
                owners[each.number] = tenant
            if owners.get(each.number, tenant) == tenant:
                shown.append(_shown(each, recorded.get(each.number), used.get(each.number, [])))
        return shown


def _shown(owned: Owned, recorded: Any, connections: list[str]) -> NumberShown:
    needed = needs_verification(owned.country, owned.kind)
    return NumberShown(
        number=owned.number,
        country=owned.country,
        type=owned.kind,
        verification=(recorded or "not_submitted") if needed else "not_needed",
        connections=connections,
    )
