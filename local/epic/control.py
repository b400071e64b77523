"""The control routes: appointments, launches and write-backs, for tests, scripts and the demo. Plain http."""

from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.config import Person
from local.epic import people, schedule
from local.epic.answers import control_object
from local.epic.assertions import Assertions
from local.epic.context import DEFAULTS
from local.epic.discovery import Discovery
from local.epic.launches import Launches
from local.epic.registrations import CLIENT_OF_AUDIENCE
from local.epic.schedule import Appointment, AppointmentError, Schedule
from local.epic.sender import SIGNATURES, NotSentError, Sender
from local.epic.siu import EVENTS
from local.epic.writeback import Statuses

# What a message says about the appointment is so in the schedule as well.
_STATUS_AFTER = {"S15": "cancelled", "S17": "deleted", "S26": "no-show"}


def routes(
    appointments: Schedule,
    launches: Launches,
    statuses: Statuses,
    sender: Sender,
    discovery: Discovery,
    assertions: Assertions,
) -> list[BaseRoute]:
    """All of them; JSON in and out."""

    def one(request: Request) -> Appointment:
        found = appointments.find(request.path_params["csn"])
        if found is None:
            raise HTTPException(404, "there is no appointment with this csn")
        return found

    async def add(request: Request) -> Response:
        """`{start, csn?, duration_minutes?, ...}` of schedule.FIELDS -> 201 and the appointment."""
        try:
            added = appointments.add(await control_object(request, schedule.FIELDS))
        except AppointmentError as why:
            raise HTTPException(400, str(why)) from why
        return JSONResponse(added.shown(), 201)

    async def change(request: Request) -> Response:
        try:
            changed = appointments.change(one(request), await control_object(request, schedule.FIELDS))
        except AppointmentError as why:
            raise HTTPException(400, str(why)) from why
        return JSONResponse(changed.shown())

    async def show(request: Request) -> Response:
        return JSONResponse(one(request).shown())

    async def show_all(_: Request) -> Response:
        return JSONResponse([each.shown() for each in appointments.all()])

    async def send(request: Request) -> Response:
        """`{event, control_id?, url?, signature?: token | cms, gzip?}` -> `{status, ack, control_id, seconds, attempts}`;
        502 if nobody answered.
        """
        body = await control_object(request, {"event", "control_id", "url", "signature", "gzip"})
        if body.get("event") not in EVENTS:
            raise HTTPException(400, f"event must be one of {', '.join(EVENTS)}")
        signature = body.get("signature", "token")
        if signature not in SIGNATURES:
            raise HTTPException(400, f"signature must be one of {', '.join(SIGNATURES)}")
        appointment = one(request)
        if status := _STATUS_AFTER.get(body["event"]):
            appointment = appointments.change(appointment, {"status": status})
        try:
            receipt = await sender.send(
                appointment, body["event"], body.get("control_id"), body.get("url"),
                signature=signature, compressed=bool(body.get("gzip")),
            )  # fmt: skip
        except NotSentError as why:
            raise HTTPException(502, str(why)) from why
        return JSONResponse(asdict(receipt))

    async def launch(request: Request) -> Response:
        """`{audience, csn, user?, connection_id?, context?, fhir_user?, long?}` -> 201 `{launch, iss, url}`. Anyone of
        the story may be the user, fit for the audience or not; `fhir_user` is `Type/id`, or null for a token without
        one; `long` asks for a long launch token.
        """
        known = {"audience", "csn", "user", "connection_id", "context", "fhir_user", "long"}
        body = await control_object(request, known)
        audience, found = body.get("audience"), appointments.find(str(body.get("csn")))
        if audience not in CLIENT_OF_AUDIENCE:
            raise HTTPException(400, f"audience must be one of {', '.join(CLIENT_OF_AUDIENCE)}")
        if found is None:
            raise HTTPException(404, "there is no appointment with this csn")
        fhir_user = (body["fhir_user"] or "") if "fhir_user" in body else None
        token, url = launches.make(
            audience,
            found,
            _user(body.get("user"), audience, found),
            connection_id=body.get("connection_id") or "",
            context_string=body.get("context"),
            fhir_user=fhir_user,
            long=bool(body.get("long")),
        )
        return JSONResponse({"launch": token, "iss": launches.config.fhir_base, "url": url}, 201)

    async def discover(request: Request) -> Response:
        """`{omit?: [member...], missing?: bool, openid_missing?: bool}`; what is not named is as new as can be."""
        body = await control_object(request, {"omit", "missing", "openid_missing"})
        discovery.omit = frozenset(body.get("omit", []))
        discovery.missing, discovery.openid_missing = bool(body.get("missing")), bool(body.get("openid_missing"))
        return JSONResponse(
            {"omit": sorted(discovery.omit), "missing": discovery.missing, "openid_missing": discovery.openid_missing}
        )

    async def records(request: Request) -> Response:
        """What the hospital pasted: `{name: {context?, url?}}`; PUT changes the records that it names."""
        if request.method == "PUT":
            for name, record in (await control_object(request, set(DEFAULTS))).items():
                launches.contexts[name] = str(record.get("context", launches.contexts[name]))
                launches.urls[name] = str(record.get("url", launches.urls.get(name, "")))
        shown = {name: {"context": it, "url": launches.urls.get(name, "")} for name, it in launches.contexts.items()}
        return JSONResponse(shown)

    async def rotate(_: Request) -> Response:
        """A new key for id_tokens, as Epic makes one now and then -> `{kid}`."""
        return JSONResponse({"kid": discovery.keys.rotate()}, 201)

    async def authenticated(_: Request) -> Response:
        """Who authenticated by which key, oldest first: `[{client, alg, kid, at}]`."""
        return JSONResponse(list(assertions.taken))

    async def written_back(request: Request) -> Response:
        """The write-backs, oldest first; DELETE forgets them."""
        if request.method == "DELETE":
            statuses.received.clear()
        return JSONResponse([asdict(each) for each in statuses.received])

    return [
        Route("/epic/appointments", add, methods=["POST"]),
        Route("/epic/appointments", show_all, methods=["GET"]),
        Route("/epic/appointments/{csn}", show, methods=["GET"]),
        Route("/epic/appointments/{csn}", change, methods=["PATCH"]),
        Route("/epic/appointments/{csn}/send", send, methods=["POST"]),
        Route("/epic/launches", launch, methods=["POST"]),
        Route("/epic/discovery", discover, methods=["PUT"]),
        Route("/epic/records", records, methods=["GET", "PUT"]),
        Route("/epic/keys", rotate, methods=["POST"]),
        Route("/epic/assertions", authenticated, methods=["GET"]),
        Route("/statuses", written_back, methods=["GET", "DELETE"]),
    ]


def _user(username: object, audience: str, appointment: Appointment) -> Person:
    """The named person, or whoever would open this visit."""
    if username is None:
        return appointment.clinician if CLIENT_OF_AUDIENCE[audience] == "provider" else appointment.patient
    person = people.find(str(username))
    if person is None:
        raise HTTPException(400, "user must be an Epic user name of the story")
    return person
