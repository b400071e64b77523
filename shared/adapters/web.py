"""Outgoing HTTP on azure-core's pipeline, which storage has loaded anyway (docs/decisions/0003-outgoing-calls.md).

One pipeline for calls that carry our own credential (Graph, SMS) and one for an EHR's servers, which never follows a
redirect, sends no credential of ours and takes at most 64 KiB.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from azure.core import AsyncPipelineClient
    from azure.core.credentials_async import AsyncTokenCredential

CONNECT_SECONDS = 5
READ_SECONDS = 20
MOST_BYTES = 1_048_576
LONGEST_PAUSE = 10
"""Seconds: whoever asks for a longer one gets no second try here, for somebody waits for the answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is the parsed JSON or None; `headers` have lower-case names."""

    status: int
    body: Any
    headers: Mapping[str, str]


class UpstreamError(Exception):
    """No usable answer: connection refused, timed out, TLS failed, or the answer was too large."""


class Web:
    """One azure-core pipeline. With a credential each request carries a bearer token for `scope`.

    Retries: 429, 502, 503, 504 and broken connections, three times, honouring a Retry-After of up to LONGEST_PAUSE
    (azure-core's policy, which else would sleep for the day that a spent quota asks for).
    """

    def __init__(
        self, base: str = "", *, credential: "AsyncTokenCredential | None" = None, scope: str = "", retries: int = 3
    ) -> None:
        self._base = base
        self._credential = credential
        self._scope = scope
        self._retries = retries

    @cached_property
    def _client(self) -> "AsyncPipelineClient[Any, Any]":
        from azure.core import AsyncPipelineClient
        from azure.core.pipeline import policies

        class Retries(policies.AsyncRetryPolicy[Any, Any]):
            def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
                pause = self.get_retry_after(response) or 0
                return pause <= LONGEST_PAUSE and super().is_retry(settings, response)

        chain: list[Any] = [
            policies.RequestIdPolicy(request_id_header_name="client-request-id"),
            policies.UserAgentPolicy(base_user_agent="visitbridge"),
            Retries(
                retry_total=self._retries,
                retry_backoff_factor=0.3,
                retry_backoff_max=5,
                retry_on_methods=["GET", "PUT", "PATCH", "DELETE", "POST"],
            ),
        ]
        if self._credential is not None:
            chain.append(policies.AsyncBearerTokenCredentialPolicy(self._credential, self._scope))
        return AsyncPipelineClient(self._base, policies=chain)

    async def send(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> Answer:
        """Sends one request. `path` is a whole URL where no base was given; `params` are not encoded yet.

        Raises `UpstreamError`.
        """
        from azure.core.exceptions import AzureError
        from azure.core.rest import HttpRequest

        request = HttpRequest(
            method,
            self._base + path,
            json=json_body,
            data=dict(form) if form is not None else None,
            headers={"Accept": "application/json", **(headers or {})},
            # azure-core joins these as they are: a value with `&` would be two parameters.
            params={name: quote(value, safe="") for name, value in (params or {}).items()},
        )
        try:
            response = await self._client.send_request(
                request, connection_timeout=CONNECT_SECONDS, read_timeout=read_seconds, stream=True
            )
            async with response:
                if int(response.headers.get("Content-Length", "0")) > MOST_BYTES:
                    raise UpstreamError("answer too large")
                data = await response.read()
        except (AzureError, ValueError) as error:
            raise UpstreamError(type(error).__name__) from error
        return Answer(response.status_code, _json(data), {k.lower(): v for k, v in response.headers.items()})

    async def close(self) -> None:
        """Closes the pipeline's connections, if it was ever used."""
        if "_client" in self.__dict__:
            await self._client.close()


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None
