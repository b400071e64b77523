"""Runs every check of a connection side by side, each with its own time, and lists what they found.

A check that fails or hangs becomes a finding of level `unknown`: one broken upstream never hides the others.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from shared.adapters.probe import Accounts, Probe
from shared.clock import Clock, to_text
from shared.diagnosis import ehr, meetings, standing, surroundings, telling, texts, traffic, trust
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Diagnosis, Finding
from shared.errors import BridgeError
from shared.keys.signing import Signer
from shared.numbers.models import NumberShown
from shared.organisations.connection import Connection
from shared.organisations.connections import Connections
from shared.organisations.consents import Consents
from shared.organisations.people import Clinicians
from shared.organisations.sightings import Sightings
from shared.settings import Settings

log = logging.getLogger(__name__)

CHECK_SECONDS = 5.0
CLINICIANS_TRIED = 3
CLIENTS = ("provider", "patient", "backend")

Check = Callable[[], Awaitable[list[Finding]]]


@dataclass(frozen=True)
class Instruments:
    """What the doctor looks with."""

    settings: Settings
    connections: Connections
    sightings: Sightings
    clinicians: Clinicians
    consents: Consents
    signer: Signer
    servers: ehr.Ehr
    probe: Probe
    accounts_of: Callable[[str], Accounts]
    """Graph's accounts, by tenant."""
    number_of: Callable[[str, str], Awaitable[NumberShown | None]]
    """A tenant's number, None if it is not theirs."""
    telling_of: telling.TellingOf
    tick_alive: Callable[[], Awaitable[bool]]
    clock: Clock


class Doctor:
    """Diagnoses connections."""

    def __init__(self, instruments: Instruments) -> None:
        self._with = instruments

    async def diagnose(self, connection: Connection) -> Diagnosis:
        """All findings. Takes about as long as the slowest check, at most five seconds."""
        now = self._with.clock()
        checks = self._checks(connection)
        found = await asyncio.gather(*(run(name, check) for name, check in checks))
        findings = [item for findings in found for item in findings] + traffic.hints()
        # Approver and organisers may be told unreadable by two checks: once is enough.
        single = list({(item.code, *sorted(item.values.items())): item for item in findings}.values())
        return Diagnosis(connection_id=connection.id, checked_at=to_text(now), findings=single)

    def _checks(self, connection: Connection) -> list[tuple[str, Check]]:
        given, now = self._with, self._with.clock()
        public_url, probe = given.settings.public_url, given.probe
        accounts = given.accounts_of(connection.tenant)

        async def organisers() -> list[Finding]:
            oids = await self._clinicians(connection.id)
            app = given.settings.entra_client_id
            return await meetings.organisers(connection, oids, accounts.account, accounts.policy, app)

        async def seen() -> list[Finding]:
            known = await given.sightings.of(connection.id)
            same = await given.connections.by_issuer(connection.fhir_base)
            return [
                *surroundings.environment(connection, same, known),
                *texts.messages(connection, known, now),
                *traffic.launches(connection, known),
                *traffic.records(connection, known, public_url),
            ]

        async def settings() -> list[Finding]:
            return [
                *standing.state(connection),
                *trust.clients(connection),
                *meetings.room(connection),
                *texts.certificates(connection, now),
                *texts.writeback(connection),
            ]

        by_acs = (connection.sms.gateway or given.settings.sms_gateway) == "acs"

        async def tick() -> list[Finding]:
            return [finding("tick.alive" if await given.tick_alive() else "tick.silent")]

        def known_as(audience: str) -> Check:
            return lambda: trust.accepted(
                connection, audience, given.signer, probe.token_error, public_url, given.clock()
            )

        return [
            ("settings", settings),
            ("approver", lambda: standing.approver(connection, accounts.account)),
            ("server", lambda: ehr.server(connection, given.servers, probe.reach)),
            ("server keys", lambda: ehr.keys(connection, given.servers)),
            ("published keys", lambda: trust.published(connection, given.signer, probe.document, public_url)),
            *((f"{audience} client", known_as(audience)) for audience in CLIENTS),
            ("organisers", organisers),
            (
                "texts",
                lambda: texts.rules(
                    connection,
                    lambda: given.consents.given(connection.tenant),
                    (lambda number: given.number_of(connection.tenant, number)) if by_acs else None,
                ),
            ),
            ("what was seen", seen),
            ("write-back", lambda: telling.told(connection, given.telling_of)),
            ("tick", tick),
        ]

    async def _clinicians(self, connection_id: str) -> list[str]:
        found: list[str] = []
        async for row in self._with.clinicians.after(connection_id, ""):
            found.append(str(row["oid"]))
            if len(found) == CLINICIANS_TRIED:
                break
        return found


async def run(name: str, check: Check, *, seconds: float = CHECK_SECONDS) -> list[Finding]:
    """One check; whatever becomes of it is a finding."""
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except TimeoutError:
        return [finding("check.timed_out", check=name)]
    except BridgeError as error:
        return [finding("check.failed", check=name, why=error.code)]
    except Exception as error:  # noqa: BLE001, an upstream or a part of ours may fail in any way; the page must not
        log.warning("the check of %s failed: %s", name, type(error).__name__)
        return [finding("check.failed", check=name, why=type(error).__name__)]
