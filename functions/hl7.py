"""The EHR's appointment feed."""

import azure.functions as func

from functions.answers import plain
from shared.services import services

bp = func.Blueprint()


@bp.route("hl7/{connection_id?}", methods=["POST"])
@plain
async def hl7_receipt(req: func.HttpRequest) -> func.HttpResponse:
    """Takes HL7v2 SIU messages and answers with their acknowledgements (HL7-over-HTTP 1.0, Responses)."""
    connection_id = req.route_params.get("connection_id")
    url = f"{services().settings.public_url}/api/hl7" + (f"/{connection_id}" if connection_id else "")
    receipt = await services().receipts.receive(req.get_body(), req.headers, url, connection_id)
    return func.HttpResponse(
        receipt.body,
        status_code=receipt.status,
        headers={"Content-Type": receipt.media_type, "Cache-Control": "no-store"},
    )
