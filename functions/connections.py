"""Connections, their SMS rules, sender certificates and integration records: the portal's API."""

import csv
import io

import azure.functions as func

from functions.answers import api, json_answer, json_body
from shared.organisations import forms, records
from shared.services import services

bp = func.Blueprint()


@bp.route("connections", methods=["GET"])
@api
async def connections_list(req: func.HttpRequest) -> func.HttpResponse:
    """The tenant's connections; for an approver the ones to approve."""
    caller = await services().access.caller(req.headers)
    found = await services().administration.visible(caller)
    return json_answer({"connections": [forms.show(connection) for connection in found]})


@bp.route("connections", methods=["POST"])
@api
async def connections_add(req: func.HttpRequest) -> func.HttpResponse:
    """Adds a connection after checking its FHIR base URL."""
    caller = await services().access.caller(req.headers)
    added = await services().administration.add(caller, json_body(req))
    return json_answer(forms.show(added), 201)


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
    return json_answer(forms.show(await services().administration.show(caller, req.route_params["id"])))


@bp.route("connections/{id}", methods=["PATCH"])
@api
async def connections_change(req: func.HttpRequest) -> func.HttpResponse:
    """Changes a connection."""
    caller = await services().access.caller(req.headers)
    changed = await services().administration.change(caller, req.route_params["id"], json_body(req))
    return json_answer(forms.show(changed))


@bp.route("connections/{id}", methods=["DELETE"])
@api
async def connections_remove(req: func.HttpRequest) -> func.HttpResponse:
    """Removes a connection."""
    caller = await services().access.caller(req.headers)
    await services().administration.remove(caller, req.route_params["id"])
    return func.HttpResponse(status_code=204)


@bp.route("connections/{id}/sms", methods=["PUT"])
@api
async def connections_sms(req: func.HttpRequest) -> func.HttpResponse:
    """Changes the SMS rules of a connection."""
    caller = await services().access.caller(req.headers)
    changed = await services().administration.set_sms(caller, req.route_params["id"], json_body(req))
    return json_answer(forms.show_sms(changed.sms))


@bp.route("connections/{id}/certificates", methods=["GET"])
@api
async def connections_certificates(req: func.HttpRequest) -> func.HttpResponse:
    """The sender certificates of a connection."""
    caller = await services().access.caller(req.headers)
    connection = await services().administration.show(caller, req.route_params["id"])
    return json_answer({"certificates": [forms.show_certificate(item) for item in connection.certificates]})


@bp.route("connections/{id}/certificates", methods=["POST"])
@api
async def connections_certificate_add(req: func.HttpRequest) -> func.HttpResponse:
    """Adds a sender certificate: the body is the .cer file as it is, PEM, Base64 or DER."""
    caller = await services().access.caller(req.headers)
    added = await services().administration.add_certificate(caller, req.route_params["id"], req.get_body())
    return json_answer(forms.show_certificate(added), 201)


@bp.route("connections/{id}/certificates/{thumbprint}", methods=["DELETE"])
@api
async def connections_certificate_remove(req: func.HttpRequest) -> func.HttpResponse:
    """Removes a sender certificate."""
    caller = await services().access.caller(req.headers)
    params = req.route_params
    await services().administration.remove_certificate(caller, params["id"], params["thumbprint"])
    return func.HttpResponse(status_code=204)


@bp.route("connections/{id}/records", methods=["GET"])
@api
async def connections_records(req: func.HttpRequest) -> func.HttpResponse:
    """The integration records; CSV if the Accept header asks for it."""
    caller = await services().access.caller(req.headers)
    connection = await services().administration.show(caller, req.route_params["id"])
    found = records.records(connection, services().settings.public_url)
    if "text/csv" not in req.headers.get("accept", ""):
        return json_answer({"records": found})
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(found[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(found)
    return func.HttpResponse(out.getvalue(), mimetype="text/csv", charset="utf-8")
