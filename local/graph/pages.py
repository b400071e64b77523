"""The meeting's page behind `joinWebUrl`: a plain meeting client, so that a person can play a visit in a browser.

Whoever comes in waits in the lobby or not, as the meeting's settings say; `?as=` fills the name in.
"""

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from local.graph import directory
from local.graph.control import Stage
from local.graph.roster import ImpossibleError
from local.graph.state import Meeting, State

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color: #242424 }}
.note {{ background: #fff4ce; padding: .75rem 1rem; border-radius: 4px }}
button, input {{ font: inherit; padding: .35rem .75rem }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="note">This is the local stand-in of the meeting client. No audio or video is sent.</p>
{body}
</main>
</body>
</html>
"""


def routes(state: State, stage: Stage) -> list[Route]:
    """The page, and the actions of its buttons."""

    def of(request: Request) -> Meeting | None:
        # Compared whole, as sent: the link is opaque, and what was changed on the way leads nowhere.
        path = request.scope["raw_path"].decode("ascii")
        sent = f"{path}?{request.url.query}".partition("&as=")[0]
        return next((m for m in state.meetings.values() if m.join_url.endswith(sent)), None)

    async def page(request: Request) -> Response:
        meeting = of(request)
        if not meeting:
            return HTMLResponse(PAGE.format(title="No such meeting", body="<p>The link is not valid.</p>"), 404)
        problem = ""
        if request.method == "POST":
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            try:
                await _act(meeting, stage, form.get("action", ""), form.get("participant", "").strip())
                return RedirectResponse(meeting.join_url, 303)
            except ImpossibleError as error:
                problem = str(error)
        return HTMLResponse(_room(meeting, request.query_params.get("as", ""), problem), 409 if problem else 200)

    return [Route("/l/meetup-join/{thread}/0", page, methods=["GET", "POST"])]


async def _act(meeting: Meeting, stage: Stage, action: str, who: str) -> None:
    if action == "admit":
        await stage.admit(meeting)
    elif action == "join":
        await stage.move(meeting, "join" if _bypasses_lobby(meeting, who) else "lobby", who)
    else:
        await stage.move(meeting, action, who)


def _bypasses_lobby(meeting: Meeting, who: str) -> bool:
    person = directory.find(who)
    scope = meeting.properties["lobbyBypassSettings"]["scope"]
    if not person or scope == "everyone":
        return bool(scope == "everyone")
    invited = [attendee["upn"] for attendee in meeting.properties["participants"]["attendees"]]
    if person.oid == meeting.organizer or (scope == "invited" and person.username in invited):
        return True
    return scope not in ("organizer", "invited") and (person.tenant == meeting.tenant or scope != "organization")


def _room(meeting: Meeting, name: str, problem: str) -> str:
    present = meeting.call.present() if meeting.call else []
    people = "".join(
        f"<li>{escape(p.name)}: {'waiting in the lobby' if p.in_lobby else 'in the meeting'}</li>" for p in present
    )
    body = f"""
{f'<p role="alert">{escape(problem)}</p>' if problem else ""}
<h2>Participants</h2>
{f"<ul>{people}</ul>" if people else "<p>Nobody is here yet.</p>"}
<h2>Take part</h2>
<form method="post">
<p><label>Your name, or your sign-in name:
<input name="participant" value="{escape(name)}" autocomplete="off"></label></p>
<p><button name="action" value="join">Join</button> <button name="action" value="leave">Leave</button>
<button name="action" value="admit">Admit all from the lobby</button>
<button name="action" value="end">End meeting</button></p>
</form>"""
    return PAGE.format(title=escape(meeting.properties["subject"] or "Meeting"), body=body)
