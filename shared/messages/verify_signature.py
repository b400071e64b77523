"""Is this message from the hospital? Verifier B: `HL7-Signature` of HL7 over HTTP, a detached CMS signature.

`HL7-Signature: SHA512withRSA <Base64>`, section 3.0 "Signature Profile" of the draft at
https://hapifhir.github.io/hapi-hl7v2/hapi-hl7overhttp/specification.html; CMS is RFC 5652. Beyond the draft, which
proves neither when nor by whom: the one signer must be a certificate uploaded for the connection, the signing time must
be near, and what was signed may come once.
"""

import hmac
from binascii import a2b_base64
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256, sha384, sha512

from shared.clock import Clock
from shared.errors import Refused
from shared.keys.keyring import encode
from shared.messages import cms
from shared.messages.signers import Sender, SenderKey, SenderKeys

HEADER = "hl7-signature"
ALGORITHMS = [f"{digest}with{family}" for family in ("RSA", "ECDSA") for digest in ("SHA256", "SHA384", "SHA512")]
MOST_AGE = timedelta(minutes=5)  # before or after our clock
KEPT_LONGER = timedelta(minutes=1)  # than a signature is good for: instances' clocks are not all the same
_DIGESTS = {"SHA256": sha256, "SHA384": sha384, "SHA512": sha512}
MOST_CHARACTERS = 16_384  # of the header; a signature with its certificate has some 2,000


class SignatureVerifier:
    """Verifier B."""

    def __init__(self, keys: SenderKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def verify(self, headers: Mapping[str, str], body: bytes, url: str, connection_id: str | None) -> Sender:  # noqa: ARG002, a signature names no address
        """Checks in the order that gives least away: form, connection, certificate, signature, time, body.

        A signature does not say for whom it is, so the path must: raises `Refused("hl7.connection_missing")` if not.
        """
        if not connection_id:
            raise Refused("hl7.connection_missing")
        try:
            signature = _read(headers.get(HEADER, ""))
        except ValueError:
            raise Refused("hl7.signature_invalid") from None
        connection, certificates = await self._keys.current(connection_id)
        for certificate in certificates:
            key = await self._keys.key(connection, certificate)
            if _names(signature, key):
                break
        else:
            raise Refused("hl7.signature_invalid")
        if not key.holds(signature.value, signature.signed, signature.digest):
            raise Refused("hl7.signature_invalid")
        expires = signature.signed_at + MOST_AGE
        if not expires - 2 * MOST_AGE <= self._clock() <= expires:
            raise Refused("hl7.signature_invalid")
        if not hmac.compare_digest(_DIGESTS[signature.digest](body).digest(), signature.content_digest):
            raise Refused("hl7.signature_invalid")
        # What was signed, not the signature: of an ECDSA signature anyone can make another one that is as good.
        seen = sha256(connection.id.encode() + b"|cms|" + signature.signed).digest()
        return Sender(connection, encode(seen), expires + KEPT_LONGER)


def _read(header: str) -> cms.Signature:
    """The signature in the header's value. Raises ValueError."""
    if len(header) > MOST_CHARACTERS:
        raise ValueError
    algorithm, _, text = header.strip().partition(" ")
    signature = cms.read(a2b_base64(text.replace(" ", ""), strict_mode=True))
    if algorithm.upper() != f"{signature.digest}WITH{signature.family}":
        raise ValueError
    return signature


def _names(signature: cms.Signature, key: SenderKey) -> bool:
    if signature.family != ("ECDSA" if key.curve else "RSA"):
        return False
    if signature.issuer_serial:
        return signature.issuer_serial == key.issuer_serial
    return bool(key.key_id) and signature.key_id == key.key_id
