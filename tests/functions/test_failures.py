"""The last failure of a message is remembered by its code, and raised all the same."""

from typing import Any

import azure.functions as func
import pytest

from functions import failures
from shared.errors import Unavailable


class Remembered:
    """In place of the services: who asks for `failures` gets this."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str]] = []

    @property
    def failures(self) -> "Remembered":
        return self

    async def saw(self, queue: str, message: str, error: BaseException) -> None:
        self.seen.append((queue, message, type(error).__name__))


class Message(func.QueueMessage):
    """A queue message with the number of its delivery."""

    def __init__(self, count: int) -> None:
        super().__init__(body=b'{"visits": []}')
        self._count = count

    @property
    def dequeue_count(self) -> int:
        return self._count


@pytest.mark.parametrize(("delivery", "remembered"), [(1, False), (4, False), (5, True), (6, True)])
async def test_only_the_last_failure_is_remembered(
    monkeypatch: pytest.MonkeyPatch, delivery: int, remembered: bool
) -> None:
    services = Remembered()
    monkeypatch.setattr(failures, "services", lambda: services)

    @failures.noted("due")
    async def worker(_: Any) -> None:
        raise Unavailable

    with pytest.raises(Unavailable):
        await worker(Message(delivery))
    assert services.seen == ([("due", '{"visits": []}', "Unavailable")] if remembered else [])


def test_the_number_of_tries_is_the_host_s() -> None:
    import json

    from tests.docs.pages import ROOT

    host = json.loads((ROOT / "host.json").read_text())
    assert host["extensions"]["queues"]["maxDequeueCount"] == failures.MOST_DELIVERIES
