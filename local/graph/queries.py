"""`$search` and `$filter` of directory objects, as far as they are modelled: what else there is, is refused.

https://learn.microsoft.com/graph/search-query-parameter#using-search-on-directory-object-collections,
https://learn.microsoft.com/graph/aad-advanced-queries
"""

import re
from collections.abc import Callable

from local.graph.answers import GraphError, Json, bad_request

Test = Callable[[Json], bool]

# By words; every other property by its beginning.
TOKENIZED = ("displayName",)
SEARCHABLE = ("displayName", "givenName", "surname", "mail", "userPrincipalName")
FLAGS = ("accountEnabled",)
COMPARABLE = ("id", "userType", *SEARCHABLE)
MOST_VALUES = 15
_CLAUSE = r'"(\w+):((?:[^"\\]|\\["\\])+)"'
_SEARCH = re.compile(rf"{_CLAUSE}(?: OR {_CLAUSE})*")
_TEXT = r"'((?:[^']|'')*)'"
_STARTS = re.compile(rf"startswith\((\w+),\s*{_TEXT}\)", re.IGNORECASE)
_EQUALS = re.compile(rf"(\w+)\s+eq\s+{_TEXT}", re.IGNORECASE)
_IS = re.compile(r"(\w+)\s+eq\s+(true|false)", re.IGNORECASE)
_IN = re.compile(rf"(\w+)\s+in\s+\(\s*({_TEXT}(?:\s*,\s*{_TEXT})*)\s*\)", re.IGNORECASE)


def search(text: str, consistency: str) -> Test:
    """What `$search` asks for. `consistency`: the header ConsistencyLevel. Raises GraphError."""
    if consistency.lower() != "eventual":
        message = (
            "Request with $search query parameter only works through MSGraph with a special request header: "
            "'ConsistencyLevel: eventual'"
        )
        raise GraphError(400, "Request_UnsupportedQuery", message)
    if not _SEARCH.fullmatch(text):
        raise bad_request('$search is "property:text", several of them joined by OR; nothing else is modelled here.')
    clauses = [(name, re.sub(r"\\(.)", r"\1", wanted)) for name, wanted in re.findall(_CLAUSE, text)]
    for name, wanted in clauses:
        if name not in SEARCHABLE:
            raise bad_request(f"Property '{name}' cannot be searched.")
        if "&" in wanted:
            # Known issue 18185.
            raise bad_request("An ampersand cannot be searched for.")
    return lambda person: any(_found(name, str(person[name] or ""), wanted) for name, wanted in clauses)


def _found(name: str, held: str, wanted: str) -> bool:
    if name not in TOKENIZED:
        return held.lower().startswith(wanted.lower())
    words, asked = _words(held) + _joined(held), _words(wanted)
    return bool(asked) and all(any(word.startswith(part) for word in words) for part in asked)


def _words(text: str) -> list[str]:
    """Words end at spaces, symbols, digits and where small letters turn into capitals."""
    parts = re.findall(r"[^\W\d_]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    return [part.lower() for part in parts]


def _joined(text: str) -> list[str]:
    """What only symbols part is a word as a whole too: `hello-world` is found by `helloworld`."""
    return [re.sub(r"[\W_]+", "", chunk).lower() for chunk in text.split()]


def condition(text: str) -> Test:
    """What `$filter` asks for: terms joined by `or`, or by `and`. Raises GraphError."""
    alternatives = [[_term(term) for term in re.split(r"\s+and\s+", part)] for part in re.split(r"\s+or\s+", text)]
    if len(alternatives) > MOST_VALUES:
        raise _too_many(len(alternatives))
    return lambda person: any(all(term(person) for term in terms) for terms in alternatives)


def _term(text: str) -> Test:
    term = text.strip()
    if match := _IS.fullmatch(term):
        name, flag = match[1], match[2].lower() == "true"
        _known(name, FLAGS, term)
        return lambda person: person[name] is flag
    if match := _IN.fullmatch(term):
        name, values = match[1], [_plain(value) for value in re.findall(_TEXT, match[2])]
        _known(name, COMPARABLE, term)
        if len(values) > MOST_VALUES:
            raise _too_many(len(values))
        return lambda person: str(person[name]).lower() in values
    if match := _STARTS.fullmatch(term):
        name, beginning = match[1], _plain(match[2])
        _known(name, SEARCHABLE, term)
        return lambda person: str(person[name]).lower().startswith(beginning)
    match = _EQUALS.fullmatch(term)
    name, value = (match[1], _plain(match[2])) if match else ("", "")
    _known(name, COMPARABLE, term)
    return lambda person: str(person[name]).lower() == value


def _plain(text: str) -> str:
    return text.replace("''", "'").lower()


def _known(name: str, names: tuple[str, ...], term: str) -> None:
    if name not in names:
        raise GraphError(400, "Request_UnsupportedQuery", f"Unsupported or invalid query filter clause: {term}.")


def _too_many(count: int) -> GraphError:
    message = (
        "Too many child clauses specified in search filter expression containing 'OR' operators: "
        f"{count}. Max allowed: {MOST_VALUES}."
    )
    return GraphError(400, "Request_UnsupportedQuery", message)
