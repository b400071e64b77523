"""Whose a sender number is. One SMS resource may serve several tenants; a number serves one of them.

Whoever buys a number or first sends from it has it: an insert that only one can win decides.
"""

from shared.adapters.tables import Entity, Tables
from shared.errors import Conflict, Refused

PARTITION = "numbers"


class Claims:
    """Rows in `tenants`: PartitionKey `numbers` (no tenant is called that), RowKey the number in E.164."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def require(self, tenant: str, number: str) -> None:
        """Makes a number a tenant's by use, unless it is theirs already. Asks no one but our own storage.

        Raises `Refused("sms.number_taken")` if another tenant has it.
        """
        if not await self.hold(tenant, number):
            raise Refused("sms.number_taken")

    async def hold(self, tenant: str, number: str, operation: str = "") -> bool:
        """The same, saying whether it is the tenant's now. `operation`: the purchase it is held for."""
        try:
            await self._tables.insert("tenants", _key(number) | {"tenant": tenant, "operation": operation})
        except Conflict:
            known = await self._tables.get("tenants", PARTITION, number)
            return known is not None and known["tenant"] == tenant
        return True

    async def release(self, number: str, operation: str) -> None:
        """Gives up what was held for a purchase that came to nothing."""
        known = await self._tables.get("tenants", PARTITION, number)
        if known is not None and known["operation"] == operation:
            await self._tables.transact("tenants", [("delete", known)])

    async def owners(self) -> dict[str, str]:
        """Every claimed number's tenant."""
        return {row["RowKey"]: row["tenant"] for row in await self._tables.rows("tenants", PARTITION)}


def _key(number: str) -> Entity:
    return {"PartitionKey": PARTITION, "RowKey": number}
