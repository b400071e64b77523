"""One launch of ours at a SMART server, by the product's own code: `python -m tests.smart.judged`, told by JSON on stdin.

`{fhir_base, client_id, redirect_uri, launch, algorithm, pems, spoil?}`; `spoil` breaks one thing that the server must
refuse: `verifier`, `signature` or `audience`. Answers JSON: who launched, by which issuer, and the members of the token
response; or the code of the refusal. A process of its own, for clients read at import which authorities they trust.
"""

import asyncio
import json
import ssl
import sys
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from shared.adapters.epic import EpicServers
from shared.adapters.web import Web
from shared.clock import wall_clock
from shared.errors import BridgeError
from shared.keys.ahead import Assertions, Audience
from shared.keys.keyring import Keyring
from shared.keys.keys import Keys
from shared.keys.signing import Signer
from shared.launch.ehr import Departure, EhrSignIn
from shared.organisations.connection import Connection, ConnectionState, normal_fhir_base
from shared.organisations.connections import Connections
from tests.smart.pem_vault import PemVault

MOST_HOPS = 12


class OneRing(Keys):
    """A ring for one launch."""

    def __init__(self) -> None:
        """No vault."""

    async def ring(self) -> Keyring:
        return Keyring((("1", b"k" * 32),))


class Spoilt(Assertions):
    """Assertions as asked for, or with one thing wrong."""

    def __init__(self, signer: Signer, spoil: str) -> None:
        super().__init__(signer, wall_clock)
        self._spoil = spoil

    async def take(self, audience: Audience) -> dict[str, str]:
        if self._spoil == "audience":
            wrong = Audience(audience.environment, audience.algorithm, audience.client_id, "https://elsewhere.example")
            return await super()._make(wrong)
        form = await super()._make(audience)
        if self._spoil == "signature":
            unsigned, _, signature = form["client_assertion"].rpartition(".")
            form["client_assertion"] = f"{unsigned}.{signature[:-8]}AAAAAAAA"
        return form


class SpoiltServers(EpicServers):
    """The EHR's servers; with another verifier than the challenge was made of, if that is to be spoilt."""

    spoil = ""

    async def token(self, url: str, form: Mapping[str, str], client_id: str) -> dict[str, Any]:
        wrong = {"code_verifier": "A" * 64} if self.spoil == "verifier" else {}
        return await super().token(url, dict(form) | wrong, client_id)


class OneConnection:
    """The connection of this server."""

    held: Connection

    async def get(self, connection_id: str, **_: bool) -> Connection:
        return self.held


async def follow(departure: Departure, redirect_uri: str) -> dict[str, str]:
    """A browser that is sent on until it comes back to us: the query that it brings."""
    async with httpx.AsyncClient(verify=ssl.create_default_context(), timeout=30) as browser:
        if departure.form:
            answer = await browser.post(departure.url, data=dict(departure.form))
        else:
            answer = await browser.get(departure.url)
        for _ in range(MOST_HOPS):
            if not answer.has_redirect_location:
                break
            url = urljoin(str(answer.url), answer.headers["location"])
            if url.startswith(redirect_uri):
                return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
            answer = await browser.get(url)
    raise SystemExit(
        f"the server wants a person at {answer.url.host}{answer.url.path}: {answer.status_code} {answer.text[:200]}"
    )


async def launch(given: dict[str, Any]) -> dict[str, Any]:
    """The whole launch: discovery, authorization, token, identity."""
    web = Web()
    servers = SpoiltServers(web, allow_loopback=True)
    servers.spoil = given.get("spoil", "")
    try:
        base = normal_fhir_base(given["fhir_base"], allow_loopback=True)
        endpoints = await servers.discover(base, given["client_id"])
        store = OneConnection()
        store.held = Connection(
            "judged", "tenant", base, "testing", "UTC", "oid", state=ConnectionState.APPROVED,
            client_ids={"provider": given["client_id"]}, assertion=given["algorithm"], endpoints=endpoints,
        )  # fmt: skip
        signer = Signer(PemVault(given["pems"]), wall_clock)
        sign_in = EhrSignIn(cast("Connections", store), servers, Spoilt(signer, servers.spoil), OneRing(), wall_clock)
        redirect_uri = given["redirect_uri"]
        departure = await sign_in.begin(store.held, "provider", redirect_uri=redirect_uri, launch=given["launch"])
        query = await follow(departure, redirect_uri)
        signed_in = await sign_in.finish("provider", query, {departure.cookie.name: departure.cookie.value})
    except BridgeError as error:
        return {"refused": error.code}
    finally:
        await web.close()
    return {
        "kind": signed_in.identity.kind,
        "id": signed_in.identity.id,
        "issuer": signed_in.issuer,
        "members": sorted(signed_in.answer),
        "session": signed_in.answer.get("sessionId"),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(launch(json.load(sys.stdin)))))
