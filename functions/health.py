"""Health, and our public keys for EHRs."""

import json
from hashlib import sha256

import azure.functions as func

from functions.answers import api, json_answer
from shared.errors import Refused
from shared.keys.signing import ENVIRONMENTS
from shared.services import services

bp = func.Blueprint()


@bp.route("health", methods=["GET"])
@api
async def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001
    """Up or not, for anyone: 200 or 503, no detail."""
    up = await services().health.up()
    return json_answer({"status": "up" if up else "down"}, 200 if up else 503)


@bp.route("jwks/{environment}", methods=["GET"])
@api
async def jwks(req: func.HttpRequest) -> func.HttpResponse:
    """The public keys with which we authenticate to EHRs of an environment (RFC 7517)."""
    environment = req.route_params["environment"].lower()
    if environment not in ENVIRONMENTS:
        raise Refused("not_found")
    text = json.dumps(await services().signer.jwks(environment))
    return func.HttpResponse(
        text,
        mimetype="application/json",
        headers={"Cache-Control": "public, max-age=300", "ETag": f'"{sha256(text.encode()).hexdigest()[:32]}"'},
    )
