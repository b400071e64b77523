"""The doctor as a whole: every check runs, side by side, and none can spoil the others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from msgspec import to_builtins

from shared.adapters.epic import Endpoints
from shared.adapters.probe import Account
from shared.clock import to_text
from shared.diagnosis.doctor import Doctor, Instruments
from shared.diagnosis.shown import Diagnosis, Finding
from shared.diagnosis.telling import Telling
from shared.errors import Unavailable
from shared.organisations.connection import Connection
from shared.organisations.sightings import Seen
from shared.settings import Settings
from tests.builders import NOW, StillClock
from tests.diagnosis.patients import (
    CONNECTION,
    PUBLISHED,
    SIGNER,
    US,
    Servers,
    a_connection,
    a_launch,
    a_number,
    an_account,
    says,
    seen,
)

SETTINGS = Settings(US, "https://portal", "tenant", "app", "https://vault", "https://sms")


class Probe:
    """An EHR that knows us, and our keys published."""

    reach = staticmethod(says("answers"))
    document = staticmethod(says(PUBLISHED))

    async def token_error(self, url: str, form: Mapping[str, str], client_id: str) -> str:
        return "" if form["grant_type"] == "client_credentials" else "invalid_grant"


class Accounts:
    account = staticmethod(says(an_account()))
    policy = staticmethod(says("granted"))


class Clinicians:
    async def after(self, connection_id: str, ehr_user: str) -> AsyncIterator[dict[str, Any]]:
        for index in range(100):
            yield {"oid": f"clinician-{index}"}


class Sightings:
    def __init__(self, known: Seen) -> None:
        self._known = known

    async def of(self, connection_id: str) -> Seen:
        return self._known


class Connections:
    async def by_issuer(self, fhir_base: str) -> list[Connection]:
        return [CONNECTION]


class Consents:
    given = staticmethod(says(True))


WELL = seen(a_launch("provider"), a_launch("patient"), a_launch("group-provider"), message_at=-1)


def a_doctor(**changes: Any) -> Doctor:
    """A doctor in a world where everything is well, but for what is said."""
    parts: dict[str, Any] = {
        "settings": SETTINGS, "connections": Connections(), "sightings": Sightings(WELL), "clinicians": Clinicians(),
        "consents": Consents(), "signer": SIGNER, "servers": Servers(), "probe": Probe(),
        "accounts_of": lambda _: Accounts(), "number_of": says(a_number()), "tick_alive": says(True),
        "telling_of": says(Telling()), "clock": StillClock(),
    }  # fmt: skip
    return Doctor(Instruments(**(parts | changes)))


def by_code(diagnosis: Diagnosis) -> dict[str, Finding]:
    return {finding.code: finding for finding in diagnosis.findings}


async def test_a_connection_in_good_health_has_no_warning() -> None:
    diagnosis = await a_doctor().diagnose(CONNECTION)
    assert (diagnosis.connection_id, diagnosis.checked_at) == (CONNECTION.id, to_text(NOW))
    assert [finding.code for finding in diagnosis.findings if finding.level in ("warning", "error")] == []
    unknown = {finding.code for finding in diagnosis.findings if finding.level == "unknown"}
    assert unknown == {"join.anonymous", "join.browser"}
    assert {"state.approved", "tick.alive", "ehr.reachable", "keys.published", "policy.granted"} <= set(
        by_code(diagnosis)
    )
    accepted = [f.values["audience"] for f in diagnosis.findings if f.code == "assertion.accepted"]
    assert accepted == ["provider", "patient", "backend"]


async def test_a_tick_that_stopped_is_told() -> None:
    assert "tick.silent" in by_code(await a_doctor(tick_alive=says(False)).diagnose(CONNECTION))


async def test_the_same_finding_of_two_checks_is_told_once() -> None:
    class Closed:
        policy = staticmethod(says("granted"))

        async def account(self, oid: str) -> Account | None:
            raise Unavailable

    diagnosis = await a_doctor(accounts_of=lambda _: Closed()).diagnose(CONNECTION)
    assert [finding.code for finding in diagnosis.findings].count("organisers.unreadable") == 1


class Broken:
    """A part that fails whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> Any:
            raise ConnectionError("something secret")

        return fail


@pytest.mark.parametrize(
    ("part", "check"),
    [
        ("servers", "server"), ("signer", "published keys"), ("probe", "published keys"), ("consents", "texts"),
        ("sightings", "what was seen"), ("connections", "what was seen"), ("number_of", "texts"), ("tick_alive", "tick"),
    ],
)  # fmt: skip
async def test_a_broken_part_becomes_a_finding_and_the_others_stand(part: str, check: str) -> None:
    broken: Any = says(ConnectionError("something secret")) if part in ("number_of", "tick_alive") else Broken()
    diagnosis = await a_doctor(**{part: broken}).diagnose(CONNECTION)
    failed = {finding.values["check"] for finding in diagnosis.findings if finding.code == "check.failed"}
    assert check in failed
    assert "state.approved" in by_code(diagnosis)
    assert "secret" not in str(to_builtins(diagnosis))


async def test_checks_run_side_by_side() -> None:
    """Every slow part waits for all the others to have begun: one after the other would never end."""
    begun = asyncio.Barrier(4)

    class Meeting(Servers):
        async def discover(self, fhir_base: str, client_id: str = "") -> Endpoints:
            await begun.wait()
            return await super().discover(fhir_base, client_id)

        async def keys(self, url: str) -> list[dict[str, Any]]:
            await begun.wait()
            return await super().keys(url)

    async def tick() -> bool:
        await begun.wait()
        return True

    async def number(tenant: str, text: str) -> Any:
        await begun.wait()
        return a_number()

    doctor = a_doctor(servers=Meeting(), tick_alive=tick, number_of=number)
    found = by_code(await asyncio.wait_for(doctor.diagnose(CONNECTION), 4))
    assert {"ehr.reachable", "ehr.keys_readable", "tick.alive", "sms.sender_known"} <= set(found)


async def test_a_draft_can_be_diagnosed_too() -> None:
    draft = a_connection(endpoints=None, client_ids={}, approver_oid="", organizers=(), certificates=(), decision=None)
    codes = set(by_code(await a_doctor().diagnose(draft)))
    assert {"approver.missing", "clients.missing", "assertion.untested"} <= codes
    assert "check.failed" not in codes
