"""Reads a Bicep file: parameters, variables, resources, modules, outputs.

The parser, tree-sitter-bicep, knows neither `extension NAME` nor parameter files. An extension's line is blanked before
it sees the file; a parameter file is read as variables.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from infra.checks.values import Call, Each, Either, Index, Member, Name, Other, Text, Value, When, compute

if TYPE_CHECKING:
    from tree_sitter import Node

EXTENSION = re.compile(r"^extension \w+$", re.MULTILINE)
USING = re.compile(r"^using '([^']+)'$", re.MULTILINE)
ESCAPES = {r"\'": "'", r"\\": "\\", r"\n": "\n", r"\t": "\t", r"\$": "$"}


class BicepError(ValueError):
    """A file cannot be read; the message says where."""


@dataclass(frozen=True)
class Parameter:
    """`default` is `...` where one is required."""

    type: str
    default: object
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """`body` as written: an object, or a loop or condition around one."""

    symbol: str
    type: str
    version: str
    existing: bool
    body: Value
    line: int


@dataclass(frozen=True)
class Module:
    """`path`: a file beside, or `br/public:` and its version."""

    symbol: str
    path: str
    body: Value
    line: int


@dataclass
class BicepFile:
    """One file."""

    path: Path
    parameters: dict[str, Parameter] = field(default_factory=dict)
    variables: dict[str, Value] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    scope: str = "resourceGroup"
    using: str = ""

    @cached_property
    def symbols(self) -> set[str]:
        """Everything that has a name."""
        return {*self.parameters, *self.variables, *self.resources, *self.modules}

    def bodies(self, symbol: str) -> list[dict[str, Value]]:
        """The computed objects of a resource or module: several of a loop whose source the file tells."""
        made = self.resources.get(symbol) or self.modules[symbol]
        return list(_objects(compute(made.body, self.variables)))


def _objects(value: Value) -> Iterator[dict[str, Value]]:
    match value:
        case dict():
            yield value
        case list():
            for item in value:
                yield from _objects(item)
        case When(_, body) | Each(_, _, _, body):
            yield from _objects(body)


def read(path: Path) -> BicepFile:
    """Raises `BicepError` with the first place that does not parse."""
    import tree_sitter
    import tree_sitter_bicep

    source = path.read_text()
    file = BicepFile(path)
    if path.suffix == ".bicepparam":
        if not (using := USING.search(source)):
            raise BicepError(f"{path}: names no file to use")
        file.using = using[1]
        source = re.sub(r"^param ", "var ", USING.sub("", source), flags=re.MULTILINE)
    source = EXTENSION.sub(lambda found: "//" + " " * (len(found[0]) - 2), source)
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
    root = parser.parse(source.encode()).root_node
    if root.has_error:
        raise BicepError(f"{path}:{_wrong(root) + 1}: does not parse")
    decorators: list[str] = []
    for node in root.named_children:
        if node.type == "decorators":
            decorators = [_text(child) for child in node.named_children]
            continue
        _declare(file, node, tuple(decorators))
        decorators = []
    return file


def _wrong(node: "Node") -> int:
    for child in node.children:
        if child.type == "ERROR" or child.is_missing:
            return child.start_point[0]
        if child.has_error:
            return _wrong(child)
    return node.start_point[0]


def _text(node: "Node") -> str:
    return (node.text or b"").decode()


def _declare(file: BicepFile, node: "Node", decorators: tuple[str, ...]) -> None:
    line = node.start_point[0] + 1
    named = node.named_children
    last = named[-1] if named else node
    match node.type:
        case "target_scope_assignment":
            file.scope = str(_value(last))
        case "parameter_declaration":
            has_default = any(child.type == "=" for child in node.children)
            default = _value(last) if has_default else ...
            file.parameters[_text(named[0])] = Parameter(_text(named[1]), default, decorators)
        case "variable_declaration":
            file.variables[_text(named[0])] = _value(last)
        case "output_declaration":
            file.outputs[_text(named[0])] = _value(last)
        case "resource_declaration":
            symbol, (kind, _, version) = _text(named[0]), str(_value(named[1])).partition("@")
            existing = any(child.type == "existing" for child in node.children)
            file.resources[symbol] = Resource(symbol, kind, version, existing, _value(last), line)
        case "module_declaration":
            symbol = _text(named[0])
            file.modules[symbol] = Module(symbol, str(_value(named[1])), _value(last), line)
        case "comment" | "diagnostic_comment":
            pass
        case other:
            raise BicepError(f"{file.path}:{line}: {other} is not read here")


def _value(node: "Node") -> Value:
    named = [child for child in node.named_children if child.type not in ("comment", "diagnostic_comment")]
    match node.type:
        case "string":
            return _string(node)
        case "number":
            return int(_text(node))
        case "boolean":
            return _text(node) == "true"
        case "null":
            return None
        case "array":
            return [_value(child) for child in named]
        case "object":
            return {_key(child): _value(child.named_children[-1]) for child in named}
        case "identifier" | "loop_variable" | "loop_enumerator":
            return Name(_text(node))
        case "member_expression":
            return Member(_value(named[0]), _text(named[-1])) if len(named) > 1 else _value(named[0])
        case "subscript_expression":
            return Index(_value(named[0]), _value(named[1]))
        case "call_expression":
            called, arguments = named[0], tuple(_value(child) for child in named[-1].named_children)
            if called.type == "identifier":
                return Call(_text(called), arguments)
            return Call(_text(called.named_children[-1]), arguments, _value(called.named_children[0]))
        case "ternary_expression":
            return Either(_value(named[0]), _value(named[1]), _value(named[2]))
        case "parenthesized_expression":
            return _value(named[0])
        case "if_statement":
            return When(_value(named[0]), _value(named[1]))
        case "for_statement":
            return _loop(named)
        case "lambda_expression":
            names = tuple(_text(child) for child in named[:-1])
            return Other((_value(named[-1]),), names)
    return Other(tuple(_value(child) for child in named))


def _loop(named: "list[Node]") -> Each:
    names = [_text(child) for child in named[0].named_children] or [_text(named[0])]
    return Each(names[0], names[1] if len(names) > 1 else "", _value(named[1]), _value(named[2]))


def _key(property_node: "Node") -> str:
    name = property_node.named_children[0]
    return str(_string(name)) if name.type == "string" else _text(name)


def _string(node: "Node") -> Value:
    parts: list[Value] = []
    for child in node.named_children:
        if child.type == "interpolation":
            parts.append(_value(child.named_children[0]))
        elif child.type == "escape_sequence":
            parts.append(ESCAPES.get(_text(child), _text(child)))
        else:
            parts.append(_text(child))
    if all(isinstance(part, str) for part in parts):
        return "".join(str(part) for part in parts)
    return Text(tuple(parts))
