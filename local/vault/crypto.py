"""Using a key where it lies: sign, verify, encrypt, decrypt, wrap, unwrap. Algorithms: RFC 7518 §3 and §4."""

import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from starlette.requests import Request
from starlette.routing import Route

from local.vault.answers import Frame, Json, VaultError, Work, bad_parameter
from local.vault.material import curve_name, decode, encode
from local.vault.store import Key, Vault

HASHES: dict[str, type[hashes.HashAlgorithm]] = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
SIGNATURES = tuple(family + bits for family in ("RS", "PS", "ES") for bits in HASHES)
CURVE_OF = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
ENCRYPTIONS: dict[str, padding.AsymmetricPadding] = {
    "RSA-OAEP": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),  # noqa: S303  RFC 7518 §4.3 says SHA-1
    "RSA-OAEP-256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    "RSA1_5": padding.PKCS1v15(),
}
# The path's last segment, and the name of the same operation in a key's key_ops.
PERMISSION = {
    "sign": "sign",
    "verify": "verify",
    "encrypt": "encrypt",
    "decrypt": "decrypt",
    "wrapkey": "wrapKey",
    "unwrapkey": "unwrapKey",
}
# What a key outside its nbf..exp window may not do any more; reading old data goes on.
FRESH_ONLY = ("sign", "encrypt", "wrapkey")


def routes(frame: Frame, vault: Vault) -> list[Route]:
    """The routes that use a key."""

    def using(operation: str) -> Work:
        async def use(request: Request, body: Json) -> Json:
            name = request.path_params["name"]
            key = vault.keys.get(name, request.path_params.get("version", ""))
            _check(key, operation)
            vault.operations[f"keys.{operation}"] += 1
            if operation == "verify":
                return {"value": _verify(key, body)}
            return {"kid": f"{vault.url}/keys/{name}/{key.id}", "value": encode(_compute(key, operation, body))}

        return use

    return [
        frame.route("POST", f"/keys/{{name}}/{version}/{operation}", using(operation))
        for operation in PERMISSION
        for version in ("{version}", "")  # an empty version, so two slashes, means the latest one
    ]


def _check(key: Key, operation: str) -> None:
    """Raises VaultError unless the key may be used so, now."""
    if PERMISSION[operation] not in key.operations:
        raise VaultError(
            403, "Forbidden", f"Operation {operation} is not permitted on this key.", "KeyOperationForbidden"
        )
    if not key.enabled:
        raise VaultError(403, "Forbidden", f"Operation {operation} is not allowed on a disabled key.", "KeyDisabled")
    now = time.time()
    if operation in FRESH_ONLY and ((key.nbf or 0) > now or (key.exp is not None and key.exp <= now)):
        text = f"Operation {operation} is not allowed on a key that is expired or not yet valid."
        raise VaultError(403, "Forbidden", text, "KeyNotYetValid" if (key.nbf or 0) > now else "KeyExpired")


def _compute(key: Key, operation: str, body: Json) -> bytes:
    data = decode(body.get("value"), "value")
    if operation == "sign":
        return _sign(key, _signature_algorithm(key, body), data)
    algorithm = body.get("alg")
    if algorithm not in ENCRYPTIONS or not isinstance(key.private, rsa.RSAPrivateKey):
        raise bad_parameter(f"Key and algorithm {algorithm} are incompatible")
    try:
        if operation in ("encrypt", "wrapkey"):
            return key.private.public_key().encrypt(data, ENCRYPTIONS[algorithm])
        return key.private.decrypt(data, ENCRYPTIONS[algorithm])
    except ValueError as error:
        raise bad_parameter(f"Operation {operation} failed: {error}") from error


def _signature_algorithm(key: Key, body: Json) -> str:
    algorithm = body.get("alg")
    if algorithm not in SIGNATURES:
        raise bad_parameter(f"Signature algorithm {algorithm} is not supported")
    private = key.private
    wrong_curve = isinstance(private, ec.EllipticCurvePrivateKey) and CURVE_OF.get(algorithm) != curve_name(private)
    if wrong_curve or (isinstance(private, rsa.RSAPrivateKey) and algorithm in CURVE_OF):
        raise bad_parameter("Key and signing algorithm are incompatible")
    return str(algorithm)


def _prehashed(algorithm: str, digest: bytes) -> tuple[utils.Prehashed, hashes.HashAlgorithm]:
    of = HASHES[algorithm[2:]]()
    if len(digest) != of.digest_size:
        raise bad_parameter(f"Invalid length of digest: {algorithm} needs {of.digest_size} bytes, not {len(digest)}")
    return utils.Prehashed(of), of


def _padding(algorithm: str, of: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    return padding.PKCS1v15() if algorithm.startswith("RS") else padding.PSS(padding.MGF1(of), of.digest_size)


def _sign(key: Key, algorithm: str, digest: bytes) -> bytes:
    prehashed, of = _prehashed(algorithm, digest)
    if isinstance(key.private, rsa.RSAPrivateKey):
        return key.private.sign(digest, _padding(algorithm, of), prehashed)
    r, s = utils.decode_dss_signature(key.private.sign(digest, ec.ECDSA(prehashed)))
    size = (key.private.key_size + 7) // 8  # JOSE wants r and s side by side, not DER: RFC 7518 §3.4
    return r.to_bytes(size) + s.to_bytes(size)


def _verify(key: Key, body: Json) -> bool:
    digest, signature = decode(body.get("digest"), "digest"), decode(body.get("value"), "value")
    algorithm = _signature_algorithm(key, body)
    prehashed, of = _prehashed(algorithm, digest)
    try:
        if isinstance(key.private, rsa.RSAPrivateKey):
            key.private.public_key().verify(signature, digest, _padding(algorithm, of), prehashed)
        else:
            half = (key.private.key_size + 7) // 8
            der = utils.encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
            key.private.public_key().verify(der, digest, ec.ECDSA(prehashed))
    except InvalidSignature:
        return False
    return True
