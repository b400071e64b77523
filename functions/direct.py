"""A clinician texts the visit's link by hand: the form that a launch from the chart opened."""

from urllib.parse import parse_qs, quote

import azure.functions as func

from functions.answers import api, cookies_of, json_answer, redirect, staff_page
from functions.direct_page import ask_page, confirm_page, result_page
from functions.page_words import LANGUAGES, language_of
from shared.errors import Refused
from shared.launch.cookies import form_cookie
from shared.services import services

bp = func.Blueprint()


@bp.route("direct-sms/{form}", methods=["GET"])
@staff_page
async def direct_form(req: func.HttpRequest) -> func.HttpResponse:
    """Asks for the number, or says what came of the text to `?to`."""
    form, language = req.route_params["form"], language_of(req.headers.get("accept-language", ""))
    ticket = await services().direct_texts.read(form, cookies_of(req).get(form_cookie(form), ""))
    patient = req.params.get("to", "")
    if not patient:
        region = ticket.connection.sms.region
        return ask_page(language, form, ticket.code, region=region, chosen=ticket.language)
    state, _ = await services().direct_texts.status(ticket, patient)
    return result_page(language, form, patient=patient, state=state)


@bp.route("direct-sms/{form}", methods=["POST"])
@staff_page
async def direct_send(req: func.HttpRequest) -> func.HttpResponse:
    """The number was typed: asks whether it is right; it was: owes the text and goes on to what comes of it."""
    form, language = req.route_params["form"], language_of(req.headers.get("accept-language", ""))
    ticket = await services().direct_texts.read(form, cookies_of(req).get(form_cookie(form), ""))
    fields = {name: values[0] for name, values in parse_qs(req.get_body().decode("utf-8", "replace")).items()}
    chosen = fields.get("language", "")
    chosen = chosen if chosen in LANGUAGES else ticket.language
    try:
        number = services().direct_texts.number(ticket, fields)
    except Refused as refusal:
        if refusal.code != "direct.number_invalid":
            raise
        typed, region = fields.get("phone", "")[:40], ticket.connection.sms.region
        return ask_page(language, form, ticket.code, region=region, chosen=chosen, phone=typed, wrong=True)
    if fields.get("step") != "send":
        return confirm_page(language, form, ticket.code, number=number, chosen=chosen)
    patient = await services().direct_texts.send(ticket, number, chosen)
    # A reload of what follows sends nothing (RFC 9110 §15.4.4).
    url = f"{services().settings.public_url}/api/direct-sms/{form}?to={quote(patient)}"
    return redirect(url, status=303)


@bp.route("direct-sms/{form}/status", methods=["GET"])
@api
async def direct_status(req: func.HttpRequest) -> func.HttpResponse:
    """What the page asks: the state of the text to `?to`, and why it failed."""
    form = req.route_params["form"]
    ticket = await services().direct_texts.read(form, cookies_of(req).get(form_cookie(form), ""))
    state, reason = await services().direct_texts.status(ticket, req.params.get("to", ""))
    if not state:
        raise Refused("not_found")
    return json_answer({"state": state, "reason": reason})
