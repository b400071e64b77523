"""Each text in each language as a patient would get it: for the administrator who sets them up."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.messages.lint import lint
from shared.messages.segments import forcing, size
from shared.messages.templates import render
from shared.messages.words import KINDS, LANGUAGES, PLAIN_LETTERS, TEXTS
from shared.organisations.connection import Connection, SmsRules
from shared.organisations.forms import apply_sms
from shared.organisations.requests import SmsChange
from shared.organisations.shown import SmsPreview, SmsText, TemplateFinding
from shared.organisations.taking import take

# As long as a real one, for the count of segments (shared/visits/ids.py), and plainly none.
CODE = "this-is-an-example-of-a-link-00"
HOUR = 10


def preview(connection: Connection, body: Mapping[str, Any], public_url: str, now: datetime) -> SmsPreview:
    """The texts under the rules with `body` applied, for a visit a week from now. Raises `Refused`."""
    rules = apply_sms(connection.sms, take(SmsChange, body))
    zone = connection.zone or "UTC"
    local = now.astimezone(ZoneInfo(zone)) + timedelta(days=7)
    start = local.replace(hour=HOUR, minute=0, second=0, microsecond=0).astimezone(UTC)
    link = f"{public_url}/api/v/{CODE}"
    return SmsPreview(
        texts=[_shown(rules, language, kind, start, zone, link) for language in LANGUAGES for kind in KINDS]
    )


def _shown(rules: SmsRules, language: str, kind: str, start: datetime, zone: str, link: str) -> SmsText:
    organisation, ours = rules.organisation or "…", TEXTS[language][kind]
    template = rules.templates.get(language, {}).get(kind, "")
    text = render(
        kind, language, organisation=organisation, start=start, zone=zone, link=link, templates=rules.templates
    )
    sized = size(text)
    return SmsText(
        language=language,
        kind=kind,
        text=text,
        encoding=sized.encoding,
        characters=sized.characters,
        segments=sized.segments,
        outside=forcing(text, letters=True) if language in PLAIN_LETTERS else [],
        template=template or ours,
        ours=ours,
        findings=[
            TemplateFinding(
                code=one.code, level=one.level, detail=one.detail, fix=one.fix, start=one.start, length=one.length
            )
            for one in (lint(language, kind, template, organisation=rules.organisation) if template else [])
        ],
    )
