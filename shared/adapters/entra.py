"""Microsoft Entra: whose tokens we believe, and the one-time sign-in of a clinician through `msal`."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.adapters.web import UpstreamError, Web
from shared.clock import Clock
from shared.errors import Refused, Unavailable
from shared.settings import Settings

if TYPE_CHECKING:
    from jwt import PyJWK

KEYS_CACHED_FOR = timedelta(hours=1)
KEYS_ASKED_AT_MOST_EVERY = timedelta(seconds=30)
LEEWAY_SECONDS = 60


class TenantTokens:
    """Verifies tokens that Entra signed for one of this deployment's tenants, and for no other.

    Entra signs for every tenant in the world with the same keys, so that a good signature and our audience do not say
    whose token it is. `tid` chooses among the configured tenants, and then everything must be that very tenant's: where
    the keys come from, which issuer each key says it signs for, and `iss`.
    https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
    """

    def __init__(self, settings: Settings, web: Web, clock: Clock) -> None:
        self._audience = settings.entra_client_id
        host = settings.entra_authority_host
        self._keys = {tenant: TenantKeys(f"{host}/{tenant}", web, clock) for tenant in settings.tenants}

    async def verify(self, token: str, *, refusal: str, version_1: bool = False) -> dict[str, Any]:
        """The token's claims, `tid` among them. Raises `Refused(refusal)` if it does not hold, `Unavailable` if keys
        cannot be had. `version_1`: Entra's older token form will do as well.
        """
        import jwt

        try:
            tenant = str(jwt.decode(token, options={"verify_signature": False}).get("tid"))
            keys = self._keys.get(tenant)
            key = await keys.key(str(jwt.get_unverified_header(token).get("kid"))) if keys else None
            if keys is None or key is None:
                raise Refused(refusal)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=[keys.issuer, f"https://sts.windows.net/{tenant}/"] if version_1 else keys.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss", "tid"]},
            )
        except jwt.PyJWTError:
            raise Refused(refusal) from None
        return claims


class TenantKeys:
    """The keys that Entra publishes for one tenant, cached for an hour; an unknown `kid` asks again, at most twice a
    minute. A key that says it signs for another issuer is left out.
    """

    def __init__(self, authority: str, web: Web, clock: Clock) -> None:
        self.issuer = f"{authority}/v2.0"
        self._tenant = authority.rpartition("/")[2]
        self._url = f"{authority}/discovery/v2.0/keys"
        self._web = web
        self._clock = clock
        self._keys: dict[str, PyJWK] = {}
        self._fetched: datetime | None = None

    async def key(self, kid: str) -> "PyJWK | None":
        """The key of this name, or None. Raises `Unavailable`."""
        now = self._clock()
        age = now - self._fetched if self._fetched else None
        if kid in self._keys and age is not None and age < KEYS_CACHED_FOR:
            return self._keys[kid]
        if age is None or age > KEYS_ASKED_AT_MOST_EVERY:
            await self._fetch(now)
        return self._keys.get(kid)

    async def _fetch(self, now: datetime) -> None:
        import jwt

        try:
            answer = await self._web.send("GET", self._url)
            published = answer.body.get("keys") if isinstance(answer.body, dict) else None
            if answer.status != 200 or not isinstance(published, list):
                raise Unavailable
            ours = [jwk for jwk in published if isinstance(jwk, dict) and self._signs_for_us(jwk)]
            self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict({"keys": ours}).keys if key.key_id}
        except (UpstreamError, jwt.PyJWTError):
            raise Unavailable from None
        self._fetched = now

    def _signs_for_us(self, jwk: Mapping[str, Any]) -> bool:
        # Entra's sets name an issuer in each key, some as a template for all tenants.
        issuer = str(jwk.get("issuer", self.issuer))
        return issuer.replace("{tenantid}", self._tenant) == self.issuer


class MicrosoftSignIn:
    """Authorization code with PKCE as a confidential client, no refresh token, nothing kept but who it was.

    `msal` is synchronous and runs in a thread. https://learn.microsoft.com/entra/msal/python/
    """

    def __init__(self, settings: Settings, assertion: Callable[[], str]) -> None:
        self._settings = settings
        self._assertion = assertion
        self._apps: dict[str, Any] = {}

    @property
    def redirect_uri(self) -> str:
        return f"{self._settings.public_url}/api/signin/callback"

    async def begin(self, tenant: str) -> dict[str, Any]:
        """A flow at the tenant to seal into the browser's cookie; its `auth_uri` is where to send the browser.

        `select_account`: a workstation is shared, and what is linked now is linked for good.
        """

        def start() -> dict[str, Any]:
            flow: dict[str, Any] = self._app(tenant).initiate_auth_code_flow(
                scopes=[], redirect_uri=self.redirect_uri, prompt="select_account"
            )
            return flow

        return await asyncio.to_thread(start)

    async def finish(self, tenant: str, flow: dict[str, Any], query: Mapping[str, str]) -> str:
        """Object id of who signed in at the tenant. Raises `Refused`: `signin.failed`, `signin.wrong_tenant`."""

        def end() -> dict[str, Any]:
            result: dict[str, Any] = self._app(tenant).acquire_token_by_auth_code_flow(flow, dict(query))
            return result

        try:
            result = await asyncio.to_thread(end)
        except ValueError:
            raise Refused("signin.failed") from None
        claims = result.get("id_token_claims") or {}
        if "error" in result or not claims.get("oid") or not claims.get("tid"):
            raise Refused("signin.failed")
        if claims["tid"] != tenant:
            raise Refused("signin.wrong_tenant")
        return str(claims["oid"])

    def _app(self, tenant: str) -> Any:
        import msal

        if tenant not in self._settings.tenants:
            raise Refused("signin.wrong_tenant")
        host = self._settings.entra_authority_host
        if tenant not in self._apps:
            self._apps[tenant] = msal.ConfidentialClientApplication(
                self._settings.entra_client_id,
                authority=f"{host}/{tenant}",
                client_credential={"client_assertion": self._assertion},
                instance_discovery=host == "https://login.microsoftonline.com",
                exclude_scopes=["offline_access"],
            )
        return self._apps[tenant]
