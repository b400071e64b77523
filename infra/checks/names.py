"""Do the names agree? Symbols and functions that are used exist, what is declared is used, modules get what they ask for."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.checks.bicep import BicepFile
from infra.checks.values import Call, Each, Either, Expression, Index, Member, Name, Other, Text, Value, When, inside

FUNCTIONS = frozenset(
    """
    any array base64 bool cidrSubnet concat contains deployment empty endsWith environment extensionResourceId filter
    first format guid int intersection items join json last length loadJsonContent loadTextContent map max min
    objectKeys padLeft range readEnvironmentVariable reference replace resourceGroup resourceId sort split startsWith
    string subscription subscriptionResourceId substring tenant tenantResourceId toLower toObject toUpper trim union
    uniqueString uri uriComponent utcNow
    """.split()  # noqa: SIM905, a list of sixty words reads better so
)
# The parameter's type, and what a literal for it is in Python.
LITERALS = {"string": str, "int": int, "bool": bool, "array": list, "object": dict}


def findings(files: Mapping[Path, BicepFile]) -> Iterator[str]:
    """What is wrong, a sentence each. `files` by their resolved paths."""
    for file in files.values():
        yield from _symbols(file)
        yield from _loops(file)
        for module in file.modules.values():
            if module.path.startswith("br/"):
                continue
            target = files.get((file.path.parent / module.path).resolve())
            if target is None:
                yield f"{file.path}:{module.line}: there is no {module.path}"
                continue
            for body in file.bodies(module.symbol):
                given = body.get("params", {})
                assert isinstance(given, dict)
                yield from _handed(f"{file.path}:{module.line}: {module.symbol}", target, given)
        yield from _outputs(file, files)
        if file.using:
            target = files[(file.path.parent / file.using).resolve()]
            yield from _handed(str(file.path), target, file.variables)


def _everything(file: BicepFile) -> list[Value]:
    declared = [one.body for one in file.resources.values()] + [one.body for one in file.modules.values()]
    defaults = [one.default for one in file.parameters.values() if one.default is not ...]
    return [*declared, *file.variables.values(), *file.outputs.values(), *defaults]  # type: ignore[list-item]


def _symbols(file: BicepFile) -> Iterator[str]:
    used: set[str] = set()
    for value in _everything(file):
        for what, name in inside(value):
            if what == "name":
                used.add(name)
            if what == "call" and name not in FUNCTIONS:
                yield f"{file.path}: {name}() is no function known here"
    for name in sorted(used - file.symbols):
        yield f"{file.path}: {name} is used and not declared"
    if not file.using:
        for name in sorted({*file.parameters, *file.variables} - used):
            yield f"{file.path}: {name} is declared and not used"


def _loops(file: BicepFile) -> Iterator[str]:
    """Bicep takes a loop as the whole of a variable or an output, not as a part of it (BCP138)."""
    for name, value in [*file.variables.items(), *file.outputs.items()]:
        whole = value.body if isinstance(value, Each) else value
        if any(isinstance(part, Each) for part in _parts(whole)):
            yield f"{file.path}: the loop in {name} is a part of it"


def _parts(value: Value) -> Iterator[Value]:
    yield value
    match value:
        case list():
            inner: list[Value] = value
        case dict():
            inner = list(value.values())
        case Call(_, arguments, _):
            inner = list(arguments)
        case Either(_, yes, no):
            inner = [yes, no]
        case _:
            inner = []
    for one in inner:
        yield from _parts(one)


def _handed(where: str, target: BicepFile, given: Mapping[str, Value]) -> Iterator[str]:
    for name, value in given.items():
        parameter = target.parameters.get(name)
        if parameter is None:
            yield f"{where}: {target.path.name} has no parameter {name}"
        elif not _fits(value, parameter.type):
            yield f"{where}: {name} is of type {parameter.type}"
    for name, parameter in target.parameters.items():
        if parameter.default is ... and name not in given:
            yield f"{where}: {target.path.name} needs {name}"


def _fits(value: Value, kind: str) -> bool:
    if isinstance(value, Text):
        return kind == "string"
    if isinstance(value, Each):
        return kind == "array"
    if isinstance(value, Expression) or value is None:
        return True
    if isinstance(value, bool):
        return kind == "bool"
    return isinstance(value, LITERALS.get(kind, object))


def _outputs(file: BicepFile, files: Mapping[Path, BicepFile]) -> Iterator[str]:
    for value in _everything(file):
        for what, member in inside(value):
            if what != "member" or not isinstance(member.of, Member) or member.of.name != "outputs":
                continue
            module = file.modules.get(_root(member.of.of))
            target = files.get((file.path.parent / module.path).resolve()) if module else None
            if target and member.name not in target.outputs:
                yield f"{file.path}: {target.path.name} has no output {member.name}"


def _root(value: Value) -> str:
    match value:
        case Name(name):
            return name
        case Index(of, _) | Member(of, _) | Call(_, _, of):
            return _root(of)
        case Other((first, *_), _):
            return _root(first)
        case When(_, body):
            return _root(body)
    return ""
