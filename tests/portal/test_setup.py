"""The page of one connection's texts: every rule, the live preview, saving against others, and what is refused."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Request, expect

from local.config import CONNECTION_ID, SENDER_NUMBER
from local.demo.world import World
from local.node import PORTAL
from shared.messages.lint import FINDINGS
from shared.messages.words import LANGUAGES, TEXTS
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive

NUMBER = "Phone number"
ORGANISATION = "Organisation name"
NEW = "Another reminder"
SETUP = PORTAL / "src" / "pages" / "setup"
WORDS = PORTAL / "src" / "words" / "setup"


async def a_connection(world: World, name: str, **fields: str) -> str:
    base = f"{world.config.epic}/{name}/api/FHIR/R4"
    body = {"fhir_base": base, "environment": "testing", "state": "draft"} | fields
    made = await world.api("admin", "POST", "/connections", json=body)
    return str(made["id"])


@pytest.fixture
async def fresh(world: World) -> AsyncIterator[str]:
    """A connection of the test's own, with nothing set about texts."""
    made = await a_connection(world, "lakeside", zone="America/Chicago")
    yield made
    await world.api("admin", "DELETE", f"/connections/{made}")


@pytest.fixture
async def ready(world: World, fresh: str) -> str:
    """The same with everything that texts need, switched off."""
    rules = {"sender": SENDER_NUMBER, "organisation": "Lakeside Clinic"}
    await world.api("admin", "PUT", f"/connections/{fresh}/sms", json=rules)
    return fresh


async def rules_of(world: World, connection: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await world.api("admin", "GET", f"/connections/{connection}"))["sms"]
    return shown


def reminders(here: Visitor) -> Locator:
    return here.page.get_by_role("group", name="Reminders").get_by_role("listitem")


def preview(here: Visitor, kind: str) -> Locator:
    return here.page.get_by_role("tabpanel").locator("section").filter(
        has=here.page.get_by_role("heading", name=kind)
    )  # fmt: skip


async def save(here: Visitor) -> None:
    await here.page.get_by_role("button", name="Save", exact=True).click()


async def saved(here: Visitor) -> None:
    await save(here)
    await expect(here.page.get_by_text("SMS set-up saved")).to_be_visible()
    await expect(here.page.get_by_text("Everything is saved.")).to_be_visible()


async def test_a_service_that_is_not_set_up_here_is_refused_at_its_field(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_label("Sent through").select_option("sns")
    await save(here)
    await expect(here.page.get_by_text("This service is not set up here.")).to_be_visible()
    await expect(here.page.get_by_label("Sent through")).to_be_focused()
    here.complaints.clear()


async def test_the_list_shows_what_stands_for_each_connection(signed_in: Arrive, fresh: str) -> None:
    here = await signed_in("admin", "/setup")
    own = here.page.get_by_role("row").filter(has_text="lakeside")
    await expect(own).to_contain_text("Off")
    await expect(own).to_contain_text("No number yet")
    await expect(own).to_contain_text("None")
    seeded = here.page.get_by_role("row").filter(has_text=here.config.fhir_base.removeprefix("https://"))
    await expect(seeded).to_contain_text("On")
    await expect(seeded).to_contain_text("+1 833 555 0100")
    await expect(seeded).to_contain_text(re.compile(r"\d+ days left"))
    await here.assert_accessible()
    await here.screenshot("setup-list")
    await own.get_by_role("link").click()
    await here.page.wait_for_url(f"**/sms/{fresh}")
    await expect(preview(here, "Reminder")).to_be_visible()


async def test_every_rule_is_saved_with_one_button_and_found_again(signed_in: Arrive, world: World, fresh: str) -> None:
    here = await signed_in("admin", f"/sms/{fresh}")
    page = here.page
    await page.get_by_role("checkbox", name="Send texts to patients of this connection").check()
    await page.get_by_label(NUMBER).select_option(SENDER_NUMBER)
    await page.get_by_label(ORGANISATION).fill("Lakeside Clinic")
    await expect(page.get_by_text("15 of 40")).to_be_visible()
    await page.get_by_role("checkbox", name="changed").uncheck()
    await page.get_by_role("button", name="Remove the reminder 15 minutes before").click()
    await page.get_by_label(NEW).fill("3")
    await page.get_by_label("Unit").select_option("days")
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("checkbox", name="No reminders at night").check()
    await page.get_by_label("From").fill("20:30")
    await page.get_by_label("To", exact=True).fill("07:00")
    await expect(page.get_by_text("In Central Time (America/Chicago), the connection's time zone.")).to_be_visible()
    await page.get_by_label("Sent through").select_option("acs")
    await page.get_by_label("Usual language").select_option("es")
    await page.get_by_label("Country of numbers without a code").select_option("CA")
    await page.get_by_role("checkbox", name="Use a home number").check()
    await expect(page.get_by_text("Changes are not saved yet.")).to_be_visible()
    await saved(here)
    assert await rules_of(world, fresh) == {
        "enabled": True, "sender": SENDER_NUMBER, "organisation": "Lakeside Clinic",
        "confirmations": ["scheduled", "cancelled"], "reminders": [4320, 1440, 120], "language": "es", "region": "CA",
        "landlines": True, "quiet_hours": {"start": "20:30", "end": "07:00"}, "templates": {},
        "gateway": "acs",
    }  # fmt: skip
    await page.reload()
    await expect(page.get_by_label(ORGANISATION)).to_have_value("Lakeside Clinic")
    await expect(reminders(here)).to_have_text(["3 days before", "1 day before", "2 hours before"])
    await expect(page.get_by_label("From")).to_have_value("20:30")
    await expect(page.get_by_role("checkbox", name="changed")).not_to_be_checked()
    await page.get_by_role("checkbox", name="No reminders at night").uncheck()
    await saved(here)
    assert (await rules_of(world, fresh))["quiet_hours"] is None


async def test_what_is_missing_is_said_before_and_at_the_field_when_saved(signed_in: Arrive, fresh: str) -> None:
    here = await signed_in("admin", f"/sms/{fresh}")
    needs = here.page.locator(".banner").filter(has_text="Before texts can leave")
    await expect(needs.get_by_role("listitem")).to_have_text(
        ["a phone number to send from.", "the name of your organisation."]
    )
    await here.page.get_by_role("checkbox", name="Send texts to patients").check()
    await save(here)
    await expect(here.page.get_by_label(NUMBER)).to_be_focused()
    await expect(here.page.get_by_label(NUMBER)).to_have_attribute("aria-invalid", "true")
    await expect(here.page.get_by_text("Choose a phone number to send from.")).to_be_visible()
    await expect(here.page.get_by_text("Enter a name of up to 40 characters")).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("setup-refused")
    await here.page.get_by_label(NUMBER).select_option(SENDER_NUMBER)
    await expect(here.page.get_by_text("Choose a phone number to send from.")).to_have_count(0)
    await here.page.get_by_label(ORGANISATION).fill("Lakeside Clinic")
    await saved(here)
    here.complaints.clear()


async def test_consents_withdrawn_meanwhile_are_named_and_nothing_typed_is_lost(
    signed_in: Arrive, world: World, ready: str
) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_role("checkbox", name="Send texts to patients").check()
    await world.api("admin", "PUT", "/sms/consents", json={"sms_terms": False})
    try:
        await save(here)
        alert = here.page.get_by_role("alert")
        await expect(alert).to_contain_text("The two consents for texts are missing.")
        assert await alert.get_by_role("link", name="Give the consents").get_attribute("href") == "/sms"
        await expect(here.page.get_by_role("checkbox", name="Send texts to patients")).to_be_checked()
        here.complaints.clear()
        await here.page.reload()
        await expect(here.page.get_by_text("both consents.")).to_be_visible()
    finally:
        await world.api("admin", "PUT", "/sms/consents", json={"sms_terms": True})


async def test_reminders_are_added_sorted_bounded_and_removed_by_keyboard(
    signed_in: Arrive, world: World, fresh: str
) -> None:
    here = await signed_in("admin", f"/sms/{fresh}")
    page, field = here.page, here.page.get_by_label(NEW)
    await expect(reminders(here)).to_have_text(["1 day before", "2 hours before", "15 minutes before"])
    for typed, unit, said in (
        ("", "minutes", "Enter a whole number, 1 or more."),
        ("1.5", "hours", "Enter a whole number, 1 or more."),
        ("0", "minutes", "Enter a whole number, 1 or more."),
        ("8", "days", "A reminder leaves at most 7 days before the visit."),
        ("24", "hours", "This reminder is in the list already."),
    ):
        await page.get_by_label("Unit").select_option(unit)
        await field.fill(typed)
        await field.press("Enter")
        await expect(page.get_by_text(said)).to_be_visible()
        await expect(field).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Unit").select_option("minutes")
    for typed in ("90", "30", "1500", "45", "60", "10", "5"):
        await field.fill(typed)
        await field.press("Enter")
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
    await expect(reminders(here)).to_have_text(
        [
            "1 day 1 hour before", "1 day before", "2 hours before", "1 hour 30 minutes before", "1 hour before",
            "45 minutes before", "30 minutes before", "15 minutes before", "10 minutes before", "5 minutes before",
        ]
    )  # fmt: skip
    await expect(page.get_by_role("button", name="Add", exact=True)).to_be_disabled()
    await field.fill("7")
    await field.press("Enter")
    await expect(page.get_by_text("10 reminders are all there can be.")).to_be_visible()

    await page.get_by_role("button", name="Remove the reminder 1 day before").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Remove the reminder 2 hours before")).to_be_focused()
    await page.get_by_role("button", name="1 day", exact=True).click()
    await expect(reminders(here).nth(1)).to_have_text("1 day before")
    for _ in range(10):
        await reminders(here).first.get_by_role("button").click()
    await expect(page.get_by_text("No reminders.")).to_be_visible()
    await expect(field).to_be_focused()
    await saved(here)
    assert (await rules_of(world, fresh))["reminders"] == []


async def test_the_preview_follows_what_is_typed_in_each_language(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    bubble = preview(here, "Confirmation: scheduled").locator("p").first
    await expect(bubble).to_contain_text("Lakeside Clinic: video visit")
    asked: list[Request] = []
    here.page.on("request", lambda request: asked.append(request) if "/sms/preview" in request.url else None)
    await here.page.get_by_label(ORGANISATION).press("End")
    await here.page.get_by_label(ORGANISATION).press_sequentially(" of Northlake", delay=10)
    await expect(bubble).to_contain_text("Lakeside Clinic of Northlake: video visit")
    assert len([one for one in asked if one.method == "POST"]) == 1, "one request once the typing is over"
    await expect(preview(here, "Confirmation: scheduled")).to_contain_text(
        re.compile(r"GSM-7, \d+ characters · 1 segment(?!s)")
    )
    await here.page.get_by_role("tab", name="Français").click()
    await expect(bubble).to_contain_text("Lakeside Clinic of Northlake : votre rendez-vous vidéo")
    await expect(bubble).to_have_attribute("lang", "fr")
    await expect(here.page.get_by_text("each segment is billed")).to_be_visible()
    await here.page.keyboard.press("ArrowLeft")
    await expect(here.page.get_by_role("tab", name="Español")).to_be_focused()
    await expect(bubble).to_contain_text("su cita por video")
    await here.page.get_by_label("Usual language").select_option("fr")
    await expect(here.page.get_by_role("tab", name="Français")).to_have_attribute("aria-selected", "true")

    await expect(preview(here, "Reminder")).not_to_contain_text("Not sent")
    await here.page.get_by_role("checkbox", name="cancelled").uncheck()
    await expect(preview(here, "Confirmation: cancelled")).to_contain_text("Not sent")
    for _ in range(3):
        await reminders(here).first.get_by_role("button").click()
    await expect(preview(here, "Reminder")).to_contain_text("Not sent")


async def test_the_character_that_makes_texts_dear_is_named(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_label(ORGANISATION).fill("Hôpital Ŵest 🏥")
    note = here.page.locator(".banner").filter(has_text="UCS-2")
    await expect(note).to_contain_text("🏥 makes a text leave in UCS-2")
    await expect(preview(here, "Reminder")).to_contain_text(re.compile(r"UCS-2, \d+ characters · \d segments"))
    await here.assert_accessible()
    await here.screenshot("setup-ucs2")
    await here.page.get_by_label(ORGANISATION).fill("Hôpital Ŵest")
    await expect(note).to_have_count(0)
    await expect(preview(here, "Reminder")).to_contain_text("Hopital West visit reminder")
    await here.page.get_by_role("tab", name="العربية").click()
    await expect(here.page.get_by_text("letters that only UCS-2 carries")).to_be_visible()
    await here.page.get_by_role("button", name="Discard changes").click()
    await expect(here.page.get_by_label(ORGANISATION)).to_have_value("Lakeside Clinic")


def test_portal_and_api_know_the_same_languages_in_the_same_order() -> None:
    assert tuple(re.findall(r"^  (\w\w): '", (SETUP / "spoken.ts").read_text(), re.MULTILINE)) == LANGUAGES


@pytest.mark.parametrize("language", ["es", "fr"])
def test_everything_the_linter_finds_has_words(language: str) -> None:
    words = json.loads((WORDS / "findings" / f"{language}.json").read_text())
    assert words.keys() == FINDINGS.keys()
    for code, (_, detail, fix) in FINDINGS.items():
        for name, english in (("detail", detail), ("fix", fix)):
            said = words[code][name]
            assert sorted(re.findall(r"\{\w+\}|\d+", said)) == sorted(re.findall(r"\{\w+\}|\d+", english)), code
            assert said not in ("", english)


def wording(here: Visitor, kind: str, language: str) -> Locator:
    return here.page.get_by_role("textbox", name=f"{kind}, {language}")


async def test_a_text_gets_ones_own_words_with_what_is_wrong_said_while_typing(
    signed_in: Arrive, world: World, ready: str
) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_role("tab", name="Español").click()
    panel, field = preview(here, "Reminder"), wording(here, "Reminder", "Español")
    await expect(field).to_be_hidden()
    await panel.get_by_text("Change the wording").click()
    await expect(field).to_have_value(TEXTS["es"]["reminder"])
    await field.fill("{organisation}: le esperamos {when}\n{enlace}")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(panel.get_by_text("“{enlace}”: This placeholder does not exist.")).to_be_visible()
    await expect(panel.get_by_text("The link to the visit is missing.")).to_be_visible()
    assert "This placeholder does not exist" in await described(field)
    await here.assert_accessible()
    await here.screenshot("setup-wording")
    await field.fill("{organisation}: su terapia {when}\n{link}")
    await expect(panel.get_by_text("“terapia”: A word that tells")).to_be_visible()
    await expect(field).not_to_have_attribute("aria-invalid", "true")
    await field.fill("{organisation}: le esperamos {when}\n{link}")
    bubble = panel.locator("p").first
    await expect(bubble).to_contain_text("Lakeside Clinic: le esperamos ")
    await expect(bubble).to_contain_text("Responda STOP para dejar de recibir mensajes")
    await expect(panel.get_by_text("Your own words", exact=True)).to_be_visible()
    await expect(panel.locator(".setup-warnings li")).to_have_count(0)
    await saved(here)
    assert (await rules_of(world, ready))["templates"] == {
        "es": {"reminder": "{organisation}: le esperamos {when}\n{link}"}
    }

    await here.page.reload()
    await here.page.get_by_role("tab", name="Español").click()
    await panel.get_by_text("Change the wording").click()
    await expect(field).to_have_value("{organisation}: le esperamos {when}\n{link}")
    await panel.get_by_role("button", name="Back to our words").press("Enter")
    await expect(field).to_be_focused()
    await expect(field).to_have_value(TEXTS["es"]["reminder"])
    await expect(bubble).to_contain_text("recordatorio de su cita por video")
    await saved(here)
    assert (await rules_of(world, ready))["templates"] == {}


async def described(field: Locator) -> str:
    ids = (await field.get_attribute("aria-describedby") or "").split()
    return " ".join([await field.page.locator(f'[id="{one}"]').inner_text() for one in ids])


async def test_a_text_that_will_not_do_is_shown_where_it_is_when_saving(
    signed_in: Arrive, world: World, ready: str
) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_role("tab", name="Tiếng Việt").click()
    panel = preview(here, "Confirmation: cancelled")
    await panel.get_by_text("Change the wording").click()
    field = wording(here, "Confirmation: cancelled", "Tiếng Việt")
    await field.fill("{organisation} {when} {link}")
    await here.page.get_by_role("tab", name="English").click()
    await save(here)
    await expect(here.page.get_by_text("Look at the marked fields.")).to_be_visible()
    await expect(here.page.get_by_role("tab", name="Tiếng Việt")).to_have_attribute("aria-selected", "true")
    await expect(field).to_be_focused()
    await expect(panel.get_by_text("A cancelled visit has no link.")).to_be_visible()
    await field.fill("{organisation} {when}")
    await saved(here)
    assert (await rules_of(world, ready))["templates"] == {"vi": {"cancelled": "{organisation} {when}"}}
    here.complaints.clear()


async def test_ones_own_words_and_anothers_are_both_kept(signed_in: Arrive, world: World, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    own = {kind: f"{{organisation}} {kind} {{when}}\n{{link}}" for kind in ("scheduled", "reminder")}
    panel = preview(here, "Reminder")
    await panel.get_by_text("Change the wording").click()
    await wording(here, "Reminder", "English").fill(own["reminder"])
    theirs = {"templates": {"en": {"scheduled": own["scheduled"]}}}
    await world.api("admin", "PUT", f"/connections/{ready}/sms", json=theirs)
    await save(here)
    await here.page.get_by_role("button", name="Load the newest").click()
    await expect(wording(here, "Reminder", "English")).to_have_value(own["reminder"])
    await saved(here)
    assert (await rules_of(world, ready))["templates"] == {"en": own}
    here.complaints.clear()


async def test_arabic_is_shown_and_written_from_right_to_left(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_role("tab", name="العربية").click()
    panel = preview(here, "Confirmation: scheduled")
    bubble = panel.locator("p").first
    await expect(bubble).to_contain_text("موعدك بالفيديو مع Lakeside Clinic")
    assert await bubble.evaluate("p => getComputedStyle(p).direction") == "rtl"
    # Where the letters are: the name left of the Arabic, the link in one piece on a line of its own.
    places = await bubble.evaluate(
        """p => {
          const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
          const found = {};
          for (let node = walk.nextNode(); node; node = walk.nextNode())
            for (const word of ['موعدك', 'Lakeside', 'Clinic', '/api/v/', 'STOP', 'CST']) {
              const at = node.data.indexOf(word);
              if (at < 0 || found[word]) continue;
              const range = document.createRange();
              range.setStart(node, at);
              range.setEnd(node, at + word.length);
              found[word] = range.getBoundingClientRect().toJSON();
            }
          return found;
        }"""
    )
    assert places["Lakeside"]["right"] <= places["Clinic"]["left"] <= places["موعدك"]["left"]
    assert places["/api/v/"]["top"] > places["CST"]["top"] > places["موعدك"]["top"]
    assert places["STOP"]["top"] > places["/api/v/"]["top"]
    await panel.get_by_text("Change the wording").click()
    field = wording(here, "Confirmation: scheduled", "العربية")
    assert await field.evaluate("area => getComputedStyle(area).direction") == "rtl"
    await expect(field).to_have_attribute("lang", "ar")
    await here.assert_accessible()
    await here.screenshot("setup-arabic")


async def test_quiet_hours_that_are_none_are_refused_at_the_field(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_role("checkbox", name="No reminders at night").check()
    await expect(here.page.get_by_label("From")).to_have_value("21:00")
    await expect(here.page.get_by_label("To", exact=True)).to_have_value("08:00")
    await here.page.get_by_label("To", exact=True).fill("21:00")
    await save(here)
    await expect(here.page.get_by_text("They end when they begin.")).to_be_visible()
    await expect(here.page.get_by_label("From")).to_be_focused()
    await here.page.get_by_label("From").fill("")
    await save(here)
    await expect(here.page.get_by_text("Enter both times.")).to_be_visible()
    await here.page.get_by_label("From").fill("22:00")
    await saved(here)


async def test_what_someone_else_saved_meanwhile_is_told_and_both_are_kept(
    signed_in: Arrive, world: World, ready: str
) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_label(ORGANISATION).fill("Lakeside Hospital")
    await here.page.get_by_role("checkbox", name="cancelled").uncheck()
    theirs = {"organisation": "Lakeside", "landlines": True}
    await world.api("admin", "PUT", f"/connections/{ready}/sms", json=theirs)
    await save(here)
    alert = here.page.get_by_role("alert").filter(has_text="Someone else has changed this connection")
    await expect(alert).to_contain_text("Changed: the SMS set-up.")
    assert (await rules_of(world, ready))["organisation"] == "Lakeside"
    await here.assert_accessible()
    await here.screenshot("setup-stale")
    await alert.get_by_role("button", name="Load the newest").click()
    await expect(here.page.get_by_text("You and someone else both changed: organisation name")).to_be_visible()
    await expect(here.page.get_by_label(ORGANISATION)).to_have_value("Lakeside Hospital")
    await expect(here.page.get_by_role("checkbox", name="Use a home number")).to_be_checked()
    await saved(here)
    rules = await rules_of(world, ready)
    assert (rules["organisation"], rules["landlines"]) == ("Lakeside Hospital", True)
    assert rules["confirmations"] == ["scheduled", "updated"]
    here.complaints.clear()


async def test_leaving_with_unsaved_changes_asks(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_label(ORGANISATION).fill("Lakeside Hospital")
    await here.page.get_by_role("link", name="Activity").click()
    dialog = here.page.get_by_role("dialog", name="Leave without saving?")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(here.page.get_by_label(ORGANISATION)).to_have_value("Lakeside Hospital")
    await saved(here)
    await here.page.get_by_role("link", name="Activity").click()
    await here.heading("Activity")


async def test_a_save_that_did_not_arrive_loses_nothing(signed_in: Arrive, world: World, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{ready}")
    await here.page.get_by_label(ORGANISATION).fill("Lakeside Hospital")
    await here.page.route("**/sms", lambda route: route.abort())
    await save(here)
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await expect(here.page.get_by_label(ORGANISATION)).to_have_value("Lakeside Hospital")
    await here.page.unroute("**/sms")
    await saved(here)
    assert (await rules_of(world, ready))["organisation"] == "Lakeside Hospital"
    here.complaints.clear()


async def test_a_number_that_carriers_block_is_said_where_it_is_chosen(
    signed_in: Arrive, world: World, ready: str
) -> None:
    path = f"/phone-numbers/{SENDER_NUMBER}/verification"
    await world.api("admin", "PUT", path, json={"state": "submitted"})
    here = await signed_in("admin", f"/sms/{ready}")
    await expect(here.page.get_by_text("Carriers block its texts until it is verified.")).to_be_visible()
    await world.api("admin", "PUT", path, json={"state": "verified"})
    await here.page.reload()
    await expect(here.page.get_by_label(NUMBER)).to_have_value(SENDER_NUMBER)
    await expect(here.page.get_by_text("Carriers block its texts")).to_have_count(0)


async def test_without_the_list_of_numbers_the_one_chosen_stays(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", "/activity")
    await here.page.route("**/api/phone-numbers", lambda route: route.abort())
    await here.page.evaluate(
        "path => { history.pushState(null, '', path); dispatchEvent(new Event('popstate')) }", f"/sms/{ready}"
    )
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await expect(here.page.get_by_label(NUMBER)).to_have_value(SENDER_NUMBER)
    await here.page.unroute("**/api/phone-numbers")
    await here.page.get_by_role("button", name="Try again").click()
    await expect(here.page.get_by_role("option", name=re.compile("Toll-free, United States")).first).to_be_attached()
    here.complaints.clear()


async def test_a_connection_without_a_zone_says_that_it_needs_one(signed_in: Arrive, world: World) -> None:
    made = await a_connection(world, "zoneless")
    try:
        here = await signed_in("admin", f"/sms/{made}")
        await expect(here.page.get_by_text("its time zone.")).to_be_visible()
        await here.page.get_by_role("checkbox", name="No reminders at night").check()
        await expect(here.page.get_by_text("which is not set yet")).to_be_visible()
    finally:
        await world.api("admin", "DELETE", f"/connections/{made}")


async def test_a_connection_that_is_not_there_is_said_so(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/sms/nosuchconnection")
    await expect(here.page.get_by_role("alert")).to_contain_text("There is nothing here.")
    here.complaints.clear()


async def test_the_whole_page_is_accessible_and_fits_the_smallest_phone(signed_in: Arrive, ready: str) -> None:
    here = await signed_in("admin", f"/sms/{CONNECTION_ID}")
    await expect(preview(here, "Reminder")).to_be_visible()
    await here.assert_accessible()
    await here.screenshot("setup")
    await here.page.set_viewport_size({"width": 320, "height": 640})
    assert await here.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize(
    ("locale", "title", "reminder"),
    [("fr-FR", "Réglage des SMS", "2 heures avant"), ("es-ES", "Ajustes de SMS", "2 horas antes")],
)
async def test_the_page_speaks_other_languages(
    signed_in: Arrive, ready: str, locale: str, title: str, reminder: str
) -> None:
    here = await signed_in("admin", f"/sms/{ready}", locale=locale)
    await here.heading(title)
    await expect(here.page.get_by_text(reminder)).to_be_visible()
    await here.assert_accessible()
    await here.screenshot(f"setup-{locale[:2]}")
