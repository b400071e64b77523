"""The example of docs/hl7.md runs, and its token is good for PyJWT and for the product's own verifier."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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
from shared.messages import verify
from shared.messages.ack import _CONDITIONS
from shared.messages.receipt import HAPPENINGS, MEDIA_TYPES
from shared.organisations.certificates import read_certificate
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from tests.docs.pages import DOCS, blocks, rows

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


def verifier(pair: tuple[bytes, bytes]) -> verify.TokenVerifier:
    certificate, pem = read_certificate(pair[1], now=wall_clock(), added_by="admin")
    connection = Connection(
        CONNECTION, "tenant", "https://ehr.example/R4", "testing", "UTC", "oid",
        state=ConnectionState.APPROVED, certificates=(certificate,),
    )  # fmt: skip
    return verify.TokenVerifier(
        cast("Connections", OneConnection(connection)), cast("Vault", OneSecret(pem)), wall_clock
    )


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


def test_the_page_names_algorithms_media_types_and_events_as_the_code_does() -> None:
    text = PAGE.read_text()
    [algorithms] = [cells[2] for cells in rows(PAGE, columns=3) if cells[1] == "`alg`"]
    assert all(f"`{name}`" in algorithms for name in verify.ALGORITHMS)
    assert algorithms.count("`") == 2 * len(verify.ALGORITHMS)
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
