"""`scripts/admin`: back up, restore, move or erase an organisation. Says what it would do unless given --apply."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from operation.bundle import OperationError, bring, differences, export, only_optouts, read, write
from operation.datakeys import add, use
from operation.erasure import carry_optout_keys, erase, remaining
from operation.holdings import holder
from shared.adapters.schema import VERSION, Schema
from shared.adapters.tables import Tables
from shared.adapters.vault import Vault
from shared.clock import wall_clock
from shared.keys.keyring import SECRET_NAME
from shared.settings import Settings
from shared.settings_table import GUID

BROUGHT = ("restore", "import", "verify")
# As the app has them, for the local stack.
STORAGE, TABLE_SERVICE = "AzureWebJobsStorage", "AzureWebJobsStorage__tableServiceUri"


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    made = argparse.ArgumentParser(prog="scripts/admin", description=__doc__)
    made.add_argument("--tables", default="", help="the stamp's table service, https://NAME.table.core.windows.net")
    made.add_argument("--vault", default="", help="the stamp's Key Vault, https://NAME.vault.azure.net")
    made.add_argument("--apply", action="store_true", help="do it; without it nothing is changed")
    commands = made.add_subparsers(dest="command", required=True)
    for name, told in (
        ("backup", "write a tenant's configuration to a file"),
        ("export", "write all of a tenant that can be moved to a file"),
        ("erase", "remove all of a tenant, and write a receipt"),
    ):
        command = commands.add_parser(name, help=told)
        command.add_argument("tenant", help="the Entra tenant, a GUID")
        command.add_argument("file", type=Path, help="a new file")
    for name, told in (
        ("restore", "bring a backup back into the stamp that it is of"),
        ("import", "bring an export into another stamp"),
        ("verify", "compare a stamp with an export"),
    ):
        command = commands.add_parser(name, help=told)
        command.add_argument("file", type=Path, help="what backup or export wrote")
        command.add_argument("--overwrite", action="store_true", help="in place of what stands there")
        command.add_argument("--optouts", action="store_true", help="opt-outs only, which add up; connections stay")
        command.add_argument("--here", action="store_true", help="verify: the stamp is the one that the file is of")
        command.add_argument(
            "--sender", action="append", default=[], metavar="OLD=NEW", help="the number in place of one"
        )
    commands.add_parser("schema", help="say which schema the stamp's tables have")
    own = commands.add_parser("data-keys", help="make a new key for what is sealed and hashed, then put it to use")
    own.add_argument("step", choices=["add", "use"], help="use: ten minutes after add, not before")
    keys = commands.add_parser("keys", help="hand the keys of opt-outs from another stamp's vault to this one's")
    keys.add_argument("old", help="the other stamp's Key Vault")
    return made


def main(words: Sequence[str]) -> int:
    """Runs one command; its exit status: 0 done, 1 not, 2 not understood."""
    options = parser().parse_args(words)
    try:
        return asyncio.run(_run(options))
    except OperationError as error:
        print(f"Not done: {error}", file=sys.stderr)
    except Exception as error:  # noqa: BLE001, an operator needs what to look at, not a trace with values
        print(f"Not done: {type(error).__name__}. {_hint(error)}", file=sys.stderr)
    return 1


def _hint(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    if status == 403 or type(error).__name__ == "ClientAuthenticationError":
        return (
            "Sign in with `az login`; you need Storage Table Data Contributor on the storage account and Key Vault "
            "Secrets Officer on the vault, and their networks have to let you in."
        )
    return "Look at --tables and --vault, and whether this machine reaches them."


async def _run(options: argparse.Namespace) -> int:
    connection = "" if options.tables else os.environ.get(STORAGE, "")
    tables_url = options.tables or os.environ.get(TABLE_SERVICE, "")
    vault_url = options.vault or os.environ.get("VAULT_URL", "")
    if not (connection or tables_url) or not vault_url:
        raise OperationError("name the stamp: --tables and --vault, before the command")
    local = os.environ.get("ALLOW_LOOPBACK", "").lower() in ("1", "true")

    def settings(vault: str) -> Settings:
        return Settings(
            "", "", "", "", vault, "", allow_loopback=local, storage_connection=connection, table_service_uri=tables_url
        )

    from azure.identity.aio import DefaultAzureCredential

    credential = DefaultAzureCredential(managed_identity_client_id=os.environ.get("MANAGED_IDENTITY_CLIENT_ID") or None)
    tables, vault = Tables(settings(vault_url), credential), Vault(settings(vault_url), credential, wall_clock)
    old = Vault(settings(options.old), credential, wall_clock) if options.command == "keys" else None
    try:
        return await _command(options, tables, vault, old)
    finally:
        for client in (tables, vault, old, credential):
            if client is not None:
                await client.close()


async def _command(options: argparse.Namespace, tables: Tables, vault: Vault, old: Vault | None) -> int:
    tenant = _tenant(options) if "tenant" in options else ""
    bundle = read(options.file) if options.command in BROUGHT else {}
    have = await Schema(tables).standing()
    if options.command == "schema":
        _say(f"the tables have schema {have.version}; releases of schema {have.least} and later read them")
        _say(f"the release of this clone writes schema {VERSION}")
        return 0 if have.fits() else 1
    if have.version > VERSION:
        raise OperationError(
            f"the stamp's tables have schema {have.version}, the release of this clone writes {VERSION}: use a clone of "
            "the release that the stamp runs"
        )
    match options.command:
        case "backup" | "export":
            made = await export(tables, vault, tenant, whole=options.command == "export", now=wall_clock(), say=_say)
            if options.apply:
                write(made, options.file)
        case "erase":
            who = await holder(tables, tenant)
            _say(f"connections: {', '.join(who.connections) or 'none'}")
            for table, count in (await remaining(tables, who)).items():
                _say(f"{table}: {count} rows to remove")
            if options.apply:
                if options.file.exists():
                    raise OperationError(f"{options.file} is there already: name another file")
                receipt = await erase(tables, vault, tenant, now=wall_clock(), say=_say)
                write(receipt, options.file)
                print(json.dumps(receipt, indent=1))
        case "data-keys":
            if options.apply:
                step = add if options.step == "add" else use
                _say(f"{options.step}: key {await step(vault, SECRET_NAME)}")
        case "keys":
            if options.apply and old is not None:
                _say(f"keys: {await carry_optout_keys(old, vault, SECRET_NAME)} added")
        case command:
            here = command == "restore" or options.here
            if options.optouts:
                bundle, options.overwrite = only_optouts(bundle), True
            senders = dict(_pair(text) for text in options.sender)
            wrong = await differences(tables, vault, bundle, here=here, senders=senders)
            _say(f"not as in the file: {wrong or 'nothing'}")
            if command == "verify":
                return 1 if wrong else 0
            if options.apply:
                await bring(tables, vault, bundle, here=here, senders=senders, overwrite=options.overwrite, say=_say)
    if not options.apply:
        print("Nothing was changed. --apply, before the command, does it.", file=sys.stderr)
    return 0


def _tenant(options: argparse.Namespace) -> str:
    tenant = str(options.tenant).lower()
    if not GUID.fullmatch(tenant):
        raise OperationError("a tenant is named by its id, a GUID")
    return tenant


def _pair(text: str) -> tuple[str, str]:
    old, _, new = text.partition("=")
    if not (old and new):
        raise OperationError(f"--sender needs OLD=NEW, not {text!r}")
    return old, new


def _say(line: str) -> None:
    print(f"  .. {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
