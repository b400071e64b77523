"""The page Reports: each chart and the table behind it say what the facts say, for whoever may read them."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, Request, expect

from local.config import CONNECTION_ID
from local.demo.steps import until
from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive
from tests.portal.facts import HEART, SKIN, a_visit, clear, put, put_days, story, today
from tests.portal.test_everywhere import no_sideways

DASH = "\u2013"
PANELS = (
    "Trends", "How visits went", "Waiting times", "No-shows by side", "Departments compared", "Monthly allowance",
    "Texts by status", "Texts by kind", "Why texts failed", "Call quality",
)  # fmt: skip


@pytest.fixture
async def visits(world: World) -> AsyncIterator[None]:
    """The facts hold this story and nothing else, for a while."""
    await clear(world)
    await put(world, story())
    yield
    await clear(world)


@pytest.fixture
async def no_visits(world: World) -> AsyncIterator[None]:
    """No facts at all, for a while."""
    await clear(world)
    yield
    await clear(world)


def panel(here: Visitor, title: str) -> Locator:
    """A card of the page."""
    heading = here.page.get_by_role("heading", level=2, name=title, exact=True)
    return here.page.locator("section").filter(has=heading)


async def marks(card: Locator) -> list[str]:
    """What each bar or column of a chart says."""
    await expect(card.get_by_role("img").first).to_be_visible()
    return [text for text in await card.locator("svg title").all_text_contents() if text]


async def assert_names_stand_apart(here: Visitor) -> None:
    """No name below an axis touches the next, or leaves its picture."""
    wrong = await here.page.evaluate(
        """() => [...document.querySelectorAll('svg[role=img]')].flatMap((picture) => {
          const frame = picture.getBoundingClientRect();
          const names = [...picture.querySelectorAll('g[transform] > text.reports-tick')]
            .map((text) => ({ said: text.textContent, ...text.getBoundingClientRect().toJSON() }));
          return names.flatMap((one, at) => [
            ...(one.left < frame.left - 1 || one.right > frame.right + 1 ? [`${one.said} leaves`] : []),
            ...(names[at + 1]?.left < one.right ? [`${one.said} touches ${names[at + 1].said}`] : []),
          ]);
        })"""
    )
    assert wrong == []


async def table(card: Locator) -> list[list[str]]:
    """The rows of the table behind a chart, which is opened if it was not."""
    show = card.get_by_role("button", name="Show the table")
    if await show.count():
        await show.click()
    rows = await card.get_by_role("row").all()
    cells = [[" ".join(text.split()) for text in await row.locator("th, td").all_inner_texts()] for row in rows]
    return cells[1:]


def short(days_ago: int) -> str:
    """A day as the charts write it."""
    day = today() - timedelta(days=days_ago)
    return f"{day:%b} {day.day}"


@pytest.mark.usefixtures("visits")
async def test_today_at_a_glance(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    tiles = panel(here, "Today").locator("dl > div")
    await expect(tiles).to_have_count(12)
    said = {await one.locator("dt").inner_text(): await one.locator("dd").inner_text() for one in await tiles.all()}
    assert said == {
        "Visits": "6", "Still to come": "1", "Patient is waiting": "1", "In the call": "1", "Completed": "2",
        "Patient did not come": "1", "Clinician did not come": "0", "Patient left the lobby": "0", "Nobody came": "0",
        "Technical failure": "0", "Cancelled": "0", "Average wait": "2 min",
    }  # fmt: skip
    await expect(panel(here, "Today")).to_contain_text("Renews itself every 30 seconds")


@pytest.mark.usefixtures("visits")
async def test_today_follows_by_itself_and_says_how_fresh_it_is(signed_in: Arrive, world: World) -> None:
    here = await signed_in("admin")
    await here.heading("Connections")
    await here.page.clock.install()
    await here.page.get_by_role("link", name="Reports").click()
    waiting = panel(here, "Today").locator("div", has_text="Patient is waiting").locator("dd")
    await expect(waiting).to_have_text("1")
    fresh = panel(here, "Today").locator("[data-fresh]")
    await expect(fresh).to_contain_text("now")
    await here.page.clock.run_for(10_000)
    await expect(fresh).to_contain_text("seconds ago")
    await put(world, [a_visit(20, 0, HEART, "waiting")])
    await here.page.clock.run_for(30_000)
    await expect(waiting).to_have_text("2")
    # Nothing flickered: what was there stayed until the new figures came.
    await expect(panel(here, "Trends").get_by_role("img")).to_be_visible()


@pytest.mark.usefixtures("visits")
async def test_each_chart_and_its_table_show_the_same_known_figures(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    await expect(panel(here, "Call quality").get_by_role("img").first).to_be_visible()

    trends = panel(here, "Trends")
    columns = await marks(trends)
    assert len(columns) == 30
    assert columns[-1] == f"{short(0)}, Visits: 6"
    assert columns[-4] == f"{short(3)}, Visits: 5"
    rows = await table(trends)
    assert rows[-1] == [short(0), "6", "2", "1", "0", "2 min", "15 min", "9"]
    assert rows[-2] == [short(1), "0", "0", "0", "0", DASH, DASH, "0"]
    await trends.get_by_label("What is shown").select_option("lobby_average_seconds")
    assert f"{short(0)}, Average wait: 2 min" in await marks(trends)

    outcomes = panel(here, "How visits went")
    assert (await marks(outcomes))[:2] == ["Completed: 4 · 30.8%", "Patient did not come: 3 · 23.1%"]
    rows = await table(outcomes)
    assert rows[0] == ["Completed", "4", "30.8%"]
    assert sum(int(number) for _, number, _ in rows) == 13

    waiting = panel(here, "Waiting times")
    assert (await marks(waiting))[:5] == [f"{band.replace("-", DASH)}, Visits: {n}" for band, n in
        (("0-1", 1), ("1-2", 1), ("2-5", 1), ("5-10", 1), ("10-15", 0))]  # fmt: skip
    assert (await table(waiting))[3] == ["5 to less than 10 min", "1", "25%"]
    await expect(waiting).to_contain_text("waited 2.8 min on average")

    absent = panel(here, "No-shows by side")
    columns = await marks(absent)
    assert f"{short(3)}, Patient did not come: 2" in columns
    assert f"{short(3)}, Clinician did not come: 1" in columns
    assert (await table(absent))[-4] == [short(3), "2", "1"]
    await expect(absent).to_contain_text("3 times the patient did not come, 1 times the clinician.")

    departments = panel(here, "Departments compared")
    assert await marks(departments) == [f"{HEART}: 8", f"{SKIN}: 4", "Without a department: 1"]
    assert (await table(departments))[1] == [SKIN, "4", "1", "2", "0", "0.5 min", "5 min", "4"]

    texts = panel(here, "Texts by status")
    assert "Delivered: 3 · 60%" in await marks(texts)
    rows = await table(texts)
    assert rows[0] == ["Delivered", "3", "60%"]
    assert ["Opted out", "1", "20%"] in rows
    kinds = panel(here, "Texts by kind")
    assert await marks(kinds) == ["Reminder: 4", "Visit scheduled: 1"]
    rows = await table(kinds)
    # All, delivered, sent, due, sending, failed, missed, opted out, superseded, withheld, unknown.
    assert rows[0] == ["Reminder", "4", "2", "0", "0", "0", "1", "0", "1", "0", "0", "0"]
    assert rows[1] == ["Visit scheduled", "1", "1", "0", "0", "0", "0", "0", "0", "0", "0", "0"]
    why = panel(here, "Why texts failed")
    assert await marks(why) == ["Phone off or out of coverage: 1 · 100%"]
    assert await table(why) == [["Phone off or out of coverage", "1", "100%"]]

    heard = panel(here, "Call quality")
    assert "Phone: 10" in await marks(heard)
    assert await table(heard) == [
        ["Phone", "1", "10", "1", "50", "0.2"], ["Desktop app", "1", "4", "0", "20", DASH],
    ]  # fmt: skip


@pytest.mark.usefixtures("visits")
async def test_columns_of_call_quality_are_chosen_and_it_is_grouped_by_device_network_department_period(
    signed_in: Arrive,
) -> None:
    here = await signed_in("admin", "/reports")
    heard = panel(here, "Call quality")
    await heard.get_by_role("checkbox", name="Jitter").uncheck()
    await heard.get_by_role("checkbox", name="MOS").uncheck()
    await heard.get_by_label("Grouped by").select_option("networks")
    assert await table(heard) == [["Wi-Fi", "1", "1", "50"], ["Cable", "1", "0", "20"]]
    await expect(heard.get_by_role("img")).to_have_count(2)
    await heard.get_by_label("Grouped by").select_option("departments")
    assert (await table(heard))[0] == [HEART, "2", "0.5", "35"]
    await heard.get_by_label("Grouped by").select_option("periods")
    assert (await table(heard))[-1] == [short(0), "2", "0.5", "35"]
    assert any(mark.endswith("Round trip, ms: 35") for mark in await marks(heard))
    await heard.get_by_role("checkbox", name="Packet loss").uncheck()
    await heard.get_by_role("checkbox", name="Round trip").uncheck()
    await expect(heard).to_contain_text("Choose at least one column.")


@pytest.mark.usefixtures("visits")
async def test_the_monthly_allowance_says_what_is_used_left_and_exceeded(signed_in: Arrive) -> None:
    used = sum(1 for fact in story() if fact.status == "completed" and fact.day[:7] == today().isoformat()[:7])
    here = await signed_in("admin", "/reports?range=7")
    card = panel(here, "Monthly allowance")
    month = f"{today():%B %Y}"
    said = f"{3 - used} left" if used <= 3 else f"{used - 3} too many"
    assert f"{month}: {used} / 3 · {said}" in await marks(card)
    assert [month, "3", str(used), str(max(0, 3 - used)), str(max(0, used - 3))] in await table(card)
    if used > 3:
        await expect(card).to_contain_text("Exceeded in 1 month")


@pytest.mark.usefixtures("visits")
async def test_ranges_and_steps_stand_in_the_address(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    outcomes = panel(here, "How visits went")
    for value, count in (("7", 2 + 2), ("90", 5)):
        await here.page.get_by_label("Range", exact=True).select_option(value)
        await expect(outcomes.locator("title", has_text=f"Completed: {count} ")).to_have_count(1)
        assert here.page.url.endswith(f"?range={value}")
    await here.page.get_by_label("In steps of").select_option("month")
    await expect(panel(here, "Trends").locator("title", has_text=f"{today():%B %Y}")).to_have_count(1)
    months = await marks(panel(here, "Trends"))
    assert len(months) in (3, 4)
    await here.page.get_by_label("In steps of").select_option("week")
    await expect(panel(here, "Trends").locator("g > title", has_text=DASH).first).to_be_attached()
    assert here.page.url.endswith("?range=90&by=week")
    await here.page.reload()
    await expect(outcomes.locator("title", has_text="Completed: 5 ")).to_have_count(1)


@pytest.mark.usefixtures("visits")
async def test_a_range_of_one_s_own_includes_both_its_days(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    await here.page.get_by_label("Range", exact=True).select_option("own")
    day = (today() - timedelta(days=3)).isoformat()
    await here.page.get_by_label("To", exact=True).fill((today() - timedelta(days=200)).isoformat())
    await expect(here.page.get_by_text("This day is before the first one.")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Download visits")).to_be_disabled()
    await here.page.get_by_label("From", exact=True).fill((today() - timedelta(days=800)).isoformat())
    await expect(here.page.get_by_text("At most 366 days at once.")).to_be_visible()
    await here.page.get_by_label("From", exact=True).fill(day)
    await here.page.get_by_label("To", exact=True).fill(day)
    await expect(panel(here, "How visits went").locator("title", has_text="Completed: 2 · 40%")).to_have_count(1)
    assert here.page.url.endswith(f"?range=own&from={day}&to={day}")


@pytest.mark.usefixtures("visits")
async def test_filters_narrow_everything(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    department = here.page.get_by_label("Department", exact=True)
    compared = panel(here, "Departments compared").locator("title")
    await department.select_option(label=SKIN)
    await expect(compared).to_have_count(1)
    assert await marks(panel(here, "Departments compared")) == [f"{SKIN}: 4"]
    assert here.page.url.endswith(f"?department={SKIN}")
    first = panel(here, "Today").locator("dd").first
    await expect(first).to_have_text("0")
    await department.select_option(label="Without a department")
    await expect(compared).to_have_count(1)
    assert await marks(panel(here, "Departments compared")) == ["Without a department: 1"]
    assert here.page.url.endswith("?without_department=true")
    await here.page.reload()
    await expect(compared).to_have_count(1)
    await expect(department.locator("option:checked")).to_have_text("Without a department")
    await department.select_option(label="All departments")
    await expect(compared).to_have_count(3)
    await here.page.get_by_label("Connection", exact=True).select_option(CONNECTION_ID)
    await expect(first).to_have_text("6")
    await here.open("/reports?connection=gone4ever")
    await expect(here.page.get_by_role("heading", name="No visits in this range")).to_be_visible()
    await here.page.get_by_role("button", name="Clear the filters").click()
    await expect(first).to_have_text("6")


@pytest.mark.usefixtures("visits")
async def test_an_address_that_makes_no_sense_is_taken_for_what_does(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports?range=never&by=x&from=2026-02-31&connection=../x")
    await expect(panel(here, "How visits went").locator("title", has_text="Completed: 4 ")).to_have_count(1)


async def rows_of(here: Visitor, button: Locator) -> tuple[str, list[dict[str, str]]]:
    """The name of the file that a button brings, and its rows."""
    async with here.page.expect_download() as coming:
        await button.click()
    file = await coming.value
    text = (await file.path()).read_text(encoding="utf-8-sig")
    return file.suggested_filename, list(csv.DictReader(io.StringIO(text)))


@pytest.mark.usefixtures("visits")
async def test_each_chart_s_file_has_its_figures_and_one_file_has_the_visits(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports?range=7")
    await expect(panel(here, "Call quality").get_by_role("img").first).to_be_visible()
    columns = {
        "Trends": "visits", "How visits went": "completed", "Waiting times": "from_seconds",
        "No-shows by side": "clinician_no_show", "Departments compared": "department", "Monthly allowance": "used",
        "Texts by status": "texts_delivered", "Texts by kind": "kind", "Why texts failed": "reason",
        "Call quality": "jitter_ms",
    }  # fmt: skip
    assert tuple(columns) == PANELS
    span = f"{today() - timedelta(days=6)}-{today()}.csv"
    for title, column in columns.items():
        name, rows = await rows_of(here, panel(here, title).get_by_role("button", name="CSV"))
        assert name.startswith("visitbridge-"), title
        assert name.endswith(span), title
        assert column in rows[0], title
        if title == "Departments compared":
            assert {row["department"]: row["visits"] for row in rows} == {HEART: "8", SKIN: "3"}
    name, rows = await rows_of(here, here.page.get_by_role("button", name="Download visits"))
    assert name == f"visitbridge-visits-{span}"
    assert len(rows) == 11
    await expect(here.page.get_by_text("The file is in your downloads").first).to_be_visible()


@pytest.mark.usefixtures("visits")
async def test_paper_has_the_charts_and_none_of_the_controls(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    await expect(panel(here, "Call quality").get_by_role("img").first).to_be_visible()
    await table(panel(here, "Waiting times"))
    await here.page.emulate_media(media="print")
    for title in PANELS:
        await expect(panel(here, title).get_by_role("img").first).to_be_visible()
    await expect(panel(here, "Waiting times").get_by_role("table")).to_be_visible()
    await expect(here.page.locator("button:visible, select:visible, input:visible")).to_have_count(0)


@pytest.mark.usefixtures("no_visits")
async def test_without_visits_it_says_so_and_today_shows_zeros(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    await expect(here.page.get_by_role("heading", name="No visits in this range")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Clear the filters")).to_have_count(0)
    await expect(panel(here, "Today").locator("dd").first).to_have_text("0")
    await here.assert_accessible()


@pytest.mark.usefixtures("no_visits")
async def test_visits_without_waits_texts_or_measures_have_sentences_instead_of_charts(
    signed_in: Arrive, world: World
) -> None:
    await put(world, [a_visit(1, 0, HEART, "scheduled")])
    here = await signed_in("admin", "/reports")
    await expect(panel(here, "Waiting times")).to_contain_text("Nobody waited in a lobby")
    await expect(panel(here, "Texts by status")).to_contain_text("No texts were about visits of this range.")
    await expect(panel(here, "Call quality").get_by_role("img")).to_have_count(0)
    await expect(panel(here, "Call quality").locator("p.soft")).to_be_visible()


@pytest.mark.usefixtures("visits")
async def test_a_report_that_does_not_come_says_why_and_the_others_stay(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/people")
    await here.heading("People")
    await here.page.route("**/api/reports/quality*", lambda route: route.abort())
    await here.page.get_by_role("link", name="Reports").click()
    await expect(panel(here, "Trends").get_by_role("img")).to_be_visible()
    await expect(here.page.get_by_role("button", name="Try again")).to_be_visible()
    await here.page.unroute("**/api/reports/quality*")
    await here.page.get_by_role("button", name="Try again").click()
    await expect(panel(here, "Call quality").get_by_role("img").first).to_be_visible()
    here.complaints.clear()


@pytest.mark.usefixtures("visits")
async def test_it_is_accessible_in_light_and_dark_with_every_table_open_and_fits_a_phone(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports?range=7")
    await expect(panel(here, "Call quality").get_by_role("img").first).to_be_visible()
    await here.assert_accessible()
    await assert_names_stand_apart(here)
    await here.screenshot("reports")
    for title in PANELS:
        await table(panel(here, title))
    for group in await here.page.locator("details").all():
        await group.locator("summary").click()
    await here.assert_accessible()
    await no_sideways(here, 320)
    await here.assert_accessible()


@pytest.mark.usefixtures("no_visits")
async def test_a_million_visits_in_range_are_read_and_drawn_as_well(world: World, signed_in: Arrive) -> None:
    departments = (HEART, SKIN, "Obstetrics and gynaecology, outpatient clinic of the north campus", "")
    await put_days(world, 90, departments, 2_778)
    here = await signed_in("admin", "/reports?range=90")
    outcomes = panel(here, "How visits went")
    assert (await marks(outcomes))[0] == "Completed: 1,000,080 · 100%"
    assert (await table(outcomes))[0] == ["Completed", "1,000,080", "100%"]
    assert len(await marks(panel(here, "Trends"))) == 90
    assert (await marks(panel(here, "Departments compared")))[0].endswith(": 250,020")
    await expect(panel(here, "Waiting times")).to_contain_text("waited 1.5 min on average")
    assert (await marks(panel(here, "Texts by status")))[0] == "Delivered: 1,000,080 · 50%"
    await expect(panel(here, "Call quality")).to_contain_text("1,000,080")
    await here.assert_accessible()
    await assert_names_stand_apart(here)
    await here.screenshot("reports-million")
    for title in PANELS:
        if await panel(here, title).get_by_role("button", name="Show the table").count():
            await table(panel(here, title))
    await no_sideways(here, 320)


@pytest.mark.usefixtures("visits")
async def test_the_keyboard_opens_a_table_and_the_second_series_is_told_without_colour(signed_in: Arrive) -> None:
    here = await signed_in("admin", "/reports")
    absent = panel(here, "No-shows by side")
    button = absent.get_by_role("button", name="Show the table No-shows by side")
    await button.focus()
    assert await button.get_attribute("aria-expanded") == "false"
    await here.page.keyboard.press("Enter")
    await expect(absent.get_by_role("table")).to_be_visible()
    await expect(absent.get_by_role("button", name="Hide the table")).to_be_focused()
    await here.page.keyboard.press("Space")
    await expect(absent.get_by_role("table")).to_have_count(0)
    fills = await absent.locator("g > rect").evaluate_all("all => all.map((one) => one.getAttribute('fill') ?? '')")
    assert sum(fill.startswith("url(#") for fill in fills) == 1
    await expect(absent.locator(".reports-legend li")).to_have_count(2)
    # The name of each chart leads to its table.
    for image in await here.page.get_by_role("img").all():
        assert "Its table has the same figures." in (await image.get_attribute("aria-label") or "")


@pytest.mark.usefixtures("visits")
async def test_a_reader_of_reports_sees_this_page_and_no_other(signed_in: Arrive) -> None:
    here = await signed_in("reader")
    await here.heading("Reports")
    await expect(here.page.get_by_role("navigation", name="Pages").get_by_role("link")).to_have_count(1)
    await expect(here.page.get_by_label("Connection", exact=True).locator("option")).to_have_count(2)
    await expect(panel(here, "Today").locator("dd").first).to_have_text("6")
    await here.open("/people")
    await here.heading("Not for your role")


async def test_an_approver_has_no_reports(signed_in: Arrive) -> None:
    here = await signed_in("approver", "/reports")
    await here.heading("Not for your role")
    await expect(here.page.get_by_text("Reports.Read")).to_be_visible()


@pytest.mark.usefixtures("no_visits")
async def test_a_visit_is_found_by_its_number_which_is_in_no_address(signed_in: Arrive, world: World) -> None:
    csn = await world.book(datetime.now(UTC) + timedelta(hours=30))
    await world.send(csn, "S12", CONNECTION_ID)
    body = {"connection": CONNECTION_ID, "number": csn}

    async def known() -> bool | None:
        return bool((await world.api("reader", "POST", "/reports/visits/find", json=body))["visits"]) or None

    await until(known, "the visit in the reports")
    here = await signed_in("reader", "/reports")
    addresses: list[str] = []

    def note(request: Request) -> None:
        addresses.append(request.url)

    here.page.on("request", note)
    find = panel(here, "Find a visit")
    await find.get_by_label("Appointment number").fill("no-such-number-1")
    await find.get_by_role("button", name="Find").click()
    await expect(find).to_contain_text("There is no visit with this number")
    await find.get_by_label("Appointment number").fill(csn)
    await here.page.keyboard.press("Enter")
    await expect(find.locator("dl")).to_contain_text("Still to come")
    await expect(find.locator("dl")).to_contain_text(re.compile("C[SD]T"))
    assert any(url.endswith("/reports/visits/find") for url in addresses)
    assert [url for url in [*addresses, here.page.url] if csn in url] == []
    await here.assert_accessible()


@pytest.mark.usefixtures("visits")
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr-FR", ["Comment se sont passées les visites", "Patient non venu", "Personne n'est venu"]),
        ("es-ES", ["Cómo fueron las visitas", "El paciente no acudió", "No acudió nadie"]),
    ],
)
async def test_it_speaks_the_reader_s_language_definitions_too(
    signed_in: Arrive, locale: str, words: list[str]
) -> None:
    here = await signed_in("admin", "/reports", locale=locale)
    for text in words:
        await expect(here.page.get_by_text(text).first).to_be_visible()
    await expect(here.page.locator(".reports-meanings")).to_have_count(6 + 1)
    await expect(here.page.locator(".reports-meanings [lang=en]")).to_have_count(0)
    assert await here.page.locator(f".reports-meanings [lang={locale[:2]}]").count() > 50
