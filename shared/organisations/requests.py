"""What the API takes around connections. Names and limits here are the contract: `docs/openapi.json` is made from them.

In a change, a field that is absent stays as it is.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

OID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
Guid = Annotated[
    str,
    Meta(
        pattern=f"^{OID}$",
        description="An object id of Entra.",
        examples=["6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10"],
    ),
]
# No control characters and no halves of surrogate pairs: what is shown on one line, and can be written as UTF-8.
LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*$"
Line = Annotated[str, Meta(max_length=200, pattern=LINE)]
Url = Annotated[str, Meta(max_length=512, pattern=LINE, examples=["https://epic.example.org/prd/api/FHIR/R4"])]
Zone = Annotated[str, Meta(max_length=64, pattern=LINE, description="IANA time zone.", examples=["America/Chicago"])]
ClientId = Annotated[str, Meta(max_length=100, pattern="^[A-Za-z0-9._~-]*$")]
ConnectionId = Annotated[str, Meta(max_length=40, pattern="^[a-z0-9]*$")]

EnvironmentName = Literal["testing", "production"]
StateName = Literal["draft", "needs_approval", "approved", "rejected", "disabled"]
Audience = Literal["provider", "patient", "devicetest", "directsms", "backend"]
Clients = Annotated[
    dict[Audience, ClientId],
    Meta(
        description="The EHR's client id for each audience; device test falls back on patient, direct SMS on provider."
    ),
]
Organizers = Annotated[list[Guid], Meta(max_length=100, description="The pool of organisers, Entra object ids.")]
Assertion = Annotated[
    Literal["ES384", "RS384"], Meta(description="How we sign towards the EHR (SMART App Launch 2.2, private_key_jwt).")
]


class Request(Struct, kw_only=True, forbid_unknown_fields=True):
    """A body that a caller sends; fields that are not known here are refused."""


class PersonRef(Request):
    """Somebody of the tenant's directory; the name is kept only to show it."""

    oid: Guid
    name: Line = ""


class RoomChange(Request):
    """Meeting settings. `lobby`: who passes it by; `chat`: `limited` is during the call only; `visit_page`: clinicians
    come to the visit's page first, and go on to Teams from there; `early_minutes`, `late_minutes`: from how long before
    the start until how long after the end patients may come in, null for as early as they like.
    """

    lobby: Literal["organizer", "invited", "organization"] | UnsetType = UNSET
    chat: Literal["limited", "enabled", "disabled"] | UnsetType = UNSET
    recording: bool | UnsetType = UNSET
    visit_page: bool | UnsetType = UNSET
    early_minutes: Annotated[int, Meta(ge=0, le=1440)] | UnsetType | None = UNSET
    late_minutes: Annotated[int, Meta(ge=0, le=240)] | UnsetType = UNSET


Code = Annotated[str, Meta(max_length=20, pattern=LINE)]


class WritebackChange(Request):
    """How statuses reach the EHR. `epic-2018` needs the hospital's own values for `connected` and `disconnected` in
    `statuses`, and for one of `id_types` or both. `oracle-health` needs one for `connected`: `arrived` or `checked-in`; for
    `waiting` it may have `arrived`; it takes none for `disconnected`, and no `id_types`.
    """

    kind: Literal["none", "epic-2018", "oracle-health"]
    statuses: dict[Literal["waiting", "connected", "disconnected"], Code] = {}
    id_types: dict[Literal["provider", "patient"], Code] = {}


class ConnectionFields(Request):
    """What an administrator sets of a connection."""

    fhir_base: Url | UnsetType = UNSET
    environment: EnvironmentName | UnsetType = UNSET
    zone: Zone | UnsetType = UNSET
    client_ids: Clients | UnsetType = UNSET
    assertion: Assertion | UnsetType = UNSET
    organizers: Organizers | UnsetType = UNSET
    room: RoomChange | UnsetType = UNSET
    writeback: WritebackChange | UnsetType = UNSET


class NewConnection(ConnectionFields):
    """A connection to add. As a draft it needs `fhir_base` and `environment` only, and nothing is checked yet; else
    also `zone` and `approver`. `copy_of` takes what is not given here from another connection: zone, approver,
    organisers, room, write-back and SMS rules, switched off; never client ids or certificates.
    """

    approver: PersonRef | UnsetType = UNSET
    state: Literal["draft", "needs_approval"] | UnsetType = UNSET
    copy_of: ConnectionId | UnsetType = UNSET


class ConnectionChange(ConnectionFields):
    """Fields to change. `state`: `disabled` switches off, `needs_approval` checks anew and asks for approval. An
    `approver` of null takes the approver away.
    """

    approver: PersonRef | UnsetType | None = UNSET
    state: Literal["disabled", "needs_approval"] | UnsetType = UNSET


class CheckUrl(Request):
    """A FHIR base URL to try."""

    fhir_base: Url
    client_id: ClientId = ""


ClockTime = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["21:00"])]


class QuietHours(Request):
    """No reminder leaves from `start` to `end`, in the connection's time zone; over midnight if `end` is the earlier."""

    start: ClockTime
    end: ClockTime


SmsLanguage = Literal["en", "es", "fr", "pt", "zh", "ar", "vi"]
SmsKind = Literal["scheduled", "updated", "cancelled", "reminder"]
# More is never sent: four segments hold 612 characters at most. What else is wrong, the linter says.
Template = Annotated[str, Meta(max_length=612, pattern="^[^\\u0000\\ud800-\\udfff]*$")]


class SmsChange(Request):
    """SMS rules to change. `reminders`: minutes before the start. `region`: ISO 3166, for numbers without a code.
    `templates`: texts in your own words by language and kind; those not given stay, an empty one or null is ours again.
    `gateway`: what texts leave by, Azure Communication Services or Amazon SNS; empty: what the deployment uses.
    """

    enabled: bool | UnsetType = UNSET
    sender: Annotated[str, Meta(pattern="^(\\+[0-9]{7,15})?$", examples=["+18335550100"])] | UnsetType = UNSET
    organisation: Annotated[str, Meta(max_length=40, pattern=LINE)] | UnsetType = UNSET
    confirmations: Annotated[list[Literal["scheduled", "updated", "cancelled"]], Meta(max_length=3)] | UnsetType = UNSET
    reminders: Annotated[list[Annotated[int, Meta(ge=1, le=10080)]], Meta(max_length=10)] | UnsetType = UNSET
    language: SmsLanguage | UnsetType = UNSET
    region: Annotated[str, Meta(pattern="^[A-Za-z]{2}$")] | UnsetType = UNSET
    landlines: bool | UnsetType = UNSET
    quiet_hours: QuietHours | UnsetType | None = UNSET
    templates: dict[SmsLanguage, dict[SmsKind, Template | None]] | UnsetType = UNSET
    gateway: Literal["", "acs", "sns"] | UnsetType = UNSET


class ConsentChange(Request):
    """`sms_terms`: the terms for texts are accepted. `patient_consent`: the hospital has its patients' consent."""

    sms_terms: bool | UnsetType = UNSET
    patient_consent: bool | UnsetType = UNSET


class DecisionRequest(Request):
    """The approver's word. `configuration`: `approval.configuration` as it was seen; another by now is refused."""

    decision: Literal["approve", "reject"]
    reason: Annotated[str, Meta(max_length=500)] = ""
    configuration: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | UnsetType = UNSET


class Confirmation(Request):
    """`confirm=true` goes on where the answer asked to be sure."""

    confirm: bool = False


class Page(Request):
    """A page of a list: `cursor` is the `next` of the page before."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 100
    cursor: Annotated[str, Meta(max_length=512)] = ""


Day = Annotated[
    str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9:.]+([Zz]|[+-][0-9:]+)?)?$", examples=["2026-11-24"])
]


class AuditQuery(Page, rename={"since": "from", "until": "to"}):
    """Which entries: from and to (ISO 8601 dates or instants, UTC; `to` is not included), newest first."""

    since: Day | UnsetType = UNSET
    until: Day | UnsetType = UNSET
    month: Annotated[str, Meta(pattern="^[0-9]{6}$")] | UnsetType = UNSET
    action: Annotated[str, Meta(max_length=64)] = ""
    by: Annotated[str, Meta(max_length=64)] = ""
    subject: Annotated[str, Meta(max_length=256)] = ""


class PeopleQuery(Request):
    """Either `search`, the beginning of a name or an address, or `ids`, up to 50 object ids with commas between them."""

    search: Annotated[str, Meta(min_length=2, max_length=64, pattern=LINE)] | UnsetType = UNSET
    ids: Annotated[str, Meta(max_length=2000, pattern=f"^{OID}(,{OID}){{0,49}}$")] | UnsetType = UNSET
