"""Azure Key Vault: secrets read and written, keys used without ever leaving it.

A private key signs and decrypts inside the vault. Public halves and secrets are cached for ten minutes, so that a
warm instance answers from memory and a rotated value is seen soon.
https://learn.microsoft.com/azure/key-vault/general/overview-throttling
"""

from datetime import datetime, timedelta
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

CACHE_FOR = timedelta(minutes=10)


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
