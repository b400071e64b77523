"""Puts Graph together: its routes over TLS, the meeting's page, and the control routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from local.config import StackConfig
from local.graph import attendance, call_records, control, directory, meetings, pages, subscriptions, tokens
from local.graph.answers import Frame, unknown_route
from local.graph.notifications import Sender
from local.graph.outgoing import Outgoing
from local.graph.state import State
from local.standin import StandIn


def create(config: StackConfig) -> StandIn:
    """Graph of one stack, empty."""
    state, outgoing = State(), Outgoing(config)
    frame = Frame(tokens.guard(config), state.brake)
    sender = Sender(config, state, outgoing)
    stage = control.Stage(state, sender)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await state.close()
        await outgoing.close()

    app = Starlette(
        routes=[
            *meetings.routes(frame, state, config.graph),
            *attendance.routes(frame, state),
            *subscriptions.routes(frame, state, outgoing),
            *call_records.routes(frame, state),
            *directory.routes(frame, state),
            *pages.routes(state, stage),
        ],
        exception_handlers={HTTPException: unknown_route},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return StandIn("graph", app, control.routes(state, sender, stage))
