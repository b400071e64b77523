"""Connections, their SMS rules, sender certificates and integration records: the portal's API."""

import azure.functions as func

from functions.answers import api, csv_answer, json_answer, json_body, wants_csv
from shared.services import services

bp = func.Blueprint()


@bp.route("connections", methods=["GET"])
@api
async def connections_list(req: func.HttpRequest) -> func.HttpResponse:
    """The tenant's connections; for an approver the ones to approve."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().administration.page(caller, req.params))


@bp.route("connections", methods=["POST"])
@api
async def connections_add(req: func.HttpRequest) -> func.HttpResponse:
    """Adds a connection."""
    caller = await services().access.caller(req.headers)
    key = req.headers.get("idempotency-key", "")
    return json_answer(await services().administration.add(caller, json_body(req), key), 201)


@bp.route("connections/check", methods=["POST"])
@api
async def connections_check(req: func.HttpRequest) -> func.HttpResponse:
    """A dry check of a FHIR base URL."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().administration.check(caller, json_body(req)))


@bp.route("connections/{id}", methods=["GET"])
@api
async def connections_show(req: func.HttpRequest) -> func.HttpResponse:
    """One connection."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().administration.show(caller, req.route_params["id"]))


@bp.route("connections/{id}", methods=["PATCH"])
@api
async def connections_change(req: func.HttpRequest) -> func.HttpResponse:
    """Changes a connection."""
    caller = await services().access.caller(req.headers)
    change = services().administration.change
    return json_answer(await change(caller, req.route_params["id"], json_body(req), req.headers, req.params))


@bp.route("connections/{id}", methods=["DELETE"])
@api
async def connections_remove(req: func.HttpRequest) -> func.HttpResponse:
    """Removes a connection."""
    caller = await services().access.caller(req.headers)
    await services().administration.remove(caller, req.route_params["id"], req.headers, req.params)
    return func.HttpResponse(status_code=204)


@bp.route("connections/{id}/sms", methods=["PUT"])
@api
async def connections_sms(req: func.HttpRequest) -> func.HttpResponse:
    """Changes the SMS rules of a connection."""
    caller = await services().access.caller(req.headers)
    change = services().text_settings.change
    return json_answer(await change(caller, req.route_params["id"], json_body(req), req.headers))


@bp.route("connections/{id}/sms/preview", methods=["POST"])
@api
async def connections_sms_preview(req: func.HttpRequest) -> func.HttpResponse:
    """Each text in each language, under rules that are not saved yet."""
    caller = await services().access.caller(req.headers)
    return json_answer(await services().preview(caller, req.route_params["id"], json_body(req)))


@bp.route("connections/{id}/certificates", methods=["GET"])
@api
async def connections_certificates(req: func.HttpRequest) -> func.HttpResponse:
    """The sender certificates of a connection."""
    caller = await services().access.caller(req.headers)
    connection = await services().administration.show(caller, req.route_params["id"])
    return json_answer({"certificates": connection.certificates})


@bp.route("connections/{id}/certificates", methods=["POST"])
@api
async def connections_certificate_add(req: func.HttpRequest) -> func.HttpResponse:
    """Adds a sender certificate: the body is the .cer file as it is, PEM, Base64 or DER."""
    caller = await services().access.caller(req.headers)
    added = await services().text_settings.add_certificate(caller, req.route_params["id"], req.get_body())
    return json_answer(added, 201)


@bp.route("connections/{id}/certificates/{thumbprint}", methods=["DELETE"])
@api
async def connections_certificate_remove(req: func.HttpRequest) -> func.HttpResponse:
    """Removes a sender certificate."""
    caller = await services().access.caller(req.headers)
    params = req.route_params
    await services().text_settings.remove_certificate(caller, params["id"], params["thumbprint"])
    return func.HttpResponse(status_code=204)


@bp.route("connections/{id}/records", methods=["GET"])
@api
async def connections_records(req: func.HttpRequest) -> func.HttpResponse:
    """The integration records, with drift seen at launch; the records alone as CSV if the Accept header asks for it."""
    from shared.organisations import records

    caller = await services().access.caller(req.headers)
    connection = await services().administration.find(caller, req.route_params["id"])
    shown = await services().sightings.overview(connection)
    return csv_answer(records.as_csv(shown["records"])) if wants_csv(req) else json_answer(shown)
