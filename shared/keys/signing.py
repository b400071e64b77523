"""Our keys as the EHR sees them: one pair of signing keys for each environment, used inside the vault.

Published as JSON Web Key Sets (RFC 7517); a key's `kid` is its thumbprint (RFC 7638). Epic wants separate URLs and keys
for production and non-production, and reads Cache-Control.
"""

import json
from hashlib import sha256, sha384
from typing import Any

from shared.adapters.vault import Vault
from shared.keys.keyring import encode

ENVIRONMENTS = ("testing", "production")
ALGORITHMS = ("ES384", "RS384")


def key_name(environment: str, algorithm: str) -> str:
    """The vault's name of a signing key, such as `smart-testing-es384`."""
    return f"smart-{environment}-{algorithm.lower()}"


class Signer:
    """Signs JSON Web Tokens with keys that never leave the vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def jwks(self, environment: str) -> dict[str, Any]:
        """The public keys of one environment."""
        return {"keys": [await self._jwk(environment, algorithm) for algorithm in ALGORITHMS]}

    async def sign(self, environment: str, claims: dict[str, Any], *, algorithm: str = "ES384") -> str:
        """A signed JWT (RFC 7519) with `typ`, `alg` and `kid` in its header."""
        public = await self._jwk(environment, algorithm)
        key = await self._vault.key(key_name(environment, algorithm))
        header = {"alg": algorithm, "kid": public["kid"], "typ": "JWT"}
        unsigned = f"{_part(header)}.{_part(claims)}"
        signature = await self._vault.sign(str(key.id), algorithm, sha384(unsigned.encode()).digest())
        return f"{unsigned}.{encode(signature)}"

    async def _jwk(self, environment: str, algorithm: str) -> dict[str, Any]:
        # The SDK's class has its members from a dictionary, which no type checker sees.
        key: Any = (await self._vault.key(key_name(environment, algorithm))).key
        if algorithm == "ES384":
            members = {"crv": "P-384", "kty": "EC", "x": encode(key.x), "y": encode(key.y)}
        else:
            members = {"e": encode(key.e), "kty": "RSA", "n": encode(key.n)}
        canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
        thumbprint = encode(sha256(canonical.encode()).digest())
        return members | {"kid": thumbprint, "use": "sig", "alg": algorithm, "key_ops": ["verify"]}


def _part(value: dict[str, Any]) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())
