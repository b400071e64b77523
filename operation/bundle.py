"""An organisation as a file: written from a stamp, read into one, and compared with what stands there.

A file holds rows and public certificates. It holds no key and nothing that is sealed.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from operation.holdings import CONFIGURATION, MOVED, PASSING, Holder, holder, sender_partition
from shared.adapters.schema import VERSION, Schema
from shared.adapters.tables import ETAG, Entity, Tables
from shared.clock import to_text
from shared.messages.optouts import CHANGED

FORMAT = 1
Say = Callable[[str], None]
Bundle = dict[str, Any]


class Secrets(Protocol):
    """The part of the vault that is needed here."""

    async def secret(self, name: str) -> str | None: ...
    async def set_secret(self, name: str, value: str, content_type: str) -> None: ...
    async def delete_secret(self, name: str) -> None: ...


class OperationError(Exception):
    """What was asked for cannot be done; the message says why and what to do."""


async def export(tables: Tables, vault: Secrets, tenant: str, *, whole: bool, now: datetime, say: Say) -> Bundle:
    """A tenant's rows: its configuration, or with `whole` all that can be moved. Nothing is changed.

    Raises `OperationError` if there is nothing of this tenant.
    """
    who = await holder(tables, tenant)
    if not who.connections and not await tables.rows("tenants", tenant):
        raise OperationError(f"this stamp has nothing of tenant {tenant}: look at its id, and at the stamp")
    rows: dict[str, list[Entity]] = {}
    for table in MOVED if whole else CONFIGURATION:
        rows[table] = [_kept(row) async for row in who.rows(tables, table) if not _passing(table, row)]
        say(f"{table}: {len(rows[table])} rows")
    names = [name for row in rows["connections"] if row["RowKey"] == "connection" for name in secret_names(row)]
    secrets = {name: value for name in names if (value := await vault.secret(name))}
    say(f"certificates: {len(secrets)}")
    made = {"format": FORMAT, "schema": VERSION, "tenant": tenant, "whole": whole, "at": to_text(now)}
    made |= {"tables": rows, "secrets": secrets}
    return made | {"digest": digest(made)}


async def bring(
    tables: Tables, vault: Secrets, bundle: Bundle, *, here: bool, senders: Mapping[str, str], overwrite: bool, say: Say
) -> None:
    """Writes what a bundle holds; again does no harm. `here`: into the stamp that it came from, as it was. Rows of an
    older release are brought forward.

    Elsewhere connections wait for an approval, since addresses and keys are others, and send by the number that
    `senders` gives for theirs, or not at all. Raises `OperationError` where something stands already, unless it is to
    be overwritten, or is another tenant's.
    """
    check(bundle)
    tenant = bundle["tenant"]
    there = await holder(tables, tenant)
    if there.connections and not overwrite:
        raise OperationError("the tenant has connections here: --overwrite puts the file's in their place")
    for row in bundle["tables"]["connections"]:
        known = await tables.get("connections", row["PartitionKey"], "connection")
        if known and known["tenant"] != tenant:
            raise OperationError(f"connection {row['PartitionKey']} is another tenant's here: nothing was written")
    for number in senders.values():
        known = await tables.get("tenants", "numbers", number)
        if known is None or known["tenant"] != tenant:
            raise OperationError(f"{number} is not this tenant's here: get or claim it in the portal first")
    for name, value in bundle["secrets"].items():
        await vault.set_secret(name, value, "application/x-pem-file")
    for table, rows in meant(bundle, here=here, senders=senders).items():
        await tables.upsert_many(table, rows)
        say(f"{table}: {len(rows)} rows")
    await Schema(tables).forward(schema_of(bundle))
    # Whoever has a sender's opt-outs in memory reads them again.
    for partition in {row["PartitionKey"] for row in bundle["tables"].get("optouts", [])}:
        to = {sender_partition(old): sender_partition(new) for old, new in senders.items()}.get(partition, partition)
        await tables.upsert("optouts", {"PartitionKey": to, "RowKey": CHANGED, "change": token_hex(8)})


async def differences(
    tables: Tables, vault: Secrets, bundle: Bundle, *, here: bool, senders: Mapping[str, str]
) -> dict[str, int]:
    """How many rows of a bundle stand otherwise or not at all, by table; none if all is there."""
    check(bundle)
    wrong: dict[str, int] = {}
    for table, rows in meant(bundle, here=here, senders=senders).items():
        for row in rows:
            found = await tables.get(table, row["PartitionKey"], row["RowKey"])
            if found is None or _kept(found) != row:
                wrong[table] = wrong.get(table, 0) + 1
    for name, value in bundle["secrets"].items():
        if await vault.secret(name) != value:
            wrong["certificates"] = wrong.get("certificates", 0) + 1
    return wrong


def meant(bundle: Bundle, *, here: bool, senders: Mapping[str, str]) -> dict[str, list[Entity]]:
    """The rows that a bundle makes in a stamp."""
    tables: dict[str, list[Entity]] = {name: list(rows) for name, rows in bundle["tables"].items()}
    partitions = {sender_partition(old): sender_partition(new) for old, new in senders.items()}
    tables["optouts"] = [
        row | {"PartitionKey": partitions.get(row["PartitionKey"], row["PartitionKey"])}
        for row in tables.get("optouts", [])
        if row["RowKey"] != CHANGED
    ]
    if not here:
        # Numbers belong to the geography's own resource of Communication Services.
        tables["tenants"] = [row for row in tables["tenants"] if row["RowKey"] == "consents"]
        tables["connections"] = [
            _elsewhere(row, senders) for row in tables["connections"] if row["RowKey"] == "connection"
        ]
    return {name: rows for name, rows in tables.items() if rows}


def only_optouts(bundle: Bundle) -> Bundle:
    """The same bundle with opt-outs alone, for what came in since it was brought the first time."""
    tables = {name: rows if name == "optouts" else [] for name, rows in bundle["tables"].items()}
    made = {name: value for name, value in bundle.items() if name != "digest"} | {"tables": tables, "secrets": {}}
    return made | {"digest": digest(made)}


def secret_names(row: Entity) -> list[str]:
    """The vault's secrets of a connection: its sender certificates."""
    from shared.organisations.connections import read_row

    connection = read_row(row)
    return [certificate.secret_of(connection.id) for certificate in connection.certificates]


def write(bundle: Bundle, path: Path) -> None:
    """Writes a new file that only its owner can read. Raises `OperationError` if there is one of this name."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OperationError(f"{path} is there already: name another file") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(bundle, file, ensure_ascii=False, indent=1)


def read(path: Path) -> Bundle:
    """Reads a file of ours. Raises `OperationError` if it is none, or was changed."""
    try:
        bundle: Bundle = json.loads(path.read_text(encoding="utf-8"))
        check(bundle)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperationError(f"{path} is no export of ours ({type(error).__name__})") from None
    return bundle


def check(bundle: Bundle) -> None:
    """Raises `OperationError` if a bundle is of a format to come, or is not as it was written."""
    if bundle["format"] != FORMAT:
        raise OperationError(f"the file's format is {bundle['format']}, this release reads {FORMAT}")
    if schema_of(bundle) > VERSION:
        raise OperationError(
            f"the file's rows have schema {schema_of(bundle)}, this release writes {VERSION}: update this stamp first"
        )
    if bundle["digest"] != digest({name: value for name, value in bundle.items() if name != "digest"}):
        raise OperationError("the file was changed or cut since it was written: its digest does not fit")


def schema_of(bundle: Bundle) -> int:
    """The schema of a bundle's rows. Files of before there was one have the first."""
    return int(bundle.get("schema", 1))


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON value, whatever the order of its names."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _elsewhere(row: Entity, senders: Mapping[str, str]) -> Entity:
    document = json.loads(row["document"])
    if document["state"] == "approved":
        document["state"] = "needs_approval"
    document |= {"evidence": None, "decision": None, "approved": None}
    sms = document["sms"]
    sender = senders.get(sms["sender"], "")
    sms |= {"sender": sender, "enabled": bool(sms["enabled"] and sender)}
    return row | {"state": document["state"], "document": json.dumps(document, ensure_ascii=False)}


def _passing(table: str, row: Entity) -> bool:
    return table == "tenants" and str(row["RowKey"]).startswith(PASSING)


def _kept(row: Entity) -> Entity:
    return {name: value for name, value in row.items() if name != ETAG and value is not None}


__all__ = [
    "Bundle",
    "Holder",
    "OperationError",
    "Secrets",
    "bring",
    "differences",
    "export",
    "only_optouts",
    "read",
    "write",
]
