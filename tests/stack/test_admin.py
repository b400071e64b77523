"""`scripts/admin` against real storage and a vault, signed in as `DefaultAzureCredential` finds. It changes nothing here."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from local.config import CONNECTION_ID, TENANT_ID
from local.settings import environment
from local.stack import Stack
from tests.docs.pages import ROOT

pytestmark = pytest.mark.stack


async def admin(stack: Stack, *words: str) -> tuple[int | None, str]:
    """Its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        "scripts/admin", *words, cwd=ROOT, stdout=PIPE, stderr=STDOUT, env=os.environ | environment(stack.config)
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


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
