"""Azure's published types, and the walk of a resource over them: unknown, missing, read-only and wrongly typed properties.

The format is that of https://github.com/Azure/bicep-types: a list whose entries refer to each other by their place. Types
come from `infra/types`, an extract of what the files here use; from `../shared/contracts/bicep-types` where that is
present; and from the folders in `BICEP_TYPES`, with `:` between them (`;` on Windows): the `generated` folders of clones of
Azure/bicep-types-az and, for Microsoft Graph, of microsoftgraph/msgraph-bicep-types.
"""

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from infra.checks.values import Call, Each, Either, Expression, Text, Value

HERE = Path(__file__).resolve().parent
EXTRACT = HERE.parent / "types"
BESIDE = HERE.parents[2] / "shared" / "contracts" / "bicep-types"
REQUIRED, READ_ONLY = 1, 2
# Bicep's own, which no published type has.
OF_THE_LANGUAGE = {"parent", "scope", "dependsOn"}

Types = list[dict[str, Any]]


def _files(namespace: str, version: str) -> Iterator[Path]:
    for folder in (EXTRACT, BESIDE):
        yield folder / f"{namespace}@{version}.json"
    for elsewhere in filter(None, os.environ.get("BICEP_TYPES", "").split(os.pathsep)):
        for below in ("", f"{extension()}/"):
            yield from sorted(Path(elsewhere).glob(f"*/{namespace}/{version}/{below}types.json"))


@cache
def extension() -> str:
    """The version of the Microsoft Graph extension, whose types are in a folder of that name."""
    pinned = json.loads((HERE.parent / "bicepconfig.json").read_text())["extensions"]["microsoftGraphV1"]
    return str(pinned.rpartition(":")[2])


@cache
def _read(path: Path) -> Types:
    content: Types = json.loads(path.read_text()) if path.exists() else []
    return content


def published(kind: str, version: str) -> tuple[Types, int] | None:
    """The file that has a resource type, and the place of its body; None if no file here has it."""
    wanted = f"{kind}@{version}".lower()
    for path in _files(kind.partition("/")[0].lower(), version):
        for entry in _read(path):
            if entry["$type"] == "ResourceType" and entry["name"].lower() == wanted:
                return _read(path), place(entry["body"])
    return None


def misspelt(kind: str, version: str) -> bool:
    """Whether the types of this namespace and version are here, and this one is not among them."""
    return published(kind, version) is None and any(map(_read, _files(kind.partition("/")[0].lower(), version)))


def place(reference: Mapping[str, str]) -> int:
    """`{"$ref": "#/12"}` is 12."""
    return int(reference["$ref"].removeprefix("#/"))


def walk(types: Types, at: int, value: Value, where: str) -> Iterator[str]:
    """What is wrong with a value, each as one sentence. An expression is taken for right."""
    entry = types[at]
    if isinstance(value, Either):
        for branch in (value.yes, value.no):
            if branch is not None:
                yield from walk(types, at, branch, where)
        return
    if isinstance(value, Call) and value.name == "union":
        for part in value.arguments:
            if isinstance(part, dict):
                yield from _object(types, entry, part, where, whole=False)
        return
    match entry["$type"]:
        case "ObjectType" | "DiscriminatedObjectType":
            if isinstance(value, dict):
                yield from _object(types, entry, value, where, whole=True)
            elif not _open(value):
                yield f"{where}: an object is wanted"
        case "ArrayType":
            if isinstance(value, list):
                for number, item in enumerate(value):
                    yield from walk(types, place(entry["itemType"]), item, f"{where}[{number}]")
            elif isinstance(value, Each):
                yield from walk(types, place(entry["itemType"]), value.body, f"{where}[]")
            elif not _open(value):
                yield f"{where}: an array is wanted"
        case "UnionType":
            yield from _union(types, entry, value, where)
        case kind:
            yield from _simple(kind, entry, value, where)


def _open(value: Value) -> bool:
    return isinstance(value, Expression) and not isinstance(value, Text | Each)


def _simple(kind: str, entry: Mapping[str, Any], value: Value, where: str) -> Iterator[str]:
    if isinstance(value, Expression):
        if isinstance(value, Text) and kind in ("IntegerType", "BooleanType"):
            yield f"{where}: {kind} is wanted, and a text stands there"
        return
    right = {
        "StringType": isinstance(value, str),
        "StringLiteralType": value == entry.get("value"),
        "IntegerType": isinstance(value, int) and not isinstance(value, bool),
        "BooleanType": isinstance(value, bool),
    }.get(kind, True)
    if not right:
        wanted = f"'{entry['value']}'" if kind == "StringLiteralType" else kind
        yield f"{where}: {wanted} is wanted, and {value!r} stands there"


def _union(types: Types, entry: Mapping[str, Any], value: Value, where: str) -> Iterator[str]:
    choices = [place(choice) for choice in entry["elements"]]
    if not any(not list(walk(types, choice, value, where)) for choice in choices):
        words = ", ".join(str(types[choice].get("value", types[choice]["$type"])) for choice in choices)
        yield f"{where}: {value!r} is none of {words}"


def _object(
    types: Types, entry: Mapping[str, Any], value: Mapping[str, Value], where: str, *, whole: bool
) -> Iterator[str]:
    known: dict[str, Any] = dict(entry.get("properties") or entry.get("baseProperties") or {})
    more = entry.get("additionalProperties")
    if entry["$type"] == "DiscriminatedObjectType":
        chosen = value.get(entry["discriminator"])
        if not isinstance(chosen, str):
            return
        element = entry["elements"].get(chosen)
        if element is None:
            yield f"{where}.{entry['discriminator']}: '{chosen}' is none of {', '.join(entry['elements'])}"
            return
        special = types[place(element)]
        known |= special["properties"]
        more = special.get("additionalProperties", more)
    for name, item in value.items():
        if name in known:
            if known[name]["flags"] & READ_ONLY:
                yield f"{where}.{name}: Azure sets this, nobody else"
            else:
                yield from walk(types, place(known[name]["type"]), item, f"{where}.{name}")
        elif more is not None:
            yield from walk(types, place(more), item, f"{where}.{name}")
        elif entry["$type"] != "AnyType" and not (where.count(".") == 0 and name in OF_THE_LANGUAGE):
            yield f"{where}.{name}: no such property"
    for name, about in known.items():
        if whole and about["flags"] & REQUIRED and not about["flags"] & READ_ONLY and name not in value:
            yield f"{where}: {name} is missing"


def reachable(types: Types, start: int) -> list[int]:
    """The places that a body refers to, itself first, each once."""
    found: list[int] = []
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.append(at)
            waiting += _references(types[at])
    return found


def _references(entry: Any) -> list[int]:
    if isinstance(entry, dict):
        own = [place(entry)] if "$ref" in entry else []
        return own + [at for item in entry.values() for at in _references(item)]
    if isinstance(entry, list):
        return [at for item in entry for at in _references(item)]
    return []
