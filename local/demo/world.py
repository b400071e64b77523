"""Everything the story's people touch: our API, the host's admin route, Epic, the stand-ins' control, storage."""

import ssl
import time
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx
from azure.data.tables.aio import TableServiceClient

from local.config import StackConfig
from local.demo.steps import StepFailedError, holds

TICK_SECONDS = 1.0


class World:
    """One running stack, seen from outside."""

    def __init__(self, config: StackConfig) -> None:
        self.config = config
        context = ssl.create_default_context(cafile=str(config.bundle))
        self.http = httpx.AsyncClient(verify=context, timeout=60)
        self.tables = TableServiceClient.from_connection_string(config.storage)
        self._tokens: dict[str, str] = {}
        self._ticked = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()
        await self.tables.close()

    async def token(self, person: str) -> str:
        """A portal token for a person of the story, as the portal would get it by their sign-in."""
        if person not in self._tokens:
            answer = await self.http.post(f"{self.config.control}/tokens", json={"person": person})
            holds(answer.status_code == 200, f"no token for {person}: {answer.status_code}")
            self._tokens[person] = answer.json()["access_token"]
        return self._tokens[person]

    async def api(self, person: str, method: str, path: str, **options: Any) -> Any:
        """A call of the portal's API. Raises `StepFailedError` for any answer that is not a success."""
        headers = {"Authorization": f"Bearer {await self.token(person)}"}
        answer = await self.http.request(method, f"{self.config.functions}/api{path}", headers=headers, **options)
        if answer.status_code >= 300:
            raise StepFailedError(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    async def run_tick(self) -> None:
        """The minute tick by hand, as an operator would run it; once a second at most, however often one asks."""
        if time.monotonic() - self._ticked < TICK_SECONDS:
            return
        self._ticked = time.monotonic()
        answer = await self.http.post(
            f"{self.config.functions}/admin/functions/reminder_tick",
            headers={"x-functions-key": self.config.secrets["master_key"]},
            json={"input": ""},
        )
        holds(answer.status_code == 202, f"the tick answered {answer.status_code}")

    async def control(self, method: str, path: str, **options: Any) -> Any:
        """A control route of the stand-ins."""
        answer = await self.http.request(method, f"{self.config.control}{path}", **options)
        if answer.status_code >= 300:
            raise StepFailedError(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer.json() if answer.content else None

    async def messages(self) -> list[dict[str, Any]]:
        """Texts that the SMS stand-in accepted, oldest first."""
        found: list[dict[str, Any]] = await self.control("GET", "/messages")
        return found

    async def statuses(self) -> list[dict[str, Any]]:
        """What Epic was told, oldest first."""
        found: list[dict[str, Any]] = await self.control("GET", "/statuses")
        return found

    async def book(self, start: datetime, **fields: Any) -> str:
        """An appointment in Epic. Returns its CSN."""
        body = {"start": start.isoformat(), "duration_minutes": 30, **fields}
        answer = await self.control("POST", "/epic/appointments", json=body)
        return str(answer["csn"])

    async def send(self, csn: str, event: str, connection_id: str) -> dict[str, Any]:
        """Epic sends the appointment's message. Returns status, acknowledgement, control id."""
        url = f"{self.config.functions}/api/hl7/{connection_id}"
        body = {"event": event, "url": url}
        answer: dict[str, Any] = await self.control("POST", f"/epic/appointments/{csn}/send", json=body)
        return answer

    async def roster(self, meeting_id: str, participant: str, action: str) -> None:
        """Someone does something in the meeting; Graph's stand-in notifies us."""
        body = {"participant": participant, "action": action}
        await self.control("POST", f"/meetings/{quote(meeting_id, safe='')}/roster", json=body)

    async def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, straight from storage."""
        return [dict(row) async for row in self.tables.get_table_client(table).list_entities()]
