"""Launch tokens: what Epic hands to an app's launch URL, and what it remembers with them."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from local.config import EPIC_CLIENT_IDS, Person, StackConfig
from local.epic import context, people
from local.epic.answers import Json, OAuthError
from local.epic.discovery import STYLE
from local.epic.registrations import CLIENT_OF_AUDIENCE
from local.epic.schedule import Appointment

LIFETIME_SECONDS = 300


@dataclass(frozen=True)
class Subject:
    """Who signed in. `fhir_user` is `Type/id`, or empty where Epic is too old to tell."""

    fhir_id: str
    fhir_user: str
    username: str


def subject(person: Person) -> Subject:
    """The person as id_tokens name them."""
    return Subject(person.fhir_id, f"{person.fhir_type}/{person.fhir_id}", person.epic_username)


@dataclass(frozen=True)
class Launch:
    """One launch: of which client, by whom, and what the token response will say beside the OAuth members."""

    client_id: str
    subject: Subject
    members: Json
    expires_at: float


@dataclass
class Launches:
    """Open launches by token, and the context strings and launch URLs of the hospital's records."""

    config: StackConfig
    clock: Callable[[], float]
    contexts: dict[str, str] = field(default_factory=lambda: dict(context.DEFAULTS))
    urls: dict[str, str] = field(default_factory=dict)
    _open: dict[str, Launch] = field(default_factory=dict)

    def make(
        self,
        audience: str,
        appointment: Appointment,
        user: Person,
        *,
        connection_id: str = "",
        context_string: str | None = None,
        fhir_user: str | None = None,
        long: bool = False,
    ) -> tuple[str, str]:
        """The launch token and the URL to send the browser to. `context_string` replaces the record's; `fhir_user`
        replaces `Type/id` of the user, and empty leaves it out; `long` makes a token too long for some addresses.
        """
        record = context.record_name(audience, appointment)
        members = context.fill(self.contexts[record] if context_string is None else context_string, appointment, user)
        who = subject(user)
        if fhir_user is not None:
            who = Subject(fhir_user.rpartition("/")[2] or who.fhir_id, fhir_user, who.username)
        token = _token(long=long)
        now = self.clock()
        self._open = {each: launch for each, launch in self._open.items() if launch.expires_at > now}
        self._open[token] = Launch(
            EPIC_CLIENT_IDS[CLIENT_OF_AUDIENCE[audience]],
            who,
            members | self._members(appointment, in_hyperspace=people.is_staff(user)),
            now + LIFETIME_SECONDS,
        )
        url = self.urls.get(record) or f"{self.config.functions}/api/launch/epic/{audience}"
        if connection_id:
            url += f"/{connection_id}"
        return token, f"{url}?{urlencode({'iss': self.config.fhir_base, 'launch': token})}"

    def take(self, token: str, client_id: str) -> Launch:
        """Uses the launch up. Raises OAuthError if it is unknown, used, too old or another client's."""
        launch = self._open.get(token)
        if launch is None or launch.expires_at <= self.clock() or launch.client_id != client_id:
            raise OAuthError("invalid_request", "launch is unknown, used, expired, or not of this client")
        del self._open[token]
        return launch

    def _members(self, appointment: Appointment, *, in_hyperspace: bool) -> Json:
        """What Epic says about the visit: SMART App Launch 2.2, launch context, in Epic's way."""
        patient = appointment.patient
        members = {
            "patient": patient.fhir_id,
            "__epic.dstu2.patient": "T" + patient.fhir_id,
            "encounter": _fhir_id("encounter", appointment.csn),
            "appointment": _fhir_id("appointment", appointment.csn),
            # A string, where SMART says boolean.
            "need_patient_banner": "true" if in_hyperspace else "false",
            "smart_style_url": f"{self.config.epic}{STYLE}",
        }
        if in_hyperspace:
            members["loginDepartment"] = _fhir_id("department", appointment.department or "10501")
        return members


def _fhir_id(kind: str, key: str) -> str:
    """An id of the look and length of Epic's."""
    return "e" + base64.urlsafe_b64encode(hashlib.sha256(f"{kind} {key}".encode()).digest()).decode()[:22]


def _token(*, long: bool) -> str:
    """Opaque and long, of the shape of a JWT, which Epic's later launch tokens are: nobody may cut or parse it."""
    return ".".join(secrets.token_urlsafe(size) for size in (60, 1_500 if long else 600, 256))
