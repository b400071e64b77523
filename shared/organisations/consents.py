"""The two consents without which no text is sent: who gave them and when."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from shared.adapters.tables import Tables
from shared.clock import Clock, to_text
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.requests import ConsentChange
from shared.organisations.shown import ConsentShown, ConsentsShown
from shared.organisations.taking import take

ROW = "consents"


class Consents:
    """`sms_terms`: the service's terms for texts are accepted. `patient_consent`: the hospital has its patients' consent."""

    def __init__(self, tables: Tables, audit: Audit, clock: Clock) -> None:
        self._tables = tables
        self._audit = audit
        self._clock = clock

    async def given(self, tenant: str) -> bool:
        """Whether both stand."""
        found = await self.show(tenant)
        return found.sms_terms.given and found.patient_consent.given

    async def show(self, tenant: str) -> ConsentsShown:
        """Each consent: given or not, by whom, when."""
        row = await self._tables.get("tenants", tenant, ROW) or {}

        def one(kind: str) -> ConsentShown:
            return ConsentShown(given=bool(row.get(kind)), by=row.get(f"{kind}_by"), at=row.get(f"{kind}_at"))

        return ConsentsShown(sms_terms=one("sms_terms"), patient_consent=one("patient_consent"))

    async def put(self, caller: Caller, body: Mapping[str, Any]) -> ConsentsShown:
        """Gives or withdraws consents. Raises `Refused`; `Conflict` if someone else did at the same time."""
        caller.require(ADMIN)
        wanted = {kind: value for kind, value in asdict(take(ConsentChange, body)).items() if isinstance(value, bool)}
        before = await self._tables.get("tenants", caller.tenant, ROW)
        row: dict[str, Any] = before or {"PartitionKey": caller.tenant, "RowKey": ROW}
        changed = [kind for kind, value in wanted.items() if bool(row.get(kind)) != value]
        if changed:
            now = to_text(self._clock())
            for kind in changed:
                row |= {kind: wanted[kind], f"{kind}_by": caller.oid, f"{kind}_at": now}
            await (self._tables.replace("tenants", row) if before else self._tables.insert("tenants", row))
            for kind in changed:
                action = f"consent.{'given' if wanted[kind] else 'withdrawn'}"
                await self._audit.note(caller.tenant, caller.oid, action, kind)
        return await self.show(caller.tenant)
