"""SMART App Launch 2.2 from the client's side, as pure functions: what to ask, what to send, what to believe.

https://hl7.org/fhir/smart-app-launch/app-launch.html and scopes-and-launch-context.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode, urlsplit

from shared.adapters.epic import Endpoints
from shared.errors import Refused
from shared.keys.keyring import encode
from shared.organisations.connection import Connection

LEEWAY_SECONDS = 60
LONGEST_URL = 2_000
"""RFC 9110 §4.1 asks for 8,000 at least; older browsers, proxies and firewalls stop soon after 2,000."""
CONTEXT_LENGTH = 200
STAFF = ("Practitioner", "PractitionerRole")
PATIENTS = ("Patient", "RelatedPerson")
# What a context token may never stand in for (SMART 2.2: OAuth members keep their meaning).
RESERVED = frozenset(
    {"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token", "state", "fhirContext", "error"}
)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that was begun: bound to one browser by a sealed cookie. `state` has 256 bits and no meaning."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Pending":
        return cls(token_urlsafe(32), token_urlsafe(32), token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """PKCE's S256 challenge (RFC 7636 §4.2)."""
        return encode(sha256(self.verifier.encode()).digest())


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the EHR says is there. `kind` is the FHIR resource type or empty where the EHR does not tell."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the context tokens of a launch say, as text that is not trusted further than its form."""

    session: str
    department: str
    user_type: str


def authorize_query(
    connection: Connection, pending: Pending, *, client_id: str, redirect_uri: str, launch: str
) -> dict[str, str]:
    """What to ask of the authorization endpoint. Without `launch` this is a standalone sign-in."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "launch openid fhirUser" if launch else "openid fhirUser",
        "aud": connection.fhir_base,
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": pending.challenge,
        "code_challenge_method": "S256",
    }
    return query | ({"launch": launch} if launch else {})


def authorize_url(endpoints: Endpoints, query: Mapping[str, str]) -> str:
    """Where to send the browser with it."""
    return f"{endpoints.authorize}{'&' if urlsplit(endpoints.authorize).query else '?'}{urlencode(query)}"


def must_post(endpoints: Endpoints, query: Mapping[str, str]) -> bool:
    """Whether the request is to be posted: where the server takes that (`authorize-post`, which Epic has for launches
    alone) and the address would be longer than what stands between browser and server may let through.
    """
    return endpoints.posts and "launch" in query and len(authorize_url(endpoints, query)) > LONGEST_URL


def read_identity(
    id_token: str, keys: list[dict[str, Any]], *, connection: Connection, client_id: str, nonce: str
) -> Identity:
    """Verifies an id_token: RS256, one matching key, issuer as pinned, audience, time, nonce, origin of `fhirUser`.

    Raises `Refused("launch.identity_invalid")`. The issuer at Epic is the authorization server, not the FHIR base.
    """
    import jwt

    refusal = Refused("launch.identity_invalid")
    try:
        kid = jwt.get_unverified_header(id_token).get("kid")
        # The SMART launcher sends no kid: then there must be exactly one key.
        matching = [key for key in keys if (kid is None or key.get("kid") == kid) and key.get("use", "sig") == "sig"]
        if len(matching) != 1 or connection.endpoints is None or not connection.endpoints.issuer:
            raise refusal
        claims = jwt.decode(
            id_token,
            jwt.PyJWK(matching[0], algorithm="RS256").key,
            algorithms=["RS256"],
            audience=client_id,
            issuer=connection.endpoints.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "aud", "iss", "sub"]},
        )
    except jwt.PyJWTError:
        raise refusal from None
    if claims.get("nonce") != nonce:
        raise refusal
    return _identity(str(claims["sub"]), claims.get("fhirUser"), connection.fhir_base)


def _identity(subject: str, fhir_user: Any, fhir_base: str) -> Identity:
    if fhir_user is None:
        return Identity("", subject)
    text = str(fhir_user)
    absolute = "://" in text
    if absolute and not text.startswith(fhir_base + "/"):
        raise Refused("launch.identity_invalid")
    parts = text.removeprefix(fhir_base).strip("/").split("/")
    if len(parts) != 2 or not all(_plain(part) for part in parts):
        raise Refused("launch.identity_invalid")
    return Identity(parts[0], parts[1])


def check_role(audience: str, identity: Identity, context: Context) -> None:
    """Staff launch as staff, patients as patients. Raises `Refused("launch.wrong_role")`.

    Where the EHR gives no type (older apps), the client id decides: a patient's client cannot issue staff tokens.
    """
    wanted = STAFF if audience in ("provider", "directsms") else PATIENTS
    if identity.kind and identity.kind not in wanted:
        raise Refused("launch.wrong_role")
    if context.user_type in ("1", "2") and (context.user_type == "1") != (wanted is STAFF):
        raise Refused("launch.wrong_role")


def read_context(answer: Mapping[str, Any]) -> Context:
    """The context tokens of a token response. Raises `Refused("launch.session_missing")` without a usable visit id."""
    session = _text(answer, "sessionId")
    if not session or session.startswith("%"):
        raise Refused("launch.session_missing")
    department = _text(answer, "departmentId")
    return Context(session, "" if department == "NONE" else department, _text(answer, "userType"))


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name, "") if name not in RESERVED else ""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= CONTEXT_LENGTH and _plain(text) else ""


def _plain(text: str) -> bool:
    return all(char.isascii() and (char.isalnum() or char in "-._~:|%^ ") for char in text)
