"""Queue triggers and outputs, on real queues."""

import asyncio
import base64
from itertools import islice
from typing import Any
from uuid import uuid4

from azure.core.exceptions import ResourceNotFoundError

from local.host.queues import back_off, renewed
from tests.local.host.running import Site, until


async def _enqueue(site: Site, *messages: str) -> None:
    async with site.client as client:
        assert (await client.post("/api/enqueue", content=",".join(messages))).status_code == 202


async def _calls(site: Site, message: str) -> list[dict[str, Any]]:
    return [call for call in await site.seen("work") if call["body"] == message]


async def test_a_list_becomes_messages_and_what_a_function_returns_another_queue(site: Site) -> None:
    first, second = (f"good {uuid4()} ö" for _ in range(2))
    await _enqueue(site, first, second)

    async def done() -> bool:
        return {f"done: {first}", f"done: {second}"} <= set(await site.bodies("done"))

    await until(done, "both messages done")
    assert [call["count"] for call in await _calls(site, first)] == [1]

    async def gone() -> bool:
        return not {first, second} & set(await site.bodies("work"))

    await until(gone, "both messages gone")


async def test_a_message_that_fails_five_times_steps_aside(site: Site) -> None:
    message = f"bad {uuid4()}"
    await _enqueue(site, message)

    async def aside() -> bool:
        return message in await site.bodies("work-poison")

    await until(aside, "the message in the poison queue")
    assert [call["count"] for call in await _calls(site, message)] == [1, 2, 3, 4, 5]
    assert message not in await site.bodies("work")
    assert f"done: {message}" not in await site.bodies("done")


async def test_a_message_that_nobody_can_decode_steps_aside_at_once(site: Site) -> None:
    before = len(await site.seen("work"))
    text = f"%%% {uuid4()}"
    async with site.queue("work") as queue, site.queue("work-poison") as poison:
        await queue.send_message(text)

        async def aside() -> bool:
            try:
                return text in [message.content for message in await poison.peek_messages(32)]
            except ResourceNotFoundError:
                return False

        await until(aside, "the message in the poison queue")
    assert len(await site.seen("work")) == before


async def test_a_message_comes_with_its_life(site: Site) -> None:
    """The function itself asserts the pop receipt and the time of insertion: without them it would fail."""
    message = f"good {uuid4()}"
    async with site.queue("work") as queue:
        await queue.send_message(base64.b64encode(message.encode()).decode())

    async def called() -> list[dict[str, Any]]:
        return await _calls(site, message)

    assert await until(called, "the call") == [{"body": message, "count": 1}]


async def test_a_message_left_over_from_its_last_try_is_not_tried_again(returned: Site) -> None:
    """The host died over it five times; a sixth call would be one too many."""

    async def aside() -> bool:
        return "left over" in await returned.bodies("late-poison")

    await until(aside, "the message in the poison queue")
    assert "left over" not in [call["body"] for call in await returned.seen("late")]


async def test_a_disabled_function_leaves_its_queue_alone(ours: Site, returned: Site) -> None:
    """Two hosts on the same queues: `late` is disabled on the one, `work` on the other."""
    messages = [f"good {uuid4()}" for _ in range(6)]
    await _enqueue(ours, *messages)
    async with ours.queue("late") as queue:
        for message in messages:
            await queue.send_message(base64.b64encode(message.encode()).decode())

    async def taken() -> bool:
        took = (
            {call["body"] for call in await ours.seen("work")},
            {call["body"] for call in await returned.seen("late")},
        )
        return set(messages) <= took[0] & took[1]

    await until(taken, "all messages taken by the host that may")
    assert await ours.seen("late") == await returned.seen("work") == []


async def test_a_message_stays_hidden_for_as_long_as_its_function_runs(storage: str) -> None:
    """Longer than its lease, that is, which is two seconds here."""
    async with Site("", storage, "", "").queue(f"lease-{uuid4()}") as queue:
        await queue.create_queue()
        await queue.send_message("x")
        message = await queue.receive_message(visibility_timeout=2)
        assert message
        first = message.pop_receipt
        async with renewed(queue, message, 2):
            await asyncio.sleep(2.5)
            assert await queue.receive_message() is None
        assert message.pop_receipt != first
        await queue.delete_message(message)
        assert (await queue.get_queue_properties()).approximate_message_count == 0


def test_an_idle_queue_is_looked_at_less_and_less() -> None:
    assert list(islice(back_off(1.0), 6)) == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    assert list(islice(back_off(0.05), 2)) == [0.05, 0.05]
