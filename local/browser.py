"""A browser in the small, for stories and tests: cookies, redirects, forms; no scripts.

Like Chromium it takes `Secure` cookies from plain http on this machine, which RFC 6265bis leaves to the browser.
"""

import ssl
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

MOST_HOPS = 20


class Form(HTMLParser):
    """The first form of a page: where it goes and what it holds. Links are kept too."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.method = "get"
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self.method, self._inside = given.get("action", ""), given.get("method", "get").lower(), True
        elif tag == "input" and self._inside and given.get("name") and given.get("type") != "submit":
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "a" and given.get("href"):
            self.links.append(given["href"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


class Browser:
    """One person's browser. `trail` has every address it was sent to, newest last, for what a test wants to know."""

    def __init__(self, bundle: str) -> None:
        self._client = httpx.AsyncClient(verify=ssl.create_default_context(cafile=bundle), timeout=30)
        self.trail: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @property
    def cookies(self) -> dict[str, str]:
        """What the browser holds, by name."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    async def open(self, url: str) -> httpx.Response:
        """Opens an address and follows where it leads, to the page that stands at the end."""
        return await self._follow(await self.step(url))

    async def step(self, url: str) -> httpx.Response:
        """Opens an address without following."""
        self.trail.append(url)
        return self._trusting(await self._client.get(url))

    async def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Fills in the page's form, sends it and follows."""
        form = Form(page.text)
        if form.action is None:
            raise AssertionError(f"no form on the page at {page.url.host}{page.url.path}")
        url = urljoin(str(page.url), form.action)
        values = form.fields | fields
        self.trail.append(url)
        if form.method == "post":
            return await self._follow(self._trusting(await self._client.post(url, data=values)))
        return await self._follow(self._trusting(await self._client.get(url, params=values)))

    def _trusting(self, answer: httpx.Response) -> httpx.Response:
        # Python's jar would keep a Secure cookie back from http://localhost, where browsers send it.
        for cookie in self._client.cookies.jar:
            cookie.secure = False
        return answer

    async def _follow(self, answer: httpx.Response) -> httpx.Response:
        for _ in range(MOST_HOPS):
            if not answer.has_redirect_location:
                return answer
            answer = await self.step(urljoin(str(answer.url), answer.headers["location"]))
        raise AssertionError("redirected in circles")
