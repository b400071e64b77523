"""Is a deployment whole, seen from outside? `scripts/smoke URL [--portal URL] [--wait SECONDS]`; `--help` says more.

Only public routes are asked, nothing is written, nobody signs in. Standard library only: it runs where `azd` runs.
"""

# ruff: noqa: T201, this is a program
# ruff: noqa: S310, it asks the addresses it was given, by http and https only

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT_SECONDS = 30
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "k"}
STRANGER = "https://stranger.example"
UNSIGNED = b"MSH|^~\\&|SMOKE|TEST|||20260101000000||SIU^S12|1|T|2.5.1\r"


class Failed(Exception):
    """A check that does not hold; the message says what was found instead."""


@dataclass(frozen=True)
class Answer:
    """`headers` by their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises `Failed` for anything else."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Failed(f"no JSON: {self.body[:80]!r}") from None


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """A redirect is an answer, too."""


_opener = build_opener(_Stay)


def ask(method: str, url: str, body: bytes | None = None, **headers: str) -> Answer:
    """One request. Raises `Failed` if nobody answers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(url, data=body, method=method, headers=named)
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return Answer(answer.status, _lower(answer.headers), answer.read())
    except HTTPError as answer:
        with answer:
            return Answer(answer.code, _lower(answer.headers), answer.read())
    except (URLError, OSError) as error:
        raise Failed(f"no answer: {error}") from None


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def expect(found: object, wanted: object, what: str) -> None:
    """Raises `Failed` unless they are the same."""
    if found != wanted:
        raise Failed(f"{what} is {found!r}, not {wanted!r}")


def has(headers: dict[str, str], name: str, word: str) -> None:
    """Raises `Failed` unless a header is there and holds the word."""
    if word not in headers.get(name, ""):
        raise Failed(f"{name} is {headers.get(name)!r}, without {word!r}")


class Api:
    """The checks of one function app."""

    def __init__(self, url: str, portal: str, wait: float) -> None:
        self._url = url.rstrip("/")
        self._api = f"{self._url}/api"
        self._portal = portal.rstrip("/")
        self._deadline = time.monotonic() + wait

    def checks(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Each check by what it makes sure of."""
        yield "the address is https", self.secure
        yield "health is green: storage answers, and a tick ran within five minutes", self.health
        yield "the public keys of testing and production are published, and differ", self.keys
        yield "an unknown environment has no keys", self.no_keys
        yield "an unsigned HL7 message is refused", self.unsigned
        yield "a launch from an unknown EHR ends on our own page, which may load nothing", self.launch
        yield "a made-up link ends on our own page", self.link
        yield "the portal's API asks who is calling", self.anonymous
        yield "a notification without proof is refused", self.notification
        yield "Graph's validation is echoed as plain text", self.validation
        yield "the host's own doors are shut", self.doors
        yield "a stranger's page may not call the API", self.stranger
        if self._portal:
            yield "the portal's page may call the API", self.friend
            yield "the portal is served under its policy, which names this API", self.portal

    def secure(self) -> None:
        """On this machine http will do."""
        parts = urlsplit(self._url)
        if parts.hostname in ("localhost", "127.0.0.1", "::1"):
            return
        expect(parts.scheme, "https", "the scheme")
        plain = ask("GET", f"http://{parts.netloc}/api/health")
        if plain.status not in (301, 307, 308) or not plain.headers.get("location", "").startswith("https:"):
            raise Failed(f"http is answered with {plain.status} instead of being sent to https")

    def health(self) -> None:
        """Waits for the first tick if it may."""
        while True:
            try:
                answer = ask("GET", f"{self._api}/health")
                expect((answer.status, answer.json()), (200, {"status": "up"}), "the answer")
                has(answer.headers, "cache-control", "no-store")
            except Failed:
                if time.monotonic() >= self._deadline:
                    raise
                time.sleep(5)
            else:
                return

    def keys(self) -> None:
        """RFC 7517: public members only, two algorithms, other keys for each environment."""
        seen: list[str] = []
        for environment in ("testing", "production"):
            answer = ask("GET", f"{self._api}/jwks/{environment}")
            expect(answer.status, 200, f"the status of {environment}")
            has(answer.headers, "cache-control", "max-age=")
            keys = answer.json()["keys"]
            expect({key["alg"] for key in keys}, {"ES384", "RS384"}, f"what {environment} signs with")
            if any(PRIVATE_MEMBERS & key.keys() for key in keys):
                raise Failed(f"{environment} publishes a private key")
            seen += [key["kid"] for key in keys]
        expect(len(set(seen)), len(seen), "the number of different keys")

    def no_keys(self) -> None:
        """RFC 9457."""
        self._problem(ask("GET", f"{self._api}/jwks/nowhere"), 404)

    def unsigned(self) -> None:
        """No acknowledgement either."""
        answer = ask("POST", f"{self._api}/hl7", UNSIGNED, content_type="application/hl7-v2")
        expect(answer.status, 401, "the status")
        if b"MSA|AA" in answer.body:
            raise Failed("the message was acknowledged")

    def launch(self) -> None:
        """Nothing of the launch may be repeated on the page."""
        query = urlencode({"iss": f"{STRANGER}/fhir", "launch": "smoke-launch"})
        self._page(ask("GET", f"{self._api}/launch/epic/provider?{query}"), secret=b"smoke-launch")

    def link(self) -> None:
        """Neither a patient's nor a guest's, nor one to the device test or to a clinician's page."""
        for place in ("v", "g", "device-test", "visit"):
            try:
                self._page(ask("GET", f"{self._api}/{place}/smoke-no-such-link"), secret=b"smoke-no-such-link")
            except Failed as problem:
                raise Failed(f"/api/{place}/...: {problem}") from None

    def anonymous(self) -> None:
        """RFC 6750 §3."""
        answer = ask("GET", f"{self._api}/connections")
        self._problem(answer, 401)
        has(answer.headers, "www-authenticate", "Bearer")

    def notification(self) -> None:
        """Graph proves itself with tokens."""
        answer = ask("POST", f"{self._api}/graph/notifications", b'{"value": []}', content_type="application/json")
        if not 400 <= answer.status < 500:
            raise Failed(f"the status is {answer.status}")

    def validation(self) -> None:
        """As text: as a page it would be a hole."""
        words = urlencode({"validationToken": "<b>smoke</b>"})
        answer = ask("POST", f"{self._api}/graph/notifications?{words}", b"")
        expect((answer.status, answer.body), (200, b"<b>smoke</b>"), "the answer")
        has(answer.headers, "content-type", "text/plain")
        has(answer.headers, "x-content-type-options", "nosniff")

    def doors(self) -> None:
        """Keys are asked for."""
        for path in ("/admin/host/status", "/runtime/webhooks/eventgrid?functionName=sms_events"):
            answer = ask("POST" if "webhooks" in path else "GET", f"{self._url}{path}", None)
            if answer.status not in (401, 403, 404):
                raise Failed(f"{path.partition('?')[0]} answers {answer.status}")

    def stranger(self) -> None:
        """CORS."""
        allowed = self._preflight(STRANGER).headers.get("access-control-allow-origin")
        if allowed in (STRANGER, "*"):
            raise Failed(f"{allowed} may call")

    def friend(self) -> None:
        """CORS."""
        allowed = self._preflight(self._portal).headers.get("access-control-allow-origin")
        expect(allowed, self._portal, "the origin that may call")

    def portal(self) -> None:
        """And it knows this API by its configuration."""
        page = ask("GET", f"{self._portal}/")
        expect(page.status, 200, "the status")
        has(page.headers, "content-security-policy", self._url)
        has(page.headers, "content-security-policy", "frame-ancestors 'none'")
        has(page.headers, "strict-transport-security", "max-age=")
        has(page.headers, "x-content-type-options", "nosniff")
        known = ask("GET", f"{self._portal}/config.json").json()
        if self._url not in [stamp["api"] for stamp in known["stamps"]]:
            raise Failed("the portal does not know this API")

    def _preflight(self, origin: str) -> Answer:
        return ask(
            *("OPTIONS", f"{self._api}/connections"),
            origin=origin, access_control_request_method="GET", access_control_request_headers="authorization",
        )  # fmt: skip

    def _problem(self, answer: Answer, status: int) -> None:
        expect(answer.status, status, "the status")
        has(answer.headers, "content-type", "application/problem+json")
        if missing := {"code", "detail", "fix", "trace_id"} - answer.json().keys():
            raise Failed(f"the problem lacks {', '.join(sorted(missing))}")

    def _page(self, answer: Answer, *, secret: bytes) -> None:
        if not 400 <= answer.status < 500:
            raise Failed(f"the status is {answer.status}")
        has(answer.headers, "content-type", "text/html")
        has(answer.headers, "content-security-policy", "default-src 'none'")
        has(answer.headers, "content-security-policy", "frame-ancestors 'none'")
        has(answer.headers, "referrer-policy", "no-referrer")
        has(answer.headers, "x-content-type-options", "nosniff")
        has(answer.headers, "cache-control", "no-store")
        if secret in answer.body:
            raise Failed("the page repeats what it was given")


def main(words: list[str]) -> int:
    """Prints each check; 0 if all hold."""
    parser = argparse.ArgumentParser(prog="scripts/smoke", description="Asks a deployment's public routes.")
    parser.add_argument("url", help="the function app's address, without /api")
    parser.add_argument("--portal", default="", help="the portal's address, to check it and CORS too")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="how long health may take to be green")
    options = parser.parse_args(words)
    failures = 0
    for what, check in Api(options.url, options.portal, options.wait).checks():
        try:
            check()
        except (Failed, KeyError, TypeError, AttributeError) as problem:
            failures += 1
            print(f"FAIL  {what}\n      {problem}", flush=True)
        else:
            print(f" ok   {what}", flush=True)
    print(f"{failures} of the checks failed" if failures else "all checks hold")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
