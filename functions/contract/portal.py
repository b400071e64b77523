"""Connections, SMS settings, approval, people: what the portal calls."""

from functions.contract.operation import CSV, IDEMPOTENCY_KEY, IF_MATCH, Media, Operation
from shared.organisations import requests, shown

URL = (
    "connection.url_invalid",
    "connection.url_private",
    "connection.url_unreachable",
    "connection.not_smart",
    "connection.no_keys",
)
CERTIFICATE = (
    "certificate.invalid",
    "certificate.private_key",
    "certificate.expired",
    "certificate.too_many",
    "certificate.other_environment",
)
CHANGED = ("precondition.failed", "conflict")
ID = {"id": "The connection's id."}

OPERATIONS = {
    "me": Operation("Who is signed in, and what they may do", "people", {200: shown.Me}, refuses=("request.invalid",)),
    "connections_list": Operation(
        "The tenant's connections; for an approver those they are to approve",
        "connections", {200: shown.ConnectionList}, query=requests.Page, refuses=("request.invalid",),
    ),
    "connections_add": Operation(
        "Adds a connection after checking its FHIR base URL",
        "connections", {201: shown.ConnectionShown}, takes=requests.NewConnection, headers=(IDEMPOTENCY_KEY,),
        refuses=(*URL, "connection.exists", "request.key_reused", "not_found", "conflict"),
    ),
    "connections_check": Operation(
        "A dry check of a FHIR base URL; stores nothing", "connections", {200: shown.Checked}, takes=requests.CheckUrl
    ),
    "connections_show": Operation("One connection", "connections", {200: shown.ConnectionShown}, path=ID),
    "connections_change": Operation(
        "Changes a connection", "connections", {200: shown.ConnectionShown}, takes=requests.ConnectionChange,
        query=requests.Confirmation, headers=(IF_MATCH,), path=ID,
        refuses=(
            *URL, *CHANGED, "connection.exists", "connection.in_use", "approval.last_approver",
            "certificate.other_environment",
        ),
    ),
    "connections_remove": Operation(
        "Removes a connection with its certificates and linked clinicians", "connections", {204: None},
        query=requests.Confirmation, headers=(IF_MATCH,), path=ID,
        refuses=("request.invalid", *CHANGED, "connection.in_use"),
    ),
    "connections_sms": Operation(
        "Changes the SMS rules of a connection", "sms", {200: shown.SmsSaved}, takes=requests.SmsChange,
        headers=(IF_MATCH,), path=ID, refuses=(*CHANGED, "sms.consent_missing", "sms.number_taken"),
    ),
    "connections_sms_preview": Operation(
        "Each text in each language, as these rules would send it", "sms", {200: shown.SmsPreview},
        takes=requests.SmsChange, path=ID,
    ),
    "connections_certificates": Operation(
        "The sender certificates of a connection", "certificates", {200: shown.CertificateList}, path=ID
    ),
    "connections_certificate_add": Operation(
        "Adds a sender certificate; the same again changes nothing", "certificates", {201: shown.CertificateShown},
        takes=(
            Media("application/pkix-cert", "The .cer file as it is: PEM, Base64 or DER, public key only."),
            Media("application/octet-stream", "The same."),
        ),
        path=ID, refuses=(*CERTIFICATE, "request.too_large", "conflict"),
    ),
    "connections_certificate_remove": Operation(
        "Removes a sender certificate: what it signs is refused from now on", "certificates", {204: None},
        path=ID | {"thumbprint": "SHA-256 of the certificate, base64url."}, refuses=("conflict",),
    ),
    "approval_start": Operation(
        "The address of the approver's sign-in at the EHR; open it within two minutes", "approval",
        {200: shown.SignInStart}, path=ID, refuses=("approval.not_approver", "connection.not_approved"),
    ),
    "approval_decide": Operation(
        "Approves or rejects, within 15 minutes of the sign-in at the EHR", "approval", {200: shown.ConnectionShown},
        takes=requests.DecisionRequest, path=ID,
        refuses=(
            "approval.not_approver", "approval.evidence_missing", "approval.reason_missing", "connection.not_approved",
            *CHANGED,
        ),
    ),
    "clinicians_list": Operation(
        "Linked clinicians of all connections", "people", {200: shown.ClinicianList}, query=requests.Page,
        refuses=("request.invalid",),
    ),
    "clinicians_unlink": Operation(
        "Unlinks a clinician: the next launch asks for the Microsoft sign-in again", "people", {204: None},
        path={"id": "`connection:EHR user id`."}, refuses=("not_found",),
    ),
    "audit_list": Operation(
        "Who changed what, newest first", "people", {200: (shown.AuditList, CSV)}, query=requests.AuditQuery,
        refuses=("request.invalid",),
    ),
    "sms_consents": Operation("The two consents: given or not, by whom, when", "sms", {200: shown.ConsentsShown}),
    "sms_consents_put": Operation(
        "Gives or withdraws consents", "sms", {200: shown.ConsentsShown}, takes=requests.ConsentChange,
        refuses=("conflict",),
    ),
}  # fmt: skip
