"""The run's certificates: good enough for strict clients, kept while they are good, made anew when they are not."""

import asyncio
import hashlib
import os
import ssl
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from local import certificates
from local.config import StackConfig
from tests.local.configs import a_config

KEPT = ("ca", "server_certificate", "server_key", "sender_certificate", "sender_key")


@pytest.fixture
def config(tmp_path: Path) -> StackConfig:
    """With certificates just made."""
    return a_config(tmp_path)


def contents(config: StackConfig) -> dict[str, bytes]:
    """All files that a later start may keep."""
    return {name: getattr(config, name).read_bytes() for name in KEPT}


async def connect(config: StackConfig, host: str, trusted: Path) -> None:
    """A TLS connection to a server with the run's certificate. Raises ssl.SSLError if the client does not trust it."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(config.server_certificate, config.server_key)
    asking = ssl.create_default_context(cafile=str(trusted))
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=serving)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=asking, server_hostname=host)
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
@pytest.mark.parametrize("trusted", ["ca", "bundle"])
async def test_a_strict_client_trusts_the_server_under_each_of_its_names(
    config: StackConfig, host: str, trusted: str
) -> None:
    await connect(config, host, getattr(config, trusted))


async def test_the_server_is_no_one_elses(config: StackConfig, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = a_config(tmp_path_factory.mktemp("other"))
    with pytest.raises(ssl.SSLCertVerificationError, match=r"self-signed|unable to get local issuer"):
        await connect(config, "localhost", other.ca)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"doesn't match|not valid for"):
        await connect(config, "graph.microsoft.com", config.ca)


def test_the_bundle_holds_the_systems_authorities_and_the_runs_own(config: StackConfig) -> None:
    trusting = ssl.create_default_context(cafile=str(config.bundle))
    authorities = trusting.get_ca_certs()
    assert any("VisitBridge local stack" in str(authority["subject"]) for authority in authorities)
    assert len(authorities) > 20


def test_what_is_good_is_kept(config: StackConfig) -> None:
    before = contents(config)
    certificates.make(config)
    assert contents(config) == before


@pytest.mark.parametrize(
    ("gone", "made_again"),
    [
        ("ca", {"ca", "server_certificate", "server_key"}),
        ("server_certificate", {"ca", "server_certificate", "server_key"}),
        ("server_key", {"ca", "server_certificate", "server_key"}),
        ("sender_certificate", {"sender_certificate", "sender_key"}),
        ("sender_key", {"sender_certificate", "sender_key"}),
    ],
)
async def test_what_is_missing_is_made_again_with_what_hangs_on_it(
    config: StackConfig, gone: str, made_again: set[str]
) -> None:
    before = contents(config)
    getattr(config, gone).unlink()
    certificates.make(config)
    after = contents(config)
    assert {name for name in KEPT if after[name] != before[name]} == made_again
    await connect(config, "localhost", config.ca)


@pytest.mark.parametrize("name", ["ca", "server_certificate", "sender_certificate"])
async def test_what_is_half_written_is_made_again(config: StackConfig, name: str) -> None:
    path: Path = getattr(config, name)
    path.write_bytes(path.read_bytes()[:100])
    certificates.make(config)
    await connect(config, "localhost", config.ca)
    assert x509.load_pem_x509_certificate(config.sender_certificate.read_bytes())


def expire(path: Path, key: Path, hours: float) -> None:
    """Replaces a certificate by one that ends in so many hours."""
    old = x509.load_pem_x509_certificate(path.read_bytes())
    signer = serialization.load_pem_private_key(key.read_bytes(), None)
    assert isinstance(signer, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    made = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.subject)
        .public_key(signer.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=40))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=hours))
        .sign(signer, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))


@pytest.mark.parametrize("hours", [-1, 23])
async def test_what_has_expired_or_soon_will_is_made_again(config: StackConfig, hours: float) -> None:
    expire(config.server_certificate, config.server_key, hours)
    expire(config.sender_certificate, config.sender_key, hours)
    before = contents(config)
    certificates.make(config)
    assert all(contents(config)[name] != before[name] for name in KEPT)
    await connect(config, "localhost", config.ca)


def test_the_senders_key_belongs_to_its_certificate_and_is_rsa_2048(config: StackConfig) -> None:
    certificate = x509.load_pem_x509_certificate(config.sender_certificate.read_bytes())
    key = serialization.load_pem_private_key(config.sender_key.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert (certificate.public_key(), key.key_size) == (key.public_key(), 2048)


def test_private_keys_are_for_their_owner_only(config: StackConfig) -> None:
    for path in (config.server_key, config.sender_key):
        assert os.stat(path).st_mode & 0o077 == 0  # noqa: PTH116


def test_the_thumbprint_is_sha_256_of_the_certificates_der(config: StackConfig) -> None:
    der = ssl.PEM_cert_to_DER_cert(config.sender_certificate.read_text())
    expected = urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    assert certificates.thumbprint(config.sender_certificate) == expected
