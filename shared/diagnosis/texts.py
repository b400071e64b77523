"""Do messages come in and texts go out: SMS rules, sender number, sender certificates, the feed, write-back."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from shared.clock import to_text
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.numbers.models import NumberShown
from shared.organisations.connection import Certificate, Connection, ConnectionState
from shared.organisations.sightings import Seen

SOON = timedelta(days=30)
SILENCE = timedelta(days=7)
STATUSES = ("connected", "disconnected")
ID_TYPES = ("provider", "patient")
VERIFIED = ("verified", "not_needed")


# A number as the tenant has it, None if it is not the tenant's. Raises a `BridgeError` if that cannot be told.
NumberOf = Callable[[str], Awaitable[NumberShown | None]]


async def rules(
    connection: Connection, consents_given: Callable[[], Awaitable[bool]], number_of: NumberOf | None
) -> list[Finding]:
    """The SMS rules: whether a text could leave. Without `number_of` the gateway's numbers cannot be looked at."""
    sms = connection.sms
    if not sms.enabled:
        return [finding("sms.off")]
    findings = [] if await consents_given() else [finding("sms.consents_missing")]
    if not sms.organisation:
        findings.append(finding("sms.organisation_missing"))
    if not sms.sender:
        return [*findings, finding("sms.sender_missing")]
    if number_of is None:
        return findings
    number = await number_of(sms.sender)
    if number is None:
        return [*findings, finding("sms.sender_unknown", number=sms.sender)]
    if number.verification not in VERIFIED:
        findings.append(finding("sms.verification_missing", number=sms.sender, state=number.verification))
    return [*findings, finding("sms.sender_known", number=sms.sender)]


def certificates(connection: Connection, now: datetime) -> list[Finding]:
    """The sender certificates: one in force, one to take over."""
    if not connection.certificates:
        return [finding("certificate.missing")] if connection.sms.enabled else []
    lasting = any(c.not_before <= now < c.not_after - SOON for c in connection.certificates)
    return [_certificate(certificate, now, lasting=lasting) for certificate in connection.certificates]


def messages(connection: Connection, seen: Seen, now: datetime) -> list[Finding]:
    """The feed: the last message taken, the last refused, silence."""
    last, refused = seen.message_at, seen.refused_message
    findings = [finding("messages.last", at=to_text(last))] if last else []
    if refused:
        code = "messages.refused_before" if last and last > refused.at else "messages.refused"
        findings.append(finding(code, at=to_text(refused.at), code=refused.code))
    approved = connection.decision.at if connection.decision else None
    since = last or approved
    if not connection.sms.enabled or connection.state is not ConnectionState.APPROVED or since is None:
        return findings
    if since + SILENCE <= now:
        findings.append(finding("messages.silent", since=to_text(since)))
    elif last is None and refused is None:
        findings.append(finding("messages.none_yet"))
    return findings


def writeback(connection: Connection) -> list[Finding]:
    """Whether Epic is told who waits and who is connected."""
    rules_of = connection.writeback
    if rules_of.kind == "none":
        return [finding("writeback.off")]
    if not connection.client_id("backend"):
        return [finding("writeback.no_client")]
    missing = []
    if rules_of.kind == "epic-2018":
        missing = [name for name in STATUSES if not rules_of.statuses.get(name)]
        missing += [name for name in ID_TYPES if not rules_of.id_types.get(name)]
    return [finding("writeback.incomplete", missing=", ".join(missing)) if missing else finding("writeback.configured")]


def _certificate(certificate: Certificate, now: datetime, *, lasting: bool) -> Finding:
    subject, until = certificate.subject, to_text(certificate.not_after)
    if certificate.not_after <= now:
        return finding("certificate.expired", subject=subject, at=until)
    if certificate.not_before > now:
        return finding("certificate.not_yet_valid", subject=subject, at=to_text(certificate.not_before))
    if certificate.not_after - SOON > now:
        return finding("certificate.current", subject=subject, at=until)
    return finding("certificate.rollover_ready" if lasting else "certificate.expiring", subject=subject, at=until)
