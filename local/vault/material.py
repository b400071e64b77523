"""Key material: made, imported from a JSON Web Key, shown as its public part, written as PEM. RFC 7517, RFC 7518."""

import base64
import binascii
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from local.vault.answers import bad_parameter

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

RSA_SIZES = (2048, 3072, 4096)
CURVES: dict[str, type[ec.EllipticCurve]] = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}
KEY_TYPES = ("RSA", "RSA-HSM", "EC", "EC-HSM")


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: Any, what: str) -> bytes:
    """The bytes of a base64url value. Raises VaultError naming `what` when it is none."""
    if not isinstance(text, str) or not text:
        raise bad_parameter(f"{what} is required")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise bad_parameter(f"{what} is not base64url") from error


def generate(kty: Any, size: Any, curve: Any) -> PrivateKey:
    """A new private key; takes seconds for the largest RSA. Raises VaultError for what the vault does not make."""
    if kty not in KEY_TYPES:
        raise bad_parameter(f"Key type {kty} is not supported")
    if kty.startswith("RSA"):
        size = 2048 if size is None else size
        if size not in RSA_SIZES:
            raise bad_parameter(f"RSA key size must be one of {RSA_SIZES}")
        return rsa.generate_private_key(public_exponent=65537, key_size=size)
    return ec.generate_private_key(_curve(curve or "P-256"))


def from_jwk(jwk: dict[str, Any]) -> PrivateKey:
    """The private key of a complete JSON Web Key. Raises VaultError for public, damaged or unsuitable ones."""

    def number(name: str) -> int:
        return int.from_bytes(decode(jwk.get(name), f"key.{name}"), "big")

    kty = jwk.get("kty")
    if kty not in KEY_TYPES:
        raise bad_parameter(f"Key type {kty} is not supported")
    try:
        if kty.startswith("RSA"):
            public = rsa.RSAPublicNumbers(number("e"), number("n"))
            p, q, d, dp, dq, qi = (number(name) for name in ("p", "q", "d", "dp", "dq", "qi"))
            key: PrivateKey = rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, public).private_key()
        else:
            point = ec.EllipticCurvePublicNumbers(number("x"), number("y"), _curve(jwk.get("crv")))
            key = ec.EllipticCurvePrivateNumbers(number("d"), point).private_key()
    except ValueError as error:
        raise bad_parameter(f"The key is not a valid {kty} key: {error}") from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size not in RSA_SIZES:
        raise bad_parameter(f"RSA key size must be one of {RSA_SIZES}")
    return key


def public_jwk(key: PrivateKey) -> dict[str, str]:
    """The public members of the key's JSON Web Key, without `kty`."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return {"n": _minimal(numbers.n), "e": _minimal(numbers.e)}
    size = (key.key_size + 7) // 8
    point = key.public_key().public_numbers()
    return {"crv": curve_name(key), "x": encode(point.x.to_bytes(size)), "y": encode(point.y.to_bytes(size))}


def curve_name(key: ec.EllipticCurvePrivateKey) -> str:
    """The key's curve by its JOSE name."""
    return next(name for name, curve in CURVES.items() if isinstance(key.curve, curve))


def to_pem(key: PrivateKey) -> str:
    """PKCS #8, unencrypted: this vault keeps the keys of one demo on one machine."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def from_pem(pem: str) -> PrivateKey:
    """The key that `to_pem` wrote."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError(f"the vault keeps no {type(key).__name__}")
    return key


def _curve(name: Any) -> ec.EllipticCurve:
    if name not in CURVES:
        raise bad_parameter(f"Curve {name} is not supported")
    return CURVES[name]()


def _minimal(number: int) -> str:
    return encode(number.to_bytes((number.bit_length() + 7) // 8))
