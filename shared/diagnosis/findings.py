"""The catalogue of findings, by stable code, and how one is made.

Texts may name values in braces; these go along in `values`. None of them is a secret or speaks of a patient.
docs/diagnosis.md has the same codes; tests hold the two together and produce each of them.
"""

from shared.diagnosis.about_ehr import EHR
from shared.diagnosis.about_messages import MESSAGES
from shared.diagnosis.about_visits import VISITS
from shared.diagnosis.entry import Entry
from shared.diagnosis.shown import Action, Finding

CATALOGUE: dict[str, Entry] = EHR | VISITS | MESSAGES


def finding(code: str, /, **values: str) -> Finding:
    """A finding of the catalogue, filled in."""
    entry = CATALOGUE[code]
    return Finding(
        code=code,
        level=entry.level,
        detail=entry.detail.format(**values),
        fix=entry.fix.format(**values),
        values=values,
        action=Action(kind=entry.action) if entry.action else None,
    )
