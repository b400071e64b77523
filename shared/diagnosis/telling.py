"""Does the EHR take the statuses that are written to it: a pause, and what was given up."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from shared.clock import to_text
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.organisations.connection import Connection


@dataclass(frozen=True, slots=True)
class Telling:
    """How a connection's write-back goes. `since`: from when on the EHR has taken nothing, and `code` why, of errors.md;
    `probe`: when it is asked again. `untold`: how many statuses of the last seven days were given up.
    """

    since: datetime | None = None
    code: str = ""
    probe: datetime | None = None
    untold: int = 0


TellingOf = Callable[[str], Awaitable[Telling]]


async def told(connection: Connection, telling_of: TellingOf) -> list[Finding]:
    """Whether statuses reach the EHR; nothing where none are written."""
    if connection.writeback.kind == "none":
        return []
    telling = await telling_of(connection.id)
    findings = []
    if telling.since and telling.probe:
        code = "writeback.not_signed_in" if telling.code == "ehr.sign_in_refused" else "writeback.not_answered"
        findings.append(finding(code, since=to_text(telling.since), at=to_text(telling.probe)))
    if telling.untold:
        findings.append(finding("writeback.untold", count=str(telling.untold)))
    return findings
