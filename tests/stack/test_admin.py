"""`scripts/admin` against real storage and a vault, signed in as `DefaultAzureCredential` finds. It changes nothing here."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local.config import CONNECTION_ID, TENANT_ID
from local.settings import environment
from local.stack import Stack
from shared.adapters.schema import PARTITION, ROW, TABLE, VERSION, Schema
from shared.adapters.tables import Tables
from shared.settings import Settings
from tests.docs.pages import ROOT

pytestmark = pytest.mark.stack


async def admin(stack: Stack, *words: str) -> tuple[int | None, str]:
    """Its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        "scripts/admin", *words, cwd=ROOT, stdout=PIPE, stderr=STDOUT, env=os.environ | environment(stack.config)
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


@pytest.fixture
async def ahead(stack: Stack) -> AsyncIterator[None]:
    """The tables as the next release would have left them; this one still reads them."""
    tables = Tables(Settings("", "", "", "", "", "", storage_connection=stack.config.storage), None)
    await Schema(tables).settle()
    known = await tables.get(TABLE, PARTITION, ROW)
    assert known
    await tables.upsert(TABLE, known | {"version": VERSION + 1, "least": VERSION})
    yield
    await tables.upsert(TABLE, known)
    await tables.close()


async def test_a_backup_is_written_only_when_told_and_fits_the_stamp(stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "backup.json"
    status, output = await admin(stack, "backup", TENANT_ID, str(path))
    assert status == 0, output
    assert "Nothing was changed" in output
    assert not path.exists()
    status, output = await admin(stack, "--apply", "backup", TENANT_ID, str(path))
    assert status == 0, output
    assert CONNECTION_ID in {row["PartitionKey"] for row in json.loads(path.read_text())["tables"]["connections"]}
    status, output = await admin(stack, "verify", "--here", str(path))
    assert "not as in the file: nothing" in output
    assert status == 0


async def test_a_working_connection_is_not_erased(stack: Stack, tmp_path: Path) -> None:
    status, output = await admin(stack, "--apply", "erase", TENANT_ID, str(tmp_path / "receipt.json"))
    assert status == 1
    assert "disable it in the portal" in output
    assert not (tmp_path / "receipt.json").exists()


async def test_it_says_which_schema_the_stamp_has_and_leaves_one_of_a_release_to_come_alone(
    stack: Stack, tmp_path: Path, ahead: None
) -> None:
    status, output = await admin(stack, "--apply", "backup", TENANT_ID, str(tmp_path / "backup.json"))
    assert status == 1
    assert f"have schema {VERSION + 1}, the release of this clone writes {VERSION}" in output
    assert not (tmp_path / "backup.json").exists()
    status, output = await admin(stack, "schema")
    assert f"the tables have schema {VERSION + 1}; releases of schema {VERSION} and later read them" in output
    assert status == 0
