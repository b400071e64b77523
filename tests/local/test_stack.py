"""`scripts/stack` as its users start it: what it tells them, what it keeps, and that it leaves nothing behind."""

import asyncio
import hashlib
import json
import os
import signal
import socket
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueClient

from local.node import ROOT
from tests.local.seen import eventually, having

PERSON = {"name", "username", "password", "oid", "roles", "phone"} | {
    "epic_username", "epic_password", "fhir_type", "fhir_id", "tenant",
}  # fmt: skip
# The contract of docs/local-stack.md, all the way down.
SHAPE: dict[str, Any] = {
    "functions": str, "portal": str, "storage": str, "master_key": str, "connection_id": str, "ca": str,
    "epic": {"fhir_base": str, "client_ids": dict, "hyperspace": str, "mychart": str, "control": str},
    "microsoft": {"authority": str, "graph": str, "sms": str, "vault": str, "control": str},
    "people": {
        name: dict.fromkeys(PERSON, object)
        for name in (
            "admin", "approver", "clinician", "second_clinician", "reader", "nobody", "patient",
            "affiliate_admin", "affiliate_approver", "affiliate_clinician",
        )
    },
    "hl7": {"url": str, "private_key": str, "certificate": str, "kid": str},
}  # fmt: skip


@dataclass
class Run:
    """One run of the script."""

    process: asyncio.subprocess.Process
    manifest: Path
    data: Path

    async def up(self) -> dict[str, Any]:
        """The manifest, when the stack is there."""

        def there() -> bool:
            assert self.process.returncode is None, "the stack has ended"
            return self.manifest.exists()

        await eventually(there, "the manifest", 60)
        found: dict[str, Any] = json.loads(self.manifest.read_text())
        return found

    async def ended(self) -> tuple[int, str]:
        """Exit status and what was printed, when it has ended."""
        printed, errors = await asyncio.wait_for(self.process.communicate(), 30)
        return self.process.returncode or 0, (printed + errors).decode()

    async def end(self) -> tuple[int, str]:
        """The same after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()


@asynccontextmanager
async def started(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> AsyncIterator[Run]:
    """`scripts/stack --manifest FILE --data DIR`, called from the folder with paths as seen from there. Whatever a test
    proves, the process is gone afterwards.
    """
    manifest, data = folder / "manifest.json", folder / "data"
    process = await asyncio.create_subprocess_exec(
        ROOT / "scripts" / "stack", "--manifest", manifest.name, "--data", data.name, *arguments,
        cwd=folder, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Run(process, manifest, data)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def shape(value: Any, expected: Any, path: str = "") -> None:
    """Asserts that a value has exactly the keys that are expected, all the way down."""
    if isinstance(expected, dict):
        assert set(value) == set(expected), path
        for key, inner in expected.items():
            shape(value[key], inner, f"{path}.{key}")
    else:
        assert isinstance(value, expected), path


async def status(manifest: dict[str, Any], url: str, **headers: str) -> int:
    """What an address answers to a client that trusts the manifest's authorities."""
    trust = ssl.create_default_context(cafile=manifest["ca"])
    async with httpx.AsyncClient(verify=trust, trust_env=False, timeout=10) as http:
        return (await http.get(url, headers=headers)).status_code


async def answers(manifest: dict[str, Any]) -> None:
    """Asserts that every address of the manifest answers as its kind does."""
    epic, microsoft = manifest["epic"], manifest["microsoft"]
    admin = {"x-functions-key": manifest["master_key"]}
    for expected, url, headers in (
        (200, f"{manifest['functions']}/api/health", {}),
        (200, f"{manifest['functions']}/admin/host/status", admin),
        (401, f"{manifest['functions']}/admin/host/status", {}),
        (200, manifest["portal"], {}),
        (200, f"{epic['fhir_base']}/metadata", {}),
        (200, f"{epic['fhir_base']}/.well-known/smart-configuration", {}),
        (200, epic["hyperspace"], {}),
        (200, epic["mychart"], {}),
        (200, epic["control"], {}),
        (200, f"{epic['control']}/messages", {}),
        (200, f"{epic['control']}/statuses", {}),
        (200, f"{microsoft['control']}/meetings", {}),
        (200, f"{microsoft['authority']}/v2.0/.well-known/openid-configuration", {}),
        (401, f"{microsoft['graph']}/v1.0/users/x/onlineMeetings", {}),
        (401, f"{microsoft['sms']}/phoneNumbers?api-version=2025-06-01", {}),
        (401, f"{microsoft['vault']}/secrets?api-version=7.6", {}),
        # A feed is posted to; the host answers a path that exists with another method with 404.
        (404, manifest["hl7"]["url"], {}),
    ):
        assert (url, await status(manifest, url, **headers)) == (url, expected)


async def sent(manifest: dict[str, Any]) -> dict[str, Any]:
    """Has Epic book an appointment and announce it to the demo connection."""
    async with httpx.AsyncClient(base_url=manifest["epic"]["control"], trust_env=False, timeout=30) as http:
        start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0).isoformat()
        csn = (await http.post("/epic/appointments", json={"start": start})).json()["csn"]
        answer: dict[str, Any] = (await http.post(f"/epic/appointments/{csn}/send", json={"event": "S12"})).json()
        return answer


async def test_a_stack_tells_all_keeps_its_data_and_leaves_nothing(tmp_path: Path) -> None:
    """Two lives on the same data. The first is ended by SIGTERM, the second by a part that dies."""
    async with started(tmp_path) as first:
        manifest = await first.up()
        shape(manifest, SHAPE)
        await answers(manifest)
        certificate = Path(manifest["hl7"]["certificate"]).read_text()
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).digest()
        assert manifest["hl7"]["kid"] == urlsafe_b64encode(digest).decode().rstrip("=")
        assert "PRIVATE KEY" in Path(manifest["hl7"]["private_key"]).read_text()
        with TableServiceClient.from_connection_string(manifest["storage"]) as tables:
            tables.create_table("keepsake").upsert_entity({"PartitionKey": "a", "RowKey": "b", "text": "kept"})
            (connection,) = tables.get_table_client("connections").query_entities(
                "PartitionKey eq @id", parameters={"id": manifest["connection_id"]}
            )
        with QueueClient.from_connection_string(manifest["storage"], "keepsake") as queue:
            queue.create_queue()
            queue.send_message("kept")
        assert len(having(str(tmp_path / "data"))) >= 10
        ending = await first.end()
    assert ending[0] == 0, ending[1]
    assert having(str(tmp_path)) == {}
    assert not (tmp_path / "manifest.json").exists()

    began = time.monotonic()
    async with started(tmp_path) as second:
        again = await second.up()
        assert time.monotonic() - began < 15
        for kept in ("master_key", "connection_id", "people"):
            assert again[kept] == manifest[kept]
        assert again["hl7"]["kid"] == manifest["hl7"]["kid"]
        with TableServiceClient.from_connection_string(again["storage"]) as tables:
            assert tables.get_table_client("keepsake").get_entity("a", "b")["text"] == "kept"
            found = tables.get_table_client("connections").get_entity(connection["PartitionKey"], connection["RowKey"])
            assert found["state"] == connection["state"] == "approved"
        with QueueClient.from_connection_string(again["storage"], "keepsake") as queue:
            assert [message.content for message in queue.peek_messages()] == ["kept"]
        # Connection, certificate in the vault and the sender's key still belong together.
        acknowledged = await sent(again)
        assert (acknowledged["status"], "|AA|" in acknowledged["ack"]) == (200, True), acknowledged
        (part,) = [number for number, text in having(str(tmp_path)).items() if _is(text, "-m local.standins")]
        os.kill(part, signal.SIGKILL)
        code, said = await second.ended()
    assert code == 1
    assert "standins ended by itself" in said
    assert having(str(tmp_path)) == {}
    assert not (tmp_path / "manifest.json").exists()


def _is(command: str, module: str) -> bool:
    return module in command and "guard" not in command


async def test_a_stack_that_is_ended_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    async with started(tmp_path) as run:
        await eventually(lambda: len(having(str(tmp_path / "data"))) >= 4, "the first parts", 30)
        code, said = await run.end()
    assert (code, run.manifest.exists()) == (0, False), said
    assert having(str(tmp_path)) == {}


async def test_a_killed_stack_leaves_no_process(tmp_path: Path) -> None:
    """SIGKILL: nobody can clean up but the guards. That a proxy of the surroundings is not asked is proved by the way:
    this one does not answer.
    """
    dead = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    async with started(tmp_path, env=os.environ | dead) as run:
        await run.up()
        run.process.kill()
        await run.process.communicate()
        await eventually(lambda: having(str(tmp_path)) == {}, "all parts to end", 10)


async def test_a_taken_port_is_named_and_no_manifest_is_written(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "manifest.json").write_text("of an earlier run")
        async with started(tmp_path, "--port-base", str(port)) as run:
            code, said = await run.ended()
    assert code == 1
    assert f"The stack did not start: port {port} (functions)" in said
    assert "--port-base" in said
    assert "Traceback" not in said
    assert not run.manifest.exists()


async def test_a_part_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    """Azurite finds a file where its folder should be."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "azurite").write_text("not a folder")
    async with started(tmp_path) as run:
        code, said = await run.ended()
    assert code == 1
    assert "The stack did not start: storage ended by itself" in said
    assert "EEXIST" in said or "ENOTDIR" in said
    assert having(str(tmp_path)) == {}


@pytest.mark.parametrize("arguments", [["--no-such-option"], ["--port-base", "many"]])
async def test_a_wrong_option_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    async with started(tmp_path, *arguments) as run:
        code, said = await run.ended()
    assert code == 2
    assert "usage: scripts/stack" in said
