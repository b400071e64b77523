"""Our keys as the EHR sees them: one pair of signing keys for each environment, used inside the vault and rotated there.

Published as JSON Web Key Sets (RFC 7517); a key's `kid` is its thumbprint (RFC 7638). Epic wants separate URLs and keys
for production and non-production, and reads Cache-Control.
"""

import json
from hashlib import sha256, sha384
from typing import Any

from shared.adapters.vault import KeyVersion, Vault
from shared.clock import Clock
from shared.keys.keyring import encode
from shared.keys.rotation import published, signing

ENVIRONMENTS = ("testing", "production")
ALGORITHMS = ("ES384", "RS384")


def key_name(environment: str, algorithm: str) -> str:
    """The vault's name of a signing key, such as `smart-testing-es384`."""
    return f"smart-{environment}-{algorithm.lower()}"


class Signer:
    """Signs JSON Web Tokens with keys that never leave the vault, and turns to new ones by itself."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def jwks(self, environment: str) -> dict[str, Any]:
        """The public keys of one environment: of each algorithm those that sign, will sign, or signed a while ago."""
        keys = []
        for algorithm in ALGORITHMS:
            versions = await self._vault.versions(key_name(environment, algorithm))
            keys += [_jwk(version, algorithm) for version in published(versions, self._clock())]
        return {"keys": keys}

    async def sign(self, environment: str, claims: dict[str, Any], *, algorithm: str = "ES384") -> str:
        """A signed JWT (RFC 7519) with `typ`, `alg` and `kid` in its header. Raises `Unavailable` without a key."""
        key = signing(await self._vault.versions(key_name(environment, algorithm)), self._clock())
        header = {"alg": algorithm, "kid": _jwk(key, algorithm)["kid"], "typ": "JWT"}
        unsigned = f"{_part(header)}.{_part(claims)}"
        signature = await self._vault.sign(key.id, algorithm, sha384(unsigned.encode()).digest())
        return f"{unsigned}.{encode(signature)}"


def _jwk(version: KeyVersion, algorithm: str) -> dict[str, Any]:
    key = version.public
    if algorithm == "ES384":
        members = {"crv": "P-384", "kty": "EC", "x": encode(key["x"]), "y": encode(key["y"])}
    else:
        members = {"e": encode(key["e"]), "kty": "RSA", "n": encode(key["n"])}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    thumbprint = encode(sha256(canonical.encode()).digest())
    return members | {"kid": thumbprint, "use": "sig", "alg": algorithm, "key_ops": ["verify"]}


def _part(value: dict[str, Any]) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())
