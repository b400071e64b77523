"""The local stack: real storage, the Functions host with our app, stand-ins for Entra, Epic, Graph, SMS and Key Vault.

`scripts/stack [--manifest FILE] [--port-base N] [--data DIR]` runs it until SIGTERM; tests and the demo use `running`.
"""

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from local import certificates, manifest, node, portal_build, ports, processes, seed, settings
from local.config import CONNECTION_ID, StackConfig
from local.entra import settings as entra_settings

ROOT = node.ROOT
SECRETS = ("master_key", "identity_header", "entra_control", "eventgrid_key")
READY_SECONDS = 60
LOOK_SECONDS = 0.05
Say = Callable[[str], None]


class Stack:
    """A running stack."""

    def __init__(self, config: StackConfig, say: Say, data: Path | None) -> None:
        self.config = config
        self._say = say
        self._data = data
        self._parts: dict[str, processes.Part] = {}
        # A context of its own: what this process trusts otherwise does not matter here.
        self._http = httpx.AsyncClient(verify=ssl.create_default_context(cafile=str(config.bundle)), timeout=5)

    @property
    def manifest(self) -> dict[str, Any]:
        """What users of the stack need to know."""
        return manifest.of(self.config, CONNECTION_ID)

    @property
    def pids(self) -> dict[str, int]:
        """The process of each part."""
        return {name: part.process.pid for name, part in self._parts.items()}

    def write_manifest(self, path: Path, *, connection_id: str = CONNECTION_ID) -> None:
        """Writes the manifest at once, so that who waits for the file never reads half of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(path.name + ".partial")
        partial.write_text(json.dumps(manifest.of(self.config, connection_id), indent=2) + "\n")
        partial.replace(path)

    async def start(self, *, seed_connection: bool) -> None:
        """Starts every part; returns when everything answers. Raises PartError with the log of what did not."""
        config, began = self.config, time.monotonic()
        entra_settings.write(config)
        stored = config.save()
        binary, environment = str(node.node()), os.environ | settings.environment(config)
        python = sys.executable
        await self._start("storage", azurite(config, self._data), environment)
        await self._start("entra", [binary, "local/entra/server.mjs", str(stored)], environment)
        await self._start("standins", [python, "-m", "local.standins", str(stored)], environment)
        await self._all(
            self._answers("storage", f"http://127.0.0.1:{config.ports['table']}/devstoreaccount1"),
            self._answers("entra", config.entra),
            self._answers("standins", config.control),
            self._start_portal(stored, environment),
        )
        self._say(f"storage and stand-ins answer ({time.monotonic() - began:.1f} s)")
        # The host loads the app while storage and vault are being filled: it needs them at its first invocation only.
        await self._all(self.start_host(), seed.seed(config, connection=seed_connection))
        # The first tick by hand: health is red until one ran.
        key = {"x-functions-key": config.secrets["master_key"]}
        await self._http.post(f"{config.functions}/admin/functions/reminder_tick", headers=key, json={"input": ""})
        await self._answers("functions", f"{config.functions}/api/health")
        self._say(f"the functions answer ({time.monotonic() - began:.1f} s)")

    async def start_beside(self) -> None:
        """Starts what a further stamp has of its own; Entra and the portal are those of the first one."""
        config, environment = self.config, os.environ | settings.environment(self.config)
        stored = config.save()
        await self._start("storage", azurite(config), environment)
        await self._start("standins", [sys.executable, "-m", "local.standins", str(stored)], environment)
        await self._all(
            self._answers("storage", f"http://127.0.0.1:{config.ports['table']}/devstoreaccount1"),
            self._answers("standins", config.control),
        )
        await self._all(self.start_host(), seed.seed(config, connection=False))

    async def serve_portal(self, *others: StackConfig) -> None:
        """Starts the portal again, for this stamp and others: its policy, which names them, is read at its start."""
        await self._parts.pop("portal").end()
        await self._start_portal(self.config.save(), os.environ | settings.environment(self.config), *others)

    async def _start_portal(self, stored: Path, environment: dict[str, str], *others: StackConfig) -> None:
        try:
            await portal_build.install(self.config, *others)
        except node.NodeError as error:
            raise processes.PartError(f"portal: {error}") from error
        await self._start("portal", [sys.executable, "-m", "local.portal", str(stored)], environment)
        await self._answers("portal", self.config.portal)

    async def start_host(self) -> None:
        """Starts the Functions host and waits until it answers."""
        config = self.config
        keys = config.run_dir / "keys.json"
        system = {"eventgrid_extension": config.secrets["eventgrid_key"]}
        keys.write_text(json.dumps({"master": config.secrets["master_key"], "system": system}))
        command = [
            sys.executable, "-m", "local.host", ".", "--port", str(config.ports["functions"]),
            "--keys", str(keys), "--state", str(config.run_dir / "host"), "--cors", config.portal,
        ]  # fmt: skip
        await self._start("functions", command, os.environ | settings.environment(config))
        key = {"x-functions-key": config.secrets["master_key"]}
        await self._answers("functions", f"{config.functions}/admin/host/status", headers=key)

    async def kill_host(self) -> None:
        """Kills the Functions host (SIGKILL), as a crash of the machine would."""
        await self._parts.pop("functions").kill()

    async def end(self) -> None:
        """Ends every part."""
        await self._http.aclose()
        parts = list(self._parts.values())
        self._parts.clear()
        await asyncio.gather(*(part.end() for part in parts))

    async def watch(self) -> str:
        """Returns when a part ends by itself, with its name and the tail of its log."""
        waits = {asyncio.create_task(part.process.wait()): part for part in self._parts.values()}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        part = waits[done.pop()]
        return f"{part.name} ended by itself\n{part.tail()}"

    async def _start(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        logs = self.config.run_dir / "logs"
        self._parts[name] = await processes.start(name, command, env=environment, logs=logs, cwd=ROOT)

    async def _all(self, *work: Awaitable[None]) -> None:
        async with asyncio.TaskGroup() as group:
            for item in work:
                group.create_task(_plain(item))

    async def _answers(self, name: str, url: str, headers: dict[str, str] | None = None) -> None:
        part, deadline = self._parts[name], time.monotonic() + READY_SECONDS
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await self._http.get(url, headers=headers)).status_code < 500:
                    return
            if not part.running or time.monotonic() > deadline:
                reason = "ended by itself" if not part.running else f"did not answer in {READY_SECONDS} s"
                raise processes.PartError(f"{name} {reason}\n{part.tail()}")
            await asyncio.sleep(LOOK_SECONDS)


def azurite(config: StackConfig, data: Path | None = None) -> list[str]:
    """The command that starts real storage on the ports of a run, in memory unless there is a folder for it."""
    location = ["--location", str(data / "azurite")] if data else ["--inMemoryPersistence"]
    return [
        str(node.node()), "local/node_modules/azurite/dist/src/azurite.js", "--silent", "--disableTelemetry",
        "--skipApiVersionCheck", *location,
        *(f"--{name}Port={config.ports[name]}" for name in ("blob", "queue", "table")),
    ]  # fmt: skip


async def _plain(item: Awaitable[None]) -> None:
    await item


def _say(line: str) -> None:
    print(f"  .. {line}", file=sys.stderr, flush=True)


@asynccontextmanager
async def running(
    *, data: Path | None = None, port_base: int | None = None, seed_connection: bool = True, say: Say = _say
) -> AsyncIterator[Stack]:
    """A stack for the length of a block. With `data` storage, keys and certificates are kept in that folder.

    Raises PartError if a part does not start; nothing is left behind either way.
    """
    try:
        chosen = ports.choose(port_base)
    except ports.PortError as error:
        raise processes.PartError(f"{error}; name another --port-base, or none for free ports") from error
    await node.ensure(say)
    if not portal_build.watched():
        await portal_build.ensure(say)
    run_dir = data.resolve() / "run" if data else Path(tempfile.mkdtemp(prefix="visitbridge-"))
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        config = StackConfig(run_dir, chosen, _secrets(run_dir))
        # A log that is shown tells of this run only.
        shutil.rmtree(run_dir / "logs", ignore_errors=True)
        certificates.make(config)
        stack = Stack(config, say, data.resolve() if data else None)
        try:
            try:
                await stack.start(seed_connection=seed_connection)
            except* processes.PartError as group:
                raise processes.PartError("\n".join(str(error) for error in group.exceptions)) from None
            yield stack
        finally:
            await stack.end()
    finally:
        if data is None:
            shutil.rmtree(run_dir, ignore_errors=True)


@asynccontextmanager
async def beside(first: Stack, geography: str, *, say: Say = _say) -> AsyncIterator[Stack]:
    """A further stamp for the length of a block: storage, vault, host and stand-ins of its own, empty but for its keys.

    The first one's portal is started again to know it. Raises PartError as `running` does.
    """
    with tempfile.TemporaryDirectory(prefix="visitbridge-") as folder:
        shared = {name: first.config.ports[name] for name in ("entra", "portal")}
        config = StackConfig(Path(folder), ports.choose() | shared, first.config.secrets, geography)
        shutil.copytree(first.config.run_dir / "certificates", Path(folder) / "certificates")
        stack = Stack(config, say, None)
        try:
            await stack.start_beside()
            await first.serve_portal(config)
            yield stack
        finally:
            await stack.end()


def _secrets(run_dir: Path) -> dict[str, str]:
    kept = run_dir / "stack.json"
    if kept.exists():
        known: dict[str, str] = StackConfig.load(kept).secrets
        if set(known) == set(SECRETS):
            return known
    return {name: secrets.token_urlsafe(24) for name in SECRETS}


async def main(arguments: list[str]) -> int:
    """Runs the stack until it is told to end, or a part ends by itself."""
    parser = argparse.ArgumentParser(
        prog="scripts/stack", description="Runs VisitBridge locally, with all it talks to."
    )
    parser.add_argument("--manifest", type=Path, help="write this file when everything answers")
    parser.add_argument("--port-base", type=int, help="use ports from this one on; free ones otherwise")
    parser.add_argument("--data", type=Path, help="keep storage, keys and certificates in this folder")
    options = parser.parse_args(arguments)
    if options.manifest:
        options.manifest.unlink(missing_ok=True)
    work = asyncio.create_task(_serve(options))
    told: list[int] = []

    def end(number: int) -> None:
        # Once: a second signal must not disturb the ending.
        if not told:
            work.cancel()
        told.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end, number)
    try:
        print(await work, file=sys.stderr)
    except asyncio.CancelledError:
        return 0
    except (processes.PartError, node.NodeError) as error:
        print(f"The stack did not start: {error}", file=sys.stderr)
    finally:
        if options.manifest:
            options.manifest.unlink(missing_ok=True)
    return 1


async def _serve(options: argparse.Namespace) -> str:
    async with running(data=options.data, port_base=options.port_base) as stack:
        if options.manifest:
            stack.write_manifest(options.manifest)
        for name, url in (("functions", stack.config.functions), ("portal", stack.config.portal)):
            print(f"{name:12} {url}", flush=True)
        return await stack.watch()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
