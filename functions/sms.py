"""Texts: the administrator's consents, and what the gateway reports."""

import azure.functions as func

from functions.answers import api, json_answer, json_body
from functions.failures import unquoted
from shared.services import services

bp = func.Blueprint()


@bp.route("sms/consents", methods=["GET"])
@api
async def sms_consents(req: func.HttpRequest) -> func.HttpResponse:
    """The two consents: given or not, by whom, when."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().consents.show(caller.tenant))


@bp.route("sms/consents", methods=["PUT"])
@api
async def sms_consents_put(req: func.HttpRequest) -> func.HttpResponse:
    """Gives or withdraws consents."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().consents.put(caller, json_body(req)))


@bp.event_grid_trigger(arg_name="event")
@unquoted
async def sms_events(event: func.EventGridEvent) -> None:
    """A delivery report or an inbound text from Azure Communication Services."""
    await services().gateway_reports.note(event.event_type or "", event.get_json())
