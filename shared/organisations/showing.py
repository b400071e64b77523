"""A connection as the API shows it. Pure."""

from datetime import datetime, timedelta

from shared.clock import to_text
from shared.organisations import shown
from shared.organisations.connection import EVIDENCE_LIFE, Certificate, Connection, SmsRules
from shared.organisations.requests import QuietHours
from shared.organisations.versions import etag_of

EXPIRY_WARNING = timedelta(days=30)


def show(connection: Connection, now: datetime) -> shown.ConnectionShown:
    """A connection as the API shows it."""
    endpoints, decision, writeback = connection.endpoints, connection.decision, connection.writeback
    return shown.ConnectionShown(
        id=connection.id,
        etag=etag_of(connection),
        fhir_base=connection.fhir_base,
        environment=connection.environment,
        zone=connection.zone,
        state=connection.state.value,
        approver=shown.Approver(oid=connection.approver_oid, name=connection.approver_name)
        if connection.approver_oid
        else None,
        client_ids=dict(connection.client_ids),
        assertion=connection.assertion,
        organizers=list(connection.organizers),
        room=shown.RoomShown(
            lobby=connection.lobby,
            chat=connection.chat,
            recording=connection.recording,
            visit_page=connection.visit_page,
            early_minutes=connection.early_minutes,
            late_minutes=connection.late_minutes,
        ),
        sms=show_sms(connection.sms),
        writeback=shown.WritebackShown(
            kind=writeback.kind, statuses=dict(writeback.statuses), id_types=dict(writeback.id_types)
        ),
        endpoints=shown.EndpointsShown(
            authorize=endpoints.authorize,
            token=endpoints.token,
            issuer=endpoints.issuer,
            jwks=endpoints.jwks,
            fhir_release=endpoints.fhir_release,
        )
        if endpoints
        else None,
        certificates=[show_certificate(certificate, now) for certificate in connection.certificates],
        decision=shown.DecisionShown(
            decision="approve" if decision.approved else "reject",
            reason=decision.reason,
            by=decision.by,
            at=to_text(decision.at),
        )
        if decision
        else None,
        approval=_approval(connection, now),
    )


def show_sms(rules: SmsRules) -> shown.SmsShown:
    """SMS rules as the API shows them."""
    return shown.SmsShown(
        enabled=rules.enabled,
        sender=rules.sender,
        organisation=rules.organisation,
        confirmations=list(rules.confirmations),
        reminders=list(rules.reminders),
        language=rules.language,
        region=rules.region,
        landlines=rules.landlines,
        quiet_hours=QuietHours(start=rules.quiet[0], end=rules.quiet[1]) if rules.quiet else None,
        templates={language: dict(kinds) for language, kinds in rules.templates.items()},
        gateway=rules.gateway,
    )


def show_certificate(certificate: Certificate, now: datetime) -> shown.CertificateShown:
    """A sender certificate as the API shows it."""
    left = certificate.not_after - now
    return shown.CertificateShown(
        thumbprint=certificate.thumbprint,
        subject=certificate.subject,
        not_before=to_text(certificate.not_before),
        not_after=to_text(certificate.not_after),
        warning="expired" if left <= timedelta(0) else "soon" if left <= EXPIRY_WARNING else "none",
    )


def _approval(connection: Connection, now: datetime) -> shown.ApprovalShown:
    covered, last, evidence = connection.covered, connection.approved, connection.evidence
    before = last.covered if last else covered
    until = evidence.at + EVIDENCE_LIFE if evidence and evidence.configuration == connection.configuration else None
    return shown.ApprovalShown(
        configuration=connection.configuration,
        covered=covered,
        changes=[
            shown.ChangeShown(field=name, before=before.get(name, ""), after=covered.get(name, ""))
            for name in sorted(before.keys() | covered.keys())
            if before.get(name) != covered.get(name)
        ],
        approved_at=to_text(last.at) if last else None,
        approved_by=last.by if last else None,
        signed_in_until=to_text(until) if until and until > now else None,
    )
