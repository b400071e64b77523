"""private_key_jwt: each rule broken alone, and the reading of the client's keys."""

from typing import Any

import jwt
import pytest
from jwt.algorithms import ECAlgorithm

from local.config import EPIC_CLIENT_IDS
from tests.local.epic.vendor import EC_KEY, KEYS, Vendor, error_of, public

NOW = 1_795_500_000


async def status_of(vendor: Vendor, **assertion: Any) -> int:
    """What the backend client is told who shows this assertion."""
    answer = await vendor.token(
        "backend", grant_type="client_credentials", code=None, assertion=vendor.assertion("backend", **assertion)
    )
    if answer.status_code != 200:
        assert error_of(answer) == "invalid_client"
    return answer.status_code


@pytest.mark.parametrize(
    "change",
    [
        {"iss": EPIC_CLIENT_IDS["patient"]},
        {"sub": EPIC_CLIENT_IDS["patient"]},
        {"iss": "unknown", "sub": "unknown"},
        {"sub": None},
        {"aud": "https://localhost/oauth2/token"},
        {"aud": None},
        {"exp": None},
        {"exp": NOW},
        {"exp": NOW + 301},
        {"exp": "soon"},
        {"exp": float("nan")},
        {"iat": NOW + 1},
        {"iat": NOW - 1},
        {"nbf": NOW + 1},
        {"nbf": NOW - 60},
        {"jti": None},
        {"jti": ""},
        {"jti": "j" * 152},
        {"header": {"kid": None}},
        {"header": {"kid": "unknown"}},
        {"header": {"typ": "at+jwt"}},
        {"header": {"jku": "https://elsewhere.example/keys"}},
        {"header": {"kid": "RS384"}},
    ],
)
async def test_one_wrong_thing_is_enough(vendor: Vendor, change: dict[str, Any]) -> None:
    assert await status_of(vendor, **change) == 401


@pytest.mark.parametrize(
    "change",
    [
        {"jti": "j" * 151},
        {"iat": None},
        {"nbf": NOW},
        {"exp": NOW + 1},
        {"header": {"typ": None}},
        {"algorithm": "RS384"},
    ],
)
async def test_what_is_within_the_rules_is_taken(vendor: Vendor, change: dict[str, Any]) -> None:
    assert await status_of(vendor, **change) == 200


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS384", "none"])
async def test_other_algorithms_are_refused(vendor: Vendor, algorithm: str) -> None:
    claims = jwt.decode(vendor.assertion("backend"), options={"verify_signature": False})
    key = "" if algorithm == "none" else KEYS["RS384"]
    vendor.listener.jwks = {"keys": [{**public("RS384"), "alg": algorithm}]}
    token = jwt.encode(claims, key, algorithm, {"kid": "RS384"})
    answer = await vendor.token("backend", grant_type="client_credentials", code=None, assertion=token)
    assert (answer.status_code, error_of(answer)) == (401, "invalid_client")


async def test_a_tampered_assertion_is_refused(vendor: Vendor) -> None:
    head, _, signature = vendor.assertion("backend").split(".")
    body = vendor.assertion("backend").split(".")[1]
    answer = await vendor.token(
        "backend", grant_type="client_credentials", code=None, assertion=f"{head}.{body}.{signature}"
    )
    assert answer.status_code == 401


async def test_a_replayed_assertion_is_refused(vendor: Vendor) -> None:
    assert await status_of(vendor, jti="once") == 200
    assert await status_of(vendor, jti="once") == 401


async def test_a_jti_may_come_again_when_its_assertion_is_past(vendor: Vendor) -> None:
    assert await status_of(vendor, jti="again") == 200
    vendor.clock.now += 300
    assert await status_of(vendor, jti="again") == 200


async def test_a_badly_signed_assertion_does_not_use_up_its_jti(vendor: Vendor) -> None:
    assert await status_of(vendor, jti="mine", header={"kid": "RS384"}) == 401
    assert await status_of(vendor, jti="mine") == 200


@pytest.mark.parametrize(
    "keys",
    [
        [public("ES384"), public("RS384", "ES384")],
        [{**public("ES384"), "d": ECAlgorithm.to_jwk(EC_KEY, as_dict=True)["d"]}],
        [{**public("ES384"), "alg": "ES256"}],
        [{**public("ES384"), "use": "enc"}],
        [{**public("ES384"), "x": "broken"}],
        [],
    ],
    ids=["two with one kid", "private", "other alg", "for encryption", "broken", "none"],
)
async def test_a_key_set_must_be_in_order(vendor: Vendor, keys: list[dict[str, Any]]) -> None:
    vendor.listener.jwks = {"keys": keys}
    assert await status_of(vendor) == 401


@pytest.mark.parametrize(
    "jwks", ["text", {"keys": "text"}, {}, {"keys": [public("ES384", str(n)) for n in range(101)]}]
)
async def test_what_is_no_key_set_is_refused(vendor: Vendor, jwks: Any) -> None:
    vendor.listener.jwks = jwks
    assert await status_of(vendor) == 401


async def test_keys_that_cannot_be_read_prove_nothing(vendor: Vendor) -> None:
    vendor.listener.jwks_status = 500
    assert await status_of(vendor) == 401


@pytest.mark.parametrize(
    ("cache_control", "seconds", "lookups"),
    [
        ("public, max-age=300", 299, 1),
        ("public, max-age=300", 300, 2),
        ("no-store", 0, 2),
        (None, 28 * 3600, 1),
        (None, 29 * 3600, 2),
    ],
)
async def test_keys_are_kept_as_long_as_the_answer_allows(
    vendor: Vendor, cache_control: str | None, seconds: int, lookups: int
) -> None:
    vendor.listener.cache_control = cache_control
    assert await status_of(vendor) == 200
    vendor.clock.now += seconds
    assert await status_of(vendor) == 200
    assert vendor.listener.lookups == lookups


async def test_a_new_key_is_looked_for_once(vendor: Vendor) -> None:
    vendor.listener.jwks = {"keys": [public("RS384")]}
    assert await status_of(vendor, algorithm="RS384") == 200
    assert await status_of(vendor) == 401
    assert vendor.listener.lookups == 2
    vendor.listener.jwks = {"keys": [public("RS384"), public("ES384")]}
    assert await status_of(vendor) == 200
    assert vendor.listener.lookups == 3
