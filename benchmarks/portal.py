"""The portal's bytes and Lighthouse's marks, on the built portal as the stack serves it.

JavaScript is what a real browser fetched, each file gzipped at level 9: for the first page anyone sees (signed out), for
the first one behind the sign-in, and for the reports, which alone load what draws charts. Lighthouse runs three times on
the signed-out page, as a phone and as a desktop; the median mark counts. https://developer.chrome.com/docs/lighthouse
"""

import argparse
import asyncio
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Response, async_playwright

from local.config import PEOPLE
from local.node import node
from local.stack import Stack, running

HERE = Path(__file__).parent / "lighthouse"
CHROMIUM = os.environ.get("VISITBRIDGE_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
MARKS = ("performance", "accessibility", "best-practices")
LEAST_MARK, MOST_KILOBYTES, ROUNDS = 95, 120, 3


def install() -> None:
    """Lighthouse, as its lock file says; a development tool, never deployed."""
    if not (HERE / "node_modules" / "lighthouse").exists():
        npm = shutil.which("npm") or "npm"
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=HERE, check=True, stdout=sys.stderr)


def lighthouse(url: str, *, desktop: bool) -> dict[str, int]:
    """One run's marks, 0 to 100."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [
            str(node()), str(HERE / "node_modules/lighthouse/cli/index.js"), url, "--quiet", "--output=json",
            f"--output-path={out}", f"--only-categories={','.join(MARKS)}",
            f"--chrome-flags=--headless=new {' '.join(FLAGS)}", *(["--preset=desktop"] if desktop else []),
        ]  # fmt: skip
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": CHROMIUM}, stdout=sys.stderr)
        categories = json.loads(out.read_text())["categories"]
    return {name: round(categories[name]["score"] * 100) for name in MARKS}


async def bytes_of(stack: Stack) -> dict[str, float]:
    """Kilobytes of JavaScript, gzipped, that a browser fetched for each first page."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await (await browser.new_context(ignore_https_errors=True)).new_page()
        fetched: dict[str, int] = {}

        async def note(response: Response) -> None:
            if response.url.startswith(stack.config.portal) and response.url.partition("?")[0].endswith(".js"):
                fetched[response.url] = len(gzip.compress(await response.body(), 9))

        page.on("response", note)
        await page.goto(stack.config.portal)
        await page.get_by_role("button", name="Sign in").first.wait_for()
        await page.wait_for_load_state("networkidle")
        signed_out = sum(fetched.values())
        await _sign_in(page)
        await page.get_by_role("navigation").first.wait_for()
        await page.wait_for_load_state("networkidle")
        connections = sum(fetched.values())
        fetched.clear()
        await page.goto(stack.config.portal + "/reports")
        await page.get_by_role("heading", level=1, name="Reports").wait_for()
        await page.wait_for_load_state("networkidle")
        reports = sum(fetched.values())
        await browser.close()
    found = {"signed_out_kb": signed_out, "connections_kb": connections, "reports_kb": reports}
    return {name: round(size / 1024, 1) for name, size in found.items()}


async def _sign_in(page: Page) -> None:
    admin = PEOPLE["admin"]
    await page.get_by_role("button", name="Sign in").first.click()
    await page.get_by_label("Username").fill(admin.username)
    await page.get_by_label("Password").fill(admin.password)
    await page.get_by_role("button", name="Sign in").click()


async def measure() -> dict[str, Any]:
    """All figures."""
    install()
    async with running() as stack:
        url = stack.config.portal + "/"
        figures: dict[str, Any] = {"javascript": await bytes_of(stack)}
        for name, desktop in (("phone", False), ("desktop", True)):
            runs = [await asyncio.to_thread(lighthouse, url, desktop=desktop) for _ in range(ROUNDS)]
            figures[name] = {mark: statistics.median(run[mark] for run in runs) for mark in MARKS}
    marks = [mark for name in ("phone", "desktop") for mark in figures[name].values()]
    most = max(figures["javascript"].values())
    figures["held"] = min(marks) >= LEAST_MARK and most <= MOST_KILOBYTES
    figures["wanted"] = {"least_mark": LEAST_MARK, "most_kilobytes": MOST_KILOBYTES}
    return figures


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    parser = argparse.ArgumentParser(prog="scripts/bench portal", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    figures = asyncio.run(measure())
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name in ("javascript", "phone", "desktop"):
            print(f"{name:12}", "  ".join(f"{key} {value}" for key, value in figures[name].items()))
        print("held" if figures["held"] else f"not held: marks from {LEAST_MARK}, at most {MOST_KILOBYTES} kB")
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
