"""Reads a detached signature in Cryptographic Message Syntax (RFC 5652): one signer, signed attributes, nothing inside.

Reading is not verifying: what comes out is what the signature claims. Certificates and unsigned attributes that travel
with it are passed over, for who may sign is not the message's to say. What is signed must be DER (5.4), where a value
has one encoding and no other: attributes and algorithms are compared whole, byte by byte, instead of taken apart.
"""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from shared.messages import der
from shared.messages.der import Malformed, Part

_OID_SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
_OID_DATA = bytes([der.OID, 9]) + der.oid("1.2.840.113549.1.7.1")
# SEQUENCE { OID }: the content is data, and it is elsewhere. The second is the same with an indefinite length.
_CONTENT_ELSEWHERE = (b"\x30\x0b" + _OID_DATA, b"\x30\x80" + _OID_DATA + b"\0\0")
_NULL = b"\x05\x00"


def _algorithms[T](known: dict[str, T]) -> dict[bytes, T]:
    """By AlgorithmIdentifier: these take no parameters, which is written as NULL or as nothing."""
    found = {}
    for name, meaning in known.items():
        oid = _sequence(der.oid(name), der.OID)
        found[_sequence(oid)] = found[_sequence(oid + _NULL)] = meaning
    return found


def _sequence(content: bytes, tag: int = der.SEQUENCE) -> bytes:
    if len(content) > 127:
        raise Malformed("nothing that is compared whole is as long")
    return bytes([tag, len(content)]) + content


# RFC 5754: SHA-2 only, and each signature algorithm with the digest that it names, if it names one.
_DIGESTS = _algorithms(
    {"2.16.840.1.101.3.4.2.1": "SHA256", "2.16.840.1.101.3.4.2.2": "SHA384", "2.16.840.1.101.3.4.2.3": "SHA512"}
)
_SIGNATURES = _algorithms(
    {
        "1.2.840.113549.1.1.1": ("", "RSA"),
        "1.2.840.113549.1.1.11": ("SHA256", "RSA"),
        "1.2.840.113549.1.1.12": ("SHA384", "RSA"),
        "1.2.840.113549.1.1.13": ("SHA512", "RSA"),
        "1.2.840.10045.4.3.2": ("SHA256", "ECDSA"),
        "1.2.840.10045.4.3.3": ("SHA384", "ECDSA"),
        "1.2.840.10045.4.3.4": ("SHA512", "ECDSA"),
    }
)
_DIGEST_BYTES = {"SHA256": 32, "SHA384": 48, "SHA512": 64}
_SIGNED, _UNSIGNED, _SIGNER_KEY_ID, _WITHIN = 0xA0, 0xA1, 0x80, 0xA0


class Signature(NamedTuple):
    """What a signature says: who (`issuer_serial` or `key_id`, the other is empty), how (`digest`: SHA256 and longer;
    `family`: RSA or ECDSA), when, over which content; `signed` are the bytes that `value` signs."""

    issuer_serial: bytes
    key_id: bytes
    digest: str
    family: str
    content_digest: bytes
    signed_at: datetime
    signed: bytes
    value: bytes


def read(data: bytes) -> Signature:
    """The one signature in a detached SignedData. Raises Malformed for anything else."""
    kind, within = _two(data, der.only(data), der.SEQUENCE)
    if data[kind.content : kind.end] != _OID_SIGNED_DATA or within.tag != _WITHIN:
        raise Malformed("this is no SignedData")
    inner = der.one(data, within)
    signed_data = der.parts(data, inner)
    if (
        inner.tag != der.SEQUENCE
        or len(signed_data) < 4
        or data[signed_data[2].start : signed_data[2].after] not in _CONTENT_ELSEWHERE
    ):
        raise Malformed("the content must be data, and must not be inside the signature")
    if signed_data[-1].tag != der.SET:
        raise Malformed("there are no signers")
    return _signer(data, der.one(data, signed_data[-1]))


def issuer_and_serial(certificate: bytes) -> bytes:
    """How a signature names this certificate (RFC 5652, 10.2.4): its issuer and serial number as they stand in it."""
    fields = der.parts(certificate, der.parts(certificate, der.only(certificate))[0])
    if fields and fields[0].tag == 0xA0:  # the version stands before the serial number
        fields = fields[1:]
    if len(fields) < 3:
        raise Malformed("this is no certificate")
    return fields[2].whole(certificate) + fields[0].whole(certificate)


def _signer(data: bytes, signer: Part) -> Signature:
    fields = der.parts(data, signer)
    tags = [field.tag for field in fields[3:]]
    if signer.tag != der.SEQUENCE or tags[:1] + tags[2:] not in (
        [_SIGNED, der.OCTETS],
        [_SIGNED, der.OCTETS, _UNSIGNED],
    ):
        raise Malformed("the signer's fields are not as they should be")
    _, who, digest_part, attributes, signature_part, value = fields[:6]
    digest_id, signature_id = digest_part.whole(data), signature_part.whole(data)
    digest = _DIGESTS.get(digest_id, "")
    named, family = _SIGNATURES.get(signature_id, ("", ""))
    if not digest or not family or named not in ("", digest):
        raise Malformed("the algorithms are not among those taken here")
    content_digest, signed_at = _attributes(data, attributes, digest, digest_id, signature_id)
    name = who.bytes_of(data)
    # 5.4: the signature is over the attributes as a SET OF, not over the tag that they travel under.
    signed = b"\x31" + data[attributes.start + 1 : attributes.after]
    return Signature(
        name if who.tag == der.SEQUENCE else b"",
        name if who.tag == _SIGNER_KEY_ID else b"",
        digest,
        family,
        content_digest,
        signed_at,
        signed,
        value.bytes_of(data),
    )


def _attribute(oid: str, value: bytes) -> bytes:
    """Attribute ::= SEQUENCE { OID, SET { value } }, with one value."""
    return _sequence(_sequence(der.oid(oid), der.OID) + _sequence(value, der.SET))


# Each known attribute with a value of the right kind and length; of what varies in it, the start is compared.
_OID_BYTES = slice(2, 13)
_CONTENT_TYPE = _attribute("1.2.840.113549.1.9.3", _OID_DATA)
_UTC_TIME = _attribute("1.2.840.113549.1.9.5", _sequence(b"?" * 13, der.UTC_TIME))
_GENERAL_TIME = _attribute("1.2.840.113549.1.9.5", _sequence(b"?" * 15, der.GENERAL_TIME))
_MESSAGE_DIGESTS = {
    name: _attribute("1.2.840.113549.1.9.4", _sequence(b"?" * length, der.OCTETS))
    for name, length in _DIGEST_BYTES.items()
}
_PROTECTION_OID = "1.2.840.113549.1.9.52"
_PROTECTION = _attribute(_PROTECTION_OID, b"")
_KNOWN = {it[_OID_BYTES] for it in (_CONTENT_TYPE, _UTC_TIME, _MESSAGE_DIGESTS["SHA256"], _PROTECTION)}


def _attributes(
    data: bytes, attributes: Part, digest: str, digest_id: bytes, signature_id: bytes
) -> tuple[bytes, datetime]:
    """The message digest and the signing time; each known attribute must be right, have one value and stand there once.

    Algorithm protection (RFC 6211) may be missing, for not every signer writes it; if it is there, what the signer
    meant to use must be what is named outside the signed attributes.
    """
    told: dict[bytes, bytes] = {}
    for attribute in der.parts(data, attributes):
        whole = data[attribute.start : attribute.after]
        name = whole[_OID_BYTES]
        if name in told and name in _KNOWN:
            raise Malformed("a signed attribute is there twice")
        told[name] = whole
    content_type, message_digest = (
        told.get(_CONTENT_TYPE[_OID_BYTES]),
        told.get(_MESSAGE_DIGESTS[digest][_OID_BYTES], b""),
    )
    length = _DIGEST_BYTES[digest]
    if content_type != _CONTENT_TYPE or not _alike(message_digest, _MESSAGE_DIGESTS[digest], length):
        raise Malformed("content type or message digest are missing or not as they should be")
    protection = told.get(_PROTECTION[_OID_BYTES])
    if protection and protection != _protection(digest_id, signature_id):
        raise Malformed("the algorithms were exchanged")
    return message_digest[-length:], _instant(told.get(_UTC_TIME[_OID_BYTES], b""))


@cache
def _protection(digest_id: bytes, signature_id: bytes) -> bytes:
    """The attribute that protects these two, both known algorithms: SEQUENCE { digest, [1] signature }."""
    return _attribute(_PROTECTION_OID, _sequence(digest_id + b"\xa1" + signature_id[1:]))


def _alike(attribute: bytes, pattern: bytes, varying: int) -> bool:
    return len(attribute) == len(pattern) and attribute[:-varying] == pattern[:-varying]


def _instant(attribute: bytes) -> datetime:
    """11.3: UTCTime until 2049, then GeneralizedTime; both in UTC with seconds and without fractions."""
    text = attribute[-15:]
    if _alike(attribute, _UTC_TIME, 13):
        text = (b"20" if text[2:4] < b"50" else b"19") + text[2:]
    elif not _alike(attribute, _GENERAL_TIME, 15):
        raise Malformed("there is no signing time")
    if text[14:] != b"Z" or not text[:14].isdigit():
        raise Malformed("the signing time is not in UTC to the second")
    try:
        return datetime.fromisoformat(f"{text[:8].decode()}T{text[8:].decode()}")
    except ValueError:
        raise Malformed("the signing time does not exist") from None


def _two(data: bytes, value: Part, tag: int) -> list[Part]:
    found = der.parts(data, value)
    if value.tag != tag or len(found) != 2:
        raise Malformed("the structure is not that of a signature")
    return found
