"""The token endpoint: authorization_code for people's launches, client_credentials for the write-back."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.epic.answers import NO_STORE, Json, OAuthError, Parameters, parameters
from local.epic.assertions import Assertions
from local.epic.grants import Grant, Grants
from local.epic.keys import SigningKeys
from local.epic.registrations import Client

USER_TOKEN_SECONDS = 3240
BACKEND_TOKEN_SECONDS = 3600
ID_TOKEN_SECONDS = 300
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 §4.1


class Tokens:
    """Trades codes and assertions for tokens. `issuer` signs the id_tokens."""

    def __init__(
        self,
        assertions: Assertions,
        grants: Grants,
        keys: SigningKeys,
        issuer: str,
        fhir_base: str,
        clock: Callable[[], float],
    ) -> None:
        self._assertions, self._grants, self._keys = assertions, grants, keys
        self._issuer, self._fhir_base, self._clock = issuer, fhir_base, clock

    async def token(self, request: Request) -> Response:
        """`POST /oauth2/token`: RFC 6749 §4.1.3 and §4.4.2, client by RFC 7523."""
        try:
            sent = await self._sent(request)
            client = await self._assertions.client(sent)
            answer = self._granted(client, sent)
        except OAuthError as error:
            return error.answer()
        return JSONResponse(answer, headers=NO_STORE)

    @staticmethod
    async def _sent(request: Request) -> Parameters:
        if request.url.query:
            raise OAuthError("invalid_request", "parameters belong into the body")
        if "authorization" in request.headers:
            raise OAuthError("invalid_client", "this client is registered for private_key_jwt")
        sent = await parameters(request, query=False, body=True)
        if sent.repeated:
            raise OAuthError("invalid_request", f"{', '.join(sorted(sent.repeated))} came more than once")
        return sent

    def _granted(self, client: Client, sent: Parameters) -> Json:
        kind = sent.get("grant_type")
        if kind == "authorization_code":
            if client.kind == "backend":
                raise OAuthError("unauthorized_client", "a backend client has no users")
            return self._by_code(client, sent)
        if kind == "client_credentials":
            if client.kind != "backend":
                raise OAuthError("unauthorized_client", "only the backend client acts for itself")
            token = self._grants.access_token(client.client_id, BACKEND_TOKEN_SECONDS)
            return {"access_token": token, "token_type": "Bearer", "expires_in": BACKEND_TOKEN_SECONDS}
        raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code or client_credentials")

    def _by_code(self, client: Client, sent: Parameters) -> Json:
        for name in ("code", "redirect_uri", "code_verifier"):
            if name not in sent:
                raise OAuthError("invalid_request", f"{name} is required")
        grant = self._grants.redeem(sent.get("code"), client.client_id)
        asked = grant.asked
        if sent.get("redirect_uri") != asked.redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri is not that of the authorization request")
        verifier = sent.get("code_verifier")
        if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(_challenge(verifier), asked.challenge):
            raise OAuthError("invalid_grant", "code_verifier does not fit the code_challenge")
        # Nothing that a hospital writes into a context string may stand where OAuth's own members do.
        return grant.members | {
            "access_token": self._grants.access_token(client.client_id, USER_TOKEN_SECONDS, grant),
            "token_type": "Bearer",
            "expires_in": USER_TOKEN_SECONDS,
            # What the registration lists, whatever was asked for.
            "scope": f"{client.scopes} {' '.join(sorted(asked.scope & {'fhirUser', 'launch', 'openid', 'profile'}))}",
            "state": asked.state,
            "id_token": self._id_token(client, grant),
        }

    def _id_token(self, client: Client, grant: Grant) -> str:
        now = int(self._clock())
        asked, who = grant.asked, grant.subject
        claims = {
            "iss": self._issuer,
            "aud": client.client_id,
            "sub": who.fhir_id,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
        }
        if asked.nonce:
            claims["nonce"] = asked.nonce
        if who.fhir_user and "fhirUser" in asked.scope:
            claims["fhirUser"] = f"{self._fhir_base}/{who.fhir_user}"
        if "profile" in asked.scope:
            claims["preferred_username"] = who.username
        return self._keys.sign(claims)


def _challenge(verifier: str) -> str:
    """S256 of RFC 7636 §4.6."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
