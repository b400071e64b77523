"""The page of consents and numbers: who gave what and when, and a number that is got while one looks, or does not."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from local.config import CONNECTION_ID, SENDER_NUMBER
from local.demo.steps import until
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive

Shop = Callable[..., Awaitable[None]]
SENDER = "+1 833 555 0100"
TERMS = "We allow VisitBridge to send text messages to patients on our organisation's behalf"
PATIENTS = "Our organisation has its patients' consent to text them about their visits"


@pytest.fixture
async def shop(world: World) -> AsyncIterator[Shop]:
    """The service with its quotas full, going as told: the fields of the stand-in's Course. Ends what is under way."""

    async def goes(*, quotas: dict[str, int] | None = None, **course: Any) -> None:
        await world.control("PUT", "/sms/quotas", json={"searches": 5, "purchases": 1} | (quotas or {}))
        await world.control("DELETE", "/sms/orders")
        await world.control("PUT", "/sms/orders", json={"seconds": 0.1} | course)

    async def over() -> bool:
        operation = (await world.api("admin", "GET", "/phone-numbers"))["operation"]
        return operation is None or operation["state"] != "running"

    await goes()
    yield goes
    await goes(search_error="OutOfStock")
    await until(over, "what is under way to end", seconds=60)
    await world.control("DELETE", "/sms/orders")


@pytest.fixture
async def consents(world: World) -> AsyncIterator[None]:
    """Both consents stand again afterwards."""
    yield
    await world.api("admin", "PUT", "/sms/consents", json={"sms_terms": True, "patient_consent": True})


def section(here: Visitor, title: str) -> Locator:
    return here.page.locator("section").filter(has=here.page.get_by_role("heading", name=title, exact=True))


def row(here: Visitor, text: str) -> Locator:
    return here.page.get_by_role("row").filter(has_text=text)


async def answers(here: Visitor, path: str, status: int, body: Any) -> None:
    """The API answers so for a path from now on."""

    async def fulfil(route: Route) -> None:
        headers = {"Access-Control-Allow-Origin": here.config.portal}
        await route.fulfill(status=status, json=body, headers=headers)

    await here.page.route(path, fulfil)


async def ask_for_a_number(here: Visitor) -> None:
    await here.page.get_by_role("button", name="Get a new number").click()
    await here.page.get_by_role("dialog").get_by_role("button", name="Get the number").click()


@pytest.mark.usefixtures("consents")
async def test_withdrawing_a_consent_asks_and_giving_it_names_who_and_when(signed_in: Arrive, world: World) -> None:
    here = await signed_in("admin", "/sms")
    card = section(here, "Consents")
    await expect(card).to_contain_text("Texts may be sent")
    patients = here.page.get_by_role("checkbox", name=PATIENTS)
    await expect(here.page.get_by_role("checkbox", name=TERMS)).to_be_checked()
    await patients.click()
    dialog = here.page.get_by_role("dialog", name="Withdraw this consent?")
    await expect(dialog).to_contain_text("Texts stop at once, for every connection")
    await here.assert_accessible()
    await here.screenshot("sms-withdraw")
    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    await here.page.keyboard.press("Escape")
    await expect(patients).to_be_checked()
    assert (await world.api("admin", "GET", "/sms/consents"))["patient_consent"]["given"]

    await patients.click()
    await dialog.get_by_role("button", name="Withdraw and stop texts").click()
    await expect(patients).not_to_be_checked()
    await expect(card).to_contain_text("No texts without both")
    await expect(card).to_contain_text(
        re.compile(r"Withdrawn by Ada Okafor on \w+ \d+, \d{4} at \d+:\d\d [AP]M C[SD]T")
    )
    await here.assert_accessible()
    await here.screenshot("sms-withdrawn")

    await patients.click()
    await expect(card).to_contain_text("Texts may be sent")
    await here.page.reload()
    await expect(card).to_contain_text("Given by Ada Okafor on")
    await expect(patients).to_be_checked()


@pytest.mark.usefixtures("consents")
async def test_a_consent_that_could_not_be_recorded_is_not_shown_as_given(signed_in: Arrive, world: World) -> None:
    await world.api("admin", "PUT", "/sms/consents", json={"sms_terms": False})
    here = await signed_in("admin", "/sms")
    terms = here.page.get_by_role("checkbox", name=TERMS)
    await expect(terms).not_to_be_checked()
    await here.page.route("**/api/sms/consents", lambda route: route.abort())
    await terms.click()
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await expect(terms).not_to_be_checked()
    await here.page.unroute("**/api/sms/consents")
    await terms.click()
    await expect(terms).to_be_checked()
    here.complaints.clear()


async def test_consents_and_numbers_by_keyboard_alone(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/sms")
    await here.page.get_by_role("checkbox", name=TERMS).focus()
    await here.page.keyboard.press("Space")
    await expect(here.page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    await here.page.keyboard.press("Enter")
    await expect(here.page.get_by_role("checkbox", name=TERMS)).to_be_focused()
    await here.page.keyboard.press("Tab")
    await here.page.keyboard.press("Tab")
    button = here.page.get_by_role("button", name="Get a new number")
    await expect(button).to_be_focused()
    await here.page.keyboard.press("Enter")
    dialog = here.page.get_by_role("dialog", name="Get a new number")
    await dialog.get_by_label("Country").focus()
    await here.page.keyboard.press("Tab")
    await here.page.keyboard.press("ArrowDown")
    await expect(dialog.get_by_role("radio", name="Local")).to_be_checked()
    await here.page.keyboard.press("Escape")
    await expect(button).to_be_focused()


async def test_existing_numbers_come_with_type_verification_and_who_uses_them(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/sms")
    number = row(here, SENDER)
    for text in ("Toll-free", "United States", here.config.fhir_base.removeprefix("https://"), "Testing"):
        await expect(number).to_contain_text(text)
    link = number.get_by_role("link", name=here.config.fhir_base.removeprefix("https://"))
    assert await link.get_attribute("href") == f"/sms/{CONNECTION_ID}"
    await here.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await number.get_by_role("button", name=f"Copy the number {SENDER}").click()
    assert await here.page.evaluate("navigator.clipboard.readText()") == SENDER_NUMBER
    await here.assert_accessible()
    await here.screenshot("sms")


async def test_the_verification_is_explained_and_recorded(signed_in: Arrive, world: World) -> None:
    path = f"/phone-numbers/{SENDER_NUMBER}/verification"
    await world.api("admin", "PUT", path, json={"state": "not_submitted"})
    here = await signed_in("admin", "/sms")
    card = section(here, "Phone numbers")
    await expect(card).to_contain_text("Carriers block texts from numbers that are not verified")
    guide = card.get_by_role("link", name="What to write in the application")
    assert "toll-free-verification" in (await guide.get_attribute("href") or "")
    assert await guide.get_attribute("target") == "_blank"
    button = row(here, SENDER).get_by_role("button", name="Record the verification")
    for state, said in (("Verification pending", "Verification pending"), ("Verified", "Verified")):
        await button.click()
        dialog = here.page.get_by_role("dialog", name=f"Verification of {SENDER}")
        await dialog.get_by_role("radio", name=state, exact=True).click()
        if state == "Verified":
            await here.assert_accessible()
            await here.screenshot("sms-verification")
        await dialog.get_by_role("button", name="Save").click()
        await expect(row(here, SENDER)).to_contain_text(said)
        await expect(button).to_be_focused()
    await here.page.reload()
    await expect(row(here, SENDER)).to_contain_text("Verified")
    shown = (await world.api("admin", "GET", "/phone-numbers"))["numbers"]
    assert {one["number"]: one["verification"] for one in shown}[SENDER_NUMBER] == "verified"


async def test_a_number_is_got_over_a_reload_and_seen_in_another_browser(signed_in: Arrive, shop: Shop) -> None:
    await shop(seconds=3600)
    here = await signed_in("admin", "/sms")
    await here.page.get_by_role("button", name="Get a new number").click()
    dialog = here.page.get_by_role("dialog", name="Get a new number")
    await expect(dialog).to_contain_text("one purchase per organisation, and five searches a week")
    await expect(dialog).to_contain_text("bills the number by the month")
    await dialog.get_by_label("Country").select_option("CA")
    await expect(dialog.get_by_role("radio")).to_have_count(1)
    await dialog.get_by_label("Country").select_option("US")
    await here.assert_accessible()
    await here.screenshot("sms-new-number")
    await dialog.get_by_role("button", name="Get the number").click()
    await expect(dialog).to_have_count(0)
    progress = here.page.get_by_role("progressbar", name="Searching for a number…")
    await expect(progress).to_be_visible()
    await expect(here.page.get_by_role("listitem").filter(has_text="Search")).to_have_attribute("aria-current", "step")
    await expect(here.page.get_by_text("It takes up to 2 minutes")).to_be_visible()
    await expect(here.page.get_by_role("timer")).to_have_text(re.compile(r"0:\d\d so far\."))
    await expect(here.page.get_by_role("button", name="Getting a number…")).to_have_attribute("aria-disabled", "true")

    await here.page.reload()
    await expect(progress).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("sms-progress")
    other = await signed_in("admin", "/sms")
    await expect(other.page.get_by_role("progressbar")).to_be_visible()

    await shop()
    got = here.page.get_by_role("alert").filter(has_text="is yours")
    await expect(got).to_be_visible(timeout=60_000)
    number = ((await got.text_content()) or "").partition(" is yours")[0].strip()
    await expect(here.page.locator(":focus")).to_have_text(number)
    await expect(row(here, number)).to_contain_text("New")
    await expect(row(here, number)).to_contain_text("Not verified")
    await expect(row(here, number)).to_contain_text("No connection yet")
    await expect(row(other, number)).to_be_visible(timeout=30_000)
    await here.assert_accessible()
    await here.screenshot("sms-bought")
    await here.page.reload()
    await expect(row(here, number)).to_contain_text("New")
    await here.page.get_by_role("button", name="Get a new number").click()
    await expect(here.page.get_by_role("dialog")).to_contain_text("no connection uses yet")


async def test_a_tab_that_is_looked_at_again_asks_at_once(signed_in: Arrive, shop: Shop) -> None:
    await shop(seconds=3600)
    here = await signed_in("admin", "/sms")
    await ask_for_a_number(here)
    await expect(here.page.get_by_role("progressbar")).to_be_visible()
    await here.page.clock.install()
    await here.page.reload()
    await expect(here.page.get_by_role("progressbar")).to_be_visible()
    # No time passes here any more, so nothing but the tab's coming back makes it ask.
    async with here.page.expect_request("**/api/operations/*"):
        await here.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def test_while_the_service_is_not_heard_the_page_says_so_and_keeps_asking(signed_in: Arrive, shop: Shop) -> None:
    await shop(seconds=3600)
    here = await signed_in("admin", "/sms")
    await ask_for_a_number(here)
    await here.page.route("**/api/operations/*", lambda route: route.abort())
    await expect(here.page.get_by_text("We hear nothing from the service at the moment")).to_be_visible()
    await here.page.unroute("**/api/operations/*")
    await expect(here.page.get_by_text("We hear nothing from the service")).to_have_count(0)
    here.complaints.clear()


@pytest.mark.parametrize(
    ("course", "cause", "fix", "step"),
    [
        ({"quotas": {"searches": 0}}, "No more numbers can be had now", "special order", "Search"),
        ({"quotas": {"purchases": 0}}, "No more numbers can be had now", "special order", "Buy"),
        ({"search_error": "OutOfStock"}, "no such number to be had", "another type or country", "Search"),
        ({"purchase_error": "NotEnoughCredit"}, "may not buy phone numbers", "must be a paid one", "Buy"),
        ({"purchase_error": "ReservationExpired"}, "was not held for long enough", "Nothing was bought", "Buy"),
    ],
    ids=str,
)
async def test_each_refusal_has_cause_fix_and_a_way_on(
    signed_in: Arrive, shop: Shop, course: Any, cause: str, fix: str, step: str
) -> None:
    await shop(**course)
    here = await signed_in("admin", "/sms")
    await ask_for_a_number(here)
    # What is said of the one before goes.
    await expect(here.page.get_by_role("progressbar")).to_be_visible()
    alert = here.page.get_by_role("alert").filter(has_text=cause)
    await expect(alert).to_contain_text(fix, timeout=60_000)
    await expect(here.page.get_by_text(f"at the step “{step}”")).to_be_visible()
    if "search_error" in course:
        await here.assert_accessible()
        await here.screenshot("sms-refused")
        await here.page.reload()
        await expect(alert).to_contain_text(fix)
    await alert.get_by_role("button", name="Begin again").click()
    await expect(here.page.get_by_role("dialog", name="Get a new number")).to_be_visible()


@pytest.mark.usefixtures("consents", "shop")
async def test_without_consents_no_number_is_asked_for(signed_in: Arrive, world: World) -> None:
    here = await signed_in("admin", "/sms")
    await here.page.get_by_role("button", name="Get a new number").click()
    dialog = here.page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="Local").click()
    await world.api("admin", "PUT", "/sms/consents", json={"sms_terms": False})
    await dialog.get_by_role("button", name="Get the number").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("The two consents for texts are missing.")
    await expect(dialog.get_by_role("radio", name="Local")).to_be_checked()
    here.complaints.clear()
    await here.page.reload()
    await here.page.get_by_role("button", name="Get a new number").click()
    await expect(dialog).to_contain_text("Give both consents first.")
    await expect(dialog.get_by_role("button", name="Get the number")).to_be_disabled()


async def test_without_any_number_the_page_says_how_one_comes(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity")
    offered = [{"country": "US", "types": ["tollFree"]}]
    await answers(here, "**/api/phone-numbers", 200, {"numbers": [], "operation": None, "offered": offered})
    await here.page.get_by_role("link", name="SMS notifications").click()
    await expect(here.page.get_by_role("heading", name="No phone number yet")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Get a new number")).to_be_enabled()
    await here.assert_accessible()
    await here.screenshot("sms-empty")


async def test_a_missing_right_is_said_with_its_fix_and_asked_again(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity")
    problem = {"code": "numbers.permission_missing", "detail": "The app may not.", "fix": "Give it the role."}
    await answers(here, "**/api/phone-numbers", 503, problem)
    await here.page.get_by_role("link", name="SMS notifications").click()
    await expect(here.page.get_by_role("alert")).to_contain_text("Give it the role.")
    await expect(here.page.get_by_role("checkbox", name=TERMS)).to_be_visible()
    await here.page.unroute("**/api/phone-numbers")
    await here.page.get_by_role("button", name="Try again").click()
    await expect(row(here, SENDER)).to_be_visible()
    here.complaints.clear()


async def test_an_approver_has_no_business_here(signed_in: Arrive) -> None:
    here = await signed_in("approver", "/sms")
    await expect(here.page.get_by_role("heading", name="Your role does not include this page")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "title", "button"),
    [
        ("fr-FR", "Notifications SMS", "Obtenir un nouveau numéro"),
        ("es-ES", "Notificaciones por SMS", "Obtener un número nuevo"),
    ],
)
async def test_the_page_speaks_other_languages(signed_in: Arrive, locale: str, title: str, button: str) -> None:
    here = await signed_in("admin", "/sms", locale=locale)
    await here.heading(title)
    await expect(here.page.get_by_role("button", name=button)).to_be_visible()
    await here.assert_accessible()
    await here.screenshot(f"sms-{locale[:2]}")


async def test_nothing_is_cut_off_on_the_smallest_phone(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/sms", viewport={"width": 320, "height": 640})
    await expect(row(here, SENDER)).to_be_visible()
    assert await here.page.evaluate("document.documentElement.scrollWidth") == 320


async def test_the_guide_is_linked_where_there_is_one(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/activity")
    await expect(here.page.get_by_role("link", name="Read more")).to_have_count(0)
    config = await (await here.page.request.get(f"{here.config.portal}/config.json")).json()
    answer = config | {"docs": "https://docs.example.org/visitbridge"}
    await here.page.route("**/config.json", lambda route: route.fulfill(json=answer))
    await here.open("/sms")
    link = here.page.get_by_role("link", name="Read more")
    await expect(link).to_have_attribute("href", "https://docs.example.org/visitbridge/admin/sms.md")
