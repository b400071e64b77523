"""The one tree of errors that may reach a caller, and the catalogue of their codes.

An error is raised by code: `raise Refused("launch.issuer_unknown")`. The catalogue gives the sentence for the person,
the fix for whoever runs the connection, and the HTTP status (RFC 9457 members `code`, `detail`, `fix`). No sentence
ever holds a value that came from outside. `docs/errors.md` has the same table; a test holds the two together.

    BridgeError
    |-- Refused       the caller must change something; nothing was stored
    |-- Conflict      someone else changed the same thing; read again
    `-- Unavailable   we or an upstream cannot answer now; `retry_after` seconds
"""

from typing import NamedTuple


class Problem(NamedTuple):
    """`status` is HTTP's; `detail` is for the person; `fix` is for the administrator."""

    status: int
    detail: str
    fix: str


CATALOGUE: dict[str, Problem] = {
    "request.not_json": Problem(400, "The request's body is not a JSON object.", "Send a JSON object as UTF-8."),
    "request.invalid": Problem(422, "A field of the request is missing or not valid.", "See `fields` in this answer."),
    "not_found": Problem(404, "There is nothing here.", "Check the address and the id."),
    "internal": Problem(500, "Something went wrong on our side.", "Look up the trace id in the log."),
    "precondition.failed": Problem(
        412, "This was changed by someone else since you saw it.", "Look at `fields`, load it again, repeat the change."
    ),
    "request.too_large": Problem(413, "The request is larger than is taken here.", "Send less at a time."),
    "request.key_reused": Problem(
        422, "This idempotency key was used for something else.", "Use a new key for each new thing."
    ),
    "unavailable": Problem(503, "A service we depend on does not answer now.", "Try again shortly; see the health page."),
    "conflict": Problem(409, "Someone else changed this at the same time.", "Load it again and repeat the change."),
    "auth.token_missing": Problem(401, "You are not signed in.", "Send an access token for this API."),
    "auth.token_invalid": Problem(401, "The sign-in is not valid here.", "Sign in again; check tenant, audience and scope."),
    "auth.role_missing": Problem(403, "Your account may not do this.", "Assign the app role in Entra: Connector.Admin."),
    "connection.exists": Problem(409, "This FHIR base URL is already configured.", "Edit the existing connection."),
    "connection.url_invalid": Problem(
        422, "This is not a FHIR base URL we can use.", "Use https, no query, no user name."
    ),
    "connection.url_private": Problem(
        422, "The address is inside a private network.", "Use the address that Epic publishes for apps outside."
    ),
    "connection.url_unreachable": Problem(
        422, "The FHIR server did not answer.", "Check the URL, DNS, firewall and the server's certificate."
    ),
    "connection.not_smart": Problem(
        422, "The server offers no SMART sign-in at this address.", "Check the URL's suffix: R4 for new apps."
    ),
    "connection.no_keys": Problem(
        422,
        "The server does not publish the keys by which its sign-ins are verified.",
        "Ask the Epic technical specialist to enable OpenID Connect for this address.",
    ),
    "connection.in_use": Problem(
        409, "The connection has visits today.", "Wait until they are over, or repeat with confirm=true."
    ),
    "connection.not_approved": Problem(
        403, "This connection has not been approved yet.", "The named approver must approve it in the portal."
    ),
    "connection.changed": Problem(
        403, "The EHR's sign-in addresses have changed since approval.", "Check them, then have the connection approved again."
    ),
    "approval.not_approver": Problem(
        403, "Only the named approver may do this.", "Sign in as the person named in the connection."
    ),
    "approval.last_approver": Problem(
        409, "Without its approver the connection goes out of service.", "Name another one, or repeat with confirm=true."
    ),
    "approval.evidence_missing": Problem(
        409, "The sign-in to the EHR is missing or too old.", "Sign in to the EHR again, then decide within 15 minutes."
    ),
    "approval.reason_missing": Problem(422, "A rejection needs a reason.", "Say what has to change."),
    "certificate.invalid": Problem(
        422, "This is not a certificate we can use.", "Upload one certificate, Base64 or DER, RSA 2048 or EC P-256/P-384."
    ),
    "certificate.private_key": Problem(
        422, "The file holds a private key.", "Upload the public certificate only, and replace that key: it was shown."
    ),
    "certificate.expired": Problem(422, "The certificate is expired or not yet valid.", "Upload a current one."),
    "certificate.too_many": Problem(409, "Two certificates are in use already.", "Remove the one that is no longer used."),
    "certificate.other_environment": Problem(
        409, "This key serves another environment already.", "Make one key for testing and another one for production."
    ),
    "sms.number_taken": Problem(
        409, "This number belongs to another organisation.", "Choose one of your own numbers, or get a new one."
    ),
    "sms.consent_missing": Problem(409, "The two consents for texts are missing.", "An administrator must give them first."),
    "numbers.quota": Problem(
        409, "No more numbers can be had now: one purchase, and five searches a week, is what Azure allows.",
        "Use a number you have, or place a special order: "
        "https://github.com/Azure/Communication/blob/master/special-order-numbers.md",
    ),
    "numbers.none_available": Problem(
        409, "There is no such number to be had now.", "Choose another type or country, or try again another day."
    ),
    "numbers.not_eligible": Problem(
        409, "The Azure subscription may not buy phone numbers.",
        "It must be a paid one, with a billing address in a country that numbers are sold to.",
    ),
    "numbers.expired": Problem(
        409, "The number was not held for long enough, and was let go.", "Nothing was bought. Begin again."
    ),
    "numbers.permission_missing": Problem(
        503, "The app may not manage phone numbers.",
        "Give its managed identity the role Contributor on the Communication Services resource.",
    ),
    "numbers.failed": Problem(
        409, "The number could not be bought.", "Nothing was bought. Begin again, or buy one in the Azure portal."
    ),
    "numbers.timed_out": Problem(409, "It took too long to get a number.", "Nothing was bought. Begin again later."),
    "numbers.unclear": Problem(
        409, "It is not clear whether the number was bought.",
        "Look at your numbers in an hour, here and in the Azure portal, before you begin again.",
    ),
    "ehr.sign_in_refused": Problem(
        503, "The EHR does not accept our sign-in for writing statuses.",
        "Check the backend client id, its scopes and our keys in the EHR; statuses wait and go on by themselves.",
    ),
    "ehr.not_answering": Problem(
        503, "The EHR does not answer, or answers that it cannot take statuses now.",
        "Ask whoever runs the EHR; statuses wait and go on by themselves.",
    ),
    "ehr.appointment_unknown": Problem(
        409, "The EHR does not know the appointment.", "Check that the visit's number is the one the EHR writes statuses to."
    ),
    "ehr.appointment_changing": Problem(
        409, "The appointment is being changed in the EHR.", "Nothing to do: it is tried again."
    ),
    "ehr.status_refused": Problem(
        422, "The EHR refuses the status for this appointment.",
        "Check the connection's values for statuses with the EHR's analyst.",
    ),
    "ehr.too_late": Problem(
        409, "The status came too late to be told.", "Have it written after all if it still matters."
    ),
    "ehr.writeback_off": Problem(
        409, "Nothing is written to the EHR by this connection.",
        "Switch write-back on, and have the connection approved.",
    ),
    "directory.permission_missing": Problem(
        503, "The app may not look into the directory.", "Grant it the Graph permission User.Read.All, with admin consent."
    ),
    "launch.issuer_missing": Problem(400, "The EHR did not say who it is.", "Check the launch URL in the integration record."),
    "launch.issuer_unknown": Problem(
        403,
        "This EHR is not set up for video visits here.",
        "No connection has this FHIR base URL. Check that test and production URLs are not mixed up.",
    ),
    "launch.connection_ambiguous": Problem(
        400,
        "This EHR serves several organisations, and the link does not say which.",
        "Use the launch URL of the records: it ends in the connection's id.",
    ),
    "launch.audience_unknown": Problem(404, "This launch address does not exist.", "Copy the launch URL from the records."),
    "launch.state_invalid": Problem(
        400, "This sign-in has expired or was opened in another window.", "Start again from the chart; cookies must be allowed."
    ),
    "launch.used": Problem(
        409, "The visit was already opened with this click.", "If it is not to be seen, open it from the chart once more."
    ),
    "launch.ehr_refused": Problem(
        403, "The EHR did not complete the sign-in.", "Check client ids and keys in the EHR; the app may need to be downloaded."
    ),
    "launch.identity_invalid": Problem(
        403, "The EHR's answer could not be verified.", "Check the connection's diagnosis; have it approved again."
    ),
    "launch.wrong_role": Problem(
        403, "This link is for someone else's role.", "Use the provider record for staff, the patient record for patients."
    ),
    "launch.session_missing": Problem(
        422, "The EHR did not say which visit this is.", "Set the context token of the record exactly as the portal shows it."
    ),
    "signin.failed": Problem(403, "The Microsoft sign-in was not completed.", "Start again from the chart."),
    "signin.wrong_tenant": Problem(
        403, "This account belongs to another organisation.", "Sign in with the hospital's own account."
    ),
    "direct.ticket_invalid": Problem(
        400, "This form has run out, or was opened in another browser.", "Launch it again from the chart."
    ),
    "direct.texts_off": Problem(
        409, "Texts are not switched on for this connection.",
        "Give both consents, then set a number and the organisation's name on the SMS set-up page and switch texts on.",
    ),
    "direct.number_invalid": Problem(422, "This is no number that texts can be sent to.", "Check the number."),
    "link.invalid": Problem(
        404, "This link leads nowhere.", "Its visit may be long over; else use the link from the newest text message."
    ),
    "link.too_many": Problem(
        429, "Too many links that lead nowhere came from this address.", "Wait, then use the link from the text message."
    ),
    "link.off": Problem(
        410, "The visit's connection is switched off.", "Approve or enable the connection, then use the link again."
    ),
    "link.over": Problem(410, "This visit is over.", "The link ends with the visit."),
    "link.cancelled": Problem(410, "This visit was cancelled.", "Book a new visit with the clinic."),
    "link.revoked": Problem(
        410, "This link was taken back.", "The clinician can make a new one on the visit's page."
    ),
    "link.expired": Problem(
        410, "This link has run out.", "The clinician can make a new one on the visit's page."
    ),
    "visit.page_invalid": Problem(
        400, "This page has run out, or was opened in another browser.", "Launch the visit again from the chart."
    ),
    "visit.too_many_guests": Problem(
        409, "No more links can be made for this visit.", "Use one of those made already: a link works for several people."
    ),
    "room.policy_missing": Problem(
        503, "The meeting could not be prepared.", "Grant the application access policy to the organiser (up to 30 minutes)."
    ),
    "room.refused": Problem(503, "The meeting could not be prepared.", "Check the organiser's licence, the app's permissions."),
    "graph.not_authentic": Problem(401, "This notification is not from Microsoft Graph.", "Nothing to do unless it repeats."),
    "hl7.not_hl7": Problem(400, "This is not an HL7 version 2 message.", "Send MSH first, segments ended by CR, as UTF-8."),
    "hl7.too_large": Problem(413, "The message is larger than 256 KiB.", "Send one appointment message a request."),
    "hl7.media_type": Problem(415, "The content type is not HL7.", "Send application/hl7-v2 or x-application/hl7-v2+er7."),
    "hl7.unsigned": Problem(401, "The message carries no signature.", "Sign it with the connection's certificate."),
    "hl7.signature_invalid": Problem(
        401, "The message's signature is not valid.", "Check key, certificate, address, clock and body; see docs/hl7.md."
    ),
    "hl7.replayed": Problem(
        401, "This message was already received.", "Make a new token (jti), or sign anew a second later, for each request."
    ),
    "hl7.connection_missing": Problem(
        400, "The address does not say for which connection the message is.", "Post to /api/hl7/{connection id}."
    ),
    "hl7.encoding": Problem(
        415, "The body is compressed in a way that is not taken here.", "Send it as it is, or with Content-Encoding: gzip."
    ),
    "hl7.gzip_invalid": Problem(400, "The body is not what gzip makes.", "Compress the whole body once, as RFC 1952 says."),
}  # fmt: skip


class BridgeError(Exception):
    """Base of all errors that may reach a caller. `code` is a key of CATALOGUE and never changes its meaning."""

    def __init__(self, code: str, *, fields: dict[str, str] | None = None, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problem = CATALOGUE[code]
        self.fields = fields or {}
        self.retry_after = retry_after


class Refused(BridgeError):
    """The caller must change something first. Nothing was stored."""


class Conflict(BridgeError):
    """Someone else won a race for the same row."""

    def __init__(self) -> None:
        super().__init__("conflict")


class Unavailable(BridgeError):
    """We, or an upstream, cannot answer now. `retry_after` is in seconds."""

    def __init__(self, code: str = "unavailable", *, retry_after: int = 5) -> None:
        super().__init__(code, retry_after=retry_after)
