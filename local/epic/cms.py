"""Signs a message as HL7 over HTTP's signature profile says: `HL7-Signature: SHA512withRSA <Base64>`, a detached CMS.

Section 3.0 of https://hapifhir.github.io/hapi-hl7v2/hapi-hl7overhttp/specification.html; CMS is RFC 5652. The signed
attributes are those that HAPI's signer writes: content type, signing time, message digest, algorithm protection.
"""

import base64
import hashlib
from datetime import UTC, datetime

from asn1crypto import cms, core  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def hl7_signature(
    body: bytes,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    *,
    now: float,
    digest: str = "sha512",
) -> str:
    """The header's value for `body`, signed at `now` (seconds since the epoch) with SHA-256, 384 or 512."""
    family = "RSA" if isinstance(key, rsa.RSAPrivateKey) else "ECDSA"
    der = detached(body, key, certificate, now=now, digest=digest)
    return f"{digest.upper()}with{family} {base64.b64encode(der).decode()}"


def detached(
    body: bytes,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    *,
    now: float,
    digest: str = "sha512",
) -> bytes:
    """The signature itself: DER of a ContentInfo with a SignedData and one signer, without the body."""
    der = certificate.public_bytes(Encoding.DER)
    known = asn1_x509.Certificate.load(der)
    name = f"{digest}_rsa" if isinstance(key, rsa.RSAPrivateKey) else f"{digest}_ecdsa"
    digested, signed = {"algorithm": digest}, {"algorithm": name}
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("signing_time", cms.Time({"utc_time": datetime.fromtimestamp(int(now), UTC)})),
            _attribute("message_digest", core.OctetString(hashlib.new(digest, body).digest())),
            _attribute("cms_algorithm_protection", {"digest_algorithm": digested, "signature_algorithm": signed}),
        ]
    )
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {"issuer_and_serial_number": {"issuer": known.issuer, "serial_number": known.serial_number}}
        ),
        "digest_algorithm": digested,
        "signed_attrs": attributes,
        "signature_algorithm": signed,
        "signature": sign(key, attributes.dump(), digest),
    }
    signed_data = {
        "version": "v1",
        "digest_algorithms": [digested],
        "encap_content_info": {"content_type": "data"},
        "certificates": [known],
        "signer_infos": [signer],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed_data)}).dump())


def sign(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, data: bytes, digest: str) -> bytes:
    """The bare signature of the attributes."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), HASHES[digest])
    return key.sign(data, ec.ECDSA(HASHES[digest]))


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})
