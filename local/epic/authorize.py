"""The authorize endpoint and the sign-in page behind it.

RFC 6749 §4.1, RFC 7636, SMART App Launch 2.2 (authorize-post included), Epic's OAuth pages: `aud` is needed, PKCE is
S256 only, POST is for EHR launches, and someone launched from the EHR is signed in already.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from local.config import Person
from local.epic import pages, people
from local.epic.answers import NO_STORE, OAuthError, Parameters, parameters
from local.epic.grants import Asked, Grants
from local.epic.launches import Launches, subject
from local.epic.registrations import Client, Registrations

SIGN_IN_SECONDS = 600
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256


class Authorization:
    """Turns launches and sign-ins into codes."""

    def __init__(
        self,
        registrations: Registrations,
        launches: Launches,
        grants: Grants,
        fhir_base: str,
        clock: Callable[[], float],
    ) -> None:
        self._registrations, self._launches, self._grants = registrations, launches, grants
        self._fhir_base, self._clock = fhir_base, clock
        self._waiting: dict[str, tuple[Asked, float]] = {}

    async def authorize(self, request: Request) -> Response:
        """`/oauth2/authorize`. An unknown client or redirect URI gets a page: it must never be redirected to."""
        posted = request.method == "POST"
        try:
            sent = await parameters(request, query=not posted, body=posted)
        except OAuthError as error:
            return _error_page(error.description)
        client = self._registrations.find(sent.get("client_id"))
        redirect_uri = sent.get("redirect_uri")
        if client is None or "client_id" in sent.repeated:
            return _error_page("The app's client_id is not known here.")
        if redirect_uri not in client.redirect_uris or "redirect_uri" in sent.repeated:
            return _error_page("The redirect_uri is not registered for this app.")
        try:
            asked = self._check(client, redirect_uri, sent, posted=posted)
            if asked.launch:
                launch = self._launches.take(asked.launch, client.client_id)
                return _to_app(asked, code=self._grants.code(asked, launch.subject, launch.members))
        except OAuthError as error:
            answer = {"error": error.error, "error_description": error.description, "state": sent.get("state")}
            return _redirect(redirect_uri, answer)
        return self._sign_in_page(asked, client)

    async def sign_in(self, request: Request) -> Response:
        """`POST /oauth2/signin`: the page's form."""
        try:
            form = await parameters(request, query=False, body=True)
        except OAuthError as error:
            return _error_page(error.description)
        asked, until = self._waiting.pop(form.get("session"), (None, 0.0))
        client = self._registrations.find(asked.client_id) if asked else None
        if asked is None or client is None or until <= self._clock():
            return _error_page("This sign-in has ended. Go back to the app and start again.")
        if form.get("choice") == "cancel":
            answer = {"error": "access_denied", "error_description": "the user declined", "state": asked.state}
            return _redirect(asked.redirect_uri, answer, 303)
        person = people.find(form.get("epic_username").strip())
        if person is None or not _same(person.epic_password, form.get("epic_password")):
            return self._sign_in_page(asked, client, "The user name or password is not right.")
        if people.is_staff(person) != (client.kind == "provider"):
            return self._sign_in_page(asked, client, "This account cannot use this app.")
        return _to_app(asked, 303, code=self._grants.code(asked, subject(person), self._standalone_members(person)))

    def _check(self, client: Client, redirect_uri: str, sent: Parameters, *, posted: bool) -> Asked:
        """Raises OAuthError for whatever is not as it must be."""
        if sent.repeated:
            raise OAuthError("invalid_request", f"{', '.join(sorted(sent.repeated))} came more than once")
        if "response_type" not in sent:
            raise OAuthError("invalid_request", "response_type is required")
        if sent.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response_type must be code")
        if "state" not in sent:
            raise OAuthError("invalid_request", "state is required")
        if sent.get("aud") not in {self._fhir_base, self._fhir_base + "/"}:
            raise OAuthError("invalid_request", "aud must be the FHIR base URL")
        if sent.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(sent.get("code_challenge")):
            raise OAuthError("invalid_request", "PKCE with code_challenge_method S256 is required")
        scope = frozenset(sent.get("scope").split())
        if "openid" not in scope:
            raise OAuthError("invalid_scope", "scope must have openid")
        if ("launch" in scope) != ("launch" in sent):
            raise OAuthError("invalid_scope", "scope must have launch in a launch from the EHR, and only there")
        if posted and "launch" not in sent:
            raise OAuthError("invalid_request", "authorize by POST is for launches from the EHR")
        challenge, nonce = sent.get("code_challenge"), sent.get("nonce")
        return Asked(client.client_id, redirect_uri, sent.get("state"), scope, challenge, nonce, sent.get("launch"))

    def _sign_in_page(self, asked: Asked, client: Client, problem: str = "") -> Response:
        now = self._clock()
        self._waiting = {session: (each, until) for session, (each, until) in self._waiting.items() if until > now}
        session = secrets.token_urlsafe(32)
        self._waiting[session] = asked, now + SIGN_IN_SECONDS
        page = pages.sign_in(session, problem, staff=client.kind == "provider")
        return HTMLResponse(page, 403 if problem else 200, pages.HEADERS | NO_STORE)

    @staticmethod
    def _standalone_members(person: Person) -> dict[str, str]:
        """A clinician without a launch has no patient; a patient is their own."""
        return {} if people.is_staff(person) else {"patient": person.fhir_id, "need_patient_banner": "false"}


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode())


def _to_app(asked: Asked, status: int = 302, *, code: str) -> Response:
    return _redirect(asked.redirect_uri, {"code": code, "state": asked.state}, status)


def _redirect(redirect_uri: str, answer: dict[str, str], status: int = 302) -> Response:
    query = urlencode({name: value for name, value in answer.items() if value})
    return RedirectResponse(f"{redirect_uri}?{query}", status, NO_STORE)


def _error_page(reason: str) -> Response:
    return HTMLResponse(pages.error(reason), 400, pages.HEADERS | NO_STORE)
