"""Who is here and what they may see: signing in and out, roles, geographies, and when that does not work."""

import re

import pytest
from playwright.async_api import Route, expect

from local.demo.world import World
from local.stack import Stack
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive


async def headings(here: Visitor) -> list[str]:
    """The page's first headings."""
    return await here.page.get_by_role("heading", level=1).all_inner_texts()


async def navigation(here: Visitor) -> list[str]:
    """What the navigation offers, without the numbers of the steps."""
    links = here.page.get_by_role("navigation", name="Pages").get_by_role("link")
    await expect(links.first).to_be_visible()
    return [re.sub(r"^\d\s*", "", text) for text in await links.all_inner_texts()]


async def test_who_comes_signed_out_learns_what_this_is(someone: Arrive) -> None:
    here = await someone()
    await here.heading("Video visits, from the chart into Teams")
    assert await here.page.title() == "Video visits, from the chart into Teams · VisitBridge"
    await here.assert_accessible()
    await here.screenshot("signed-out")


async def test_one_comes_back_to_the_page_asked_for_and_no_token_is_in_an_address(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity?action=approve")
    await here.heading("Activity")
    assert here.page.url == f"{here.config.portal}/activity?action=approve"
    visited = await here.page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert not [url for url in [here.page.url, *visited] if re.search(r"token=|eyJ", url)]
    assert await here.page.evaluate("Object.keys(localStorage).filter(key => !key.startsWith('visitbridge.'))") == []


async def test_signing_out_ends_it_here_and_at_microsoft(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.page.get_by_role("button", name="Sign out").click()
    await expect(here.page.get_by_role("status").filter(has_text="You are signed out.")).to_be_visible()
    await here.open("/people")
    await here.page.get_by_role("button", name="Sign in").click()
    await expect(here.page.get_by_label("Password")).to_be_visible()


async def test_a_reload_keeps_one_signed_in(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.page.reload()
    await here.heading("People")


async def test_without_a_role_one_learns_how_to_get_one(signed_in: Arrive) -> None:
    here = await signed_in("nobody", "/connections")
    assert await headings(here) == ["You are signed in, Noah Weiss, but there is nothing for you here yet"]
    await expect(here.page.get_by_role("main")).to_contain_text("Connector.Admin")
    await expect(here.page.get_by_role("main")).to_contain_text("approver of a connection")
    await here.assert_accessible()
    await here.screenshot("no-role")


async def test_an_approver_sees_what_is_for_approvers(signed_in: Arrive) -> None:
    here = await signed_in("approver", "/connections")
    await here.heading("Not for your role")
    assert await navigation(here) == ["Approve", "Records", "Health"]
    await here.open("/")
    await here.heading("Approve")


async def test_an_administrator_sees_everything(signed_in: Arrive) -> None:
    here = await signed_in("admin")
    assert await navigation(here) == [
        "Connections", "SMS notifications", "SMS set-up", "Approve", "Records", "Health", "Reports", "People", "Activity",
    ]  # fmt: skip


async def test_an_api_that_does_not_answer_is_said_and_tried_again(signed_in: Arrive, portal: Stack) -> None:
    here = await signed_in("admin", "/people")
    await here.page.route(f"{portal.config.functions}/**", lambda route: route.abort())
    await here.page.reload()
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await here.screenshot("unreachable")
    await here.assert_accessible()
    here.complaints.clear()  # the browser's own word for it
    await here.page.unroute_all()
    await here.page.get_by_role("button", name="Try again").click()
    await here.heading("People")


async def test_a_problem_of_the_api_is_told_in_the_readers_language(signed_in: Arrive, portal: Stack) -> None:
    here = await signed_in("admin", "/people", locale="fr-FR")

    async def busy(route: Route) -> None:
        problem = {"code": "unavailable", "detail": "No.", "fix": "No.", "trace_id": "abc123"}
        allowed = {"Access-Control-Allow-Origin": portal.config.portal}
        await route.fulfill(status=503, json=problem, headers=allowed)

    await here.page.route("**/api/me", busy)
    await here.page.reload()
    alert = here.page.get_by_role("alert")
    await expect(alert).to_contain_text("Un service dont nous dépendons ne répond pas.")
    await expect(alert).to_contain_text("abc123")
    here.complaints.clear()


async def test_a_token_that_is_refused_is_renewed_once_and_then_one_is_asked_to_sign_in(
    signed_in: Arrive, portal: Stack
) -> None:
    here = await signed_in("admin", "/setup")
    await here.heading("SMS set-up")
    tokens: list[str] = []

    async def refuse(route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": portal.config.portal, "Access-Control-Allow-Headers": "authorization"}
        if route.request.method != "OPTIONS":
            tokens.append(route.request.headers["authorization"])
        await route.fulfill(status=401, json={"code": "auth.token_invalid"}, headers=headers)

    await here.page.route("**/api/connections?*", refuse)
    await here.page.get_by_role("link", name="Records").click()
    await here.page.evaluate("history.pushState(null, '', '/health'), dispatchEvent(new PopStateEvent('popstate'))")
    dialog = here.page.get_by_role("dialog", name="Your sign-in has ended")
    await expect(dialog).to_be_visible()
    assert len(set(tokens)) >= 2, "the second try had no new token"
    await here.assert_accessible()
    here.complaints.clear()
    await here.page.unroute_all()
    await dialog.get_by_role("button", name="Sign in").click()
    await here.heading("Health")


async def test_of_several_geographies_one_works_in_the_one_that_has_something(
    someone: Arrive, portal: Stack, world: World
) -> None:
    """Each is asked; the choice is remembered. The second one is made up, so the policy does not know it."""
    here = await someone("/people", bypass_csp=True)
    config = await here.page.evaluate("fetch('/config.json').then(answer => answer.json())")
    config["stamps"].append({"geography": "emea", "api": "http://emea.example"})
    me = await world.api("admin", "GET", "/me") | {"geography": "emea", "connections": 0}

    async def configured(route: Route) -> None:
        await route.fulfill(json=config)

    async def emea(route: Route) -> None:
        allowed = {"Access-Control-Allow-Origin": portal.config.portal, "Access-Control-Allow-Headers": "authorization"}
        known = {"/api/me": me, "/api/clinicians": {"clinicians": [], "next": None}}
        path = route.request.url.removeprefix("http://emea.example").partition("?")[0]
        await route.fulfill(json=known.get(path, {"connections": [], "next": None}), headers=allowed)

    await here.page.route("**/config.json", configured)
    await here.page.route("http://emea.example/**", emea)
    await here.sign_in("admin", "/people")
    choice = here.page.get_by_label("Geography")
    await expect(choice).to_have_value("amer")
    await choice.select_option("EMEA")
    await here.heading("People")
    await here.page.reload()
    await expect(choice).to_have_value("emea")

    await here.page.unroute("http://emea.example/**")
    await here.page.route("http://emea.example/**", lambda route: route.abort())
    await here.page.reload()
    await here.heading("People")
    here.complaints.clear()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("error=access_denied&error_description=AADSTS65004%3A+declined", "It was cancelled"),
        ("error=interaction_required&error_description=AADSTS50105%3A+not+assigned", "is not assigned"),
        ("error=server_error&error_description=AADSTS90033%3A+transient", "cannot be used here"),
    ],
)
async def test_a_sign_in_that_failed_says_why_and_what_to_do(someone: Arrive, error: str, words: str) -> None:
    """Entra's answer comes back with the state of the request that it answers."""
    here = await someone("/people")
    asked: list[str] = []

    async def answer(route: Route) -> None:
        asked.append(route.request.url)
        state = re.findall(r"[?&]state=([^&]+)", route.request.url)[0]
        await route.fulfill(status=302, headers={"location": f"{here.config.portal}/#{error}&state={state}"})

    await here.page.route("**/oauth2/v2.0/authorize?*", answer)
    await here.page.get_by_role("button", name="Sign in").click()
    await here.heading("The sign-in did not work")
    await expect(here.page.get_by_role("main")).to_contain_text(words)
    await expect(here.page.get_by_role("main")).to_contain_text("AADSTS")
    assert here.page.url == f"{here.config.portal}/people"
    await here.assert_accessible()
    await here.screenshot("sign-in-failed")
    await here.page.unroute_all()
    await here.page.get_by_role("button", name="Try again").click()
    await expect(here.page.get_by_label("Password")).to_be_visible()
