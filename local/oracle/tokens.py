"""Tokens for system accounts: SMART Backend Services, client_credentials with private_key_jwt and scopes that are asked for.

https://hl7.org/fhir/smart-app-launch/backend-services.html
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import jwt
from jwt.types import Options
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE_SECONDS = 570
LONGEST_ASSERTION_SECONDS = 300
BY_OUR_CLOCK: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["jti", "exp"]}
FORM = {"grant_type", "scope", "client_assertion_type", "client_assertion"}


class Tokens:
    """Tokens given. `keys`: the registered client's public keys as a JWK set; `allowed`: the scopes it may ask for."""

    def __init__(
        self, client_id: str, keys: Mapping[str, Any], allowed: set[str], url: str, clock: Callable[[], float]
    ) -> None:
        self.client_id, self.keys, self.allowed, self.url, self._clock = client_id, keys, allowed, url, clock
        self._given: dict[str, tuple[float, frozenset[str]]] = {}
        self._seen: set[str] = set()

    def scopes(self, token: str) -> frozenset[str] | None:
        """What a token allows; None for one that was not given, or has run out."""
        until, scopes = self._given.get(token, (0.0, frozenset()))
        return scopes if until > self._clock() else None

    def revoke(self) -> None:
        """Withdraws every token."""
        self._given.clear()

    async def token(self, request: Request) -> Response:
        """`POST /token`."""
        pairs = parse_qsl((await request.body()).decode())
        form = dict(pairs)
        media_type = request.headers.get("content-type", "").partition(";")[0]
        if media_type != "application/x-www-form-urlencoded" or len(form) != len(pairs) or set(form) != FORM:
            return _refused("invalid_request")
        if form["grant_type"] != "client_credentials":
            return _refused("unsupported_grant_type")
        if form["client_assertion_type"] != ASSERTION_TYPE or not self._proven(form["client_assertion"]):
            return _refused("invalid_client", 401)
        asked = frozenset(form["scope"].split())
        if not asked or not all(scope.startswith("system/") for scope in asked) or not asked <= self.allowed:
            return _refused("invalid_scope")
        token = secrets.token_urlsafe(24)
        self._given[token] = (self._clock() + LIFE_SECONDS, asked)
        body = {
            "access_token": token, "token_type": "Bearer", "expires_in": LIFE_SECONDS, "scope": " ".join(sorted(asked)),
        }  # fmt: skip
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    def _proven(self, assertion: str) -> bool:
        try:
            header = jwt.get_unverified_header(assertion)
            key = next(key for key in jwt.PyJWKSet.from_dict(dict(self.keys)).keys if key.key_id == header.get("kid"))
            claims = jwt.decode(
                assertion, key.key, algorithms=["RS384", "ES384"], audience=self.url, issuer=self.client_id,
                subject=self.client_id, options=BY_OUR_CLOCK,
            )  # fmt: skip
        except (jwt.PyJWTError, StopIteration):
            return False
        now = self._clock()
        fresh = now < claims["exp"] <= now + LONGEST_ASSERTION_SECONDS and claims["jti"] not in self._seen
        self._seen.add(str(claims["jti"]))
        return fresh


def _refused(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status, {"Cache-Control": "no-store"})
