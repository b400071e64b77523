"""When the portal is built: if its sources changed, once for all who wait, and never half."""

import asyncio
import json
from pathlib import Path

import pytest

from local.node import NodeError
from local.portal_build import ensure

# Notes that it ran, takes a moment, and fails where the source says so.
BUILD = (
    "const fs=require('fs'),out=process.env.PORTAL_OUT,text=fs.readFileSync('source.txt','utf8');"
    "fs.appendFileSync('../builds','x');if(text==='broken')throw new Error('no good');fs.mkdirSync(out);"
    "setTimeout(()=>fs.writeFileSync(out+'/index.html',text),200)"
)


@pytest.fixture
def portal(tmp_path: Path) -> Path:
    """A portal of one file, and what counts its builds beside it."""
    folder = tmp_path / "portal"
    folder.mkdir()
    package = {"name": "portal", "version": "1.0.0", "scripts": {"build": f'node -e "{BUILD}"'}}
    (folder / "package.json").write_text(json.dumps(package))
    lock = {"name": "portal", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": package}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "node_modules").mkdir()
    (folder / "source.txt").write_text("first")
    return folder


def builds(portal: Path) -> int:
    """How often it was built."""
    return len((portal.parent / "builds").read_text())


async def test_who_starts_side_by_side_builds_once(portal: Path) -> None:
    said: list[str] = []
    await asyncio.gather(*(ensure(said.append, portal) for _ in range(4)))
    assert (portal / "dist" / "index.html").read_text() == "first"
    assert builds(portal) == 1
    assert said.count("building the portal") == 1


async def test_only_a_change_of_the_sources_builds_again(portal: Path) -> None:
    said: list[str] = []
    await ensure(said.append, portal)
    (portal / "node_modules" / "else.txt").write_text("not a source")
    said.clear()
    await ensure(said.append, portal)
    assert said == []
    (portal / "source.txt").write_text("second")
    await ensure(said.append, portal)
    assert (portal / "dist" / "index.html").read_text() == "second"
    assert builds(portal) == 2


async def test_a_build_that_fails_says_why_and_leaves_the_last_one(portal: Path) -> None:
    await ensure(lambda _: None, portal)
    (portal / "source.txt").write_text("broken")
    with pytest.raises(NodeError, match="no good"):
        await ensure(lambda _: None, portal)
    assert (portal / "dist" / "index.html").read_text() == "first"
    (portal / "source.txt").write_text("first")
    await ensure(lambda _: None, portal)
    assert builds(portal) == 2
