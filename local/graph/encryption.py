"""How Graph encrypts a notification's resource data to the subscriber's certificate.

https://learn.microsoft.com/graph/change-notifications-with-resource-data
"""

import base64
import hashlib
import hmac
import json
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from local.graph.answers import Json

SYMMETRIC_KEY_BYTES = 32
BLOCK_BYTES = 16
# Documented as OAEP with SHA-1; its weakness against collisions does not matter in this use.
OAEP = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303


def seal(resource: Json, certificate: bytes, certificate_id: str) -> Json:
    """The `encryptedContent` of a notification about `resource`. `certificate` is DER with an RSA key."""
    public = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("a subscription's certificate holds an RSA key")
    key = secrets.token_bytes(SYMMETRIC_KEY_BYTES)
    padder = padding.PKCS7(BLOCK_BYTES * 8).padder()
    padded = padder.update(json.dumps(resource).encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK_BYTES])).encryptor()
    data = encryptor.update(padded) + encryptor.finalize()
    return {
        "data": _base64(data),
        "dataSignature": _base64(hmac.new(key, data, hashlib.sha256).digest()),
        "dataKey": _base64(public.encrypt(key, OAEP)),
        "encryptionCertificateId": certificate_id,
        "encryptionCertificateThumbprint": hashlib.sha1(certificate, usedforsecurity=False).hexdigest().upper(),
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
