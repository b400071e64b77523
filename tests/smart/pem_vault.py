"""A vault of keys in PEM, for the product's own signer: what signs and what is published is the product's code."""

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.adapters.vault import KeyVersion, Vault
from shared.keys.signing import ALGORITHMS

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class PemVault(Vault):
    """One key for each algorithm, in every environment."""

    def __init__(self, pems: dict[str, str]) -> None:
        self._private: dict[str, Any] = {
            algorithm: load_pem_private_key(pem.encode(), password=None) for algorithm, pem in pems.items()
        }

    async def versions(self, name: str) -> list[KeyVersion]:
        """The key whose name ends in its algorithm."""
        algorithm = name.rpartition("-")[2].upper()
        numbers = self._private[algorithm].public_key().public_numbers()
        members = {"x": 48, "y": 48} if algorithm == "ES384" else {"n": numbers.n.bit_length() // 8, "e": 3}
        public = {each: getattr(numbers, each).to_bytes(size) for each, size in members.items()}
        return [KeyVersion(algorithm, LONG_AGO, public)]

    async def sign(self, key_id: str, algorithm: str, digest: bytes) -> bytes:
        """As Key Vault signs: a digest, ECDSA as r || s."""
        private, hashed = self._private[key_id], utils.Prehashed(hashes.SHA384())
        if algorithm == "RS384":
            return bytes(private.sign(digest, padding.PKCS1v15(), hashed))
        r, s = utils.decode_dss_signature(private.sign(digest, ec.ECDSA(hashed)))
        return r.to_bytes(48) + s.to_bytes(48)


def fresh() -> dict[str, str]:
    """A new key for each algorithm."""
    made: dict[str, Any] = {
        "ES384": ec.generate_private_key(ec.SECP384R1()),
        "RS384": rsa.generate_private_key(65537, 2048),
    }
    assert set(made) == set(ALGORITHMS)
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {algorithm: private.private_bytes(*form).decode() for algorithm, private in made.items()}
