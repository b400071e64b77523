"""Looks at the outside for the doctor: reads, asks, changes nothing. Each answer is a word, never an upstream's text.

A token request with a code that nobody issued tells whether the EHR knows our keys: the client is authenticated before
the code is looked at (RFC 6749 §4.1.3, §5.2: `invalid_client` against `invalid_grant`).
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Unavailable

Reach = Literal["answers", "dns", "tls", "timeout", "refused", "failed"]
Policy = Literal["granted", "missing", "unclear"]
READ_SECONDS = 4
# Teams' service in a licence: https://learn.microsoft.com/graph/api/resources/assignedplan
TEAMS_SERVICE = "TeamspaceAPI"


class Probe:
    """Questions to an EHR and to our own public address, without a credential of ours."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def reach(self, url: str) -> Reach:
        """Whether a server answers at all, and if not, what stands in between. `url` has passed the guard."""
        try:
            await self._web.send("GET", url, read_seconds=READ_SECONDS)
        except UpstreamError as error:
            return _why(error)
        return "answers"

    async def document(self, url: str) -> Any:
        """A JSON document, or None if there is none to be had."""
        try:
            answer = await self._web.send("GET", url, read_seconds=READ_SECONDS)
        except UpstreamError:
            return None
        return answer.body if answer.status == 200 else None

    async def token_error(self, url: str, form: Mapping[str, str], client_id: str) -> str:
        """The error code of a token request (RFC 6749 §5.2); empty if it was granted. The token is dropped here.

        Raises `Unavailable` if no answer of the token endpoint came.
        """
        headers = {"Epic-Client-ID": client_id}
        try:
            answer = await self._web.send("POST", url, form=form, headers=headers, read_seconds=READ_SECONDS)
        except UpstreamError:
            raise Unavailable from None
        if answer.status >= 500 or answer.status == 429:
            raise Unavailable
        if answer.status == 200:
            return ""
        code = str(answer.body.get("error", "")) if isinstance(answer.body, dict) else ""
        # Only what looks like a code: the rest of an answer may quote anything.
        return code if code.replace("_", "").isalpha() and len(code) <= 40 else "other"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account. `has_teams`: a licence with Teams is assigned and enabled."""

    name: str
    enabled: bool
    has_teams: bool


class Accounts:
    """Questions to Graph about people of one tenant. Wants `User.Read.All` to see whether an account is enabled."""

    def __init__(self, web: Web, tenant: str) -> None:
        self._web = web
        self._tenant = tenant

    async def account(self, oid: str) -> Account | None:
        """An account, None if there is none. Raises `Unavailable` if Graph does not say.

        https://learn.microsoft.com/graph/api/user-get
        """
        answer = await self._get(
            f"/v1.0/users/{quote(oid, safe='')}", {"$select": "displayName,accountEnabled,assignedPlans"}
        )
        if answer.status == 404:
            return None
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise Unavailable
        plans = answer.body.get("assignedPlans") or []
        has_teams = any(
            plan.get("service") == TEAMS_SERVICE and plan.get("capabilityStatus") == "Enabled" for plan in plans
        )
        return Account(str(answer.body.get("displayName", "")), answer.body.get("accountEnabled") is True, has_teams)

    async def policy(self, oid: str) -> Policy:
        """Whether Teams' application access policy lets us hold meetings for somebody.

        Asks for a meeting that does not exist, by a join URL in Teams' own form: nothing is made.
        https://learn.microsoft.com/graph/cloud-communication-online-meeting-application-access-policy
        """
        context = quote(f'{{"Tid":"{self._tenant}","Oid":"{oid}"}}', safe="")
        url = f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_visitbridge%40thread.v2/0?context={context}"
        answer = await self._get(
            f"/v1.0/users/{quote(oid, safe='')}/onlineMeetings", {"$filter": f"JoinWebUrl eq '{url}'"}
        )
        if answer.status in (200, 404):
            return "granted"
        error = answer.body.get("error", {}) if isinstance(answer.body, dict) else {}
        is_policy = answer.status == 403 and "application access policy" in str(error.get("message", "")).lower()
        return "missing" if is_policy else "unclear"

    async def _get(self, path: str, params: Mapping[str, str]) -> Answer:
        try:
            return await self._web.send("GET", path, params=params, read_seconds=READ_SECONDS)
        except UpstreamError:
            raise Unavailable from None


def _why(error: UpstreamError) -> Reach:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return "tls"
        if isinstance(cause, socket.gaierror):
            return "dns"
        if isinstance(cause, TimeoutError):
            return "timeout"
        if isinstance(cause, ConnectionRefusedError):
            return "refused"
    return "failed"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what lies behind it; azure-core keeps the transport's own in `inner_exception`."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        behind = (current.__cause__, current.__context__, getattr(current, "inner_exception", None))
        waiting += [cause for cause in behind if isinstance(cause, BaseException)]
