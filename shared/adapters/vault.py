"""Azure Key Vault: secrets read and written, keys used without ever leaving it.

A private key signs and decrypts inside the vault. Public halves and secrets are cached for ten minutes, so that a
warm instance answers from memory and a rotated value is seen soon.
https://learn.microsoft.com/azure/key-vault/general/overview-throttling
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.clock import Clock
from shared.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from azure.keyvault.keys import KeyVaultKey
    from azure.keyvault.keys.aio import KeyClient
    from azure.keyvault.keys.crypto.aio import CryptographyClient
    from azure.keyvault.secrets.aio import SecretClient

log = logging.getLogger(__name__)

CACHE_FOR = timedelta(minutes=10)
LOOK_AGAIN = timedelta(seconds=30)
"""How old a list of versions may be before it is read again, beside the answer that it is used for."""


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """One version of a key. `id` is the vault's URL of it, `public` its public half with numbers as big-endian bytes;
    `starts` and `ends` are its activation and expiry dates. Instants are UTC.
    """

    id: str
    made: datetime
    public: Mapping[str, Any]
    enabled: bool = True
    starts: datetime | None = None
    ends: datetime | None = None


class Vault:
    """The stamp's vault. Raises azure-core's errors: an outage here is never the caller's fault."""

    def __init__(self, settings: Settings, credential: "AsyncTokenCredential", clock: Clock) -> None:
        self._url = settings.vault_url
        self._credential = credential
        self._clock = clock
        # On loopback the vault's host cannot end in the resource's domain, which the client checks by default.
        local = urlsplit(self._url).hostname in ("localhost", "127.0.0.1")
        self._options: dict[str, Any] = {"verify_challenge_resource": not (settings.allow_loopback and local)}
        self._cache: dict[str, tuple[datetime, Any]] = {}
        self._signers: dict[str, CryptographyClient] = {}
        self._public: dict[str, Mapping[str, Any]] = {}
        self._versions: dict[str, tuple[datetime, list[KeyVersion]]] = {}
        self._looking: dict[str, asyncio.Task[list[KeyVersion]]] = {}

    @cached_property
    def _secrets(self) -> "SecretClient":
        from azure.keyvault.secrets.aio import SecretClient

        return SecretClient(self._url, self._credential, **self._options)

    @cached_property
    def _keys(self) -> "KeyClient":
        from azure.keyvault.keys.aio import KeyClient

        return KeyClient(self._url, self._credential, **self._options)

    def forget(self, name: str) -> None:
        """Drops what is cached of a name: the next read asks the vault."""
        self._cache.pop("secret " + name, None)
        self._cache.pop("key " + name, None)

    async def secret(self, name: str) -> str | None:
        """A secret's current value, or None if there is no such secret."""
        from azure.core.exceptions import ResourceNotFoundError

        known = self._cached("secret " + name)
        if known is not None:
            return str(known)
        try:
            value = (await self._secrets.get_secret(name)).value
        except ResourceNotFoundError:
            return None
        self._cache["secret " + name] = (self._clock() + CACHE_FOR, value)
        return value

    async def set_secret(self, name: str, value: str, content_type: str) -> None:
        """Writes a new version of a secret; one that was deleted is recovered first, for its name is still taken."""
        from azure.core.exceptions import ResourceExistsError

        try:
            await self._secrets.set_secret(name, value, content_type=content_type)
        except ResourceExistsError:
            await self._secrets.recover_deleted_secret(name)
            await self._secrets.set_secret(name, value, content_type=content_type)
        self.forget(name)

    async def delete_secret(self, name: str) -> None:
        """Deletes a secret; the vault keeps it recoverable for its own retention."""
        from azure.core.exceptions import ResourceNotFoundError

        self.forget(name)
        try:
            await self._secrets.delete_secret(name)
        except ResourceNotFoundError:
            return

    async def key(self, name: str) -> "KeyVaultKey":
        """The public half and version of a key. Raises ResourceNotFoundError if deployment did not make it."""
        known: KeyVaultKey | None = self._cached("key " + name)
        if known is None:
            known = await self._keys.get_key(name)
            self._cache["key " + name] = (self._clock() + CACHE_FOR, known)
        return known

    async def versions(self, name: str) -> list[KeyVersion]:
        """All versions of a key. What was read in the last ten minutes is answered at once, and read again beside that
        if it is older than LOOK_AGAIN. Empty if deployment did not make the key.
        """
        read, known = self._versions.get(name, (None, []))
        age = self._clock() - read if read else CACHE_FOR
        if age >= LOOK_AGAIN and name not in self._looking:
            look = self._looking[name] = asyncio.get_running_loop().create_task(self._look(name))
            look.add_done_callback(lambda done: self._looked(name, done))
        return known if age < CACHE_FOR else await asyncio.shield(self._looking[name])

    def _looked(self, name: str, done: "asyncio.Task[list[KeyVersion]]") -> None:
        self._looking.pop(name, None)
        if not done.cancelled() and done.exception() is not None:
            log.warning("the versions of a key could not be read: %s", type(done.exception()).__name__)

    async def _look(self, name: str) -> list[KeyVersion]:
        found = []
        async for each in self._keys.list_properties_of_key_versions(name):
            key_id = str(each.id)
            if key_id not in self._public and each.enabled:
                # The SDK's class has its members from a dictionary, which no type checker sees.
                key: Any = (await self._keys.get_key(name, each.version)).key
                self._public[key_id] = {member: getattr(key, member, None) for member in ("x", "y", "n", "e")}
            made = each.created_on or datetime.min.replace(tzinfo=UTC)
            public = self._public.get(key_id, {})
            found.append(KeyVersion(key_id, made, public, bool(each.enabled), each.not_before, each.expires_on))
        self._versions[name] = (self._clock(), found)
        return found

    async def sign(self, key_id: str, algorithm: str, digest: bytes) -> bytes:
        """Signs a digest with `ES384` or `RS384` inside the vault; ECDSA as r || s, as JWS wants it (RFC 7518 §3.4)."""
        from azure.keyvault.keys.crypto import SignatureAlgorithm

        result = await self._crypto(key_id).sign(SignatureAlgorithm(algorithm), digest)
        return result.signature

    async def decrypt(self, key_id: str, ciphertext: bytes) -> bytes:
        """RSA-OAEP with SHA-1, what Graph's change notifications use (RFC 8017 §7.1)."""
        from azure.keyvault.keys.crypto import EncryptionAlgorithm

        result = await self._crypto(key_id).decrypt(EncryptionAlgorithm.rsa_oaep, ciphertext)
        return result.plaintext

    def _crypto(self, key_id: str) -> "CryptographyClient":
        from azure.keyvault.keys.crypto.aio import CryptographyClient

        if key_id not in self._signers:
            self._signers[key_id] = CryptographyClient(key_id, self._credential, **self._options)
        return self._signers[key_id]

    def _cached(self, name: str) -> Any:
        until, value = self._cache.get(name, (None, None))
        return value if until is not None and until > self._clock() else None

    async def close(self) -> None:
        """Closes the clients' connections, those that were used."""
        for client in [self.__dict__.get("_secrets"), self.__dict__.get("_keys"), *self._signers.values()]:
            if client is not None:
                await client.close()
