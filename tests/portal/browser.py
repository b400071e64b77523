"""A person at the portal: signed in through the real form, with eyes for what should not be there."""

import re
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from local.config import PEOPLE, StackConfig
from local.node import PORTAL, ROOT

AXE = PORTAL / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "build" / "screenshots"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SIGN_IN = re.compile("^(Sign in|Se connecter|Iniciar sesión)$")
SIGN_OUT = re.compile("^(Sign out|Se déconnecter|Cerrar sesión)$")
# WCAG 2.2 AA and what axe itself recommends.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visitor:
    """One person in a browser profile of their own. `complaints` has every error of the console, a broken policy too."""

    def __init__(self, context: BrowserContext, page: Page, config: StackConfig) -> None:
        self.context = context
        self.page = page
        self.config = config
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda it: self.complaints.append(f"{it.text} {it.location['url']}") if it.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        # A dialog of the browser would wait for ever.
        page.on("dialog", lambda dialog: dialog.accept())

    async def open(self, path: str = "/") -> None:
        """Goes to a page of the portal."""
        await self.page.goto(self.config.portal + path)

    async def sign_in(self, person: str, path: str = "/") -> None:
        """Signs in as someone of the story and comes to the page that was asked for."""
        await self.open(path)
        await self.page.get_by_role("button", name=SIGN_IN).click()
        await self.page.get_by_label("Username").fill(PEOPLE[person].username)
        await self.page.get_by_label("Password").fill(PEOPLE[person].password)
        await self.page.get_by_role("button", name="Sign in").click()
        await self.page.wait_for_url(f"{self.config.portal}/**")
        await expect(self.page.get_by_role("button", name=SIGN_OUT).first).to_be_visible()

    async def heading(self, name: str) -> None:
        """Waits for the page with this heading."""
        await expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    async def settled(self) -> None:
        """Waits until nothing is being loaded and nothing moves any more."""
        await self.page.wait_for_load_state("networkidle")
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        await self.page.evaluate("Promise.all(document.getAnimations().map(each => each.finished.catch(() => {})))")

    async def assert_accessible(self) -> None:
        """0 findings of axe-core, in light and in dark."""
        for scheme in ("light", "dark"):
            await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await self.settled()
            found = await axe(self.page)
            assert found == [], f"{scheme}: " + "\n".join(found)
        await self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")

    async def screenshot(self, name: str) -> None:
        """`build/screenshots/NAME-{light,dark}-{desktop,phone}.png`, the whole page each."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for size_name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            await self.page.set_viewport_size(size)  # type: ignore[arg-type]
            for scheme in ("light", "dark"):
                await self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                await self.settled()
                # What sticks to the window's edge belongs to the top of the picture.
                await self.page.evaluate("scrollTo(0, 0)")
                path = SCREENSHOTS / f"{name}-{scheme}-{size_name}.png"
                await self.page.screenshot(path=path, full_page=True, animations="disabled")
        await self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        await self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")


async def axe(page: Page) -> list[str]:
    """What axe-core finds. It comes by the debugger, so the page's policy has nothing to say about it."""
    assert AXE.exists(), "axe-core is missing: run scripts/test, which installs it"
    session = await page.context.new_cdp_session(page)
    try:
        await session.send("Page.setBypassCSP", {"enabled": True})
        await session.send("Runtime.evaluate", {"expression": AXE.read_text()})
        result: dict[str, Any] = await page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
        )
    finally:
        await session.detach()
    return [
        f"{finding['id']} ({finding['impact']}): {node['html']}\n  {node.get('failureSummary', '')}"
        for finding in result["violations"]
        for node in finding["nodes"]
    ]


async def visitor(chromium: Browser, config: StackConfig, **options: Any) -> Visitor:
    """Someone with a fresh profile; `options` go to the browser context (locale, color_scheme ...)."""
    given = {
        "viewport": DESKTOP,
        "locale": "en-US",
        "color_scheme": "light",
        "timezone_id": "America/Chicago",
    } | options
    # The run's certificate authority is not one of the browser's.
    context = await chromium.new_context(ignore_https_errors=True, **given)
    context.set_default_timeout(15_000)
    return Visitor(context, await context.new_page(), config)
