"""What the stand-in sends: the handshake with a notification address, notifications, and the asking for signatures.

https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

import asyncio
import ssl
import uuid
from typing import Any

import httpx

from local.config import StackConfig
from local.graph.answers import GraphError, Json

HANDSHAKE_SECONDS = 10.0


class Outgoing:
    """One HTTP client, made when it is first needed."""

    def __init__(self, config: StackConfig) -> None:
        self._config = config
        self._client: httpx.AsyncClient | None = None

    async def client(self) -> httpx.AsyncClient:
        """The client, which trusts this run's authority."""
        if not self._client:
            trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(self._config.bundle))
            # No proxy of the environment: everything we call is on this machine.
            self._client = self._client or httpx.AsyncClient(verify=trust, trust_env=False)
        return self._client

    async def close(self) -> None:
        """Closes what is open."""
        if self._client:
            await self._client.aclose()

    async def handshake(self, url: str) -> None:
        """Asks whether whoever owns `url` wants notifications. Raises GraphError unless it repeats our token.

        The token holds what a careless echo gets wrong: blanks, a plus, signs that HTML or a second decoding change.
        """
        token = f"Validation: are you there? <{uuid.uuid4()}> & 100%25 + 1"
        address = httpx.URL(url).copy_merge_params({"validationToken": token})
        try:
            client = await self.client()
            answer = await client.post(
                address, headers={"content-type": "text/plain; charset=utf-8"}, timeout=HANDSHAKE_SECONDS
            )
        except httpx.HTTPError as error:
            raise _invalid(url, f"it did not answer: {type(error).__name__}") from error
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if answer.status_code != 200:
            raise _invalid(url, f"it answered {answer.status_code}, not 200")
        if kind != "text/plain":
            raise _invalid(url, f"it answered with {kind or 'no content type'}, not text/plain")
        if answer.text != token:
            raise _invalid(url, "its answer is not the decoded validationToken")

    async def notify(self, url: str, body: Json, seconds: float) -> int:
        """Posts a notification; the status of the answer. Raises httpx.HTTPError when there is none in time."""
        client = await self.client()
        return (await client.post(url, json=body, timeout=seconds)).status_code

    async def sign(self, claims: Json) -> str:
        """A token of the tenant with these claims, from Entra's stand-in. Raises httpx.HTTPError when it refuses."""
        client = await self.client()
        secret = {"x-control-secret": self._config.secrets["entra_control"]}
        answer = await client.post(
            f"{self._config.entra}/control/sign", json={"claims": claims}, headers=secret, timeout=5
        )
        answer.raise_for_status()
        token: Any = answer.json()["token"]
        return str(token)


def _invalid(url: str, why: str) -> GraphError:
    return GraphError(400, "ValidationError", f"Subscription validation request failed for {url}: {why}.")
