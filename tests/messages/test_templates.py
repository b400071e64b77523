"""What texts say."""

from datetime import UTC, datetime

import pytest

from shared.messages.templates import WORDS, render

START = datetime(2026, 11, 24, 16, 15, tzinfo=UTC)
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


def text(kind: str, language: str = "en") -> str:
    return render(
        kind, language, organisation="Northlake Health", start=START, zone="America/Chicago", link="https://v.example/x"
    )


def test_a_confirmation_names_organisation_local_time_zone_link_and_stop() -> None:
    assert text("scheduled") == (
        "Northlake Health: your video visit is set for Tuesday, November 24, 2026, 10:15 AM CST. "
        "Join here: https://v.example/x Reply STOP to stop texts."
    )


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("kind", ["scheduled", "updated", "cancelled", "reminder-15"])
def test_every_text_stays_in_gsm_7_and_has_one_stop_line(kind: str, language: str) -> None:
    body = text(kind, language)
    assert set(body) <= GSM7, set(body) - GSM7
    assert body.count("STOP") == 1
    assert "{" not in body


def test_an_unknown_language_is_english() -> None:
    assert text("scheduled", "tlh") == text("scheduled", "en")


def test_a_cancelled_text_has_no_link() -> None:
    assert "https" not in text("cancelled")
