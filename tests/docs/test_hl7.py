"""The examples of docs/hl7.md run: the token is good for PyJWT and for our verifier, OpenSSL's signature for ours."""

import asyncio
import hashlib
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from shared.adapters.vault import Vault
from shared.clock import wall_clock
from shared.errors import Refused
from shared.messages.ack import _CONDITIONS
from shared.messages.jws import ALGORITHMS
from shared.messages.receipt import HAPPENINGS
from shared.messages.transport import MEDIA_TYPES
from shared.messages.verify import EitherVerifier
from shared.organisations.certificates import read_certificate
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from tests.docs.pages import DOCS, blocks, rows
from tests.messages import signing

PAGE = DOCS / "hl7.md"
MESSAGE = b"MSH|^~\\&|EPIC|NORTHLAKE|||20261123100000||SIU^S12|1|P|2.3\rSCH||900100001\r"
CONNECTION = "demo2amer"
URL = f"https://visits.northlake.example/api/hl7/{CONNECTION}"
Sign = Callable[[bytes, str, str, bytes, bytes], str]


@pytest.fixture(scope="module")
def pair() -> tuple[bytes, bytes]:
    """A private key and a certificate for it, PEM."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "interface engine")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="module")
def token(pair: tuple[bytes, bytes]) -> str:
    """What the page's example makes."""
    [example] = blocks(PAGE, "python")
    space: dict[str, Any] = {}
    exec(compile(example, "docs/hl7.md", "exec"), space)  # noqa: S102, our own page
    sign = cast("Sign", space["bearer_token"])
    return sign(MESSAGE, URL, CONNECTION, *pair)


def test_the_examples_token_is_accepted_with_the_certificate(token: str, pair: tuple[bytes, bytes]) -> None:
    certificate = x509.load_pem_x509_certificate(pair[1])
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    required = ["iss", "aud", "iat", "exp", "jti", "body_sha256"]
    claims = jwt.decode(
        token, public, algorithms=["RS384"], audience=URL, issuer=CONNECTION, options={"require": required}
    )
    assert claims["body_sha256"] == hashlib.sha256(MESSAGE).hexdigest()
    kid = urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    assert jwt.get_unverified_header(token)["kid"] == kid


class OneSecret:
    """A vault with one certificate."""

    def __init__(self, pem: str) -> None:
        self._pem = pem

    async def secret(self, name: str) -> str:
        assert name.startswith("hl7-sender-")
        return self._pem


class OneConnection:
    """The connections of a hospital that has one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, connection_id: str) -> Connection | None:
        return self._connection if connection_id == self._connection.id else None


def verifier(pair: tuple[bytes, bytes]) -> EitherVerifier:
    certificate, pem = read_certificate(pair[1], now=wall_clock(), added_by="admin")
    connection = Connection(
        CONNECTION, "tenant", "https://ehr.example/R4", "testing", "UTC", "oid",
        state=ConnectionState.APPROVED, certificates=(certificate,),
    )  # fmt: skip
    return EitherVerifier(cast("Connections", OneConnection(connection)), cast("Vault", OneSecret(pem)), wall_clock)


async def test_the_examples_token_is_accepted_by_the_product(token: str, pair: tuple[bytes, bytes]) -> None:
    headers = {"authorization": f"Bearer {token}"}
    sender = await verifier(pair).verify(headers, MESSAGE, URL, CONNECTION)
    assert sender.connection.id == CONNECTION


async def test_the_examples_token_is_good_for_its_message_and_address_alone(
    token: str, pair: tuple[bytes, bytes]
) -> None:
    headers = {"authorization": f"Bearer {token}"}
    for body, url in ((MESSAGE + b" ", URL), (MESSAGE, URL.replace("demo2amer", "other"))):
        with pytest.raises(Refused, match=r"hl7.signature_invalid"):
            await verifier(pair).verify(headers, body, url, CONNECTION)


@pytest.mark.skipif(signing.OPENSSL is None, reason="openssl is not on PATH")
async def test_what_the_example_s_openssl_signs_is_accepted_by_the_product(
    pair: tuple[bytes, bytes], tmp_path: Path
) -> None:
    [command] = [line for block in blocks(PAGE, "bash") for line in block.splitlines() if line.startswith("openssl ")]
    for name, data in (("sender.key", pair[0]), ("sender.cer", pair[1]), ("message.hl7", MESSAGE)):
        (tmp_path / name).write_bytes(data)
    await asyncio.to_thread(subprocess.run, command.split(), cwd=tmp_path, check=True)
    headers = signing.header((tmp_path / "signature.der").read_bytes())
    assert (await verifier(pair).verify(headers, MESSAGE, URL, CONNECTION)).connection.id == CONNECTION


def test_the_page_names_algorithms_media_types_and_events_as_the_code_does() -> None:
    text = PAGE.read_text()
    [algorithms] = [cells[2] for cells in rows(PAGE, columns=3) if cells[1] == "`alg`"]
    assert all(f"`{name}`" in algorithms for name in ALGORITHMS)
    assert algorithms.count("`") == 2 * len(ALGORITHMS)
    assert all(f"`{name}`" in text for name in MEDIA_TYPES)
    table = [cells[0] for cells in rows(PAGE, columns=3) if cells[0].startswith("S1") or cells[0].startswith("S2")]
    events = {event for cell in table[:-1] for event in cell.split(", ")}
    assert events == set(HAPPENINGS)


def test_every_condition_of_the_answers_is_one_of_table_0357() -> None:
    told = {
        int(part)
        for cells in rows(PAGE, columns=3)
        if cells[1] == "200" and cells[2][:2] in ("AE", "AR")
        for part in [cells[2].split()[1]]
    }
    assert told
    assert told <= set(_CONDITIONS)
