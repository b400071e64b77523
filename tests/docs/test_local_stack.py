"""docs/local-stack.md has every control route, every person and every key of the manifest."""

import importlib
import re
from pathlib import Path

from starlette.routing import Route

from local.config import PEOPLE, SERVICES
from local.faults import Faults
from local.stack import Stack
from local.standins import NAMES, control_routes
from tests.docs.pages import DOCS, plain, rows
from tests.local.configs import a_config

PAGE = DOCS / "local-stack.md"


def test_every_control_route_is_on_the_page_and_no_other(tmp_path: Path) -> None:
    config = a_config(tmp_path)
    standins = [importlib.import_module(f"local.{name}.app").create(config) for name in NAMES]
    served = {
        (method, route.path)
        for route in control_routes(config, standins, Faults())
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    table = [cells for cells in rows(PAGE, columns=3) if plain(cells[1]).startswith("/")]
    assert {(method, plain(path)) for methods, path, _ in table for method in methods.split(", ")} == served


def test_every_person_is_on_the_page_as_they_sign_in() -> None:
    told = {plain(cells[0]): cells[1:4] for cells in rows(PAGE, columns=5)}
    assert told == {
        key: [
            person.name,
            f"`{person.username}`" if "@" in person.username else "",
            f"`{person.epic_username}`" if person.epic_username else "",
        ]
        for key, person in PEOPLE.items()
    }


async def test_every_key_of_the_manifest_is_on_the_page(tmp_path: Path) -> None:
    stack = Stack(a_config(tmp_path), print, None)
    try:
        told = {name for cells in rows(PAGE, columns=2) for name in re.findall(r"`(\w+)`", cells[0])}
        assert told >= set(stack.manifest)
    finally:
        await stack.end()


def test_the_parts_stand_in_the_order_of_their_ports() -> None:
    table = [cells for cells in rows(PAGE, columns=3) if re.search(r"\d(?:st|nd|rd|th)", cells[2])]
    assert [name for cells in table for name in cells[0].split(", ")] == list(SERVICES)
