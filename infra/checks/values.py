"""Bicep's expressions as Python values, computed as far as a file alone can tell.

A literal is a `str`, `int`, `bool`, `None`, `list` or `dict`; what needs Azure to be known stays an expression.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Union

Value = Union[str, int, bool, None, list["Value"], dict[str, "Value"], "Expression"]


class Expression:
    """Not a literal."""


@dataclass(frozen=True)
class Name(Expression):
    """A symbol: parameter, variable, resource, module, or what a loop counts with."""

    name: str


@dataclass(frozen=True)
class Member(Expression):
    """`of.name`, safe or not."""

    of: Value
    name: str


@dataclass(frozen=True)
class Index(Expression):
    """`of[at]`."""

    of: Value
    at: Value


@dataclass(frozen=True)
class Call(Expression):
    """A function, or a method of `of`."""

    name: str
    arguments: tuple[Value, ...]
    of: Value = None


@dataclass(frozen=True)
class Either(Expression):
    """`if ? yes : no`."""

    condition: Value
    yes: Value
    no: Value


@dataclass(frozen=True)
class Each(Expression):
    """`[for item in source: body]`."""

    item: str
    counter: str
    source: Value
    body: Value


@dataclass(frozen=True)
class When(Expression):
    """`if (condition) body`, of a resource or a module."""

    condition: Value
    body: Value


@dataclass(frozen=True)
class Text(Expression):
    """A string with something in it."""

    parts: tuple[Value, ...]


@dataclass(frozen=True)
class Other(Expression):
    """An operator, a lambda: what is in it counts for names only."""

    inside: tuple[Value, ...]
    bound: tuple[str, ...] = ()


def compute(value: Value, known: Mapping[str, Value]) -> Value:
    """The value with what is known put in. Never raises: what cannot be computed stays as it is."""
    match value:
        case list():
            return [compute(item, known) for item in value]
        case dict():
            return {key: compute(item, known) for key, item in value.items()}
        case Name(name):
            return compute(known[name], known) if name in known and known[name] != value else value
        case Member(of, name):
            inside = compute(of, known)
            return inside[name] if isinstance(inside, dict) and name in inside else Member(inside, name)
        case Index(of, at):
            inside, place = compute(of, known), compute(at, known)
            if isinstance(inside, list) and isinstance(place, int) and place < len(inside):
                return inside[place]
            return Index(inside, place)
        case Text(parts):
            done = [compute(part, known) for part in parts]
            if all(isinstance(part, str | int) for part in done):
                return "".join(str(part) for part in done)
            return Text(tuple(done))
        case Call(name, arguments, of):
            return _called(name, [compute(item, known) for item in arguments], compute(of, known))
        case Either(condition, yes, no):
            return Either(compute(condition, known), compute(yes, known), compute(no, known))
        case When(condition, body):
            return When(compute(condition, known), compute(body, known))
        case Each(source=source):
            return _expanded(value, compute(source, known), known)
    return value


def _called(name: str, arguments: list[Value], of: Value) -> Value:
    if name == "union" and all(isinstance(item, dict) for item in arguments):
        merged: dict[str, Value] = {}
        for item in arguments:
            merged |= item if isinstance(item, dict) else {}
        return merged
    if name == "concat" and all(isinstance(item, list) for item in arguments):
        return [one for item in arguments if isinstance(item, list) for one in item]
    return Call(name, tuple(arguments), of)


def _expanded(loop: Each, source: Value, known: Mapping[str, Value]) -> Value:
    if not isinstance(source, list):
        hidden = {name: one for name, one in known.items() if name not in (loop.item, loop.counter)}
        return Each(loop.item, loop.counter, source, compute(loop.body, hidden))
    return [
        compute(loop.body, {**known, loop.item: item, **({loop.counter: place} if loop.counter else {})})
        for place, item in enumerate(source)
    ]


def inside(value: Value, bound: frozenset[str] = frozenset()) -> list[tuple[str, Any]]:
    """What a value uses: ("name", symbol), ("call", function), ("member", Member) each, in no order.

    `bound` are the symbols that loops and lambdas around it have made; those are left out.
    """
    found: list[tuple[str, Any]] = []

    def all_of(values: Any, more: frozenset[str] = bound) -> None:
        for item in values:
            found.extend(inside(item, more))

    match value:
        case list():
            all_of(value)
        case dict():
            all_of(value.values())
        case Name(name):
            if name not in bound:
                found.append(("name", name))
        case Member(of, _):
            found.append(("member", value))
            all_of([of])
        case Index(of, at):
            all_of([of, at])
        case Text(parts):
            all_of(parts)
        case Call(name, arguments, of):
            if of is None:
                found.append(("call", name))
            all_of([*arguments, of])
        case Either(condition, yes, no):
            all_of([condition, yes, no])
        case When(condition, body):
            all_of([condition, body])
        case Each(item, counter, source, body):
            all_of([source])
            all_of([body], bound | {item, counter})
        case Other(parts, names):
            all_of(parts, bound | set(names))
    return found
