"""A text that a clinician sends by hand: the visit's link to a number of their choice, once. Pure."""

from dataclasses import replace
from datetime import datetime

from shared.visits.changes import DIRECT
from shared.visits.visit import Phone, Record, Text, TextState

GONE_WRONG = (
    TextState.FAILED,
    TextState.MISSED,
    TextState.OPTED_OUT,
    TextState.WITHHELD,
    TextState.SUPERSEDED,
)


def directed(record: Record, phone: Phone, patient: str, now: datetime) -> Record:
    """Owes the link to a phone, beside the patient's own; `patient` is the phone's key there.

    A number that has the link, or is about to get it, gets it no second time; one that did not may be tried again.
    """
    earlier = texts_to(record, patient)
    if any(text.state not in GONE_WRONG for text in earlier):
        return record
    visit = record.visit
    text = Text(visit.start, DIRECT, len(earlier) + 1, TextState.DUE, visit.end, patient=patient, due=now)
    phones = {**record.phones, patient: replace(phone, purpose="direct")}
    return replace(record, phones=phones, texts={**record.texts, text.name: text})


def texts_to(record: Record, patient: str) -> list[Text]:
    """The texts that clinicians sent to a number, the first one first."""
    found = [text for text in record.texts.values() if text.kind == DIRECT and text.patient == patient]
    return sorted(found, key=lambda text: text.version)
