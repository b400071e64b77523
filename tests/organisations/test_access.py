"""Whose access tokens are believed: those of the configured tenants, each held to its own issuer and keys.

Entra signs for all tenants with the same keys and knows our client id in each that consented: everything here is signed
well and meant for us, unless a test says otherwise. apache/airflow #71735 had to mend what these tests forbid.
"""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from shared.adapters.entra import TenantTokens
from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import BridgeError, Refused, Unavailable
from shared.organisations.access import ADMIN, GLOBAL_ADMINISTRATOR, Access, Caller
from shared.settings import Settings
from tests.builders import StillClock

HOST = "https://login.microsoftonline.com"
HOME, AFFILIATE, FOREIGN = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")
PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"
APP = "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "12")
SETTINGS = Settings("https://us", "https://portal", HOME, APP, "https://v", "https://s", (AFFILIATE,))


def issuer_of(tenant: str) -> str:
    return f"{HOST}/{tenant}/v2.0"


def a_token(tenant: str = HOME, key: Any = KEY, kid: str = "common", **claims: Any) -> str:
    """An administrator's token, spoilt by `claims`; None leaves one out."""
    now = int(time.time())
    usual = {
        "iss": issuer_of(tenant), "tid": tenant, "aud": APP, "scp": "openid Portal.Access", "oid": "admin",
        "roles": [ADMIN], "iat": now, "nbf": now, "exp": now + 3600, "ver": "2.0",
    }  # fmt: skip
    given = {name: value for name, value in (usual | claims).items() if value is not None}
    return jwt.encode(given, key, algorithm="RS256", headers={"kid": kid})


def forged(claims: dict[str, Any]) -> str:
    """A well signed token with claims that no library would write."""
    good = jwt.decode(a_token(), options={"verify_signature": False}) | claims
    return by_hand({"alg": "RS256", "kid": "common"}, {k: v for k, v in good.items() if v is not None})


def by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes = b"") -> str:
    def part(value: bytes) -> str:
        return urlsafe_b64encode(value).rstrip(b"=").decode()

    signed = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    if not secret:
        return f"{signed}.{part(RSAAlgorithm(RSAAlgorithm.SHA256).sign(signed.encode(), KEY))}"
    return f"{signed}.{part(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def published(key: rsa.RSAPrivateKey, kid: str, issuer: str | None) -> dict[str, Any]:
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"}
    return jwk | ({"issuer": issuer} if issuer else {})


class Entra(Web):
    """Publishes the same key for every tenant, as the real one does; `out` are tenants that do not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.out: set[str] = set()
        self.more: list[dict[str, Any]] = []
        self.issuer: str | None = f"{HOST}/{{tenantid}}/v2.0"

    async def send(self, method: str, path: str, **_: Any) -> Answer:
        self.asked.append(path)
        tenant = path.removeprefix(f"{HOST}/").partition("/")[0]
        if tenant in self.out:
            raise UpstreamError
        return Answer(200, {"keys": [published(KEY, "common", self.issuer), *self.more]}, {})


class Door:
    """The API's door of a deployment that serves two tenants."""

    def __init__(self) -> None:
        self.entra, self.clock = Entra(), StillClock()
        self.tokens = TenantTokens(SETTINGS, self.entra, self.clock)

    async def enter(self, token: str) -> Caller:
        return await Access(self.tokens).caller({"authorization": f"Bearer {token}"})


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.mark.parametrize("tenant", [HOME, AFFILIATE])
async def test_a_person_of_each_tenant_enters_as_one_of_that_tenant(door: Door, tenant: str) -> None:
    assert await door.enter(a_token(tenant)) == Caller(tenant, "admin", frozenset({ADMIN}))
    assert door.entra.asked == [f"{HOST}/{tenant}/discovery/v2.0/keys"]


@pytest.mark.parametrize("tenant", [FOREIGN, PERSONAL_ACCOUNTS, "common", "organizations", "", "../" + HOME])
async def test_any_other_tenant_is_refused_before_a_key_is_asked_for(door: Door, tenant: str) -> None:
    with pytest.raises(Refused, match=r"auth\.token_invalid"):
        await door.enter(a_token(tenant))
    assert door.entra.asked == []


@pytest.mark.parametrize(
    "claims",
    [
        {"tid": HOME, "iss": issuer_of(AFFILIATE)},
        {"tid": AFFILIATE, "iss": issuer_of(HOME)},
        {"tid": HOME, "iss": issuer_of(FOREIGN)},
        {"tid": AFFILIATE, "iss": issuer_of("{tenantid}")},
        {"tid": HOME, "iss": issuer_of("common")},
        {"tid": HOME, "iss": f"https://sts.windows.net/{HOME}/"},
        {"tid": HOME, "iss": issuer_of(HOME) + "/"},
        {"tid": HOME, "iss": f"https://login.microsoftonline.us/{HOME}/v2.0"},
        {"tid": HOME.upper()},
        {"tid": [HOME]},
        {"tid": {HOME: HOME}},
        {"tid": None},
        {"iss": None},
        {"iss": [issuer_of(HOME)]},
    ],
    ids=str,
)
async def test_tenant_and_issuer_must_belong_together(door: Door, claims: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"auth\.token_invalid"):
        await door.enter(forged(claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another app"},
        {"aud": "https://graph.microsoft.com"},
        {"scp": "Another.Scope"},
        {"scp": "Portal.AccessMore"},
        {"scp": None},
        {"oid": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
@pytest.mark.parametrize("tenant", [HOME, AFFILIATE])
async def test_a_good_tenant_alone_is_not_enough(door: Door, tenant: str, claims: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"auth\.token_invalid"):
        await door.enter(a_token(tenant, **claims))


@pytest.mark.parametrize("issuer", [issuer_of(PERSONAL_ACCOUNTS), issuer_of(FOREIGN), issuer_of(AFFILIATE)])
async def test_a_key_that_signs_for_another_issuer_does_not_sign_for_us(door: Door, issuer: str) -> None:
    door.entra.more = [published(OTHER_KEY, "other", issuer)]
    with pytest.raises(Refused, match=r"auth\.token_invalid"):
        await door.enter(a_token(key=OTHER_KEY, kid="other"))
    assert (await door.enter(a_token())).tenant == HOME


@pytest.mark.parametrize("issuer", [f"{HOST}/{{tenantid}}/v2.0", None])
async def test_a_key_may_name_its_issuer_as_a_template_or_not_at_all(door: Door, issuer: str | None) -> None:
    door.entra.issuer = issuer
    assert (await door.enter(a_token(AFFILIATE))).tenant == AFFILIATE


def forgeries() -> dict[str, str]:
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    claims = jwt.decode(a_token(), options={"verify_signature": False})
    head, body, signature = a_token(AFFILIATE).split(".")
    return {
        "another key under a known name": a_token(key=OTHER_KEY),
        "a key nobody knows": a_token(kid="unknown"),
        "no signature": jwt.encode(claims, "", algorithm="none", headers={"kid": "common"}),
        "the public key as a secret": by_hand({"alg": "HS256", "kid": "common"}, claims, public),
        "the other tenant's body": f"{head}.{a_token(HOME).split('.')[1]}.{signature}",
        "cut off": f"{head}.{body}.",
        "no token": "rubbish",
    }


@pytest.mark.parametrize("what", list(forgeries()))
async def test_a_forged_signature_is_refused(door: Door, what: str) -> None:
    with pytest.raises(Refused, match=r"auth\.token_invalid"):
        await door.enter(forgeries()[what])


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer "])
async def test_without_a_token_nobody_enters(door: Door, header: str) -> None:
    with pytest.raises(Refused, match=r"auth\.token_missing"):
        await Access(door.tokens).caller({"authorization": header})


async def test_a_global_administrator_is_one_of_the_own_tenant_only(door: Door) -> None:
    token = a_token(AFFILIATE, roles=None, wids=[GLOBAL_ADMINISTRATOR])
    assert await door.enter(token) == Caller(AFFILIATE, "admin", frozenset({ADMIN}))


async def test_an_outage_at_one_tenant_s_keys_is_no_refusal_and_not_the_other_s(door: Door) -> None:
    door.entra.out = {AFFILIATE}
    with pytest.raises(Unavailable):
        await door.enter(a_token(AFFILIATE))
    assert (await door.enter(a_token(HOME))).tenant == HOME


@pytest.mark.parametrize("body", [None, [], {}, {"keys": "x"}, {"keys": [7]}, {"keys": []}], ids=str)
async def test_a_key_set_that_makes_no_sense_is_an_outage(door: Door, body: Any, monkeypatch: Any) -> None:
    async def send(*_: Any, **__: Any) -> Answer:
        return Answer(200, body, {})

    monkeypatch.setattr(door.entra, "send", send)
    with pytest.raises(Unavailable):
        await door.enter(a_token())


async def test_keys_are_asked_for_once_an_hour_and_for_unknown_names_at_most_twice_a_minute(door: Door) -> None:
    for _ in range(5):
        await door.enter(a_token())
        with pytest.raises(BridgeError):
            await door.enter(a_token(kid="unknown"))
    assert len(door.entra.asked) == 1
    door.clock.pass_time(seconds=31)
    with pytest.raises(BridgeError):
        await door.enter(a_token(kid="unknown"))
    door.clock.pass_time(hours=1)
    await door.enter(a_token())
    assert len(door.entra.asked) == 3


async def test_an_older_token_holds_only_where_it_is_expected(door: Door) -> None:
    token = a_token(AFFILIATE, iss=f"https://sts.windows.net/{AFFILIATE}/")
    assert (await door.tokens.verify(token, refusal="graph.not_authentic", version_1=True))["tid"] == AFFILIATE
    with pytest.raises(Refused, match=r"graph\.not_authentic"):
        await door.tokens.verify(token, refusal="graph.not_authentic")
    crossed = a_token(HOME, iss=f"https://sts.windows.net/{AFFILIATE}/")
    with pytest.raises(Refused, match=r"graph\.not_authentic"):
        await door.tokens.verify(crossed, refusal="graph.not_authentic", version_1=True)
