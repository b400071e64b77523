"""What the Bicep files say, as the tests here ask for it."""

from functools import cache
from pathlib import Path
from typing import Any

from infra.checks.bicep import BicepFile, read
from infra.checks.values import Call, Value
from tests.docs.pages import ROOT

INFRA = ROOT / "infra"


@cache
def bicep(name: str) -> BicepFile:
    """A file of infra/ by its name without `.bicep`."""
    return read(INFRA / f"{name}.bicep")


def bodies(name: str, symbol: str) -> list[dict[str, Any]]:
    """What a resource or module of a file becomes: several of a loop."""
    found: list[Any] = bicep(name).bodies(symbol)
    return found


def names(name: str, symbol: str) -> set[str]:
    """The names of what a resource becomes."""
    return {str(body["name"]) for body in bodies(name, symbol)}


def merged(value: Value) -> dict[str, Any]:
    """An object, or the objects that `union` makes one of."""
    if isinstance(value, Call) and value.name == "union":
        return {key: item for part in value.arguments for key, item in merged(part).items()}
    return dict(value) if isinstance(value, dict) else {}


def sources(*folders: str) -> dict[Path, str]:
    """The product's code."""
    return {path: path.read_text() for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))}
