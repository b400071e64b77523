"""The cookies that carry a sign-in through a browser."""

from dataclasses import dataclass
from datetime import timedelta

LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie to set, or to remove where `value` is empty. Always Secure, HttpOnly, SameSite=None: EHRs embed pages."""

    name: str
    value: str
    max_age: int = int(LIFE.total_seconds())
