"""Certificates that end are measured each day, the last one of each approved connection."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.organisations.connection import Certificate, Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.organisations.expiry import Expiry
from tests.builders import StillClock
from tests.memory import MemoryTables

TENANT = "aaaaaaaa-0000-4000-8000-000000000000"


async def test_the_last_certificate_of_each_approved_connection_counts(caplog: pytest.LogCaptureFixture) -> None:
    clock = StillClock()
    tables, now = MemoryTables(), clock()
    connections = Connections(tables, [TENANT], clock)

    def ending(*days: float) -> tuple[Certificate, ...]:
        return tuple(Certificate("t", "s", now, now + timedelta(days=each), "a") for each in days)

    plain = Connection(
        "first2345", TENANT, "https://a.example/r4", "production", "UTC", "", state=ConnectionState.APPROVED
    )
    await connections.add(replace(plain, certificates=ending(3, 40)))
    await connections.add(replace(plain, id="second234", environment="testing", certificates=ending(-1.5)))
    await connections.add(replace(plain, id="third2345"))
    await connections.add(replace(plain, id="fourth234", state=ConnectionState.DISABLED, certificates=ending(5)))
    caplog.set_level(logging.INFO)
    await Expiry(connections, clock).measure()
    assert caplog.messages == [
        "metric visitbridge.certificate.remaining=3456000.000 unit=s visitbridge.environment=production",
        "metric visitbridge.certificate.remaining=-129600.000 unit=s visitbridge.environment=testing",
    ]
