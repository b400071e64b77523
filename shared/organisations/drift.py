"""Does Epic hold what was issued? Compares what a launch showed with the record as it is issued now. Pure.

Of a launch only names are looked at: whether its URL had the connection's id, the names of its context's parameters,
the marker of the record. No value of a parameter is kept, the marker excepted, and that only in its own form.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.organisations.records import CONTEXTS, MARKER, Record, context_names

_MARKER = re.compile(r"([a-z-]{1,40})\.([0-9]{1,4}\.[0-9a-f]{12})")
# Of the names that no record of ours has for an audience only these are noted: ours of other records, and those of the
# product that hospitals come from. Epic's own members of the token response are no drift, and other names none of ours.
_FORMER = ("tenantId", "upn", "organizerId", "subject", "applicationInstances")
KNOWN = frozenset(_FORMER).union(*(context_names(context) for _, context in CONTEXTS.values()))


@dataclass(frozen=True, slots=True)
class Launched:
    """What the last launch with a record showed. `version` is empty without a readable marker; `other_record`: the
    marker was of a record for another audience.
    """

    record: str
    at: datetime
    version: str
    with_id: bool
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    other_record: bool = False


def shown_by(audience: str, names: Iterable[str], marker: str, *, with_id: bool, at: datetime) -> Launched:
    """What a launch for an audience showed. `names` are the members of the token response."""
    given, match = frozenset(names), _MARKER.fullmatch(marker)
    marked, version = match.groups() if match else ("", "")
    here = marked in CONTEXTS and CONTEXTS[marked][0] == audience
    record = marked if here else next(name for name, (of, _) in CONTEXTS.items() if of == audience)
    asked = context_names(CONTEXTS[record][1])
    return Launched(
        record=record,
        at=at,
        version=version if here else "",
        with_id=with_id,
        missing=tuple(sorted(asked - given)),
        extra=tuple(sorted((KNOWN - asked) & given)),
        other_record=bool(match) and not here,
    )


def differs(launched: Launched, record: Record) -> list[str]:
    """In what a launch differed from the record: `launch_url`, `client_id`, `context:<name>`, `version`."""
    found = [] if launched.with_id else ["launch_url"]
    if not launched.version:
        found.append("version")
    elif launched.version != record.version:
        found += _moved(launched.version, record.version)
    if launched.other_record:
        found.append(f"context:{MARKER}")
    found += [f"context:{name}" for name in (*launched.missing, *launched.extra)]
    return list(dict.fromkeys(found))


def _moved(seen: str, now: str) -> list[str]:
    """What changed between two versions, by their fingerprints (see records.py)."""
    (form, before), (form_now, after) = seen.split("."), now.split(".")
    found = ["launch_url"] if before[:4] != after[:4] else []
    if before[4:8] != after[4:8]:
        found.append("client_id")
    if form != form_now or before[8:] != after[8:]:
        found.append("version")
    return found
