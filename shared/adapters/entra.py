"""Microsoft Entra: the tenant's published keys, and the one-time sign-in of a clinician through `msal`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.adapters.web import UpstreamError, Web
from shared.clock import Clock
from shared.errors import Refused, Unavailable
from shared.settings import Settings

if TYPE_CHECKING:
    from jwt import PyJWKSet

KEYS_CACHED_FOR = timedelta(hours=1)
KEYS_ASKED_AT_MOST_EVERY = timedelta(seconds=30)
LEEWAY_SECONDS = 60


class TokenKeys:
    """Verifies tokens that Entra signed. Keys are cached for an hour; an unknown `kid` asks again, at most twice a minute."""

    def __init__(self, url: str, web: Web, clock: Clock) -> None:
        self._url = url
        self._web = web
        self._clock = clock
        self._keys: PyJWKSet | None = None
        self._fetched: datetime | None = None

    async def verify(self, token: str, *, issuers: Sequence[str], audience: str, refusal: str) -> dict[str, Any]:
        """The token's claims. Raises `Refused(refusal)` if it does not hold, `Unavailable` if keys cannot be had."""
        import jwt

        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = await self._key(str(kid))
            if key is None:
                raise Refused(refusal)
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=audience,
                issuer=list(issuers),
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss"]},
            )
        except jwt.PyJWTError:
            raise Refused(refusal) from None
        return claims

    async def _key(self, kid: str) -> Any:
        now = self._clock()
        known = self._find(kid)
        age = now - self._fetched if self._fetched else None
        if known is not None and age is not None and age < KEYS_CACHED_FOR:
            return known
        if age is None or age > KEYS_ASKED_AT_MOST_EVERY:
            await self._fetch(now)
        return self._find(kid)

    def _find(self, kid: str) -> Any:
        return next((key for key in self._keys.keys if key.key_id == kid), None) if self._keys else None

    async def _fetch(self, now: datetime) -> None:
        import jwt

        try:
            answer = await self._web.send("GET", self._url)
            if answer.status != 200:
                raise Unavailable
            self._keys = jwt.PyJWKSet.from_dict(answer.body)
        except (UpstreamError, jwt.PyJWTError):
            raise Unavailable from None
        self._fetched = now


class MicrosoftSignIn:
    """Authorization code with PKCE as a confidential client, no refresh token, nothing kept but who it was.

    `msal` is synchronous and runs in a thread. https://learn.microsoft.com/entra/msal/python/
    """

    def __init__(self, settings: Settings, assertion: Callable[[], str]) -> None:
        self._settings = settings
        self._assertion = assertion

    @cached_property
    def _app(self) -> Any:
        import msal

        host = self._settings.entra_authority_host
        return msal.ConfidentialClientApplication(
            self._settings.entra_client_id,
            authority=f"{host}/{self._settings.entra_tenant_id}",
            client_credential={"client_assertion": self._assertion},
            instance_discovery=host == "https://login.microsoftonline.com",
            exclude_scopes=["offline_access"],
        )

    @property
    def redirect_uri(self) -> str:
        return f"{self._settings.public_url}/api/signin/callback"

    async def begin(self) -> dict[str, Any]:
        """A flow to seal into the browser's cookie; its `auth_uri` is where to send the browser.

        `select_account`: a workstation is shared, and what is linked now is linked for good.
        """

        def start() -> dict[str, Any]:
            flow: dict[str, Any] = self._app.initiate_auth_code_flow(
                scopes=[], redirect_uri=self.redirect_uri, prompt="select_account"
            )
            return flow

        return await asyncio.to_thread(start)

    async def finish(self, flow: dict[str, Any], query: Mapping[str, str]) -> tuple[str, str]:
        """Tenant and object id of who signed in. Raises `Refused`."""

        def end() -> dict[str, Any]:
            result: dict[str, Any] = self._app.acquire_token_by_auth_code_flow(flow, dict(query))
            return result

        try:
            result = await asyncio.to_thread(end)
        except ValueError:
            raise Refused("signin.failed") from None
        claims = result.get("id_token_claims") or {}
        if "error" in result or not claims.get("oid") or not claims.get("tid"):
            raise Refused("signin.failed")
        if claims["tid"] != self._settings.entra_tenant_id:
            raise Refused("signin.wrong_tenant")
        return str(claims["tid"]), str(claims["oid"])
