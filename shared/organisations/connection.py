"""A connection: one FHIR base URL, its environment, its approver, its SMS settings. Pure records and rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Literal
from urllib.parse import urlsplit

from shared.adapters.epic import Endpoints
from shared.errors import Refused

EVIDENCE_LIFE = timedelta(minutes=15)
CONFIRMATIONS = ("scheduled", "updated", "cancelled")
Environment = Literal["testing", "production"]
Gateway = Literal["", "acs", "sns"]
WritebackKind = Literal["none", "epic-2018", "oracle-health"]


class ConnectionState(StrEnum):
    """draft -> needs_approval -> approved | rejected; disabled from any."""

    DRAFT = "draft"
    NEEDS_APPROVAL = "needs_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class SmsRules:
    """Texts of a connection. `reminders` are minutes before the start; `region` is ISO 3166, for numbers without code;
    `landlines`: a home number will do where there is no mobile one; `quiet`: from and to, `HH:MM` in the connection's
    zone, in which no reminder leaves; `templates`: own words, by language and kind, where ours are not wanted;
    `gateway`: what its texts leave by, empty for the deployment's."""

    enabled: bool = False
    sender: str = ""
    organisation: str = ""
    confirmations: tuple[str, ...] = CONFIRMATIONS
    reminders: tuple[int, ...] = (1440, 120, 15)
    language: str = "en"
    region: str = "US"
    landlines: bool = False
    quiet: tuple[str, str] | None = None
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    gateway: Gateway = ""


@dataclass(frozen=True, slots=True)
class Writeback:
    """How statuses reach the EHR. Off until the hospital gives the values, which Epic does not publish; `id_types` and
    `vendor` are Epic's.
    """

    kind: WritebackKind = "none"
    statuses: Mapping[str, str] = field(default_factory=dict)
    id_types: Mapping[str, str] = field(default_factory=dict)
    vendor: str = "VisitBridge"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A sender certificate: the PEM is in the vault (`secret_of`). `thumbprint` is SHA-256, base64url; `key_digest` the
    same of its public key alone."""

    thumbprint: str
    subject: str
    not_before: datetime
    not_after: datetime
    added_by: str
    key_digest: str = ""

    def secret_of(self, connection_id: str) -> str:
        """The vault's name of it. One a connection: a hospital may use the same certificate for two."""
        # Vault names take letters, digits and hyphens only.
        return f"hl7-sender-{connection_id}-{sha256(self.thumbprint.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """That the approver signed in to the EHR: who there, where, when, and for which configuration."""

    approver_oid: str
    issuer: str
    subject: str
    at: datetime
    configuration: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The approver's word. `configuration` is the digest of what was approved."""

    approved: bool
    reason: str
    by: str
    at: datetime
    configuration: str


@dataclass(frozen=True, slots=True)
class Approved:
    """What was approved last, kept after a change so that the approver can be shown what is new."""

    covered: Mapping[str, str]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Connection:
    """What the portal lists. `etag` guards a change against another one."""

    id: str
    tenant: str
    fhir_base: str
    environment: Environment
    zone: str
    approver_oid: str
    approver_name: str = ""
    state: ConnectionState = ConnectionState.DRAFT
    client_ids: Mapping[str, str] = field(default_factory=dict)
    assertion: str = "ES384"
    organizers: tuple[str, ...] = ()
    lobby: str = "invited"
    chat: str = "limited"
    recording: bool = False
    visit_page: bool = False
    early_minutes: int | None = 30
    late_minutes: int = 120
    sms: SmsRules = SmsRules()
    writeback: Writeback = Writeback()
    endpoints: Endpoints | None = None
    certificates: tuple[Certificate, ...] = ()
    evidence: Evidence | None = None
    decision: Decision | None = None
    approved: Approved | None = None
    etag: str = ""

    @property
    def covered(self) -> dict[str, str]:
        """What an approval covers: a change of any of it needs approval again. SMS settings are not in it."""
        endpoints = self.endpoints
        found = {
            "fhir_base": self.fhir_base, "environment": self.environment, "approver": self.approver_oid,
            "assertion": self.assertion,
            **{f"client_ids.{name}": value for name, value in sorted(self.client_ids.items())},
        }  # fmt: skip
        if endpoints:
            found |= {
                "endpoints.authorize": endpoints.authorize, "endpoints.token": endpoints.token,
                "endpoints.issuer": endpoints.issuer, "endpoints.jwks": endpoints.jwks,
            }  # fmt: skip
        return found

    @property
    def configuration(self) -> str:
        """Digest of what an approval covers."""
        return sha256("\n".join(f"{name}={value}" for name, value in self.covered.items()).encode()).hexdigest()

    def client_id(self, audience: str) -> str:
        """The EHR's client id for an audience; device test is the patient's, direct SMS the provider's unless given."""
        fallback = {"devicetest": "patient", "directsms": "provider"}.get(audience, audience)
        return self.client_ids.get(audience) or self.client_ids.get(fallback, "")


def normal_fhir_base(text: str, *, allow_loopback: bool = False) -> str:
    """A FHIR base URL in the form in which it is kept and compared: https, lower-case host, no default port, no slash.

    Raises `Refused("connection.url_invalid")`: https only, no user, query, fragment or percent-encoding in the path
    (RFC 6819 §4.6.4 asks to compare whole; what cannot be compared plainly is not taken).
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise Refused("connection.url_invalid") from None
    host = (parts.hostname or "").rstrip(".")
    odd = parts.username or parts.password or parts.query or parts.fragment or "%" in parts.path or "//" in parts.path
    plain = all(33 <= ord(char) < 127 for char in text.strip())
    if parts.scheme.lower() != "https" or not host or odd or not plain or len(text) > 512:
        raise Refused("connection.url_invalid")
    if not allow_loopback and "." not in host:
        raise Refused("connection.url_invalid")
    path = parts.path.removesuffix("/")
    host = f"[{host}]" if ":" in host else host
    return f"https://{host}{'' if port in (None, 443) else f':{port}'}{path}"
