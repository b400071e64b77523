"""MSAL.js in Chromium, as the portal uses it: sign-in by redirect, tokens in silence."""

import os
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from local.config import APP_CLIENT_ID, TENANT_ID, StackConfig
from tests.local.entra.visitor import ADMIN, SCOPE, verified

CHROMIUM = Path(os.environ.get("VISITBRIDGE_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
LIBRARY = (
    Path(__file__).parents[3] / "local" / "node_modules" / "@azure" / "msal-browser" / "lib" / "msal-browser.min.js"
)

PORTAL = """<!doctype html><html lang="en"><title>portal</title><script src="/msal.js"></script>
<button id="in">Sign in</button><button id="out">Sign out</button><script>
const api = ["%(scope)s"];
const home = location.origin + "/";
const app = new msal.PublicClientApplication({
  auth: { clientId: "%(client)s", authority: "%(authority)s", knownAuthorities: ["%(host)s"], redirectUri: home },
  cache: { cacheLocation: "sessionStorage" },
});
const begun = app.initialize().then(() => app.handleRedirectPromise()).then(() => {
  document.title = app.getAllAccounts().length ? "signed in" : "signed out";
});
const silently = async (forceRefresh) => {
  const account = app.getAllAccounts()[0];
  const found = await app.acquireTokenSilent({ scopes: api, account, forceRefresh });
  return { token: found.accessToken, fromCache: found.fromCache, username: account.username, claims: account.idTokenClaims };
};
document.getElementById("in").onclick = () => begun.then(() => app.loginRedirect({ scopes: [] }));
document.getElementById("out").onclick = () => begun.then(() => app.logoutRedirect({ postLogoutRedirectUri: home }));
</script></html>"""


@pytest.fixture
def portal(stack: StackConfig) -> Iterator[str]:
    """A page with MSAL.js at the portal's address."""
    assert LIBRARY.exists(), "MSAL.js is missing: run npm ci in local/, as scripts/test does"
    names = {
        "scope": SCOPE,
        "client": APP_CLIENT_ID,
        "authority": stack.authority,
        "host": f"localhost:{stack.ports['entra']}",
    }
    files = {"/": ("text/html", (PORTAL % names).encode()), "/msal.js": ("text/javascript", LIBRARY.read_bytes())}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = files.get(self.path.partition("?")[0], ("text/plain", b""))
            self.send_response(200 if content else 404)
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", stack.ports["portal"]), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield stack.portal
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def chromium() -> Path:
    assert CHROMIUM.exists(), (
        f"there is no Chromium at {CHROMIUM}: scripts/test installs it; or name yours in the variable VISITBRIDGE_CHROMIUM"
    )
    return CHROMIUM


@pytest.fixture
async def page(chromium: Path) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        # The run's certificate authority is not one of the browser's.
        context = await browser.new_context(ignore_https_errors=True, color_scheme="dark")
        page = await context.new_page()
        page.set_default_timeout(15_000)
        yield page
        await browser.close()


async def test_msal_js_signs_in_by_redirect_and_gets_tokens_in_silence(
    page: Page, portal: str, stack: StackConfig, keys: dict[str, Any]
) -> None:
    await page.goto(f"{portal}/")
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_label("Username").fill(ADMIN.username)
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("incorrect")
    await expect(page.get_by_label("Password")).to_be_focused()
    await page.get_by_label("Password").fill(ADMIN.password)
    await page.keyboard.press("Enter")

    await expect(page).to_have_title("signed in", timeout=15_000)
    # The sign-in asked for no API: the first silent call takes its token with the refresh token, the second from the
    # cache, the third is made to refresh again.
    first, second, third = [await page.evaluate(f"silently({force})") for force in ("false", "false", "true")]
    assert [each["fromCache"] for each in (first, second, third)] == [False, True, False]
    assert third["token"] != first["token"] == second["token"]
    claims = verified(third["token"], keys, APP_CLIENT_ID, f"{stack.authority}/v2.0")
    assert (claims["oid"], claims["scp"], claims["roles"]) == (ADMIN.oid, "Portal.Access", ["Connector.Admin"])
    assert first["username"] == ADMIN.username
    assert (first["claims"]["oid"], first["claims"]["tid"]) == (ADMIN.oid, TENANT_ID)

    await page.get_by_role("button", name="Sign out").click()
    await expect(page).to_have_title("signed out")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Password")).to_be_visible()
