"""What an appointment message costs us in processor time, from its signed bytes to its acknowledgement, without storage.

`ratio`: an intake (verify, split, read, hash and seal, acknowledge) over the least that anyone must do: the bare
signature check with a key at hand (the message's digest, RSA over what holds it), and splitting the message into
fields. `ratio_decided`: with the visit's next state, which the store works out inside its transaction. For verifier A (a
JWT, RS384) and verifier B (HL7 over HTTP's CMS signature, SHA512withRSA), RSA of 2,048 bits. The two sides take turns in
short slices, of which the least disturbed counts: on a busy machine all else measures the neighbours.
"""

import argparse
import asyncio
import base64
import json
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512
from typing import Any, cast

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from benchmarks.siu_messages import ZONE, messages
from local.epic.cms import hl7_signature
from shared.adapters.vault import Vault
from shared.keys.keyring import Keyring
from shared.keys.keys import Keys
from shared.messages import cms
from shared.messages.receipt import Receipts
from shared.messages.verify import EitherVerifier
from shared.organisations.certificates import read_certificate
from shared.organisations.connection import Connection, ConnectionState, SmsRules
from shared.organisations.connections import Connections
from shared.organisations.sightings import Sightings
from shared.visits.store import Visits
from shared.visits.visit import Record, VisitKey

MOST, ROUNDS, MESSAGES, SLICE = 5.0, 40, 300, 3
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CONNECTION = "benchmark"
URL = f"https://visits.example/api/hl7/{CONNECTION}"


class NoStorage:
    """Stands for connections, vault, keys, visits and sightings: each answers at once and keeps nothing."""

    def __init__(self, connection: Connection, pem: str) -> None:
        self._connection, self._pem = connection, pem
        self.decides = False
        self._ring = Keyring((("1", b"k" * 32),))

    async def get(self, _: str) -> Connection:
        return self._connection

    async def secret(self, _: str) -> str:
        return self._pem

    async def ring(self) -> Keyring:
        return self._ring

    async def change(
        self, _: VisitKey, apply: Callable[[Record | None], Record | None], *, wait_for_claim: bool
    ) -> None:
        assert wait_for_claim
        if self.decides:
            apply(None)

    def message(self, _: str) -> None:
        """Nothing is kept."""

    def refused_message(self, _: str | None, code: str) -> None:
        raise AssertionError(code)


class Measured:
    """One sender, its messages signed both ways, and the product's intake."""

    def __init__(self, count: int, seed: int) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.certificate = _certificate(self.key)
        known, pem = read_certificate(self.certificate.public_bytes(Encoding.DER), now=NOW, added_by="benchmark")
        self.storage = NoStorage(
            Connection(
                CONNECTION, "tenant", "https://ehr.example/R4", "production", ZONE.key, "oid",
                state=ConnectionState.APPROVED, certificates=(known,),
                sms=SmsRules(enabled=True, sender="+18005550100", organisation="Lamna"),
            ),
            pem,
        )  # fmt: skip
        storage: Any = self.storage
        verifier = EitherVerifier(cast("Connections", storage), cast("Vault", storage), lambda: NOW)
        self.receipts = Receipts(
            verifier, cast("Visits", storage), cast("Keys", storage), cast("Sightings", storage), lambda: NOW
        )
        self.bodies = [case.text.encode() for case in messages(count, seed)]
        plain = {"content-type": "application/hl7-v2; charset=utf-8"}
        self.headers = {
            "token": [plain | {"authorization": f"Bearer {self._token(body)}"} for body in self.bodies],
            "cms": [plain | {"hl7-signature": self._signature(body)} for body in self.bodies],
        }

        self.checks = {way: self._checks(way) for way in self.headers}

    def _token(self, body: bytes) -> str:
        claims = {
            "iss": CONNECTION, "aud": URL, "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 240,
            "jti": str(uuid.uuid4()), "body_sha256": sha256(body).hexdigest(),
        }  # fmt: skip
        digest = self.certificate.fingerprint(hashes.SHA256())
        kid = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return jwt.encode(claims, self.key, algorithm="RS384", headers={"kid": kid})

    def _signature(self, body: bytes) -> str:
        return hl7_signature(body, self.key, self.certificate, now=NOW.timestamp())

    def _checks(self, way: str) -> list[tuple[bytes, bytes, hashes.HashAlgorithm]]:
        """For each message what is verified: signature, signed bytes, hash."""
        if way == "cms":
            read = [cms.read(base64.b64decode(each["hl7-signature"].split()[1])) for each in self.headers[way]]
            return [(each.value, each.signed, hashes.SHA512()) for each in read]
        tokens = [each["authorization"].split()[1].rpartition(".") for each in self.headers[way]]
        return [
            (base64.urlsafe_b64decode(signature + "=="), signed.encode(), hashes.SHA384())
            for signed, _, signature in tokens
        ]

    def least(self, way: str, some: slice) -> float:
        """Seconds of processor time: the bare signature check and the split."""
        public, scheme, digest_of = self.key.public_key(), padding.PKCS1v15(), {"token": sha256, "cms": sha512}[way]
        begun = time.process_time()
        for body, (signature, signed, digest) in zip(self.bodies[some], self.checks[way][some], strict=True):
            digest_of(body).digest()
            public.verify(signature, signed, scheme, digest)
            for line in body.decode().split("\r"):
                line.split("|")
        return time.process_time() - begun

    async def whole(self, way: str, some: slice, *, decides: bool) -> float:
        """Seconds of processor time: the intake."""
        self.storage.decides = decides
        begun = time.process_time()
        for body, headers in zip(self.bodies[some], self.headers[way][some], strict=True):
            receipt = await self.receipts.receive(body, headers, URL, CONNECTION)
            assert "MSA" in receipt.body
        return time.process_time() - begun


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "interface engine")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=1))
    return builder.not_valid_after(NOW + timedelta(days=365)).sign(key, hashes.SHA256())


async def measure(count: int, seed: int) -> dict[str, Any]:
    """All figures of one run."""
    measured = Measured(count, seed)
    figures: dict[str, Any] = {"messages": count}
    slices = [slice(start, start + SLICE) for start in range(0, count, SLICE)]
    for name, way in (("a", "token"), ("b", "cms")):
        await measured.whole(way, slice(0, SLICE), decides=True)  # what is imported once is not the cost of a message
        best = [0.0, 0.0, 0.0]
        for some in slices:
            rounds = [
                (
                    measured.least(way, some),
                    await measured.whole(way, some, decides=False),
                    await measured.whole(way, some, decides=True),
                )
                for _ in range(ROUNDS)
            ]
            best = [total + min(column) for total, column in zip(best, zip(*rounds, strict=True), strict=True)]
        least, whole, decided = (seconds / count * 1e6 for seconds in best)
        figures |= {f"least_{name}_us": round(least, 1), f"whole_{name}_us": round(whole, 1)}
        figures |= {f"ratio_{name}": round(whole / least, 2), f"ratio_decided_{name}": round(decided / least, 2)}
    figures |= {"wanted": MOST, "held": max(figures["ratio_a"], figures["ratio_b"]) <= MOST}
    return figures


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    parser = argparse.ArgumentParser(prog="scripts/bench intake", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args()
    figures = asyncio.run(measure(options.messages, options.seed))
    if options.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:20}{value}" for name, value in figures.items()))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
