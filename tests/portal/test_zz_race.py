import pytest
from playwright.async_api import expect
from tests.portal.conftest import Arrive

SPY = """
window.spied = [];
for (const name of ['pushState', 'replaceState']) {
  const before = history[name].bind(history);
  history[name] = (...given) => { window.spied.push([name, given[2], Math.round(performance.now())]); return before(...given); };
}
addEventListener('click', (e) => window.spied.push(['click', e.target.outerHTML.slice(0, 80), Math.round(performance.now())]), true);
addEventListener('mousedown', (e) => window.spied.push(['down', e.target.outerHTML.slice(0, 80), Math.round(performance.now())]), true);
addEventListener('mouseup', (e) => window.spied.push(['up', e.target.outerHTML.slice(0, 80), Math.round(performance.now())]), true);
"""

@pytest.mark.parametrize("n", range(8))
async def test_race(signed_in: Arrive, someone: Arrive, n: int) -> None:
    here = await someone("/health")
    await here.page.add_init_script(SPY)
    await here.sign_in("admin", "/health")
    await here.page.get_by_role("link", name="People").click()
    await here.page.wait_for_timeout(2500)
    print(n, here.page.url, await here.page.get_by_role("heading", level=1).all_inner_texts(), await here.page.evaluate("spied"))
