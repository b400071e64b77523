"""Reads the public keys that a client publishes (its registered JWKS URL), and keeps them as long as it allows."""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from local.epic.answers import Json

# What Epic does when the answer does not say: https://fhir.epic.com, JKU pages.
DEFAULT_LIFETIME_SECONDS = 29 * 3600
MOST_KEYS = 100


class KeysUnreadableError(Exception):
    """The key address did not give a usable JWK set; the text says why."""


@dataclass(frozen=True)
class KeySet:
    """The keys as read, and until when they may be used without asking again."""

    keys: list[Json]
    fresh_until: float

    def matching(self, kid: str) -> list[Json]:
        """Those with this id; more than one is a mistake of the publisher."""
        return [key for key in self.keys if key.get("kid") == kid and isinstance(key.get("kty"), str)]


class KeySets:
    """The last known key set of each address."""

    def __init__(self, bundle: str, clock: Callable[[], float]) -> None:
        self._bundle, self._clock = bundle, clock
        self._known: dict[str, KeySet] = {}
        self._client: httpx.AsyncClient | None = None
        self._reading = asyncio.Lock()

    async def get(self, url: str, *, newer_than: KeySet | None = None) -> KeySet:
        """The key set of this address; never `newer_than` itself. Raises KeysUnreadableError."""
        async with self._reading:
            known = self._known.get(url)
            if known is None or known is newer_than or known.fresh_until <= self._clock():
                known = self._known[url] = await self._read(url)
            return known

    async def close(self) -> None:
        """Closes the connection."""
        if self._client:
            await self._client.aclose()

    async def _read(self, url: str) -> KeySet:
        if self._client is None:
            trust = await asyncio.to_thread(ssl.create_default_context, cafile=self._bundle)
            self._client = httpx.AsyncClient(verify=trust, timeout=5, trust_env=False, follow_redirects=False)
        try:
            answer = await self._client.get(url, headers={"Accept": "application/json"})
            document = answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError) as error:
            raise KeysUnreadableError(f"{url}: {error}") from error
        keys = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys) or len(keys) > MOST_KEYS:
            raise KeysUnreadableError(f"{url}: status {answer.status_code} and no JWK set of {MOST_KEYS} keys or less")
        return KeySet(keys, self._clock() + _lifetime_seconds(answer.headers.get("cache-control")))


def _lifetime_seconds(cache_control: str | None) -> int:
    """How long the answer may be kept, RFC 9111 §5.2.2."""
    if cache_control is None:
        return DEFAULT_LIFETIME_SECONDS
    if re.search(r"\bno-(store|cache)\b", cache_control, re.IGNORECASE):
        return 0
    found = re.search(r"\bmax-age=(\d{1,9})\b", cache_control, re.IGNORECASE)
    return int(found[1]) if found else DEFAULT_LIFETIME_SECONDS
