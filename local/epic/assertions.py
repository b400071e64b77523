"""Who calls the token endpoint: private_key_jwt, and nothing else.

Rules: SMART App Launch 2.2, Client Authentication: Asymmetric; RFC 7523 §3; Epic's OAuth pages (jti of 151 characters,
nbf and iat not in the future, at most five minutes from them to exp, no client_id beside the assertion).
"""

import math
from collections import deque
from collections.abc import Callable
from typing import Any, TypeGuard

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.types import Options

from local.epic.answers import Json, OAuthError, Parameters
from local.epic.key_sets import KeySets, KeysUnreadableError
from local.epic.registrations import Client, Registrations

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY_TYPES = {"RS384": "RSA", "ES384": "EC"}
LIFETIME_SECONDS = 300
LONGEST_JTI = 151
MOST_TAKEN = 10_000
# The claims are checked here, by the stand-in's clock and Epic's rules; PyJWT checks the signature alone.
_SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


class Assertions:
    """Checks assertions, and remembers each jti until its assertion could no longer be used anyway.

    `taken` says of the latest good ones by which key they were signed.
    """

    def __init__(
        self, registrations: Registrations, key_sets: KeySets, token_url: str, clock: Callable[[], float]
    ) -> None:
        self._registrations, self._key_sets, self._token_url, self._clock = registrations, key_sets, token_url, clock
        self._seen: dict[tuple[str, str], float] = {}
        self.taken: deque[Json] = deque(maxlen=MOST_TAKEN)

    async def client(self, request: Parameters) -> Client:
        """The client that proved itself. Raises OAuthError."""
        if "client_assertion" not in request:
            raise OAuthError("invalid_client", "client authentication by client_assertion is required")
        for name in ("client_id", "client_secret"):
            if name in request:
                raise OAuthError("invalid_request", f"{name} must not be sent beside client_assertion")
        if request.get("client_assertion_type") != ASSERTION_TYPE:
            raise OAuthError("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
        token = request.get("client_assertion")
        header, claims = _unverified(token)
        client = self._registrations.find(claims["sub"]) if isinstance(claims.get("sub"), str) else None
        if client is None or claims.get("iss") != client.client_id:
            raise _refused("iss and sub must both be the id of a registered client")
        await self._check_signature(token, header, client)
        self._check_claims(claims)
        self._check_unseen(client, claims)
        self.taken.append({"client": client.kind, "alg": header["alg"], "kid": header["kid"], "at": self._clock()})
        return client

    async def _check_signature(self, token: str, header: Json, client: Client) -> None:
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in KEY_TYPES:
            raise _refused("alg must be RS384 or ES384")
        if header.get("typ", "JWT") != "JWT":
            raise _refused("typ must be JWT")
        if not isinstance(kid, str) or not kid:
            raise _refused("kid is required")
        if header.get("jku", client.jwks_url) != client.jwks_url:
            raise _refused("jku is not the registered URL")
        try:
            key_set = await self._key_sets.get(client.jwks_url)
            if not _is_signed_by(token, algorithm, key_set.matching(kid)):
                # A key may have been added since; Epic looks again at most once for one assertion.
                key_set = await self._key_sets.get(client.jwks_url, newer_than=key_set)
                if not _is_signed_by(token, algorithm, key_set.matching(kid)):
                    raise _refused("the signature is not by the one published key with this kid")
        except KeysUnreadableError as why:
            raise _refused(f"the client's keys could not be read: {why}") from why

    def _check_claims(self, claims: Json) -> None:
        now = self._clock()
        if claims.get("aud") not in (self._token_url, [self._token_url]):
            raise _refused("aud must be the URL of the token endpoint")
        exp = claims.get("exp")
        if not _is_time(exp) or exp <= now:
            raise _refused("exp is missing or past")
        if exp > now + LIFETIME_SECONDS:
            raise _refused("exp is more than five minutes ahead")
        for name in ("iat", "nbf"):
            if name in claims:
                since = claims[name]
                if not _is_time(since) or since > now:
                    raise _refused(f"{name} is in the future, or no time")
                if exp - since > LIFETIME_SECONDS:
                    raise _refused(f"exp is more than five minutes after {name}")
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI:
            raise _refused(f"jti must be a string of at most {LONGEST_JTI} characters")

    def _check_unseen(self, client: Client, claims: Json) -> None:
        now = self._clock()
        self._seen = {pair: until for pair, until in self._seen.items() if until > now}
        pair = (client.client_id, claims["jti"])
        if pair in self._seen:
            raise _refused("jti was used before")
        self._seen[pair] = claims["exp"]


def _refused(why: str) -> OAuthError:
    return OAuthError("invalid_client", why)


def _is_time(value: Any) -> TypeGuard[float]:
    """A NumericDate, RFC 7519 §2. Python's JSON reads NaN too, which no comparison would refuse."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _unverified(token: str) -> tuple[Json, Json]:
    try:
        header = jwt.get_unverified_header(token)
        claims: Json = jwt.decode(token, options={"verify_signature": False})  # verified further down
    except jwt.InvalidTokenError as error:
        raise _refused("the assertion is no JWT") from error
    return header, claims


def _is_signed_by(token: str, algorithm: str, candidates: list[Json]) -> bool:
    """Whether there is exactly one key, fit for the algorithm and free of private parts, and it made the signature."""
    if len(candidates) != 1:
        return False
    [jwk] = candidates
    fit = (
        jwk["kty"] == KEY_TYPES[algorithm] and jwk.get("alg", algorithm) == algorithm and jwk.get("use", "sig") == "sig"
    )
    if not fit or "d" in jwk or (algorithm == "ES384" and jwk.get("crv") != "P-384"):
        return False
    try:
        key = jwt.PyJWK.from_dict(jwk, algorithm=algorithm)
        if isinstance(key.key, rsa.RSAPublicKey) and key.key.key_size < 2048:
            return False
        jwt.decode(token, key, algorithms=[algorithm], options=_SIGNATURE_ONLY)
    except (jwt.InvalidTokenError, jwt.PyJWKError, jwt.InvalidKeyError):
        return False
    return True
