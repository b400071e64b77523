"""The pages that people see: the clinician's chart, the patient's portal, sign-in, and errors. Our own plain look.

They load nothing from elsewhere. A stand-in for Epic, not a copy of its screens.
"""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from local.config import INTERCONNECT, Person
from local.epic.schedule import Appointment
from local.epic.writeback import Status

_PAGE = Template((Path(__file__).parent / "page.html").read_text())
# No form-action: browsers apply it to the redirect after the sign-in too, and that one goes to the app.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
HYPERSPACE, MYCHART = "Hyperspace (stand-in)", "MyChart (stand-in)"


def hyperspace(
    user: Person, appointments: Iterable[tuple[Appointment, list[Status]]], now: datetime, others: Iterable[Person]
) -> str:
    """The chart: the clinician's schedule, today's and later days', with who is connected."""
    cards = []
    for each, statuses in appointments:
        about = f'<p><b>{escape(each.patient.name)}</b></p><p class="soft">{_about(each)}</p>'
        about += "".join(f"<p>{escape(_connection(status, each))}</p>" for status in statuses)
        connect = _button("provider", each, user, "Connect to video visit", each.patient.name)
        text = _button("directsms", each, user, "Text the link", each.patient.name, "plain")
        cards.append((each, _card(each, about, connect + text)))
    address = f"{INTERCONNECT}/hyperspace"
    switch = "".join(
        f'<li><a href="{address}?{urlencode({"user": other.epic_username})}">{escape(other.name)}</a></li>'
        for other in others
    )
    body = _days(cards, now) + (f"<h2>Other clinicians</h2><ul>{switch}</ul>" if switch else "")
    return _page(f"Schedule of {user.name}", body, HYPERSPACE, f"Signed in as {user.epic_username}")


def mychart(user: Person, appointments: Iterable[Appointment], now: datetime) -> str:
    """The patient's portal: the visits of today and later."""
    cards = []
    for each in appointments:
        about = f'<p><b>Video visit with {escape(each.clinician.name)}</b></p><p class="soft">{_about(each)}</p>'
        begin = _button("patient", each, user, "Begin visit", _clock(each))
        test = _button("devicetest", each, user, "Test my device", _clock(each), "plain")
        cards.append((each, _card(each, about, begin + test)))
    return _page("Your visits", _days(cards, now), MYCHART, user.name)


def sign_in(session: str, problem: str, *, staff: bool) -> str:
    """The form of a standalone login. `problem` says what was wrong with the last try."""
    alert = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    body = f"""<form method="post" action="{INTERCONNECT}/oauth2/signin">{alert}
<input type="hidden" name="session" value="{escape(session)}">
<label>User name <input name="epic_username" autocomplete="username" autocapitalize="none" required autofocus></label>
<label>Password <input name="epic_password" type="password" autocomplete="current-password" required></label>
<p class="actions"><button name="choice" value="allow">Sign in</button>
<button class="plain" name="choice" value="cancel" formnovalidate>Cancel</button></p></form>"""
    who = "VisitBridge asks who you are"
    return _page("Sign in to Epic" if staff else "Sign in to MyChart", body, HYPERSPACE if staff else MYCHART, who)


def error(reason: str) -> str:
    """What a person sees who cannot be sent back to the app."""
    return _page("Something is not right", f"<p>{escape(reason)}</p>", "Epic (stand-in)", "")


def _page(title: str, body: str, product: str, who: str) -> str:
    return _PAGE.substitute(title=escape(title), body=body, product=escape(product), who=escape(who))


def _days(cards: Iterable[tuple[Appointment, str]], now: datetime) -> str:
    """The cards of today and later under a heading for each day, days being those of the facility."""
    today = [
        (each, card) for each, card in cards if each.local_start.date() >= now.astimezone(ZoneInfo(each.zone)).date()
    ]
    parts = []
    for day, group in groupby(today, lambda pair: pair[0].local_start.date()):
        items = list(group)
        is_today = day == now.astimezone(ZoneInfo(items[0][0].zone)).date()
        title = f"{'Today, ' if is_today else ''}{day:%A} {day.day} {day:%B}"
        parts.append(f"<h2>{title}</h2><ul>{''.join(card for _, card in items)}</ul>")
    return "".join(parts) or "<p>No visits today or later.</p>"


def _card(appointment: Appointment, about: str, actions: str) -> str:
    start = appointment.local_start
    end = f'<div class="actions">{actions}</div>' if appointment.status == "booked" else f"<b>{appointment.status}</b>"
    time = f'<time class="time" datetime="{start.isoformat()}">{_clock(appointment)}</time>'
    return f'<li class="card" id="csn-{escape(appointment.csn)}">{time}<div>{about}</div>{end}</li>'


def _clock(appointment: Appointment) -> str:
    return f"{appointment.local_start:%H:%M}"


def _about(appointment: Appointment) -> str:
    kind = "Group video visit" if appointment.conference_id else "Video visit"
    parts = (kind, f"{appointment.duration_minutes} minutes", appointment.department_name, f"CSN {appointment.csn}")
    return escape(", ".join(part for part in parts if part))


def _connection(status: Status, appointment: Appointment) -> str:
    at = datetime.fromisoformat(status.received_at).astimezone(ZoneInfo(appointment.zone))
    return f"{status.external_id_type.title()} {status.status} at {at:%H:%M:%S}"


def _button(audience: str, appointment: Appointment, user: Person, text: str, about: str, look: str = "") -> str:
    """A link to Epic's own launch address, which makes the launch token when it is followed."""
    query = urlencode({"user": user.epic_username})
    link = f"{INTERCONNECT}/launch/{audience}/{quote(appointment.csn, safe='')}?{query}"
    return f'<a class="button {look}" href="{link}" aria-label="{escape(f"{text}, {about}")}">{escape(text)}</a>'
