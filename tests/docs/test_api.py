"""docs/api.md has every function that Microsoft's own decorators registered, and no other."""

import json
from functools import cache
from typing import Any

import function_app
from tests.docs.pages import DOCS, ROOT, plain, rows

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@cache
def indexed() -> dict[str, dict[str, Any]]:
    """Each function's trigger as the platform gets it, by the function's name."""
    found: dict[str, dict[str, Any]] = {}
    for function in function_app.app.get_functions():
        bindings = [json.loads(text) for text in function.get_raw_bindings()]
        trigger = next(binding for binding in bindings if binding["type"].lower().endswith("trigger"))
        found[str(function.get_function_name())] = trigger
    # An app remembers what it was indexed as, and would take a second time for names given twice.
    function_app.app.functions_bindings = {}
    return found


def prefix() -> str:
    configuration = json.loads((ROOT / "host.json").read_text())
    return "/" + str(configuration["extensions"]["http"]["routePrefix"])


def test_every_route_is_on_the_page_and_no_other() -> None:
    routes = [
        (method, f"{prefix()}/{trigger['route']}")
        for trigger in indexed().values()
        if trigger["type"] == "httpTrigger"
        for method in trigger["methods"]
    ]
    table = rows(DOCS / "api.md", columns=6)
    told = [(cells[0], plain(cells[1])) for cells in table if cells[0] in METHODS]
    assert len(told) == len(set(told))
    assert sorted(told) == sorted(routes)


def test_every_other_function_is_on_the_page_with_its_trigger() -> None:
    others = {name: trigger for name, trigger in indexed().items() if trigger["type"] != "httpTrigger"}
    told = {plain(cells[0]): cells[1] for cells in rows(DOCS / "api.md", columns=2) if plain(cells[0]) in indexed()}
    assert set(told) == set(others)
    for name, trigger in others.items():
        if trigger["type"] == "queueTrigger":
            assert told[name] == f"queue `{trigger['queueName']}`"
        assert told[name].lower().replace(" ", "").startswith(trigger["type"].removesuffix("Trigger").lower())
