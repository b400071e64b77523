"""ASP.NET Core route templates, matched as the Functions host matches them.

One table, tried in the order of the functions' names, not by how specific a template is. A method that a route does not
list makes the route not match, so that the answer is 404 and never 405.
https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID

TOKEN = re.compile(
    r"\{(?P<star>\*{0,2})(?P<name>[^{}:=?]+)(?P<constraints>(?::[^{}=?(]+(?:\((?:[^()]|\([^()]*\))*\))?)*)"
    r"(?:=(?P<default>[^{}?]*))?(?P<optional>\?)?\}"
)
NUMBER = re.compile(r"\s*[+-]?(?:[0-9][0-9,]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
CONSTRAINT = re.compile(r":([^:(]+)(?:\(((?:[^()]|\([^()]*\))*)\))?")
# How many numbers these constraints need.
NUMBERS = {"minlength": 1, "maxlength": 1, "length": 1, "min": 1, "max": 1, "range": 2}
INT32, INT64 = (-(2**31), 2**31 - 1), (-(2**63), 2**63 - 1)

Check = Callable[[str], bool]


def _integer(text: str, bounds: tuple[int, int]) -> bool:
    return re.fullmatch(r"\s*[+-]?[0-9]+\s*", text) is not None and bounds[0] <= int(text) <= bounds[1]


def _number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def _parses(parse: Callable[[str], object]) -> Check:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return check


def _constraint(name: str, arguments: list[str]) -> Check:
    numbers = [int(argument) for argument in arguments if re.fullmatch("-?[0-9]+", argument)]
    expression = _expression(arguments) if name.lower() == "regex" else re.compile("")
    checks: dict[str, Check] = {
        "int": lambda text: _integer(text, INT32),
        "long": lambda text: _integer(text, INT64),
        "bool": lambda text: text.lower() in ("true", "false"),
        "decimal": _number,
        "double": _number,
        "float": _number,
        "datetime": _parses(datetime.fromisoformat),
        "guid": _parses(UUID),
        "alpha": lambda text: re.fullmatch("[a-zA-Z]*", text) is not None,
        "required": bool,
        "minlength": lambda text: len(text) >= numbers[0],
        "maxlength": lambda text: len(text) <= numbers[0],
        "length": lambda text: numbers[0] <= len(text) <= numbers[-1],
        "min": lambda text: _integer(text, (numbers[0], INT64[1])),
        "max": lambda text: _integer(text, (INT64[0], numbers[0])),
        "range": lambda text: _integer(text, (numbers[0], numbers[1])),
        "regex": lambda text: expression.search(text) is not None,
    }
    if name.lower() not in checks:
        raise ValueError(f"unknown route constraint {name!r}")
    if len(numbers) < NUMBERS.get(name.lower(), 0):
        raise ValueError(f"the route constraint {name!r} needs {NUMBERS[name.lower()]} numbers")
    return checks[name.lower()]


def _expression(arguments: list[str]) -> re.Pattern[str]:
    try:
        # In a template the braces of a regular expression are written twice.
        return re.compile(arguments[0].replace("{{", "{").replace("}}", "}"), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"the route constraint regex({arguments[0]}) cannot be read: {error}") from None


class Route:
    """One function's template and methods. Raises ValueError for a template that we cannot match as ASP.NET would."""

    def __init__(self, template: str, methods: Sequence[str] | None = None) -> None:
        self.template = template
        self._methods = {method.upper() for method in methods} if methods else None
        self._parameters: list[tuple[str, list[Check], str | None]] = []
        segments = template.strip("/").split("/") if template.strip("/") else []
        pattern = "".join(self._segment(segment, first=index == 0) for index, segment in enumerate(segments))
        self._pattern = re.compile(pattern + "/?", re.IGNORECASE | re.DOTALL)

    def match(self, method: str, raw_path: str) -> dict[str, str] | None:
        """The route's parameters, or None. `raw_path` is still encoded; an absent optional parameter is missing."""
        # Kestrel decodes everything but an encoded slash before it looks at the routes.
        path = unquote(re.sub("%(2f)", r"%25\1", raw_path, flags=re.IGNORECASE))
        found = self._pattern.fullmatch(path.removeprefix("/"))
        if found is None or (self._methods and method.upper() not in self._methods):
            return None
        values: dict[str, str] = {}
        for (name, checks, default), value in zip(self._parameters, found.groups(), strict=True):
            if not value:
                if default is not None:
                    values[name] = default
                continue
            if not all(check(value) for check in checks):
                return None
            values[name] = value
        return values

    def _segment(self, segment: str, *, first: bool) -> str:
        slash = "" if first else "/"
        whole = TOKEN.fullmatch(segment)
        if whole:
            self._add(whole)
            if whole["star"]:
                return f"(?:{slash}(.*))?"
            return f"(?:{slash}([^/]+))?" if _may_be_absent(whole) else f"{slash}([^/]+)"
        pattern, position = slash, 0
        for token in TOKEN.finditer(segment):
            if token["star"] or _may_be_absent(token):
                raise ValueError(f"{self.template!r}: {token[0]} must be a whole segment")
            self._add(token)
            pattern += self._literal(segment[position : token.start()]) + "([^/]+)"
            position = token.end()
        return pattern + self._literal(segment[position:])

    def _literal(self, text: str) -> str:
        if "{" in text or "}" in text:
            raise ValueError(f"{self.template!r}: {text!r} cannot be read")
        return re.escape(text)

    def _add(self, token: re.Match[str]) -> None:
        checks = []
        for name, arguments in CONSTRAINT.findall(token["constraints"] or ""):
            split = [arguments] if name.lower() == "regex" else [item.strip() for item in arguments.split(",") if item]
            checks.append(_constraint(name, split))
        self._parameters.append((token["name"], checks, token["default"]))


def _may_be_absent(token: re.Match[str]) -> bool:
    return bool(token["optional"]) or token["default"] is not None
