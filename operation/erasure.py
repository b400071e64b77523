"""Takes an organisation out of a stamp, and says what went and that nothing is left."""

from datetime import datetime
from typing import Any

from operation.bundle import OperationError, Say, Secrets, digest, secret_names
from operation.holdings import ALL, Holder, holder
from shared.adapters.tables import Tables
from shared.clock import to_text
from shared.keys.keyring import Keyring

PASSES = 5
# The connection goes last: an erasure that was cut short still finds its way by it.
ORDER = ("work", "visits", "optouts", "clinicians", "facts", "audit", "issuers", "connections", "tenants")


async def erase(tables: Tables, vault: Secrets, tenant: str, *, now: datetime, say: Say) -> dict[str, Any]:
    """Removes every row and certificate of a tenant; returns the receipt. Again after a crash goes on where it was.

    Raises `OperationError` unless each connection is disabled, since work that goes on would write again, and when
    rows still come back after some passes.
    """
    who = await holder(tables, tenant)
    await _check_still(tables, who)
    removed: dict[str, int] = dict.fromkeys(ALL, 0)
    certificates: set[str] = set()
    for connection in who.connections:
        row = await tables.get("connections", connection, "connection")
        certificates |= set(secret_names(row)) if row else set()
    for name in sorted(certificates):
        await vault.delete_secret(name)
    for _ in range(PASSES):
        before = sum(removed.values())
        for table in ORDER:
            keys = [(row["PartitionKey"], row["RowKey"]) async for row in who.rows(tables, table)]
            await tables.delete_many(table, keys)
            removed[table] += len(keys)
            if keys:
                say(f"{table}: {len(keys)} rows removed")
        if sum(removed.values()) == before:
            break
    left = await remaining(tables, who)
    if any(left.values()):
        raise OperationError(f"rows come back ({left}): something still works for the tenant; try again in a minute")
    receipt: dict[str, Any] = {
        "what": "erasure", "tenant": tenant, "at": to_text(now), "connections": list(who.connections),
        "removed": removed, "certificates": len(certificates), "left": left,
    }  # fmt: skip
    return receipt | {"digest": digest(receipt)}


async def remaining(tables: Tables, who: Holder) -> dict[str, int]:
    """How many rows of a tenant there are, by table."""
    return {table: len([row async for row in who.rows(tables, table)]) for table in ALL}


async def carry_optout_keys(old: Secrets, new: Secrets, name: str) -> int:
    """Hands the keys by which opt-outs are found from one vault to another; returns how many were new.

    Only the keys derived for opt-outs: they open no seal and make no link. They touch no disk.
    """
    there, here = await old.secret(name), await new.secret(name)
    if there is None or here is None:
        raise OperationError(f"a vault has no secret {name}: is it a stamp's?")
    text, added = Keyring.with_lookups(here, "optout", Keyring.from_secret(there).derived("optout"))
    if added:
        await new.set_secret(name, text, "application/json")
    return added


async def _check_still(tables: Tables, who: Holder) -> None:
    for connection in who.connections:
        row = await tables.get("connections", connection, "connection")
        if row and row["state"] != "disabled":
            raise OperationError(f"connection {connection} is {row['state']}: disable it in the portal, wait a minute")
