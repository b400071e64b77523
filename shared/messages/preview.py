"""Each text in each language as a patient would get it: for the administrator who sets them up."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.keys.keyring import encode
from shared.messages.segments import size
from shared.messages.templates import WORDS, render
from shared.organisations.connection import Connection
from shared.organisations.forms import apply_sms
from shared.organisations.requests import SmsChange
from shared.organisations.shown import SmsPreview, SmsText
from shared.organisations.taking import take

KINDS = ("scheduled", "updated", "cancelled", "reminder")
# As long as a real one, for the count of segments: 48 characters (shared/visits/ids.py).
CODE = encode(b"this is an example and opens nothing")
HOUR = 10


def preview(connection: Connection, body: Mapping[str, Any], public_url: str, now: datetime) -> SmsPreview:
    """The texts under the rules with `body` applied, for a visit a week from now. Raises `Refused`."""
    rules = apply_sms(connection.sms, take(SmsChange, body))
    local = now.astimezone(ZoneInfo(connection.zone or "UTC")) + timedelta(days=7)
    start = local.replace(hour=HOUR, minute=0, second=0, microsecond=0).astimezone(UTC)
    texts = []
    for language in WORDS:
        for kind in KINDS:
            text = render(
                kind,
                language,
                organisation=rules.organisation or "…",
                start=start,
                zone=connection.zone or "UTC",
                link=f"{public_url}/api/v/{CODE}",
            )
            sized = size(text)
            texts.append(
                SmsText(
                    language=language,
                    kind=kind,
                    text=text,
                    encoding=sized.encoding,
                    characters=sized.characters,
                    segments=sized.segments,
                )
            )
    return SmsPreview(texts=texts)
