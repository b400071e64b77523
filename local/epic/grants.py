"""Authorization codes and access tokens."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from local.epic.answers import Json, OAuthError
from local.epic.launches import Subject

CODE_LIFETIME_SECONDS = 60
# Used codes are remembered longer than they live, to notice that one comes again.
CODE_MEMORY_SECONDS = 3600


@dataclass(frozen=True)
class Asked:
    """What the app asked for at the authorize endpoint, checked."""

    client_id: str
    redirect_uri: str
    state: str
    scope: frozenset[str]
    challenge: str
    nonce: str
    launch: str


@dataclass
class Grant:
    """What one code is worth."""

    asked: Asked
    subject: Subject
    members: Json
    issued_at: float
    used: bool = False
    access_tokens: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Access:
    """An access token's meaning."""

    client_id: str
    expires_at: float


class Grants:
    """Issues and redeems, in memory."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._codes: dict[str, Grant] = {}
        self._access: dict[str, Access] = {}

    def code(self, asked: Asked, subject: Subject, members: Json) -> str:
        """A new code."""
        now = self._clock()
        self._codes = {
            code: grant for code, grant in self._codes.items() if grant.issued_at + CODE_MEMORY_SECONDS > now
        }
        code = secrets.token_urlsafe(96)
        self._codes[code] = Grant(asked, subject, members, now)
        return code

    def redeem(self, code: str, client_id: str) -> Grant:
        """The grant of a code, which is used up by it. Raises OAuthError; a code that comes twice takes the tokens of
        the first time with it (RFC 6749 §4.1.2).
        """
        grant = self._codes.get(code)
        if grant is None or grant.asked.client_id != client_id:
            raise OAuthError("invalid_grant", "the code is unknown")
        if grant.used:
            for token in grant.access_tokens:
                self._access.pop(token, None)
            raise OAuthError("invalid_grant", "the code was used before")
        grant.used = True
        if grant.issued_at + CODE_LIFETIME_SECONDS <= self._clock():
            raise OAuthError("invalid_grant", "the code has expired")
        return grant

    def access_token(self, client_id: str, lifetime_seconds: int, grant: Grant | None = None) -> str:
        """A new opaque access token, of a grant or of the client itself."""
        now = self._clock()
        self._access = {token: access for token, access in self._access.items() if access.expires_at > now}
        token = secrets.token_urlsafe(120)
        self._access[token] = Access(client_id, now + lifetime_seconds)
        if grant:
            grant.access_tokens.append(token)
        return token

    def access(self, token: str) -> Access | None:
        """What the token is good for; nothing if it is unknown, expired or revoked."""
        access = self._access.get(token)
        return access if access and access.expires_at > self._clock() else None
