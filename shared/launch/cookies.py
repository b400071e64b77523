"""The cookies that carry a sign-in through a browser."""

from dataclasses import dataclass
from datetime import timedelta

LIFE = timedelta(minutes=10)
FORM_LIFE = 1800
"""Of a form's cookie, in seconds."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to set, or to remove where `value` is empty. Always Secure, HttpOnly, SameSite=None: EHRs embed pages.
    `path`: where it is sent.
    """

    name: str
    value: str
    max_age: int = int(LIFE.total_seconds())
    path: str = "/api"


def form_cookie(form: str) -> str:
    """The name of the cookie that holds a form's ticket."""
    return f"vb_direct_{form}"
