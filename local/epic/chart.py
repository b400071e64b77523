"""What a browser opens by hand: the chart, the portal, and the launch addresses behind their buttons."""

from collections.abc import Callable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from local.config import PEOPLE, Person
from local.epic import pages, people
from local.epic.answers import NO_STORE
from local.epic.launches import Launches
from local.epic.registrations import CLIENT_OF_AUDIENCE
from local.epic.schedule import Schedule
from local.epic.writeback import Statuses


class Chart:
    """Hyperspace and MyChart, in small. Whoever opens them is taken to be signed in as `?user=`."""

    def __init__(self, schedule: Schedule, statuses: Statuses, launches: Launches, clock: Callable[[], float]) -> None:
        self._schedule, self._statuses, self._launches, self._clock = schedule, statuses, launches, clock

    async def hyperspace(self, request: Request) -> Response:
        """The schedule of a clinician."""
        user = _user(request, PEOPLE["clinician"], staff=True)
        if user is None:
            return _page(pages.error("There is no such clinician."), 404)
        mine = [
            (each, self._statuses.latest(each.csn, *filter(None, [each.conference_id])))
            for each in self._schedule.all()
            if each.clinician == user
        ]
        others = [PEOPLE[key] for key in ("clinician", "second_clinician") if PEOPLE[key] != user]
        return _page(pages.hyperspace(user, mine, self._now(), others))

    async def mychart(self, request: Request) -> Response:
        """The visits of a patient."""
        user = _user(request, PEOPLE["patient"], staff=False)
        if user is None:
            return _page(pages.error("There is no such patient."), 404)
        mine = [each for each in self._schedule.all() if each.patient == user]
        return _page(pages.mychart(user, mine, self._now()))

    async def launch(self, request: Request) -> Response:
        """`/launch/{audience}/{csn}?user=[&connection_id=]`: a fresh launch, and off to the app."""
        audience = request.path_params["audience"]
        appointment = self._schedule.find(request.path_params["csn"])
        if audience not in CLIENT_OF_AUDIENCE or appointment is None:
            return _page(pages.error("There is no such visit."), 404)
        staff = CLIENT_OF_AUDIENCE[audience] == "provider"
        user = _user(request, PEOPLE["clinician"] if staff else appointment.patient, staff=staff)
        if user is None or not (staff or user == appointment.patient):
            return _page(pages.error("This visit is not yours to open."), 403)
        connection_id = request.query_params.get("connection_id", "")
        _, url = self._launches.make(audience, appointment, user, connection_id=connection_id)
        return RedirectResponse(url, 302, NO_STORE)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _user(request: Request, default: Person, *, staff: bool) -> Person | None:
    username = request.query_params.get("user")
    person = people.find(username) if username else default
    return person if person and people.is_staff(person) == staff else None


def _page(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, pages.HEADERS | NO_STORE)
