"""Epic registers an app by audience, and each registration has an id for testing and one for production: six in all."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.organisations.connection import Connection, Environment
from tests.launch.ehr import CALLBACK, Network, Server

IDS: dict[Environment, dict[str, str]] = {
    "testing": {"provider": "provider-t", "patient": "patient-t", "backend": "backend-t"},
    "production": {"provider": "provider-p", "patient": "patient-p", "backend": "backend-p"},
}


def connection(environment: Environment) -> Connection:
    """A connection of one of the two environments, with an id for each audience."""
    server = Server(environment)
    return replace(Network(server).connection(server), environment=environment, client_ids=IDS[environment])


@pytest.mark.parametrize("environment", ["testing", "production"])
@pytest.mark.parametrize(
    ("audience", "registered"),
    [("provider", "provider"), ("directsms", "provider"), ("patient", "patient"), ("devicetest", "patient")],
)
async def test_each_launch_speaks_for_its_own_registration(
    environment: Environment, audience: str, registered: str
) -> None:
    """Both to the browser and to the token endpoint, and with the key of its environment."""
    server = Server(environment)
    network = Network(server)
    held = network.store.held[server.name] = connection(environment)
    departure = await network.sign_in.begin(held, audience, redirect_uri=CALLBACK, launch="opaque")
    query = parse_qs(urlsplit(departure.url).query)
    assert query["client_id"] == [IDS[environment][registered]]
    server.nonce, server.client_id = query["nonce"][0], query["client_id"][0]
    answer = {"code": "c", "state": query["state"][0]}
    await network.sign_in.finish(audience, answer, {departure.cookie.name: departure.cookie.value})
    (form,) = server.forms
    assert "client_id" not in form
    said = json.loads(form["client_assertion"])
    assert (said["iss"], said["environment"]) == (IDS[environment][registered], environment)


def test_an_id_of_its_own_comes_before_the_one_that_stands_in() -> None:
    held = replace(connection("testing"), client_ids=IDS["testing"] | {"devicetest": "devicetest-t"})
    assert held.client_id("devicetest") == "devicetest-t"
    assert held.client_id("backend") == "backend-t"


def test_no_id_of_one_environment_is_the_other_s() -> None:
    every = [held.client_id(a) for held in map(connection, IDS) for a in ("provider", "patient", "backend")]
    assert len(set(every)) == 6
