"""The key that signs id_tokens, and where it is published.

Epic's key ids are the base64 of a SHA-256 with `+`, `/` and `=` in them: a client that puts one into a path or a file
name breaks. Ours always have all three.
"""

import base64
import hashlib
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from local.epic.answers import Json


class SigningKeys:
    """Signs with the newest key; publishes the older ones too, as tokens signed by them are still about."""

    def __init__(self) -> None:
        self._keys: list[tuple[str, rsa.RSAPrivateKey]] = []
        self.rotate()

    def rotate(self) -> str:
        """Makes a new key and gives its id."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._keys.append((_key_id(key.public_key()), key))
        return self._keys[-1][0]

    def sign(self, claims: Json) -> str:
        """The claims as a compact JWS, RS256: the only algorithm of Epic's id_tokens."""
        kid, key = self._keys[-1]
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})

    def published(self) -> Json:
        """The JWK set, RFC 7517."""
        return {"keys": [_public(kid, key) for kid, key in self._keys]}


def _public(kid: str, key: rsa.RSAPrivateKey) -> Json:
    jwk: dict[str, Any] = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": jwk["kty"], "n": jwk["n"], "e": jwk["e"], "kid": kid, "use": "sig", "alg": "RS256"}


def _key_id(key: rsa.RSAPublicKey) -> str:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    salt = 0
    while True:
        kid = base64.b64encode(hashlib.sha256(der + salt.to_bytes(4)).digest()).decode()
        if {"+", "/", "="} <= set(kid):
            return kid
        salt += 1
