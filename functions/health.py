"""Health, and our public keys for EHRs."""

import json
from hashlib import sha256

import azure.functions as func

from functions.answers import api, json_answer
from shared.clock import to_text
from shared.errors import Refused
from shared.keys.signing import ENVIRONMENTS
from shared.organisations.access import ADMIN
from shared.services import services

bp = func.Blueprint()


@bp.route("health", methods=["GET"])
@api
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """Up or not, for anyone: 200 or 503, no detail. To administrators, who send their token, what it was told by."""
    pulse = await services().health.pulse()
    body: dict[str, object] = {"status": "up" if pulse.up else "down"}
    if "authorization" in req.headers:
        (await services().access.caller(req.headers)).require(ADMIN)
        ticked_at = to_text(pulse.ticked_at) if pulse.ticked_at else None
        tables = {"version": pulse.schema, "least": pulse.least}
        body |= {"ticked_at": ticked_at, "release": pulse.release, "tables": tables}
    return json_answer(body, 200 if pulse.up else 503)


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
