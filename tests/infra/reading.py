"""What the Bicep files say, as the tests here ask for it."""

import ast
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


def triggers(kind: str) -> list[dict[str, Any]]:
    """What the decorators of one kind say, with the function's name under `function`, an unnamed route under `route`.

    Read, not asked for: the library lets an app's functions be listed once a process.
    """
    found = []
    for text in sources("functions").values():
        for function in ast.walk(ast.parse(text)):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            for mark in function.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == f"bp.{kind}":
                    given = {str(word.arg): ast.literal_eval(word.value) for word in mark.keywords}
                    if mark.args:
                        given["route"] = ast.literal_eval(mark.args[0])
                    found.append(given | {"function": function.name})
    return found
