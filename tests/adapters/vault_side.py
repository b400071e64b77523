"""The stack's vault with the identity of the deployment, as its hooks and the seed have it."""

import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from azure.core.credentials import AccessToken
from azure.keyvault.keys.aio import KeyClient

from local.config import StackConfig
from local.settings import environment

RESOURCE = "https://vault.azure.net"


class ManagedIdentity:
    """App Service's endpoint for tokens of a managed identity, version 2019-08-01."""

    def __init__(self, config: StackConfig) -> None:
        self._where = environment(config)
        self._trust = ssl.create_default_context(cafile=str(config.bundle))

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        """A token for the vault."""
        async with httpx.AsyncClient(verify=self._trust) as http:
            answer = await http.get(
                self._where["IDENTITY_ENDPOINT"],
                params={
                    "resource": RESOURCE,
                    "api-version": "2019-08-01",
                    "client_id": self._where["MANAGED_IDENTITY_CLIENT_ID"],
                },
                headers={"X-IDENTITY-HEADER": self._where["IDENTITY_HEADER"]},
            )
        answer.raise_for_status()
        return AccessToken(answer.json()["access_token"], int(time.time()) + 600)

    async def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> "ManagedIdentity":
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""


@asynccontextmanager
async def vault_keys(config: StackConfig) -> AsyncIterator[KeyClient]:
    """The vault's keys."""
    options: dict[str, Any] = {"verify_challenge_resource": False, "connection_verify": str(config.bundle)}
    async with KeyClient(config.vault, ManagedIdentity(config), **options) as client:
        yield client
