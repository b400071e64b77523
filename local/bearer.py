"""Checks the Entra-issued bearer tokens that Azure services accept: the check that the stand-ins of services share.

The signing keys come from where the real services get them, the tenant-independent key address of Entra. They are the
same for all tenants, so that only the tenant inside the token says whose it is.
"""

import asyncio
import ssl
import time
from collections.abc import Collection
from typing import Any

import httpx
import jwt

from local.config import TENANT_ID, StackConfig

# A token that names an unknown key makes us look for new keys, but not more often than this: whoever sends rubbish
# must not be able to keep Entra busy.
SECONDS_BETWEEN_KEY_LOOKUPS = 2.0


class BearerRefusedError(Exception):
    """The token is no good for this service; the text says why."""


class KeysUnavailableError(Exception):
    """Entra's keys could not be read, so nothing can be said about the token."""


class BearerCheck:
    """Verifies a token's signature, times, audience, issuer and tenant (RFC 7519; Entra's access token reference).

    `tenants`: whose tokens are taken. A resource of Azure trusts the tenant of its subscription; Graph serves them all.
    """

    def __init__(
        self, config: StackConfig, audiences: Collection[str], tenants: Collection[str] = (TENANT_ID,)
    ) -> None:
        self._config = config
        self._audiences = list(audiences)
        self._tenants = tenants
        self._keys_url = f"{config.entra}/common/discovery/v2.0/keys"
        self._bundle = config.bundle
        self._keys: dict[str, jwt.PyJWK] = {}
        self._looked_up_at = -SECONDS_BETWEEN_KEY_LOOKUPS
        self._lookup = asyncio.Lock()

    async def verify(self, token: str) -> dict[str, Any]:
        """The claims of a good token. Raises BearerRefusedError, or KeysUnavailableError when Entra does not answer."""
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            tenant = str(jwt.decode(token, options={"verify_signature": False}).get("tid"))
        except jwt.InvalidTokenError as error:
            raise BearerRefusedError("the token cannot be read") from error
        if not isinstance(key_id, str):
            raise BearerRefusedError("the token names no key")
        if tenant not in self._tenants:
            raise BearerRefusedError("the token is of another tenant")
        key = await self._key(key_id)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],  # the only one Entra signs access tokens with
                audience=self._audiences,
                # v2 tokens are issued by the authority, v1 tokens (what most Azure resources ask for) by the token service.
                issuer=[f"{self._config.authority_of(tenant)}/v2.0", f"https://sts.windows.net/{tenant}/"],
                leeway=300,  # seconds; Azure services allow five minutes of clock skew
                options={"require": ["exp", "iat", "aud", "iss"]},
            )
        except jwt.InvalidTokenError as error:
            raise BearerRefusedError(str(error)) from error
        return claims

    async def _key(self, key_id: str) -> jwt.PyJWK:
        async with self._lookup:
            if key_id not in self._keys and time.monotonic() - self._looked_up_at >= SECONDS_BETWEEN_KEY_LOOKUPS:
                self._keys = await self._read_keys()
                self._looked_up_at = time.monotonic()
        if key_id not in self._keys:
            raise BearerRefusedError("the token is signed with a key that Entra does not publish")
        return self._keys[key_id]

    async def _read_keys(self) -> dict[str, jwt.PyJWK]:
        trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(self._bundle))
        try:
            async with httpx.AsyncClient(verify=trust, timeout=5) as client:
                answer = await client.get(self._keys_url)
                answer.raise_for_status()
                keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (httpx.HTTPError, ValueError, jwt.PyJWKSetError) as error:
            raise KeysUnavailableError(f"{self._keys_url}: {error}") from error
        return {key.key_id: key for key in keys if key.key_id}
