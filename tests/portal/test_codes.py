"""What the trail says by code has words in the portal: no action and no field is added to the product without them."""

import ast
import json
import re
from collections.abc import Iterator

import msgspec
import pytest

from local.node import PORTAL, ROOT
from shared.organisations import requests

CODES = (PORTAL / "src" / "pages" / "activity" / "codes.ts").read_text()
FILTER = (PORTAL / "src" / "pages" / "activity" / "filter.ts").read_text()
# Its place among what Audit.note is given.
ACTION = 2


def listed(name: str, source: str) -> set[str]:
    """A list of texts in TypeScript: `export const NAME = ['a', 'b'] as const`."""
    found = re.search(rf"export const {name} = \[(.*?)\] as const", source, re.DOTALL)
    assert found, name
    return set(re.findall(r"'([^']+)'", found.group(1)))


def texts(node: ast.expr, names: dict[str, ast.expr]) -> set[str]:
    """Every text that an expression can be. Fails for one that this cannot see through."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            return texts(body, names) | texts(orelse, names)
        case ast.JoinedStr(values=parts):
            found = {""}
            for part in parts:
                inner = part.value if isinstance(part, ast.FormattedValue) else part
                found = {before + text for before in found for text in texts(inner, names)}
            return found
        case ast.Name(id=name) if name in names:
            return texts(names[name], names)
    raise AssertionError(f"write the action so that it can be found: {ast.unparse(node)}")


def noted() -> Iterator[str]:
    """Every action that the product writes into the trail."""
    for path in sorted((ROOT / "shared").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            nodes = list(ast.walk(function))
            names = {
                target.id: node.value
                for node in nodes if isinstance(node, ast.Assign)
                for target in node.targets if isinstance(target, ast.Name)
            }  # fmt: skip
            for node in nodes:
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._audit.note":
                    yield from texts(node.args[ACTION], names)


def test_every_action_of_the_trail_is_known_to_the_portal_and_none_besides() -> None:
    written = set(noted())
    assert len(written) > 10
    assert listed("ACTIONS", CODES) == written


def test_every_action_belongs_to_a_group_that_can_be_filtered() -> None:
    assert {action.partition(".")[0] for action in noted()} == listed("GROUPS", FILTER)


def test_every_field_that_can_change_is_known_to_the_portal() -> None:
    models = (requests.NewConnection, requests.ConnectionChange, requests.SmsChange)
    assert listed("FIELDS", CODES) == {field.encode_name for model in models for field in msgspec.structs.fields(model)}


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_code_has_words(language: str) -> None:
    words = json.loads((PORTAL / "src" / "words" / "activity" / f"{language}.json").read_text())
    wanted = {f"action.{code}" for code in listed("ACTIONS", CODES)} | {f"field.{f}" for f in listed("FIELDS", CODES)}
    assert wanted <= words.keys()
    assert {f"group.{group}" for group in listed("GROUPS", FILTER)} <= words.keys()


def test_an_action_that_cannot_be_seen_through_is_found() -> None:
    with pytest.raises(AssertionError, match="so that it can be found"):
        texts(ast.parse("made_up()", mode="eval").body, {})
