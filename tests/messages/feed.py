"""The intake's verifiers without storage: connections and certificates that a test names."""

from datetime import datetime
from typing import Any, cast

from cryptography import x509

from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.messages.signers import Sender
from shared.messages.verify import EitherVerifier
from shared.organisations.certificates import read_certificate
from shared.organisations.connection import Certificate, Connection, ConnectionState
from shared.organisations.connections import Connections
from tests.messages.signing import pem_of

CONNECTION = "demo2amer"
URL = f"https://visits.northlake.example/api/hl7/{CONNECTION}"


class Feed:
    """One connection with these certificates, approved unless `fields` say otherwise, and its verifier; `pems` is the vault."""

    def __init__(self, clock: Clock, *certificates: x509.Certificate, **fields: Any) -> None:
        self.pems: dict[str, str] = {}
        self.connection = Connection(
            CONNECTION, "tenant", "https://ehr.example/R4", "testing", "UTC", "oid",
            certificates=tuple(self._known(each) for each in certificates),
            **({"state": ConnectionState.APPROVED} | fields),
        )  # fmt: skip
        self.verifier = EitherVerifier(cast("Connections", self), cast("Vault", self), clock)

    async def get(self, connection_id: str) -> Connection | None:
        """As `Connections.get`."""
        return self.connection if connection_id == CONNECTION else None

    async def secret(self, name: str) -> str | None:
        """As `Vault.secret`."""
        return self.pems.get(name)

    async def verify(
        self, headers: dict[str, str], body: bytes, *, url: str = URL, connection_id: str | None = CONNECTION
    ) -> Sender:
        """What the intake asks of it."""
        return await self.verifier.verify(headers, body, url, connection_id)

    def _known(self, certificate: x509.Certificate) -> Certificate:
        # Read as on the day when it was uploaded: it may have expired since.
        uploaded: datetime = certificate.not_valid_before_utc
        known, pem = read_certificate(pem_of(certificate), now=uploaded, added_by="admin")
        self.pems[known.secret_of(CONNECTION)] = pem
        return known
