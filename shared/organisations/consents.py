"""The two consents without which no text is sent: who gave them and when."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.tables import Tables
from shared.clock import Clock, to_text
from shared.errors import Refused
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit

KINDS = ("sms_terms", "patient_consent")
ROW = "consents"


class Consents:
    """`sms_terms`: the service's terms for texts are accepted. `patient_consent`: the hospital has its patients' consent."""

    def __init__(self, tables: Tables, audit: Audit, clock: Clock) -> None:
        self._tables = tables
        self._audit = audit
        self._clock = clock

    async def given(self, tenant: str) -> bool:
        """Whether both stand."""
        shown = await self.show(tenant)
        return all(shown[kind]["given"] for kind in KINDS)

    async def show(self, tenant: str) -> dict[str, Any]:
        """Each consent: given or not, by whom, when."""
        row = await self._tables.get("tenants", tenant, ROW) or {}
        return {
            kind: {"given": bool(row.get(kind)), "by": row.get(f"{kind}_by"), "at": row.get(f"{kind}_at")}
            for kind in KINDS
        }

    async def put(self, caller: Caller, body: Mapping[str, Any]) -> dict[str, Any]:
        """Gives or withdraws consents: `{"sms_terms": true, "patient_consent": true}`."""
        caller.require(ADMIN)
        wrong = {name: "not valid" for name, value in body.items() if name not in KINDS or not isinstance(value, bool)}
        if wrong:
            raise Refused("request.invalid", fields=wrong)
        row: dict[str, Any] = await self._tables.get("tenants", caller.tenant, ROW) or {}
        row |= {"PartitionKey": caller.tenant, "RowKey": ROW}
        for kind, value in body.items():
            if bool(row.get(kind)) != value:
                row |= {kind: value, f"{kind}_by": caller.oid, f"{kind}_at": to_text(self._clock())}
                await self._audit.note(caller.tenant, caller.oid, f"consent.{'given' if value else 'withdrawn'}", kind)
        await self._tables.upsert("tenants", row)
        return await self.show(caller.tenant)
