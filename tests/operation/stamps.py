"""Two stamps in memory with two organisations in the first, made by the product's own parts."""

from dataclasses import dataclass, field
from datetime import timedelta

from shared.adapters.queues import Queues
from shared.adapters.tables import ETAG, TABLES, Entity
from shared.clock import to_text
from shared.keys.keyring import SECRET_NAME, new_secret
from shared.keys.keys import Keys
from shared.messages.optouts import OptOuts
from shared.numbers.claims import Claims
from shared.organisations.audit import Audit
from shared.organisations.connection import Certificate, Connection, ConnectionState, SmsRules
from shared.organisations.connections import Connections
from shared.organisations.people import Clinicians
from tests.builders import StillClock
from tests.memory import MemoryQueues, MemoryTables

NORTH, RIVER = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "ab")
NORTHS, RIVERS = "north2345", "river2345"
NUMBERS = {NORTH: "+18335550100", RIVER: "+18335550200"}
PATIENT = "+16085550143"


class MemoryVault:
    """Secrets in a dict."""

    def __init__(self) -> None:
        self.secrets = {SECRET_NAME: new_secret()}

    async def secret(self, name: str) -> str | None:
        return self.secrets.get(name)

    async def set_secret(self, name: str, value: str, content_type: str) -> None:
        self.secrets[name] = value

    async def delete_secret(self, name: str) -> None:
        self.secrets.pop(name, None)


@dataclass
class Stamp:
    """Storage, a vault, and what the product would make of them."""

    tables: MemoryTables = field(default_factory=MemoryTables)
    vault: MemoryVault = field(default_factory=MemoryVault)
    queues: Queues = field(default_factory=MemoryQueues)
    clock: StillClock = field(default_factory=StillClock)

    @property
    def connections(self) -> Connections:
        return Connections(self.tables, [NORTH, RIVER], self.clock)

    @property
    def optouts(self) -> OptOuts:
        return OptOuts(self.tables, Keys(self.vault), self.clock)  # type: ignore[arg-type]

    def dump(self) -> dict[str, list[Entity]]:
        """Every row of every table, without ETags."""
        return {
            table: [{k: v for k, v in row.items() if k != ETAG} for row in self.tables.dump(table)] for table in TABLES
        }

    async def settle(self, tenant: str, connection_id: str) -> None:
        """An organisation with something in every table."""
        now, number = self.clock(), NUMBERS[tenant]
        certificate = Certificate("thumb" + connection_id, "CN=x", now, now + timedelta(days=90), "ada")
        await self.connections.add(
            Connection(
                connection_id, tenant, f"https://{connection_id}.example/r4", "production", "UTC", "priya",
                state=ConnectionState.APPROVED, sms=SmsRules(enabled=True, sender=number), certificates=(certificate,),
            )
        )  # fmt: skip
        self.vault.secrets[certificate.secret_of(connection_id)] = "PEM of " + connection_id
        await Claims(self.tables).require(tenant, number)
        await Audit(self.tables, self.clock).note(tenant, "ada", "connection.added", connection_id)
        await Clinicians(self.tables, self.clock).link(connection_id, "MBELL", tenant, "marcus")
        await self.optouts.stop(number, PATIENT)
        day, key = f"{now:%Y-%m-%d}", f"{connection_id}/{'v' * 20}"
        for table, partition, row, values in (
            ("tenants", tenant, "consents", {"sms_terms": True}),
            ("tenants", tenant, f"number:{number}", {"verification": "verified"}),
            ("tenants", tenant, "operation:abc", {"phase": "done"}),
            ("connections", connection_id, "seen:message", {"at": to_text(now)}),
            ("facts", f"{tenant}-{now:%Y%m}", f"3_{day}_{connection_id}", {"status": "done", "people": 2}),
            ("facts", f"{tenant}-index", f"{connection_id}_v", {"place": day}),
            ("visits", f"{connection_id}-a", "v" * 20, {"session": "1.sealed"}),
            ("visits", f"{connection_id}-a", "v" * 20 + ":phone", {"sealed": "1.sealed"}),
            ("work", f"{now:%Y%m%dT%H%M}-a", f"{to_text(now)}_{connection_id}_v_o1", {"visit": key}),
            ("work", f"failed-{tenant}", "f", {"message": "ids"}),
            ("work", f"untold-{connection_id}", "u", {"visit": "v" * 20, "state": "left"}),
            ("work", "writeback", connection_id, {"paused": True}),
        ):
            self.tables.put(table, {"PartitionKey": partition, "RowKey": row, **values})

    async def disable(self, connection_id: str) -> None:
        """As an administrator would in the portal."""
        from dataclasses import replace

        known = await self.connections.get(connection_id)
        assert known
        await self.connections.save(replace(known, state=ConnectionState.DISABLED))
