"""The pages of error codes: read by anyone, found by a code or by words, and where an answer's `type` leads."""

import json

import httpx
import pytest
from playwright.async_api import expect

from local.openapi import problems
from local.stack import Stack
from shared.errors import CATALOGUE
from tests.portal.browser import PHONE
from tests.portal.conftest import Arrive

CODE = "launch.issuer_unknown"


def test_the_portal_s_list_is_the_catalogue() -> None:
    assert problems.FILE.read_text() == problems.text(), "run scripts/generate"
    assert json.loads(problems.text()).keys() == CATALOGUE.keys()


async def test_an_answer_s_type_is_the_address_of_its_page(portal: Stack, someone: Arrive) -> None:
    async with httpx.AsyncClient() as client:
        problem = (await client.get(f"{portal.config.functions}/api/connections")).json()
    assert problem["type"] == f"{portal.config.portal}/errors/auth.token_missing"
    here = await someone(problem["type"].removeprefix(portal.config.portal))
    await here.heading("auth.token_missing")
    await expect(here.page.get_by_text(CATALOGUE["auth.token_missing"].detail)).to_be_visible()
    await expect(here.page.get_by_text(CATALOGUE["auth.token_missing"].fix)).to_be_visible()


async def test_every_code_has_its_page(someone: Arrive) -> None:
    here = await someone("/errors")
    await here.heading("Error codes")
    listed = await here.page.get_by_role("main").get_by_role("listitem").get_by_role("link").all_inner_texts()
    assert sorted(listed) == sorted(CATALOGUE)
    for code, known in CATALOGUE.items():
        # Within the page, as its own links go: loading each anew would take minutes.
        await here.page.evaluate(
            "path => {history.pushState(null, '', path); dispatchEvent(new Event('popstate'))}", f"/errors/{code}"
        )
        await here.heading(code)
        await expect(here.page.get_by_text(known.fix)).to_be_visible()


async def test_a_code_is_found_by_its_words_and_nothing_found_says_what_to_do(someone: Arrive) -> None:
    here = await someone("/errors")
    search = here.page.get_by_role("searchbox", name="Code or words")
    await search.fill("hl7 gzip")
    await expect(here.page.get_by_text("2 codes")).to_be_visible()
    await here.page.get_by_role("link", name="hl7.gzip_invalid").click()
    await here.heading("hl7.gzip_invalid")
    await expect(here.page.get_by_role("heading", level=1)).to_be_focused()
    await here.page.get_by_role("link", name="All error codes").click()
    await search.fill("nothing like it")
    await expect(here.page.get_by_role("heading", name="No code fits")).to_be_visible()
    await here.assert_accessible()
    await here.page.get_by_role("button", name="Show all codes").click()
    await expect(here.page.get_by_text(f"{len(CATALOGUE)} codes")).to_be_visible()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("unavailable", "Yes: it is tried again by itself"), ("conflict", "After loading it again"),
        ("certificate.too_many", "Not before something is changed."), ("link.over", "No. What the link"),
        ("internal", "by the trace id."),
    ],
)  # fmt: skip
async def test_it_says_whether_trying_again_helps(someone: Arrive, code: str, says: str) -> None:
    here = await someone(f"/errors/{code}")
    await here.heading(code)
    await expect(here.page.get_by_text(says)).to_be_visible()


@pytest.mark.parametrize("code", ["launch.no_such_thing", "%", "%E0%A4%A"])
async def test_a_code_that_there_is_not_is_said_so(someone: Arrive, code: str) -> None:
    here = await someone(f"/errors/{code}")
    await here.heading("No such code")
    await expect(here.page.get_by_text(code)).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "heading", "fix"),
    [("en-US", "What mends it", None), ("fr-FR", "Ce qui y remédie", "fr"), ("es-ES", "Qué lo soluciona", "es")],
)
async def test_it_is_told_in_the_reader_s_language_and_accessible(
    someone: Arrive, locale: str, heading: str, fix: str | None
) -> None:
    here = await someone(f"/errors/{CODE}", locale=locale)
    await here.heading(CODE)
    await expect(here.page.get_by_text(heading)).to_be_visible()
    said = CATALOGUE[CODE].fix
    if fix:
        words = problems.FILE.parents[2] / "words" / "problems" / f"{fix}.json"
        said = json.loads(words.read_text())[CODE]["fix"]
    await expect(here.page.get_by_text(said)).to_be_visible()
    await here.assert_accessible()


async def test_nothing_is_wider_than_a_phone(someone: Arrive) -> None:
    for path in ("/errors", f"/errors/{max(CATALOGUE, key=len)}"):
        here = await someone(path, viewport=PHONE)
        await here.settled()
        await expect(here.page.get_by_role("heading", level=1)).to_be_visible()
        assert await here.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await here.screenshot("errors" if path == "/errors" else "errors-one")


async def test_signed_in_one_stays_in_the_frame_and_a_problem_leads_there(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.heading("People")
    await here.open(f"/errors/{CODE}")
    await here.heading(CODE)
    await here.page.get_by_role("link", name="Connections", exact=False).first.click()
    await here.heading("Connections")
    await here.page.route("**/api/clinicians*", lambda route: route.fulfill(
        status=503, content_type="application/problem+json", headers={"Access-Control-Allow-Origin": "*"},
        body=json.dumps({"code": "unavailable", "detail": "d", "fix": "f", "trace_id": "1" * 32, "status": 503}),
    ))  # fmt: skip
    await here.page.get_by_role("link", name="People").click()
    await here.page.get_by_role("link", name="unavailable", exact=True).click()
    await here.heading("unavailable")
    here.complaints.clear()
