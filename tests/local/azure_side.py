"""What the tests of Azure's stand-ins need around them: an Entra reduced to its keys, and credentials from it."""

import gc
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import jwt
from azure.core.credentials import AccessToken, AccessTokenInfo
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from local.config import IDENTITY_PRINCIPAL_ID, TENANT_ID, StackConfig
from local.standin import StandIn
from tests.local.serving import serving


class TinyEntra:
    """Signs tokens and publishes its key where Entra does. `key_lookups` counts who asked for it."""

    def __init__(self) -> None:
        self.keys = {"first": rsa.generate_private_key(public_exponent=65537, key_size=2048)}
        self.key_lookups = 0

    def stand_in(self) -> StandIn:
        """The key endpoint, to be served."""
        path = "/common/discovery/v2.0/keys"
        return StandIn("entra", Starlette(routes=[Route(path, self._publish, methods=["GET"])]))

    async def _publish(self, _: Request) -> JSONResponse:
        self.key_lookups += 1
        public = {kid: RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) for kid, key in self.keys.items()}
        return JSONResponse({"keys": [{**jwk, "kid": kid, "use": "sig"} for kid, jwk in public.items()]})

    def token(self, audience: str, kid: str = "first", key: rsa.RSAPrivateKey | None = None, **claims: Any) -> str:
        """A token as the managed identity of the app would get it, `claims` changed as told."""
        now = int(time.time())
        usual = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{TENANT_ID}/",  # as tokens for Azure's own services have it
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "tid": TENANT_ID,
            "oid": IDENTITY_PRINCIPAL_ID,
        }
        return jwt.encode(usual | claims, key or self.keys[kid], algorithm="RS256", headers={"kid": kid})


class Credential:
    """A credential of azure-core whose tokens come from TinyEntra; `scopes` notes what was asked for."""

    def __init__(self, entra: TinyEntra) -> None:
        self._entra = entra
        self.scopes: list[str] = []

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """A token for the one scope, valid for an hour."""
        self.scopes += scopes
        return AccessTokenInfo(self._entra.token(scopes[0].removesuffix("/.default")), int(time.time()) + 3600)

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        """The same in the older form."""
        info = self.get_token_info(*scopes)
        return AccessToken(info.token, info.expires_on)


class AioCredential:
    """Credential for the asynchronous clients."""

    def __init__(self, entra: TinyEntra) -> None:
        self._inner = Credential(entra)

    async def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """A token for the one scope, valid for an hour."""
        return self._inner.get_token_info(*scopes)

    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """The same in the older form."""
        return self._inner.get_token(*scopes, **kwargs)

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> "AioCredential":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


@asynccontextmanager
async def running(config: StackConfig, stand_in: StandIn) -> AsyncIterator[TinyEntra]:
    """The stand-in under test, served beside an Entra of its own."""
    entra = TinyEntra()
    # Serving takes the control address too; Entra's is another one, that of a service nobody runs here.
    beside = replace(config, ports={**config.ports, "control": config.ports["portal"]})
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(entra.stand_in(), beside))
        await stack.enter_async_context(serving(stand_in, config))
        yield entra
        # An error of the SDK keeps its answer, and that its connection, in a cycle of references. A server that is
        # told to stop waits for connections, so the cycles are cut first.
        gc.collect()
