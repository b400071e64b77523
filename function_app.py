"""Registers the triggers; nothing else. Azure Functions finds `app` here."""

import azure.functions as func

from functions import (
    approval,
    connections,
    diagnosis,
    directory,
    graph,
    health,
    hl7,
    launch,
    numbers,
    patients,
    people,
    reports,
    sms,
    work,
)

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
for room in (
    approval,
    connections,
    diagnosis,
    directory,
    graph,
    health,
    hl7,
    launch,
    numbers,
    patients,
    people,
    reports,
    sms,
    work,
):
    app.register_functions(room.bp)
