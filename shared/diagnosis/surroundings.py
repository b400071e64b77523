"""Test and production: are they mixed up? Pure."""

import re
from collections.abc import Sequence

from shared.clock import to_text
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.organisations.connection import Connection
from shared.organisations.sightings import Seen

# As hospitals name Epic's non-production instances (interconnect-tst-oauth, SUP, POC, REL, PLY, ...) and production.
_TESTING = re.compile(r"(?<![a-z])(tst|test|testing|sup|poc|rel|ply|mst|dev|stg|stage|uat|nonprod|sandbox)(?![a-z])")
_PRODUCTION = re.compile(r"(?<![a-z])(prd|prod|production)(?![a-z])")
OTHER_ISSUER, AMBIGUOUS, WRONG_PROCESSING = "launch.issuer_unknown", "launch.connection_ambiguous", "AR-202"


def environment(connection: Connection, same_base: Sequence[Connection], seen: Seen) -> list[Finding]:
    """`same_base`: connections with the same FHIR base URL; those of other tenants are nobody's business here."""
    findings = [
        finding("environment.shared_base", other=other.environment)
        for other in same_base
        if other.id != connection.id and other.tenant == connection.tenant
    ]
    launch, message = seen.refused_launch, seen.refused_message
    if launch and launch.code == OTHER_ISSUER:
        findings.append(finding("environment.mixed_up", at=to_text(launch.at)))
    if launch and launch.code == AMBIGUOUS:
        findings.append(finding("environment.id_needed", at=to_text(launch.at)))
    # Testing takes messages of every processing id that there is (siu.py).
    if message and message.code == WRONG_PROCESSING and connection.environment == "production":
        at = to_text(message.at)
        findings.append(finding("environment.message_mixed_up", at=at, environment=connection.environment))
    pattern = _TESTING if connection.environment == "production" else _PRODUCTION
    if hint := pattern.search(connection.fhir_base.lower()):
        findings.append(finding("environment.name_hint", environment=connection.environment, hint=hint[0]))
    return findings
