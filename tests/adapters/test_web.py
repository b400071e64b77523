"""The pipeline of outgoing calls: it waits a little for a service that asks for it, and not a day."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from shared.adapters.web import LONGEST_PAUSE, Web

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def busy(pause: int) -> AsyncIterator[tuple[Web, list[str]]]:
    """A service that is busy at first, and asks for a pause of so many seconds; and what it was asked."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode().split(" ")[0])
        head = f"429 Busy\r\nRetry-After: {pause}" if len(asked) == 1 else "200 OK"
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    web = Web(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield web, asked
        await web.close()


@pytest.mark.parametrize(("pause", "status", "times"), [(0, 200, 2), (LONGEST_PAUSE + 1, 429, 1), (86_400, 429, 1)])
async def test_a_short_pause_is_waited_for_and_a_long_one_is_told(pause: int, status: int, times: int) -> None:
    async with busy(pause) as (web, asked):
        answer = await asyncio.wait_for(web.send("GET", "/"), 30)
    assert (answer.status, len(asked)) == (status, times)
