"""What the API shows around connections: the contract from which `docs/openapi.json` is made."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.organisations.requests import EnvironmentName, QuietHours, StateName

Instant = Annotated[str, Meta(description="ISO 8601, UTC.", examples=["2026-11-24T16:15:00.000000Z"])]
Etag = Annotated[str, Meta(description="Names this state; send it as `If-Match` with a change.")]


class Shown(Struct, kw_only=True):
    """A body that we answer with."""


class Approver(Shown):
    """Who approves a connection."""

    oid: str
    name: str


class RoomShown(Shown):
    """Meeting settings."""

    lobby: str
    chat: str
    recording: bool
    visit_page: bool
    early_minutes: int | None
    late_minutes: int


class WritebackShown(Shown):
    """How statuses reach the EHR."""

    kind: str
    statuses: dict[str, str]
    id_types: dict[str, str]


class SmsShown(Shown):
    """SMS rules."""

    enabled: bool
    sender: str
    organisation: str
    confirmations: list[str]
    reminders: list[int]
    language: str
    region: str
    landlines: bool
    quiet_hours: QuietHours | None
    templates: dict[str, dict[str, str]]
    gateway: Literal["", "acs", "sns"]


class SmsSaved(SmsShown):
    """The SMS rules as they stand now, and the connection's new version."""

    etag: Etag


class EndpointsShown(Shown):
    """What discovery found, pinned at approval."""

    authorize: str
    token: str
    issuer: str
    jwks: str
    fhir_release: str


class CertificateShown(Shown):
    """A sender certificate. `warning`: `soon` from 30 days before it expires."""

    thumbprint: str
    subject: str
    not_before: Instant
    not_after: Instant
    warning: Literal["none", "soon", "expired"]


class DecisionShown(Shown):
    """What the approver decided, last."""

    decision: Literal["approve", "reject"]
    reason: str
    by: str
    at: Instant


class ChangeShown(Shown):
    """A field that an approval covers: as last approved, and as it would be now."""

    field: str
    before: str
    after: str


class ApprovalShown(Shown):
    """What an approver needs: `configuration` names what they see; `covered` is all that an approval covers;
    `changes` is what differs from the last approval; `signed_in_until` is set while their sign-in to the EHR counts.
    """

    configuration: str
    covered: dict[str, str]
    changes: list[ChangeShown]
    approved_at: Instant | None
    approved_by: str | None
    signed_in_until: Instant | None


class ConnectionShown(Shown):
    """A connection."""

    id: str
    etag: Etag
    fhir_base: str
    environment: EnvironmentName
    zone: str
    state: StateName
    approver: Approver | None
    client_ids: dict[str, str]
    assertion: str
    organizers: list[str]
    room: RoomShown
    sms: SmsShown
    writeback: WritebackShown
    endpoints: EndpointsShown | None
    certificates: list[CertificateShown]
    decision: DecisionShown | None
    approval: ApprovalShown


class ConnectionList(Shown):
    """A page of connections."""

    connections: list[ConnectionShown]
    next: str | None


class CertificateList(Shown):
    """The sender certificates of a connection."""

    certificates: list[CertificateShown]


class FindingOfCheck(Shown):
    """One thing wrong with a FHIR base URL: stable code, cause, fix."""

    code: str
    detail: str
    fix: str


class Checked(Shown):
    """What a FHIR base URL turned out to be. `fhir_base`: in the form in which it is kept, empty if it is none."""

    usable: bool
    fhir_base: str
    fhir_release: str
    findings: list[FindingOfCheck]


class TemplateFinding(Shown):
    """One thing about a template. An `error` keeps it from being saved. `start` and `length` count its characters
    (Unicode code points).
    """

    code: str
    level: Literal["error", "warning"]
    detail: str
    fix: str
    start: int
    length: int


class SmsText(Shown):
    """A text as it would leave. `segments`: what the carrier counts and bills; `outside`: the characters that make it
    UCS-2, in a language that needs none of them; `template`: its words; `ours`: what those are unless they are changed.
    """

    language: str
    kind: str
    text: str
    encoding: Literal["GSM-7", "UCS-2"]
    characters: int
    segments: int
    outside: list[str]
    template: str
    ours: str
    findings: list[TemplateFinding]


class SmsPreview(Shown):
    """Each text in each language."""

    texts: list[SmsText]


class ConsentShown(Shown):
    """Given or not, by whom (Entra object id), when."""

    given: bool
    by: str | None
    at: Instant | None


class ConsentsShown(Shown):
    """The two consents."""

    sms_terms: ConsentShown
    patient_consent: ConsentShown


class SignInStart(Shown):
    """The address to open in the approver's browser."""

    url: str


class Me(Shown):
    """Who is signed in and what they may do. `approver_of`: connections that name them. `connections`: of the tenant."""

    tenant: str
    oid: str
    roles: list[str]
    admin: bool
    approver_of: int
    connections: int
    geography: str


class Clinician(Shown):
    """A linked clinician: EHR user id and Entra object id."""

    id: str
    connection_id: str
    ehr_user: str
    oid: str
    linked_at: Instant


class ClinicianList(Shown):
    """A page of linked clinicians."""

    clinicians: list[Clinician]
    next: str | None


class AuditEntry(Shown):
    """One change. `by`: Entra object id; `changed`: names of fields."""

    at: Instant
    by: str
    action: str
    subject: str
    changed: str


class AuditList(Shown):
    """A page of the trail, newest first."""

    entries: list[AuditEntry]
    next: str | None


class Problem(Shown):
    """RFC 9457. `code` is stable; `detail` is for the person, `fix` for whoever runs the connection."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fix: str
    trace_id: str
    fields: dict[str, str] | UnsetType = UNSET


class PersonShown(Shown):
    """Somebody of the tenant's directory."""

    oid: str
    name: str
    username: str
    job_title: str


class PeopleList(Shown):
    """Who was found: ten at most for a search."""

    people: list[PersonShown]
