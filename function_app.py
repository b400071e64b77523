"""Registers the triggers; nothing else. Azure Functions finds `app` here."""

import azure.functions as func

from functions import (
    approval,
    connections,
    device,
    diagnosis,
    direct,
    directory,
    failures,
    graph,
    guests,
    health,
    hl7,
    launch,
    numbers,
    patients,
    people,
    reports,
    sms,
    visit,
    work,
    writeback,
)
from shared import start, telemetry

telemetry.install()
start.check()
app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
for room in (
    approval,
    connections,
    device,
    diagnosis,
    direct,
    directory,
    failures,
    graph,
    guests,
    health,
    hl7,
    launch,
    numbers,
    patients,
    people,
    reports,
    sms,
    visit,
    work,
    writeback,
):
    app.register_functions(room.bp)
