"""Connections to diagnose, and instruments that answer as told. Nothing here touches a network."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from shared.adapters.epic import Endpoints
from shared.adapters.probe import Account, Policy, Reach
from shared.errors import BridgeError, Refused, Unavailable
from shared.keys.signing import Signer
from shared.numbers.models import NumberShown
from shared.organisations.connection import (
    Certificate,
    Connection,
    ConnectionState,
    Decision,
    SmsRules,
    Writeback,
)
from shared.organisations.drift import Launched
from shared.organisations.records import issued
from shared.organisations.sightings import Refusal, Seen
from tests.builders import NOW, at

US = "https://us.example"
BASE = "https://epic.example.org/interconnect-tst-oauth/api/FHIR/R4"
NUMBER = "+18335550100"
ENDPOINTS = Endpoints("https://epic.example.org/a", "https://epic.example.org/t", "https://i", "https://keys", "4.0.1")
DAY = timedelta(days=1)


def a_certificate(*, begins: int = -100, ends: int = 200, subject: str = "CN=Sender") -> Certificate:
    """A sender certificate; days from NOW."""
    return Certificate(subject, subject, NOW + begins * DAY, NOW + ends * DAY, "admin")


SMS = SmsRules(enabled=True, sender=NUMBER, organisation="Northlake Health")
CONNECTION = Connection(
    id="demo2amer",
    tenant="tenant",
    fhir_base=BASE,
    environment="testing",
    zone="America/Chicago",
    approver_oid="approver",
    approver_name="Priya Raman",
    state=ConnectionState.APPROVED,
    client_ids={"provider": "p", "patient": "q", "backend": "b"},
    organizers=("bell",),
    sms=SMS,
    writeback=Writeback("epic-2018", {"connected": "1", "disconnected": "2"}, {"provider": "1", "patient": "2"}),
    endpoints=ENDPOINTS,
    certificates=(a_certificate(),),
    decision=Decision(True, "", "approver", NOW - 3 * DAY, "digest"),
)


def a_connection(**changes: Any) -> Connection:
    """A connection in good health, but for what is said."""
    return replace(CONNECTION, **changes)


def a_launch(record: str = "provider", **changes: Any) -> Launched:
    """A launch with the record as issued, but for what is said."""
    version = next(item.version for item in issued(CONNECTION, US) if item.name == record)
    return replace(Launched(record, at(-1), version, with_id=True, missing=(), extra=()), **changes)


def seen(*launches: Launched, launch: str = "", message: str = "", message_at: float | None = None) -> Seen:
    """What was seen; `launch` and `message` are codes of refusals half an hour ago, `message_at` is in hours."""
    return Seen(
        {launched.record: launched for launched in launches},
        None if message_at is None else at(message_at),
        Refusal(launch, at(-0.5)) if launch else None,
        Refusal(message, at(-0.5)) if message else None,
    )


def says[T](answer: T | BaseException) -> Callable[..., Awaitable[T]]:
    """Answers so whatever it is asked, or raises."""

    async def ask(*_: object) -> T:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return ask


class Servers:
    """An EHR whose discovery and keys are as told."""

    def __init__(self, found: Endpoints | BridgeError = ENDPOINTS, keys: int = 1) -> None:
        self._found, self._keys = found, keys

    async def discover(self, fhir_base: str, client_id: str = "") -> Endpoints:
        if isinstance(self._found, BridgeError):
            raise self._found
        return self._found

    async def keys(self, url: str) -> list[dict[str, Any]]:
        if not self._keys:
            raise Unavailable
        return [{"kid": str(index)} for index in range(self._keys)]


class Keys:
    """Our signing keys: publishes these algorithms, signs nothing worth a signature."""

    def __init__(self, *algorithms: str) -> None:
        self._algorithms = algorithms or ("ES384", "RS384")

    async def jwks(self, environment: str) -> dict[str, Any]:
        return {"keys": [{"alg": algorithm, "kid": f"{environment} {algorithm}"} for algorithm in self._algorithms]}

    async def sign(self, environment: str, claims: Mapping[str, Any], *, algorithm: str) -> str:
        return "signed"


SIGNER = cast("Signer", Keys())
PUBLISHED = {"keys": [{"kid": "testing ES384"}, {"kid": "testing RS384"}]}


def an_account(name: str = "Marcus Bell", *, enabled: bool = True, has_teams: bool = True) -> Account:
    return Account(name, enabled, has_teams)


def a_number(verification: Any = "verified") -> NumberShown:
    return NumberShown(number=NUMBER, country="US", type="tollFree", verification=verification, connections=[])


def a_reach(word: Reach) -> Callable[[str], Awaitable[Reach]]:
    return says(word)


def a_policy(word: Policy) -> Callable[[str], Awaitable[Policy]]:
    return says(word)


def refused(code: str) -> Refused:
    return Refused(code)
