"""What a route takes and answers, for the OpenAPI file. Nothing of this is loaded when the functions run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

# Every route behind a sign-in may answer these; `shared/errors.py` gives each its HTTP status.
SIGNED_IN = ("auth.token_missing", "auth.token_invalid", "auth.role_missing")
ALWAYS = ("unavailable",)
BODY = ("request.not_json", "request.invalid")


@dataclass(frozen=True, slots=True)
class Media:
    """A body that is no JSON of ours, such as `text/csv`: its media type, and what is in it."""

    type: str
    says: str


@dataclass(frozen=True, slots=True)
class Header:
    """A header that a request may carry."""

    name: str
    says: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One HTTP function.

    `takes`: the request's body, a Struct for JSON or one Media for each type taken. `query`: a Struct, a field a
    parameter. `answers`: by HTTP status, a Struct for JSON, a Media, several of them, or None for no body. `refuses`:
    codes of `shared/errors.py` beside the common ones. `signed_in`: an Entra access token is needed.
    """

    summary: str
    tag: str
    answers: Mapping[int, "type[Struct] | Media | tuple[type[Struct] | Media, ...] | None"]
    takes: "type[Struct] | tuple[Media, ...] | None" = None
    query: type[Struct] | None = None
    headers: tuple[Header, ...] = ()
    refuses: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    """Codes that a good answer may hold, as the reason why something else failed."""
    signed_in: bool = True
    errors: Literal["problem", "page", "plain"] = "problem"
    """How refusals look: RFC 9457 for programs, a page for people, plain text for interface engines."""
    path: Mapping[str, str] = field(default_factory=dict)
    """What each path parameter is."""


CSV = Media("text/csv", "The same as CSV (RFC 4180), UTF-8.")
IF_MATCH = Header("If-Match", "The `etag` of what you saw: the change is refused with 412 if it is another by now.")
IDEMPOTENCY_KEY = Header(
    "Idempotency-Key", "A word of your own, up to 64 letters, digits and hyphens: the same again answers the same."
)
