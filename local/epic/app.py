"""Puts the stand-in together: all of Epic's addresses, below the path of the hospital's interconnect instance."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from local.config import INTERCONNECT, StackConfig
from local.epic import control, discovery, writeback
from local.epic.assertions import Assertions
from local.epic.authorize import Authorization
from local.epic.chart import Chart
from local.epic.discovery import Discovery
from local.epic.grants import Grants
from local.epic.key_sets import KeySets
from local.epic.keys import SigningKeys
from local.epic.launches import Launches
from local.epic.registrations import Registrations
from local.epic.schedule import Schedule
from local.epic.sender import Sender
from local.epic.tokens import Tokens
from local.epic.writeback import Statuses
from local.standin import StandIn


def create(config: StackConfig, clock: Callable[[], float] = time.time) -> StandIn:
    """The Epic of one stack. `clock` gives seconds since the epoch."""
    keys, grants, schedule, registrations = SigningKeys(), Grants(clock), Schedule(), Registrations(config)
    documents = Discovery(config, keys)
    launches = Launches(config, clock)
    key_sets = KeySets(str(config.bundle), clock)
    sender = Sender(config, clock)
    statuses = Statuses(grants, schedule, clock)
    chart = Chart(schedule, statuses, launches, clock)
    authorization = Authorization(registrations, launches, grants, config.fhir_base, clock)
    assertions = Assertions(registrations, key_sets, f"{documents.issuer}/token", clock)
    tokens = Tokens(assertions, grants, keys, documents.issuer, config.fhir_base, clock)
    fhir = config.fhir_base.removeprefix(config.epic)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await key_sets.close()
        await sender.close()

    routes = [
        Route(f"{fhir}/.well-known/smart-configuration", documents.smart),
        Route(f"{fhir}/.well-known/openid-configuration", documents.openid),
        Route(f"{fhir}/metadata", documents.metadata),
        Route(f"{fhir}/{{anything:path}}", documents.no_resource, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        Route("/oauth2/.well-known/openid-configuration", documents.openid),
        Route(discovery.PUBLIC_KEYS, documents.public_keys),
        Route(discovery.STYLE, documents.style),
        Route("/oauth2/authorize", authorization.authorize, methods=["GET", "POST"]),
        Route("/oauth2/signin", authorization.sign_in, methods=["POST"]),
        Route("/oauth2/token", tokens.token, methods=["POST"]),
        Route(writeback.PATH, statuses.set, methods=["GET", "POST"]),
        Route("/hyperspace", chart.hyperspace),
        Route("/mychart", chart.mychart),
        Route("/launch/{audience}/{csn}", chart.launch),
    ]
    app = Starlette(routes=[Mount(INTERCONNECT, routes=routes)], lifespan=lifespan)
    return StandIn("epic", app, control.routes(schedule, launches, statuses, sender, documents, assertions))
