"""Runs a rule of Log Analytics over one record: `source | extend Column = expression, ...`, as far as ours go.

The language is Kusto's: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql.
Anything that is not known here is an error, so that a rule cannot grow past what is tried.
"""

import json
import re
from typing import Any

_WORD = re.compile(r'\s*(?:"([^"]*)"|(\d+)|([A-Za-z_]\w*)|([()\[\],=|]))')


class RuleError(ValueError):
    """A rule says what is not known here."""


def transformed(rule: str, record: dict[str, Any]) -> dict[str, Any]:
    """The record after the rule. Raises `RuleError`."""
    words = _words(rule)
    if [words.pop(0) for _ in range(3)] != [("name", "source"), ("mark", "|"), ("name", "extend")]:
        raise RuleError(rule)
    made = dict(record)
    while words:
        kind, column = words.pop(0)
        if kind != "name" or words.pop(0) != ("mark", "="):
            raise RuleError(f"{rule}: {column}")
        # An expression reads the record as it came, not what stands left of it.
        made[column] = _value(words, record)
        if words and words.pop(0) != ("mark", ","):
            raise RuleError(f"{rule}: after {column}")
    return made


def _words(rule: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(rule.rstrip()):
        word = _WORD.match(rule, at)
        if not word:
            raise RuleError(rule[at:])
        text, number, name, mark = word.groups()
        kinds = {"text": text, "number": number, "name": name, "mark": mark}
        found.append(next((kind, value) for kind, value in kinds.items() if value is not None))
        at = word.end()
    return found


def _value(words: list[tuple[str, str]], record: dict[str, Any]) -> Any:
    kind, word = words.pop(0)
    made: Any
    if kind == "text":
        made = word
    elif kind == "name" and words and words[0] == ("mark", "("):
        words.pop(0)
        arguments = []
        while words[0] != ("mark", ")"):
            arguments.append(_value(words, record))
            if words[0] == ("mark", ","):
                words.pop(0)
        words.pop(0)
        made = _called(word, arguments)
    elif kind == "name" and word in record:
        made = record[word]
    else:
        raise RuleError(word)
    while words and words[0] == ("mark", "["):
        words.pop(0)
        made = made[int(words.pop(0)[1])]
        if words.pop(0) != ("mark", "]"):
            raise RuleError(word)
    return made


def _called(name: str, arguments: list[Any]) -> Any:
    match name, arguments:
        case "tostring", [value]:
            return str(value)
        case "split", [str(text), str(mark)]:
            return text.split(mark)
        case "parse_json", [str(text)]:
            return json.loads(text)
    raise RuleError(name)
