"""The clinician's visit page and the links that it makes for guests."""

from typing import Literal

from functions.contract.operation import Header, Operation
from functions.contract.public import LINK, PAGE, ROOM, SEEN
from shared.organisations.requests import Request
from shared.organisations.shown import Shown

GUEST = (*LINK, "link.revoked", "link.expired")
PATH = {"page": "The page's name, from the launch. Its session is in a cookie of the same browser."}
SESSION = ("visit.page_invalid", "link.off")
CODE = Header("X-VisitBridge-Code", "The page's own code: no other site can send this header.", required=True)
TOKEN = {"token": "The link's own code."}


class NewGuest(Request):
    """As whom somebody is invited."""

    role: Literal["interpreter", "family", "caregiver", "clinician", "other"]


class PersonSeen(Shown):
    """Someone of the call. `who`: `you`, `clinician`, `patient`, `someone`; `state`: `waiting`, `connected`, `left`."""

    id: str
    who: str
    state: str
    since: str


class GuestSeen(Shown):
    """A guest's link; `url` is empty unless its `state` is `open` (else `revoked`, `expired`)."""

    id: str
    role: str
    url: str
    expires: str
    uses: int
    state: str


class VisitSeen(Shown):
    """What the page shows. `state`: `open`, `closed` (ended for all), `cancelled`, `over`. `device`: what the
    patient's last device test came to, empty if there was none.
    """

    state: str
    start: str
    device: Literal["", "passed", "warnings", "failed"]
    people: list[PersonSeen]
    guests: list[GuestSeen]


class VisitEnded(VisitSeen):
    """The same after the end for all; `teams`: whether Teams was told."""

    teams: bool


OPERATIONS = {
    "guest_link": Operation(
        "A guest's link: as whom, when, and the way on", "visits", {200: PAGE}, signed_in=False, errors="page", path=TOKEN,
        refuses=GUEST,
    ),
    "guest_join": Operation(
        "A guest goes into the room", "visits", {302: None, 200: PAGE}, signed_in=False, errors="page", path=TOKEN,
        refuses=(*GUEST, *ROOM),
    ),
    "visit_page_open": Operation(
        "The clinician's visit page", "visits", {200: PAGE}, signed_in=False, errors="page", path=PATH, refuses=SESSION,
    ),
    "visit_page_status": Operation(
        "What the visit page asks each second", "visits", {200: VisitSeen, 304: None}, headers=(SEEN,), signed_in=False,
        path=PATH, refuses=SESSION,
    ),
    "visit_page_join": Operation(
        "From the visit page into the room", "visits", {302: None, 200: PAGE}, signed_in=False, errors="page", path=PATH,
        refuses=(*SESSION, *ROOM, "link.cancelled"),
    ),
    "visit_page_text": Operation(
        "From the visit page to the form that texts the link", "visits", {302: None, 200: PAGE}, signed_in=False,
        errors="page", path=PATH, refuses=(*SESSION, "direct.texts_off", "link.over"),
    ),
    "visit_page_invite": Operation(
        "Makes a link for a guest", "visits", {201: VisitSeen}, takes=NewGuest, headers=(CODE,), signed_in=False, path=PATH,
        refuses=(*SESSION, "link.over", "link.cancelled", "visit.too_many_guests"),
    ),
    "visit_page_revoke": Operation(
        "Takes a guest's link back", "visits", {200: VisitSeen}, headers=(CODE,), signed_in=False,
        path={**PATH, "guest": "The link's id."}, refuses=(*SESSION, "not_found"),
    ),
    "visit_page_end": Operation(
        "Ends the visit for all", "visits", {200: VisitEnded}, headers=(CODE,), signed_in=False, path=PATH, refuses=SESSION,
    ),
}  # fmt: skip
