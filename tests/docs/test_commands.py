"""Commands on the pages name scripts and modules that exist; the README's are those of CI."""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, blocks, named

# What a reader has, or gets by a line further up.
OTHERS = {"az", "azd", "git", "sleep", "curl", "cp", "func", ".venv/bin/ruff", ".venv/bin/python"}
# Who reads a script's options.
SOURCES = {"scripts/demo": "local/demo/__main__.py", "scripts/stack": "local/stack.py"}


def commands(page: Path) -> list[list[str]]:
    """The commands of a page's shell blocks, word by word, comments left out."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=named)
def test_every_command_names_what_exists(page: Path) -> None:
    for first, *rest in commands(page):
        if first not in OTHERS:
            assert first.startswith(("scripts/", "infra/")), f"{first} is not known"
            assert os.access(ROOT / first, os.X_OK), f"{first} cannot be run"
        if first in SOURCES:
            source = (ROOT / SOURCES[first]).read_text()
            assert all(f'"{word}"' in source for word in rest if word.startswith("--")), f"an option of {first}"
        if "-m" in rest and "-X" not in rest:
            module = rest[rest.index("-m") + 1].replace(".", "/")
            assert (ROOT / f"{module}.py").exists() or (ROOT / module / "__main__.py").exists()


def test_the_readme_shows_every_script_and_what_ci_calls() -> None:
    shown = {first for first, *_ in commands(ROOT / "README.md")}
    assert shown == {f"scripts/{path.name}" for path in (ROOT / "scripts").iterdir() if not path.name.startswith("_")}
    called = set(re.findall(r"\bscripts/[a-z]+", (ROOT / ".ci/run").read_text()))
    assert called
    assert called <= shown
