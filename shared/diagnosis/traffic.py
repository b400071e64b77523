"""What was seen of launches, and whether Epic holds the records that were issued. Pure."""

from shared.clock import to_text
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.diagnosis.surroundings import AMBIGUOUS, OTHER_ISSUER
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.drift import differs
from shared.organisations.records import CONTEXTS, issued
from shared.organisations.sightings import Seen

AUDIENCES = ("provider", "patient")
GROUPS = ("group-provider", "group-patient")
HINTS = (
    "hint.lobby_notice", "hint.chat_after_visit", "hint.vdi", "hint.portal_access", "hint.sharing", "hint.epic_sign_in",
    "hint.epic_environment", "hint.licence",
)  # fmt: skip


def launches(connection: Connection, seen: Seen) -> list[Finding]:
    """The last launch of each record, and the last one refused."""
    findings = [
        finding("launch.seen", record=name, at=to_text(seen.launches[name].at))
        for name in CONTEXTS
        if name in seen.launches
    ]
    if connection.state is ConnectionState.APPROVED:
        known = {CONTEXTS[name][0] for name in seen.launches if name in CONTEXTS}
        findings += [finding("launch.never", audience=audience) for audience in AUDIENCES if audience not in known]
    refused = seen.refused_launch
    if refused and refused.code not in (OTHER_ISSUER, AMBIGUOUS):
        worked = any(launched.at > refused.at for launched in seen.launches.values())
        code = "launch.refused_before" if worked else "launch.refused"
        findings.append(finding(code, at=to_text(refused.at), code=refused.code))
    return findings


def records(connection: Connection, seen: Seen, public_url: str) -> list[Finding]:
    """What launches showed against what is issued now."""
    findings = []
    for record in issued(connection, public_url):
        launched = seen.launches.get(record.name)
        found = differs(launched, record) if launched else []
        if launched and found == ["version"]:
            findings.append(finding("records.outdated", record=record.name))
        elif launched and found:
            at, listed = to_text(launched.at), ", ".join(found)
            findings.append(finding("records.drift", record=record.name, at=at, differs=listed))
    if connection.state is ConnectionState.APPROVED and not any(name in seen.launches for name in GROUPS):
        findings.append(finding("records.group_unseen"))
    return findings


def hints() -> list[Finding]:
    """What no machine can see, with its cause and fix at hand."""
    return [finding(code) for code in HINTS]
