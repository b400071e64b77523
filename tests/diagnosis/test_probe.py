"""The doctor's questions to servers: what each answer is taken for. Real sockets on this machine where they matter."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError

from shared.adapters.probe import Account, Accounts, Probe
from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Unavailable
from tests.local.configs import a_config

TEAMS = {"service": "TeamspaceAPI", "capabilityStatus": "Enabled"}
NO_POLICY = {"error": {"code": "Forbidden", "message": "No application access policy found for this app"}}


class Canned(Web):
    """Answers every request alike, or fails, and remembers what was asked."""

    def __init__(self, status: int = 200, body: Any = None, error: UpstreamError | None = None) -> None:
        super().__init__()
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self._answer, self._error = Answer(status, body, {}), error

    async def send(self, method: str, path: str, **options: Any) -> Answer:
        self.asked.append((method, path, options))
        if self._error:
            raise self._error
        return self._answer


@pytest.fixture
async def tls_port(tmp_path: Path) -> AsyncIterator[int]:
    """A TLS server whose certificate is of an authority that nobody here trusts."""
    config = a_config(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(config.server_certificate, config.server_key)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_a_certificate_that_is_not_trusted_is_told_from_a_server_that_is_down(tls_port: int) -> None:
    web = Web(retries=0)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        reached = [await Probe(web).reach(f"https://localhost:{number}/R4") for number in (tls_port, port)]
    await web.close()
    assert reached == ["tls", "refused"]


def behind(cause: BaseException) -> UpstreamError:
    """A failure as azure-core hands it on: what happened is inside."""
    error = UpstreamError("ServiceRequestError")
    error.__cause__ = ServiceRequestError("x", error=cause)
    return error


@pytest.mark.parametrize(
    ("cause", "word"),
    [
        (socket.gaierror(-2, "unknown"), "dns"),
        (TimeoutError(), "timeout"),
        (ssl.SSLCertVerificationError("x"), "tls"),
        (ConnectionRefusedError(), "refused"),
        (ConnectionResetError(), "failed"),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_what_stands_in_between_is_named(cause: Exception, word: str) -> None:
    assert await Probe(Canned(error=behind(cause))).reach("https://ehr.example") == word


async def test_any_answer_is_an_answer() -> None:
    assert await Probe(Canned(404)).reach("https://ehr.example") == "answers"


@pytest.mark.parametrize(("status", "body", "expected"), [(200, {"keys": []}, {"keys": []}), (404, {"a": 1}, None)])
async def test_a_document_is_what_came_with_200(status: int, body: Any, expected: Any) -> None:
    assert await Probe(Canned(status, body)).document("https://us.example") == expected


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, {"access_token": "secret"}, ""),
        (400, {"error": "invalid_grant"}, "invalid_grant"),
        (401, {"error": "invalid_client", "error_description": "<b>"}, "invalid_client"),
        (400, {"error": "Pat Tester, 608-555-0143"}, "other"),
        (400, {"error": {"code": "x"}}, "other"),
        (400, None, "other"),
    ],
    ids=str,
)
async def test_of_a_token_answer_only_a_code_is_taken(status: int, body: Any, code: str) -> None:
    assert await Probe(Canned(status, body)).token_error("https://ehr.example/t", {}, "client") == code


@pytest.mark.parametrize("web", [Canned(500), Canned(429), Canned(error=UpstreamError("x"))])
async def test_no_answer_of_the_token_endpoint_is_no_verdict(web: Canned) -> None:
    with pytest.raises(Unavailable):
        await Probe(web).token_error("https://ehr.example/t", {}, "client")


@pytest.mark.parametrize(
    ("body", "account"),
    [
        ({"displayName": "A", "accountEnabled": True, "assignedPlans": [TEAMS]}, Account("A", True, True)),
        ({"displayName": "A", "accountEnabled": False, "assignedPlans": []}, Account("A", False, False)),
        (
            {"displayName": "A", "accountEnabled": True, "assignedPlans": [TEAMS | {"capabilityStatus": "Deleted"}]},
            Account("A", True, False),
        ),
    ],
)  # fmt: skip
async def test_an_account_has_teams_when_a_plan_with_it_is_enabled(body: Any, account: Account) -> None:
    assert await Accounts(Canned(200, body), "tenant").account("oid") == account


async def test_who_is_not_in_the_directory_has_no_account_and_a_refusal_is_no_verdict() -> None:
    assert await Accounts(Canned(404), "tenant").account("oid") is None
    for web in (Canned(403), Canned(503), Canned(error=UpstreamError("x"))):
        with pytest.raises(Unavailable):
            await Accounts(web, "tenant").account("oid")


@pytest.mark.parametrize(
    ("status", "body", "policy"),
    [
        (200, {"value": []}, "granted"),
        (404, {"error": {"code": "NotFound"}}, "granted"),
        (403, NO_POLICY, "missing"),
        (403, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}, "unclear"),
        (503, None, "unclear"),
    ],
    ids=str,
)
async def test_the_policy_is_told_by_graph_s_own_words_and_nothing_is_made(status: int, body: Any, policy: str) -> None:
    web = Canned(status, body)
    assert await Accounts(web, "the-tenant").policy("the-oid") == policy
    ((method, path, options),) = web.asked
    assert (method, path) == ("GET", "/v1.0/users/the-oid/onlineMeetings")
    condition = options["params"]["$filter"]
    assert condition.startswith("JoinWebUrl eq 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_")
    assert "the-tenant" in condition
