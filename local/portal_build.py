"""Builds the portal when its sources have changed, and puts it, configured, into the folder of one stack.

`python -m local.portal_build` builds, with `--check` it looks at types, format and lint instead.

Each stack serves a copy of its own: another that builds anew does not take files away from it.
"""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from local import node
from local.config import APP_CLIENT_ID, TENANT_NAMES, StackConfig
from local.entra.settings import PORTAL_SCOPE

# What a build makes or does not look at.
NOT_SOURCES = {"node_modules", "dist", "dist.partial", ".built", "schema.d.ts"}
Say = Callable[[str], None]


def sources(portal: Path) -> str:
    """A hash of everything that the build reads."""
    found = sha256()
    for folder, folders, files in os.walk(portal):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(set(files) - NOT_SOURCES):
            path = Path(folder, name)
            found.update(f"{path.relative_to(portal)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def _current(portal: Path) -> bool:
    stamp = portal / ".built"
    return stamp.exists() and (portal / "dist").is_dir() and stamp.read_text() == sources(portal)


async def ensure(say: Say, portal: Path = node.PORTAL) -> None:
    """Builds if need be; one at a time on this machine. What was built before stays until the new one is whole.

    Raises NodeError with the build's own words.
    """
    if _current(portal):
        return
    async with node.lock():
        if _current(portal):  # another has just built it
            return
        began = time.monotonic()
        await node.packages(portal, say, "building the portal: its npm packages first (once)")
        say("building the portal")
        built, dist, partial, stamp = sources(portal), portal / "dist", portal / "dist.partial", portal / ".built"
        output = await node.npm("run", "build", folder=portal, PORTAL_OUT=partial.name)
        stamp.unlink(missing_ok=True)
        shutil.rmtree(dist, ignore_errors=True)
        partial.rename(dist)
        stamp.write_text(built)
        sizes = "".join(f";{line}" for line in output.splitlines() if "first page" in line)
        say(f"portal built ({time.monotonic() - began:.1f} s){sizes}")


async def check(say: Say) -> str:
    """Types, format and lint of the sources; returns what the tools said. Raises NodeError with what they found."""
    await node.ensure_node(say)
    async with node.lock():
        await node.packages(node.PORTAL, say, "installing the portal's tools (once)", development=True)
    return await node.npm("run", "check", folder=node.PORTAL)


def watched() -> str | None:
    """A build that is served as it is at each moment, for work on the portal; none is made then."""
    return os.environ.get("PORTAL_DIST")


async def install(config: StackConfig, *others: StackConfig) -> None:
    """A copy of the build for this stack, configured for its address and those of other stamps. Raises NodeError."""
    stamps = ",".join(f"{stamp.geography}={stamp.functions}" for stamp in (config, *others))
    target = config.run_dir / "portal"
    if not watched():
        async with node.lock():
            await asyncio.to_thread(_copy, target)
    command = [
        str(node.node()), "portal/configure.mjs", "--out", str(target), "--dist", watched() or str(target),
        "--api", stamps, "--authority", config.authority, "--client-id", APP_CLIENT_ID,
        "--scope", f"api://{APP_CLIENT_ID}/{PORTAL_SCOPE}",
        *(part for tenant, name in TENANT_NAMES.items() for part in ("--tenant", f"{tenant}={name}")),
    ]  # fmt: skip
    await node.run(command)


def _copy(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(node.PORTAL / "dist", target)


def _say(line: str) -> None:
    print(f"  .. {line}", file=sys.stderr)


if __name__ == "__main__":
    try:
        if "--check" in sys.argv:
            print(asyncio.run(check(_say)))
        else:
            asyncio.run(ensure(_say))
    except node.NodeError as problem:
        sys.exit(str(problem))
