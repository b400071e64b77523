"""Keys, judged by the Azure SDK, by PyJWT and by `cryptography`, which verify what the vault signs."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.keyvault.keys import JsonWebKey, KeyClient, KeyOperation, KeyVaultKey
from azure.keyvault.keys.aio import KeyClient as AioKeyClient
from azure.keyvault.keys.crypto import (
    CryptographyClient,
    EncryptionAlgorithm,
    KeyWrapAlgorithm,
    SignatureAlgorithm,
)
from azure.keyvault.keys.crypto.aio import CryptographyClient as AioCryptographyClient
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from tests.local.azure_side import AioCredential, Credential, TinyEntra

MESSAGE = b"one visit, one signature"
HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


def crypto(key: KeyVaultKey, entra: TinyEntra, options: dict[str, Any]) -> CryptographyClient:
    """A client that uses the key where it lies."""
    rest = {name: value for name, value in options.items() if name != "vault_url"}
    return CryptographyClient(key, Credential(entra), **rest)


def public_rsa(key: KeyVaultKey) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(int.from_bytes(key.key.e), int.from_bytes(key.key.n)).public_key()  # type: ignore[attr-defined]


def public_ec(key: KeyVaultKey, curve: ec.EllipticCurve) -> ec.EllipticCurvePublicKey:
    x, y = int.from_bytes(key.key.x), int.from_bytes(key.key.y)  # type: ignore[attr-defined]
    return ec.EllipticCurvePublicNumbers(x, y, curve).public_key()


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
async def test_an_rsa_signature_of_the_vault_verifies_with_the_public_key_it_shows(
    keys: KeyClient, entra: TinyEntra, options: dict[str, Any], algorithm: str
) -> None:
    of = HASHES[algorithm[2:]]
    digest = hashlib.new(f"sha{algorithm[2:]}", MESSAGE).digest()

    def play() -> None:
        key = keys.create_rsa_key(f"rsa-{algorithm}", size=2048)
        with crypto(key, entra, options) as client:
            signature = client.sign(SignatureAlgorithm(algorithm), digest).signature
        pad = padding.PKCS1v15() if algorithm.startswith("R") else padding.PSS(padding.MGF1(of), of.digest_size)
        public_rsa(key).verify(signature, MESSAGE, pad, of)

    await asyncio.to_thread(play)


@pytest.mark.parametrize(
    ("algorithm", "curve"),
    [("ES256", ec.SECP256R1()), ("ES384", ec.SECP384R1()), ("ES512", ec.SECP521R1())],
)
async def test_an_elliptic_signature_of_the_vault_verifies_with_the_public_key_it_shows(
    keys: KeyClient, entra: TinyEntra, options: dict[str, Any], algorithm: str, curve: ec.EllipticCurve
) -> None:
    digest = hashlib.new(f"sha{algorithm[2:]}", MESSAGE).digest()

    def play() -> None:
        key = keys.create_ec_key(f"ec-{algorithm}", curve=f"P-{curve.key_size}")
        with crypto(key, entra, options) as client:
            signature = client.sign(SignatureAlgorithm(algorithm), digest).signature
        half = (curve.key_size + 7) // 8
        assert len(signature) == 2 * half
        der = utils.encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
        public_ec(key, curve).verify(der, MESSAGE, ec.ECDSA(HASHES[algorithm[2:]]))

    await asyncio.to_thread(play)


async def test_pyjwt_signs_with_a_key_that_never_leaves_the_vault(
    keys: KeyClient, entra: TinyEntra, options: dict[str, Any]
) -> None:
    def play() -> None:
        key = keys.create_rsa_key("jwt-signing", size=2048)
        with crypto(key, entra, options) as client:
            private: Any = client.create_rsa_private_key()
            token = jwt.encode({"sub": "app"}, private, algorithm="RS384", headers={"kid": "k"})
        assert jwt.decode(token, public_rsa(key), algorithms=["RS384"]) == {"sub": "app"}

    await asyncio.to_thread(play)


@pytest.mark.parametrize("algorithm", list(map(EncryptionAlgorithm, ("RSA-OAEP", "RSA-OAEP-256", "RSA1_5"))))
async def test_what_is_encrypted_with_the_public_key_is_decrypted_by_the_vault(
    keys: KeyClient, entra: TinyEntra, options: dict[str, Any], algorithm: EncryptionAlgorithm
) -> None:
    def play() -> None:
        key = keys.create_rsa_key(f"sealing-{algorithm.value.replace('_', '-')}", size=2048)
        with crypto(key, entra, options) as client:
            sealed = client.encrypt(algorithm, MESSAGE)
            assert client.decrypt(algorithm, sealed.ciphertext).plaintext == MESSAGE
            wrapped = client.wrap_key(KeyWrapAlgorithm(algorithm.value), b"k" * 32)
            assert client.unwrap_key(KeyWrapAlgorithm(algorithm.value), wrapped.encrypted_key).key == b"k" * 32
            with pytest.raises(HttpResponseError) as refused:
                client.decrypt(algorithm, b"x" * 255)
            assert refused.value.status_code == 400

    await asyncio.to_thread(play)


async def test_versions_are_listed_and_the_old_one_still_signs(
    keys: KeyClient, entra: TinyEntra, options: dict[str, Any]
) -> None:
    def play() -> None:
        old = keys.create_ec_key("rotated")
        new = keys.create_ec_key("rotated")
        assert keys.get_key("rotated").id == new.id
        versions = {each.version for each in keys.list_properties_of_key_versions("rotated")}
        assert versions == {old.properties.version, new.properties.version}
        digest = hashlib.sha256(MESSAGE).digest()
        with crypto(old, entra, options) as client:
            assert client.sign(SignatureAlgorithm.es256, digest).key_id == old.id

    await asyncio.to_thread(play)


async def test_an_imported_key_is_the_same_key(keys: KeyClient, entra: TinyEntra, options: dict[str, Any]) -> None:
    mine = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    numbers = mine.private_numbers()
    parts = {"n": numbers.public_numbers.n, "e": numbers.public_numbers.e, "d": numbers.d, "p": numbers.p}
    parts |= {"q": numbers.q, "dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
    octets = {name: number.to_bytes((number.bit_length() + 7) // 8) for name, number in parts.items()}

    def play() -> None:
        key = keys.import_key("imported", JsonWebKey(kty="RSA", **octets))
        assert "d" not in vars(key.key) or key.key.d is None  # type: ignore[attr-defined]
        with crypto(key, entra, options) as client:
            digest = hashlib.sha384(MESSAGE).digest()
            signature = client.sign(SignatureAlgorithm.rs384, digest).signature
        mine.public_key().verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA384())
        with pytest.raises(HttpResponseError) as refused:
            keys.import_key("damaged", JsonWebKey(kty="RSA", **{**octets, "d": octets["d"][:-1] + b"\0"}))
        assert refused.value.status_code == 400

    await asyncio.to_thread(play)


async def test_a_key_does_only_what_it_is_for(keys: KeyClient, entra: TinyEntra, options: dict[str, Any]) -> None:
    digest = hashlib.sha256(MESSAGE).digest()
    yesterday = datetime.now(UTC) - timedelta(days=1)

    def refused(key: KeyVaultKey, algorithm: SignatureAlgorithm, digest: bytes) -> tuple[int | None, str | None]:
        """How the vault itself answers: the SDK, asked with the key's id alone, cannot refuse on its own."""
        rest = {name: value for name, value in options.items() if name != "vault_url"}
        with CryptographyClient(key.id, Credential(entra), **rest) as client:
            client._initialized = True
            with pytest.raises(HttpResponseError) as why:
                client.sign(algorithm, digest)
        return why.value.status_code, why.value.error.code if why.value.error else None

    def play() -> None:
        key = keys.create_rsa_key("verify-only", size=2048, key_operations=[KeyOperation.verify])
        assert refused(key, SignatureAlgorithm.rs256, digest) == (403, "Forbidden")
        key = keys.create_rsa_key("all", size=2048)
        assert refused(key, SignatureAlgorithm.es256, digest) == (400, "BadParameter")
        assert refused(key, SignatureAlgorithm.rs256, digest[:-1]) == (400, "BadParameter")
        keys.update_key_properties("all", enabled=False)
        assert refused(key, SignatureAlgorithm.rs256, digest) == (403, "Forbidden")
        key = keys.create_ec_key("old", expires_on=yesterday)
        assert refused(key, SignatureAlgorithm.es256, digest) == (403, "Forbidden")
        key = keys.create_ec_key("curve", curve="P-384")
        assert refused(key, SignatureAlgorithm.es256, digest) == (400, "BadParameter")

    await asyncio.to_thread(play)


@pytest.mark.parametrize("size", [1024, 2049])
async def test_weak_and_odd_rsa_sizes_are_refused(keys: KeyClient, size: int) -> None:
    def play() -> None:
        with pytest.raises(HttpResponseError) as refused:
            keys.create_rsa_key("odd", size=size)
        assert refused.value.status_code == 400

    await asyncio.to_thread(play)


async def test_a_deleted_key_keeps_its_name_until_it_is_recovered_or_purged(keys: KeyClient) -> None:
    def play() -> None:
        made = keys.create_ec_key("short-lived")
        keys.begin_delete_key("short-lived").wait()
        with pytest.raises(ResourceNotFoundError):
            keys.get_key("short-lived")
        with pytest.raises(ResourceExistsError):
            keys.create_ec_key("short-lived")
        assert [each.name for each in keys.list_deleted_keys()] == ["short-lived"]
        assert keys.begin_recover_deleted_key("short-lived").result().id == made.id
        keys.begin_delete_key("short-lived").wait()
        keys.purge_deleted_key("short-lived")
        assert keys.create_ec_key("short-lived").id != made.id

    await asyncio.to_thread(play)


async def test_the_asynchronous_clients_sign_too(entra: TinyEntra, options: dict[str, Any]) -> None:
    rest = {name: value for name, value in options.items() if name != "vault_url"}
    async with AioKeyClient(credential=AioCredential(entra), **options) as client:
        key = await client.create_ec_key("aio-signing", curve="P-384")
        async with AioCryptographyClient(key, AioCredential(entra), **rest) as user:
            digest = hashlib.sha384(MESSAGE).digest()
            signature = (await user.sign(SignatureAlgorithm.es384, digest)).signature
            assert (await user.verify(SignatureAlgorithm.es384, digest, signature)).is_valid
        names = [each.name async for each in client.list_properties_of_keys()]
    assert "aio-signing" in names
