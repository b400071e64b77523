"""Faults in front of a stand-in, as a client meets them: over TLS, through the server that the stack uses."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from local.config import StackConfig
from local.faults import Faults
from local.standins import Server
from tests.local.configs import a_config


@dataclass
class Faulty:
    """Two services with the same little app, and their control address."""

    sms: httpx.AsyncClient
    graph: httpx.AsyncClient
    control: httpx.AsyncClient
    served: list[str]

    async def put(self, route: str, **what: Any) -> None:
        """Puts a rule."""
        answer = await self.control.put("/faults", json={"route": route, **what})
        assert answer.status_code == 200, answer.text


def server(app: Any, config: StackConfig, service: str) -> Server:
    """A service over TLS, the control address without."""
    tls: dict[str, Any] = {"ssl_certfile": config.server_certificate, "ssl_keyfile": config.server_key}
    options = {} if service == "control" else tls
    return Server(uvicorn.Config(app, port=config.ports[service], log_level="warning", access_log=False, **options))


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Faulty]:
    config, faults, served = a_config(tmp_path_factory.mktemp("faults")), Faults(), list[str]()

    async def answer(request: Request) -> PlainTextResponse:
        served.append(request.url.path)
        return PlainTextResponse("fine")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    servers = [server(faults.around(name, app), config, name) for name in ("sms", "graph")]
    servers.append(server(Starlette(routes=faults.routes()), config, "control"))
    tasks = [asyncio.create_task(item.serve()) for item in servers]
    trust = ssl.create_default_context(cafile=str(config.ca))
    try:
        for item in servers:
            await item.ready()
        async with (
            httpx.AsyncClient(base_url=config.sms, verify=trust) as sms,
            httpx.AsyncClient(base_url=config.graph, verify=trust) as graph,
            httpx.AsyncClient(base_url=config.control) as control,
        ):
            yield Faulty(sms, graph, control, served)
    finally:
        for item in servers:
            item.should_exit = True
        await asyncio.gather(*tasks)


@pytest.fixture
async def faulty(running: Faulty) -> Faulty:
    """Without a rule."""
    assert (await running.control.delete("/faults")).json() == []
    running.served.clear()
    return running


async def test_without_a_rule_nothing_happens(faulty: Faulty) -> None:
    assert (await faulty.sms.post("/sms")).text == "fine"


@pytest.mark.parametrize(("status", "retry_after"), [(500, None), (404, None), (429, "1"), (503, "1")])
async def test_a_status_is_answered_and_the_stand_in_not_reached(
    faulty: Faulty, status: int, retry_after: str | None
) -> None:
    await faulty.put("/sms", status=status)
    answer = await faulty.sms.post("/sms")
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry_after)
    assert faulty.served == []


async def test_a_dropped_connection_ends_without_an_answer(faulty: Faulty) -> None:
    await faulty.put("/sms", drop=True)
    for body in (b"", b"x" * 100_000):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
            await faulty.sms.post("/sms", content=body)
    assert faulty.served == []
    await faulty.control.delete("/faults")
    assert (await faulty.sms.post("/sms")).text == "fine"


async def test_a_delay_is_followed_by_the_stand_ins_own_answer(faulty: Faulty) -> None:
    await faulty.put("/sms", delay_ms=200)
    began = time.monotonic()
    assert (await faulty.sms.post("/sms")).text == "fine"
    assert time.monotonic() - began >= 0.2


async def test_a_rule_is_for_its_service_method_and_path_only(faulty: Faulty) -> None:
    await faulty.put("sms:POST /sms", status=500)
    assert (await faulty.sms.post("/sms")).status_code == 500
    assert (await faulty.sms.post("/sms/deeper")).status_code == 500
    assert (await faulty.sms.get("/sms")).status_code == 200
    assert (await faulty.sms.post("/other")).status_code == 200
    assert (await faulty.graph.post("/sms")).status_code == 200


async def test_a_rule_without_service_and_method_is_for_all(faulty: Faulty) -> None:
    await faulty.put("/", status=500)
    answers = [await faulty.sms.get("/a"), await faulty.sms.post("/b:c"), await faulty.graph.get("/")]
    assert [answer.status_code for answer in answers] == [500, 500, 500]


async def test_the_same_route_again_replaces_its_rule_and_others_stay(faulty: Faulty) -> None:
    await faulty.put("/sms", status=500)
    await faulty.put("graph:/x", status=403)
    await faulty.put("/sms", status=429)
    assert (await faulty.sms.post("/sms")).status_code == 429
    listed = (await faulty.control.get("/faults")).json()
    assert [(rule["route"], rule["status"]) for rule in listed] == [("/sms", 429), ("graph:/x", 403)]


async def test_all_rules_can_be_cleared(faulty: Faulty) -> None:
    await faulty.put("/sms", status=500)
    await faulty.control.delete("/faults")
    assert (await faulty.sms.post("/sms")).status_code == 200
    assert (await faulty.control.get("/faults")).json() == []


async def test_a_rate_is_a_share_of_requests(faulty: Faulty) -> None:
    await faulty.put("/sms", status=500, rate=0.3)
    failed = [(await faulty.sms.get("/sms")).status_code == 500 for _ in range(200)]
    assert 35 <= sum(failed) <= 85
    await faulty.put("/sms", status=500, rate=0)
    assert (await faulty.sms.get("/sms")).status_code == 200


def test_a_rate_draws_the_same_lots_in_every_run() -> None:
    """So that a test which failed fails again."""
    first, again, other = Faults(seed=7), Faults(seed=7), Faults(seed=8)
    draws = [[faults._random.random() for _ in range(5)] for faults in (first, again, other)]
    assert draws[0] == draws[1] != draws[2]


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "text", None, {"route": "/x"}, {"status": 500}, {"route": "x", "status": 500}, {"route": "GET x", "drop": True},
        {"route": "/x", "status": 500, "drop": True}, {"route": "/x", "status": 500, "delay_ms": 5},
        {"route": "/x", "status": "bad"}, {"route": "/x", "status": 42}, {"route": "/x", "status": 1000},
        {"route": "/x", "delay_ms": -5}, b'{"route": "/x", "delay_ms": 1e999}', {"route": "/x", "status": 500, "rate": 1.1},
        {"route": "/x", "status": 500, "rate": -0.1}, {"route": "/x", "status": 500, "rate": "often"},
        {"route": "/x", "status": 500, "rate": None},
    ],
)  # fmt: skip
async def test_a_rule_that_makes_no_sense_is_refused_and_changes_nothing(faulty: Faulty, body: Any) -> None:
    await faulty.put("/sms", status=500)
    content = body if isinstance(body, bytes) else json.dumps(body)
    answer = await faulty.control.put("/faults", content=content)
    assert answer.status_code == 400
    assert "route" in answer.json()["error"]
    assert [rule["route"] for rule in (await faulty.control.get("/faults")).json()] == ["/sms"]


async def test_a_body_that_is_no_json_is_refused(faulty: Faulty) -> None:
    assert (await faulty.control.put("/faults", content=b"{")).status_code == 400
