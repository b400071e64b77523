"""The key that Graph encrypts to: rotated with an overlap, opened in the vault, and nothing forged is opened."""

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from hmac import digest
from secrets import token_bytes
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import padding as blocks
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared.adapters.vault import Vault
from shared.errors import Refused
from shared.rooms.envelope import KEY_NAME, Envelope, EnvelopeCertificate
from tests.builders import StillClock

EVENT = {"eventType": "rosterUpdated"}
OAEP = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303, what Graph uses
URL = f"https://vault.example/keys/{KEY_NAME}/"


class KeyVault(Vault):
    """A vault with versions of one key, which never leave it; the last made is the current one."""

    def __init__(self) -> None:
        self.versions_made: dict[str, rsa.RSAPrivateKey] = {}
        self.decrypted: list[str] = []
        self.rotate()

    def rotate(self) -> None:
        self.versions_made[f"{len(self.versions_made) + 1:032x}"] = rsa.generate_private_key(65537, 2048)

    async def key(self, name: str) -> Any:
        assert name == KEY_NAME
        version, private = list(self.versions_made.items())[-1]
        numbers = private.public_key().public_numbers()
        jwk = SimpleNamespace(n=numbers.n.to_bytes(256), e=numbers.e.to_bytes(3))
        return SimpleNamespace(id=URL + version, key=jwk, properties=SimpleNamespace(version=version))

    async def decrypt(self, key_id: str, ciphertext: bytes) -> bytes:
        private = self.versions_made.get(key_id.removeprefix(URL))
        if private is None:
            error = HttpResponseError("no such version")
            error.status_code = 404
            raise error
        self.decrypted.append(key_id)
        return private.decrypt(ciphertext, OAEP)


def encrypted(certificate: EnvelopeCertificate, **changes: str) -> dict[str, Any]:
    """The event as Graph encrypts it to a subscription's certificate."""
    public = x509.load_der_x509_certificate(b64decode(certificate.der_base64)).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    key = token_bytes(32)
    padder = blocks.PKCS7(128).padder()
    padded = padder.update(json.dumps(EVENT).encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    data = encryptor.update(padded) + encryptor.finalize()
    return {
        "data": b64encode(data).decode(),
        "dataKey": b64encode(public.encrypt(key, OAEP)).decode(),
        "dataSignature": b64encode(digest(key, data, sha256)).decode(),
        "encryptionCertificateId": certificate.key_id,
    } | changes


async def test_what_was_encrypted_to_the_old_certificate_opens_while_the_new_one_signs_up() -> None:
    vault = KeyVault()
    envelope = Envelope(vault, StillClock())
    old = await envelope.certificate()
    on_its_way = encrypted(old)
    vault.rotate()
    new = await envelope.certificate()
    assert new.key_id != old.key_id, "new subscriptions must get the new certificate"
    assert new.der_base64 != old.der_base64
    for content in (on_its_way, encrypted(new), encrypted(old)):
        assert await envelope.open(content) == EVENT
    assert vault.decrypted == [URL + old.key_id, URL + new.key_id, URL + old.key_id]


async def test_an_instance_that_never_saw_the_old_certificate_opens_it_too() -> None:
    vault = KeyVault()
    old = await Envelope(vault, StillClock()).certificate()
    vault.rotate()
    assert await Envelope(vault, StillClock()).open(encrypted(old)) == EVENT


@pytest.mark.parametrize(
    "changes",
    [
        {"dataSignature": b64encode(b"x" * 32).decode()},
        {"data": b64encode(b"x" * 32).decode()},
        {"encryptionCertificateId": "f" * 32},
        {"encryptionCertificateId": "../../secrets/data-keys"},
        {"data": "not base64!"},
    ],
    ids=str,
)
async def test_what_is_forged_or_of_a_key_that_never_was_is_refused(changes: dict[str, str]) -> None:
    envelope = Envelope(KeyVault(), StillClock())
    with pytest.raises(Refused, match=r"graph\.not_authentic"):
        await envelope.open(encrypted(await envelope.certificate(), **changes))
