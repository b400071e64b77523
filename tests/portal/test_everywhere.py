"""What holds on every page alike: its own address, accessibility in light and dark, each language, a narrow screen."""

import json
import re
from collections.abc import AsyncIterator, Collection
from functools import cache

import pytest
from playwright.async_api import Browser

from local.config import CONNECTION_ID, PEOPLE
from local.demo.world import World
from local.node import PORTAL
from local.stack import Stack
from shared.errors import CATALOGUE
from tests.portal import facts
from tests.portal.browser import Visitor, visitor
from tests.portal.conftest import Arrive

WORDS = PORTAL / "src" / "words"
# Address, key of its heading, who looks at it.
PAGES = {
    "connections": ("/connections", "page.connections", "admin"),
    "connections-open": (f"/connections?open={CONNECTION_ID}", "page.connections", "admin"),
    "connections-new": ("/connections?new", "page.connections", "admin"),
    "sms": ("/sms", "page.sms", "admin"),
    "setup": (f"/sms/{CONNECTION_ID}", "page.setup", "admin"),
    "approve": (f"/approve/{CONNECTION_ID}", "page.approve", "approver"),
    "records": (f"/records/{CONNECTION_ID}", "page.records", "approver"),
    "health": (f"/health/{CONNECTION_ID}", "page.health", "admin"),
    "people": ("/people", "page.people", "admin"),
    "activity": ("/activity?range=90", "page.activity", "admin"),
    "reports": ("/reports?range=7", "page.reports", "admin"),
    "reports-reader": ("/reports", "page.reports", "reader"),
    "missing": ("/nowhere", "nopage.missing.title", "admin"),
    "forbidden": ("/activity", "nopage.forbidden.title", "approver"),
    "no-role": ("/connections", "norole.title", "nobody"),
}
LOCALES = {"en": "en-US", "fr": "fr-FR", "es": "es-ES"}
# What is read: nodes of text that are seen or spoken, and attributes that are. Addresses and codes have no language.
SPOKEN = """() => {
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const skipped = 'script, style, .code, time, code, select[id] option[value="en"], .foot-select';
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest(skipped)) found.push(node.data);
  }
  for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-title']) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (!element.closest(skipped)) found.push(element.getAttribute(name));
    }
  }
  return [...new Set(found.map((text) => text.trim()).filter(Boolean))];
}"""


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every word of a language, by area and key."""
    return {
        f"{path.parent.name} {key}": text
        for path in sorted(WORDS.glob(f"*/{language}.json")) if path.parent.name != "problems"
        for key, text in json.loads(path.read_text()).items()
    }  # fmt: skip


@cache
def patterns(language: str) -> dict[str, re.Pattern[str]]:
    """Each text of a language by its area and key, as it may come out; placeholders stand for anything."""
    return {
        key: re.compile(".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", text)))
        for key, text in catalogue(language).items()
        # Words that are the same in both languages say nothing, nor does what is a placeholder only.
        if text != catalogue("fr" if language == "es" else "es").get(key) and re.search(r"\w{2}", re.sub(r"\{\w+\}", "", text))
    }  # fmt: skip


def leftovers(texts: list[str], language: str, said: Collection[str] = ()) -> list[str]:
    """Texts of the page that are English sentences of ours, or keys that nobody put into words. `said`: by the API."""
    keys = {key.partition(" ")[2].partition("#")[0] for key in catalogue("en") if "." in key}
    own = set(catalogue(language).values())
    english = [(key, pattern) for key, pattern in patterns("en").items() if catalogue("en")[key] not in own]
    found = [text for text in texts if text in keys or re.search(r"\{\w+\}", text)]
    if language != "en":
        api = {*said, *(part for problem in CATALOGUE.values() for part in (problem.detail, problem.fix))}
        found += [text for text in texts if text in api - own - {""}]
        spoken = list(patterns(language).values())
        found += [
            f"{text} ({key})"
            for text in texts
            for key, pattern in english
            if pattern.fullmatch(text) and not any(mine.fullmatch(text) for mine in spoken)
        ]
    return found


@pytest.fixture(scope="module", autouse=True)
async def history(world: World) -> AsyncIterator[None]:
    """Something to see: a clinician is linked, the trail has entries, and there were visits."""
    table = world.tables.get_table_client("clinicians")
    row = {"PartitionKey": CONNECTION_ID, "RowKey": "MBELL", "tid": PEOPLE["admin"].tenant}
    await table.upsert_entity(row | {"oid": PEOPLE["clinician"].oid, "linked_at": "2026-11-20T16:15:00.000000Z"})
    settings = {"reminders": [15, 120, 1440]}
    await world.api("admin", "PUT", f"/connections/{CONNECTION_ID}/sms", json=settings)
    await facts.clear(world)
    await facts.put(world, facts.story())
    yield
    await facts.clear(world)
    await table.delete_entity(CONNECTION_ID, "MBELL")


async def arrived(here: Visitor, name: str, language: str = "en") -> None:
    """Waits for the page, with its heading in the language, and until all of it is there."""
    key = PAGES[name][1]
    said = catalogue(language)[f"common {key}"].replace("{name}", PEOPLE[PAGES[name][2]].name)
    await here.heading(said)
    await here.settled()


async def no_sideways(here: Visitor, width: int) -> None:
    """Nothing is wider than the screen."""
    await here.page.set_viewport_size({"width": width, "height": 700})
    await here.settled()
    wide = await here.page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
          [...document.body.querySelectorAll('*')]
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
            .map((each) => `${each.tagName} ${each.getAttribute('class')}: ${each.textContent.slice(0, 60)}`)"""
    )
    assert wide == []


@pytest.mark.parametrize("name", PAGES)
async def test_each_page_opens_at_its_own_address_right_after_signing_in(signed_in: Arrive, name: str) -> None:
    path, _, person = PAGES[name]
    here = await signed_in(person, path)
    await arrived(here, name)
    assert here.page.url == here.config.portal + path
    assert await here.page.get_by_role("heading", level=1).count() == 1
    await here.assert_accessible()
    await here.screenshot(f"page-{name}")
    assert here.complaints == []


@pytest.mark.parametrize("name", ["setup", "approve", "records", "health"])
async def test_a_page_about_the_only_connection_finds_it_by_itself(signed_in: Arrive, name: str) -> None:
    here = await signed_in("admin", f"/{name}")
    await here.page.wait_for_url(f"{here.config.portal}{PAGES[name][0]}")
    await arrived(here, name)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("person", ["admin", "approver", "reader", "nobody"])
async def test_every_page_speaks_the_language_and_nothing_else(
    signed_in: Arrive, world: World, language: str, person: str
) -> None:
    """No key without words, no English left over; a narrow screen holds the longest of them."""
    mine = {name: page for name, page in PAGES.items() if page[2] == person}
    findings = (await world.api("admin", "GET", f"/connections/{CONNECTION_ID}/diagnosis"))["findings"]
    said = {finding[part] for finding in findings for part in ("detail", "fix")}
    here = await signed_in(person, next(iter(mine.values()))[0], locale=LOCALES[language])
    for name, (path, *_) in mine.items():
        await here.open(path)
        await arrived(here, name, language)
        assert await here.page.evaluate("document.documentElement.lang") == language
        texts = await here.page.evaluate(SPOKEN)
        assert leftovers(texts, language, said) == [], name
        await no_sideways(here, 320)
        await here.page.set_viewport_size({"width": 1280, "height": 800})
    assert here.complaints == []


@pytest.mark.parametrize("language", LOCALES)
async def test_signed_out_speaks_the_language_and_is_accessible(someone: Arrive, language: str) -> None:
    here = await someone("/", locale=LOCALES[language])
    await here.heading(catalogue(language)["common welcome.title"])
    assert await here.page.evaluate("document.documentElement.lang") == language
    assert leftovers(await here.page.evaluate(SPOKEN), language) == []
    await here.assert_accessible()
    await no_sideways(here, 320)


async def test_a_page_without_its_style_or_script_from_elsewhere_is_whole(signed_in: Arrive) -> None:
    """Everything comes from the portal's own origin; only the API and the sign-in are asked besides."""
    here = await signed_in("admin", "/connections")
    for path, *_ in PAGES.values():
        await here.open(path)
        await here.settled()
        names: list[str] = await here.page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
        allowed = (here.config.portal, here.config.functions, here.config.entra)
        assert [name for name in names if not name.startswith(allowed)] == []


async def test_the_look_for_leftovers_finds_them() -> None:
    assert leftovers(["Activity", "page.people", "Bonjour {name}"], "fr") == [
        "page.people", "Bonjour {name}", "Activity (common page.activity)",
    ]  # fmt: skip
    assert leftovers(["Connexions", "Priya Raman", "VisitBridge"], "fr") == []


async def test_a_narrow_screen_that_is_too_narrow_is_found(chromium: Browser, portal: Stack) -> None:
    here = await visitor(chromium, portal.config)
    await here.page.set_content("<p aria-busy=false>x<div id=wide>y</div>")
    await here.page.evaluate("document.getElementById('wide').style.width = '400px'")
    with pytest.raises(AssertionError, match="DIV"):
        await no_sideways(here, 320)
    await here.context.close()
