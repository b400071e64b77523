"""The control route `POST tokens`: a portal token for a person, for scripts, minted by the Node server.

Body: `{person, scope?, audience?, expires_in?, claims?}`; answer: `{access_token, token_type, expires_in, scope}`.
"""

import asyncio
import ssl

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.config import StackConfig


def routes(config: StackConfig) -> list[BaseRoute]:
    """The route to serve with the other control routes. The secret that guards the server's own is added here."""
    trust: list[ssl.SSLContext] = []

    async def tokens(request: Request) -> Response:
        if not trust:  # reading the bundle takes long enough to be done once, and not on the loop
            trust.append(await asyncio.to_thread(ssl.create_default_context, cafile=str(config.bundle)))
        headers = {"x-control-secret": config.secrets["entra_control"], "content-type": "application/json"}
        try:
            async with httpx.AsyncClient(verify=trust[0], timeout=5) as client:
                answer = await client.post(
                    f"{config.entra}/control/tokens", content=await request.body(), headers=headers
                )
        except httpx.TransportError as error:
            return JSONResponse({"error": f"the Entra stand-in does not answer: {error}"}, 503)
        return Response(answer.content, answer.status_code, media_type="application/json")

    return [Route("/tokens", tokens, methods=["POST"])]
