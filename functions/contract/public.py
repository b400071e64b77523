"""What others than the portal call: browsers from the EHR and from texts, the EHR's feed, Graph, anyone."""

from typing import Any, Literal

from msgspec import UNSET, UnsetType, field

from functions.contract.operation import Header, Media, Operation
from shared.organisations.requests import Request
from shared.organisations.shown import Instant, Shown

PAGE = Media("text/html", "A page for people; an error is one too, with the same code.")
HL7 = Media("application/hl7-v2", "HL7v2 SIU messages (docs/hl7.md).")
ACKS = Media("application/hl7-v2", "An acknowledgement for each message, in order.")
PLAIN = Media("text/plain", "The validation token.")
FIELDS = Media("application/x-www-form-urlencoded", "`code`, `phone`, `language`, `step` (`confirm` or `send`).")
FORM = "The form's name, from the launch. Its ticket is in a cookie of the same browser."
LINK = ("link.invalid", "link.too_many", "link.off", "link.over", "link.cancelled")
ROOM = ("room.policy_missing", "room.refused")
SEEN = Header("If-None-Match", "The `ETag` of the answer before: 304 while nothing is new.")
AUDIENCE = "`provider`, `patient`, `devicetest` or `directsms`."
SIGN_IN = (
    "launch.state_invalid", "launch.ehr_refused", "launch.identity_invalid", "launch.wrong_role", "connection.changed",
)  # fmt: skip


class LaunchQuery(Request):
    """What the EHR sends with a launch (SMART App Launch 2.2)."""

    iss: str
    launch: str


class CodeQuery(Request):
    """What an authorization server sends a browser back with (RFC 6749, RFC 9207)."""

    state: str
    code: str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    iss: str | UnsetType = UNSET


class Ticket(Request):
    """The sealed ticket of `approval/start`."""

    ticket: str


class Validation(Request):
    """Graph's question whether we are there."""

    validationToken: str | UnsetType = UNSET  # noqa: N815, the name is Graph's


class Notifications(Request):
    """Change notifications (https://learn.microsoft.com/graph/change-notifications-delivery-webhooks)."""

    value: list[dict[str, Any]] | UnsetType = UNSET
    validationTokens: list[str] | UnsetType = UNSET  # noqa: N815, the name is Graph's


class Standing(Shown):
    """Whether a patient can go in: `early` until `opens`, `waiting` for the care team, `ready`. `moved`: the booking was
    changed. Texts are in the language of `lang`, else the patient's, else the browser's.
    """

    state: Literal["early", "waiting", "ready"]
    join_url: str | None
    when_text: str | None
    opens: Instant | None
    opens_text: str | None
    moved: bool


class LinkQuery(Request):
    """`lang`: the language chosen on the page; `from`: how the browser came; `anyway`: go on in a browser that may not do."""

    lang: str | UnsetType = UNSET
    came: str | UnsetType = field(name="from", default=UNSET)
    anyway: str | UnsetType = UNSET


class DirectQuery(Request):
    """Which text of a form."""

    to: str | UnsetType = UNSET


class DirectStatus(Shown):
    """What became of a text that a clinician sent, and why it failed."""

    state: str
    reason: str


class Status(Shown):
    """Up or down."""

    status: Literal["up", "down"]


class Tables(Shown):
    """The schema that the tables have, and that of the oldest release that still reads them."""

    version: int
    least: int


class Pulse(Shown):
    """The same for administrators: when the last tick ran, and which schema this release writes."""

    status: Literal["up", "down"]
    ticked_at: Instant | None
    release: int
    tables: Tables


class KeySet(Shown):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, Any]]


OPERATIONS = {
    "launch_begin": Operation(
        "A launch from the EHR: to its authorization endpoint, or into a window of its own", "launch",
        {302: None, 200: PAGE},
        query=LaunchQuery, signed_in=False, errors="page",
        path={"audience": AUDIENCE, "connection_id": "Needed where several share a FHIR base URL."},
        refuses=(
            "launch.issuer_missing", "launch.issuer_unknown", "launch.connection_ambiguous", "launch.audience_unknown",
            "connection.not_approved",
        ),
    ),
    "launch_callback": Operation(
        "The EHR sent the browser back: into the room, to our waiting page, to the device test, or to Entra", "launch",
        {302: None, 200: PAGE}, query=CodeQuery, signed_in=False, errors="page", path={"audience": AUDIENCE},
        refuses=(
            *SIGN_IN, *LINK, *ROOM, "launch.session_missing", "launch.audience_unknown", "connection.not_approved",
        ),
    ),
    "signin_callback": Operation(
        "Entra sent the clinician back: into the room", "launch", {302: None, 200: PAGE}, query=CodeQuery,
        signed_in=False, errors="page",
        refuses=(
            "launch.state_invalid", "launch.used", "signin.failed", "signin.wrong_tenant", "connection.changed", *LINK, *ROOM,
        ),
    ),
    "approval_begin": Operation(
        "Sends the approver's browser to the EHR's sign-in", "approval", {302: None, 200: PAGE}, query=Ticket,
        signed_in=False, errors="page", refuses=("launch.state_invalid", "approval.not_approver"),
    ),
    "approval_callback": Operation(
        "The EHR sent the approver back: to the portal, with `?refused=` and a code if the sign-in came to nothing",
        "approval", {302: None, 200: PAGE}, query=CodeQuery, signed_in=False, errors="page",
        refuses=("launch.state_invalid",),
    ),
    "visit_link": Operation(
        "A patient's link: into the room, or the waiting page", "visits", {302: None, 200: PAGE}, signed_in=False, errors="page",
        query=LinkQuery, path={"token": "The link's own code."}, refuses=LINK,
    ),
    "visit_status": Operation(
        "What the waiting page asks; 304 while nothing is new", "visits", {200: Standing, 304: None}, query=LinkQuery,
        headers=(SEEN,), signed_in=False,
        path={"token": "The link's own code."}, refuses=LINK,
    ),
    "direct_form": Operation(
        "The form by which a clinician texts a visit's link, or what came of the text", "visits", {200: PAGE},
        query=DirectQuery, signed_in=False, errors="page", path={"form": FORM},
        refuses=("direct.ticket_invalid", "direct.texts_off"),
    ),
    "direct_send": Operation(
        "The number, to be confirmed or confirmed", "visits", {303: None, 200: PAGE}, takes=(FIELDS,), signed_in=False,
        errors="page", path={"form": FORM},
        refuses=(
            "direct.ticket_invalid", "direct.texts_off", "direct.number_invalid", "link.over", "link.cancelled",
        ),
    ),
    "direct_status": Operation(
        "What the page about a text asks", "visits", {200: DirectStatus}, query=DirectQuery, signed_in=False,
        path={"form": FORM}, refuses=("direct.ticket_invalid", "direct.texts_off", "not_found"),
    ),
    "hl7_receipt": Operation(
        "Appointment messages in, acknowledgements out", "messages", {200: ACKS}, takes=(HL7,), signed_in=False, errors="plain",
        path={"connection_id": "The connection's id."},
        refuses=(
            "hl7.too_large", "hl7.media_type", "hl7.encoding", "hl7.gzip_invalid", "hl7.connection_missing",
            "hl7.unsigned", "hl7.signature_invalid", "hl7.replayed", "hl7.not_hl7",
        ),
    ),
    "graph_notifications": Operation(
        "Microsoft Graph's change notifications", "follow", {202: None, 200: PLAIN}, takes=Notifications,
        query=Validation, signed_in=False, refuses=("graph.not_authentic",),
    ),
    "graph_lifecycle": Operation(
        "Microsoft Graph's lifecycle notifications", "follow", {202: None, 200: PLAIN}, takes=Notifications,
        query=Validation, signed_in=False, refuses=("graph.not_authentic",),
    ),
    "health": Operation(
        "Up or not; with an administrator's token also what it was told by", "health",
        {200: (Status, Pulse), 503: (Status, Pulse)}, signed_in=False, refuses=("auth.token_invalid", "auth.role_missing"),
    ),
    "jwks": Operation(
        "Our public keys for EHRs", "health", {200: KeySet}, signed_in=False,
        path={"environment": "`testing` or `production`."}, refuses=("not_found",),
    ),
}  # fmt: skip
