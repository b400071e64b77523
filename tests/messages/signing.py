"""Senders for tests: key pairs with certificates, and detached CMS signatures made by others' programs, right or wrong."""

import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from local.epic.cms import detached, sign
from shared.messages import der
from shared.messages.der import Part

type Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

OPENSSL = shutil.which("openssl")


def a_pair(
    key: Key | None = None, *, begins: datetime | None = None, ends: datetime | None = None, name: str = "engine",
    serial: int | None = None, key_id: bool = True,
) -> tuple[Key, x509.Certificate]:  # fmt: skip
    """A key (RSA 2,048 unless given) and a certificate for it, valid from yesterday to tomorrow unless said otherwise."""
    key, now = key or rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(serial or x509.random_serial_number())
    builder = builder.not_valid_before(begins or now - timedelta(days=1))
    builder = builder.not_valid_after(ends or now + timedelta(days=1))
    if key_id:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return key, builder.sign(key, hashes.SHA256())


def pem_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def pem_of_key(key: Key) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def by_openssl(body: bytes, pair: tuple[Key, x509.Certificate], folder: Path, *options: str) -> bytes:
    """DER of what `openssl cms -sign` makes, at the wall's time; `options` such as `-md sha256` or `-keyid`."""
    assert OPENSSL
    for name, data in (("body", body), ("key", pem_of_key(pair[0])), ("certificate", pem_of(pair[1]))):
        (folder / name).write_bytes(data)
    chosen = options if "-md" in options else ("-md", "sha512", *options)
    command: list[str | Path] = [
        OPENSSL, "cms", "-sign", "-binary", "-in", folder / "body", "-signer", folder / "certificate",
        "-inkey", folder / "key", "-outform", "DER", *chosen,
    ]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True).stdout


def openssl_accepts(signature: bytes, body: bytes, certificate: x509.Certificate, folder: Path) -> bool:
    """Whether `openssl cms -verify` holds it for this certificate's signature of the body."""
    assert OPENSSL
    for name, data in (("signature", signature), ("body", body), ("certificate", pem_of(certificate))):
        (folder / name).write_bytes(data)
    command: list[str | Path] = [
        OPENSSL, "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "signature", "-content", folder / "body",
        "-certfile", folder / "certificate", "-CAfile", folder / "certificate", "-purpose", "any", "-out", folder / "out",
    ]  # fmt: skip
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def by_cryptography(body: bytes, pair: tuple[Key, x509.Certificate], digest: hashes.HashAlgorithm) -> bytes:
    """DER of what `cryptography`'s builder makes, at the wall's time."""
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    assert isinstance(digest, hashes.SHA256 | hashes.SHA384 | hashes.SHA512)
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(body)
        .add_signer(pair[1], pair[0], digest)
        .sign(serialization.Encoding.DER, options)
    )


def changed(
    body: bytes, pair: tuple[Key, x509.Certificate], change: Callable[[Any, Any], None], *, now: datetime
) -> bytes:
    """A right signature in which `change(signed_data, signer)` has changed something, signed again afterwards."""
    whole = cms.ContentInfo.load(detached(body, *pair, now=now.timestamp()))
    signed_data = whole["content"]
    signer = signed_data["signer_infos"][0]
    change(signed_data, signer)
    if signer["signed_attrs"].native:
        digest = signer["digest_algorithm"]["algorithm"].native
        known = digest if digest in ("sha256", "sha384", "sha512") else "sha512"
        signer["signature"] = sign(pair[0], signer["signed_attrs"].untag().dump(force=True), known)
    return bytes(whole.dump(force=True))


def open_ended(signature: bytes) -> bytes:
    """The same signature with indefinite lengths outside of what is signed, as BouncyCastle writes it, which HAPI uses."""

    def opened(data: bytes, value: Part, content: bytes | None = None) -> bytes:
        return bytes([value.tag, 0x80]) + (value.bytes_of(data) if content is None else content) + b"\0\0"

    outer = der.only(signature)
    kind, within = der.parts(signature, outer)
    inner = der.one(signature, within)
    version, digests, *rest = der.parts(signature, inner)
    fields = [version.whole(signature), digests.whole(signature), *(opened(signature, it) for it in rest)]
    content = opened(signature, within, opened(signature, inner, b"".join(fields)))
    return opened(signature, outer, kind.whole(signature) + content)


def header(signature: bytes, algorithm: str = "SHA512withRSA") -> dict[str, str]:
    """The request's header with this signature."""
    return {"hl7-signature": f"{algorithm} {b64encode(signature).decode()}"}
