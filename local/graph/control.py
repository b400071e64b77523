"""The control address: what a test or the demo sees of Graph, and how it makes it act.

    GET  meetings                      all meetings, who is in them now, their subscriptions
    GET  meetings/{id}                 one of them
    DELETE meetings/{id}               it has expired, or somebody deleted it in Teams
    POST meetings/{id}/roster          {participant, action: lobby|join|leave|end, participant_id?, event_time?,
                                       duplicate?: times sent once more, hold?: true keeps the notifications back}
    POST meetings/{id}/admit           everybody in the lobby joins
    PUT  graph/access-policy           {granted, users?: object ids; without users, for everybody}
    PUT  graph/accounts                {user, exists?, enabled?, licensed?, member?}: what is not said is true
    PUT  graph/throttle                {calls, retry_after?: seconds}: so many calls are answered with 429
    PUT  graph/quota                   {meetings_per_month}: of one user; 2,000 at first
    POST graph/lifecycle               {subscription_id}: sends reauthorizationRequired
    GET  graph/notifications           those sent, newest last, and how far they got
    POST graph/release                 {reverse?}: sends what was held back

Whatever sends notifications waits up to five seconds for them and answers with {notification_id, delivered, status,
notifications}; the first two and the status are those of the last notification, null and false if there was none.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.graph import directory, roster, times
from local.graph.answers import GraphError, Json
from local.graph.notifications import Notification, Sender
from local.graph.roster import ImpossibleError
from local.graph.state import MEETINGS_PER_USER_AND_MONTH, TEAMS_PLAN, Meeting, Participant, State

WAIT_SECONDS = 5.0


class ControlError(Exception):
    """The request to the control address is wrong: HTTP status and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Stage:
    """Moves people through meetings and tells subscribers; used by the control address and the meeting's page."""

    def __init__(self, state: State, sender: Sender) -> None:
        self._state, self._sender = state, sender

    async def move(
        self,
        meeting: Meeting,
        action: str,
        who: str = "",
        *,
        participant_id: str = "",
        at: datetime | None = None,
        copies: int = 0,
        hold: bool = False,
    ) -> Json:
        """One action of the roster. Answers with the delivery's report. Raises ImpossibleError."""
        watchers = self._state.subscriptions(meeting.join_url)
        call, events = roster.act(
            meeting, action, who, at=at or times.now(), participant_id=participant_id, watchers=watchers
        )
        notifications = self._sender.of_call(meeting, call, events, copies)
        if hold:
            self._sender.held.extend(notifications)
            return report(notifications)
        return await self.deliver(notifications)

    async def admit(self, meeting: Meeting) -> Json:
        """Lets everybody in the lobby join."""
        waiting = [p for p in (meeting.call.present() if meeting.call else []) if p.in_lobby]
        reports = [await self.move(meeting, "join", p.name, participant_id=p.id) for p in waiting]
        return reports[-1] if reports else report([])

    async def deliver(self, notifications: list[Notification]) -> Json:
        """Sends and waits a little."""
        self._sender.send(notifications)
        await self._sender.settle(notifications, WAIT_SECONDS)
        return report(notifications)


def report(notifications: list[Notification]) -> Json:
    """What became of these notifications so far."""
    last = notifications[-1] if notifications else None
    return {
        "notification_id": last.id if last else None,
        "delivered": bool(last and last.delivered),
        "status": last.status if last else None,
        "notifications": [notification.report() for notification in notifications],
    }


def routes(state: State, sender: Sender, stage: Stage) -> list[BaseRoute]:
    """All routes of the control address that are Graph's."""

    async def meetings(_: Request, __: Json) -> list[Json]:
        return [_meeting(state, meeting) for meeting in state.meetings.values()]

    def of(request: Request) -> Meeting:
        meeting = state.meetings.get(request.path_params["meeting"])
        if not meeting:
            raise ControlError(404, "no meeting has this id")
        return meeting

    async def meeting(request: Request, _: Json) -> Json:
        return _meeting(state, of(request))

    async def delete(request: Request, _: Json) -> Json:
        del state.meetings[of(request).id]
        return {}

    async def move(request: Request, body: Json) -> Json:
        unknown = body.keys() - {"participant", "action", "participant_id", "event_time", "duplicate", "hold"}
        if unknown:
            raise ControlError(400, f"unknown: {', '.join(sorted(unknown))}")
        at = times.read(body["event_time"], "event_time") if "event_time" in body else None
        return await stage.move(
            of(request),
            str(body.get("action")),
            str(body.get("participant") or ""),
            participant_id=str(body.get("participant_id") or ""),
            at=at,
            copies=int(body.get("duplicate") or 0),
            hold=bool(body.get("hold")),
        )

    async def admit(request: Request, _: Json) -> Json:
        return await stage.admit(of(request))

    async def access_policy(_: Request, body: Json) -> Json:
        granted, users = body.get("granted"), body.get("users")
        if not isinstance(granted, bool):
            raise ControlError(400, "granted is true or false")
        if users is None:
            state.policy_for_all = granted
            state.policy.clear()
        else:
            people = [directory.find(str(user)) for user in users]
            state.policy.update({person.oid: granted for person in people if person})
        return {"for_all": state.policy_for_all, "users": state.policy}

    async def accounts(_: Request, body: Json) -> Json:
        person = directory.find(str(body.get("user")))
        if person is None:
            raise ControlError(404, "nobody has this object id or sign-in name")
        plans = [TEAMS_PLAN] if body.get("licensed", True) else []
        state.accounts[person.oid] = {
            "accountEnabled": bool(body.get("enabled", True)),
            "assignedPlans": plans,
            "userType": "Member" if body.get("member", True) else "Guest",
        }
        (state.deleted.discard if body.get("exists", True) else state.deleted.add)(person.oid)
        return {"deleted": sorted(state.deleted), "accounts": state.accounts}

    async def throttle(_: Request, body: Json) -> Json:
        state.throttle(int(body["calls"]), timedelta(seconds=int(body.get("retry_after", 1))))
        return {}

    async def quota(_: Request, body: Json) -> Json:
        state.meetings_per_month = int(body.get("meetings_per_month", MEETINGS_PER_USER_AND_MONTH))
        return {"meetings_per_month": state.meetings_per_month}

    async def lifecycle(_: Request, body: Json) -> Json:
        for subscription in state.subscriptions():
            if subscription.id == body.get("subscription_id"):
                if not subscription.properties["lifecycleNotificationUrl"]:
                    raise ControlError(409, "the subscription has no lifecycleNotificationUrl")
                note = Notification(f"lifecycle-{subscription.id}", "reauthorizationRequired", subscription)
                return await stage.deliver([note])
        raise ControlError(404, "no subscription has this id")

    async def sent(_: Request, __: Json) -> list[Json]:
        return [notification.report() for notification in sender.sent]

    async def release(_: Request, body: Json) -> Json:
        held = sender.held[::-1] if body.get("reverse") else sender.held[:]
        sender.held.clear()
        return await stage.deliver(held)

    return [
        _route("GET", "/meetings", meetings),
        _route("GET", "/meetings/{meeting}", meeting),
        _route("DELETE", "/meetings/{meeting}", delete),
        _route("POST", "/meetings/{meeting}/roster", move),
        _route("POST", "/meetings/{meeting}/admit", admit),
        _route("PUT", "/graph/access-policy", access_policy),
        _route("PUT", "/graph/accounts", accounts),
        _route("PUT", "/graph/throttle", throttle),
        _route("PUT", "/graph/quota", quota),
        _route("POST", "/graph/lifecycle", lifecycle),
        _route("GET", "/graph/notifications", sent),
        _route("POST", "/graph/release", release),
    ]


def _route(method: str, path: str, work: Callable[[Request, Json], Awaitable[Any]]) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await work(request, await _body(request)))
        except ControlError as error:
            return JSONResponse({"error": str(error)}, error.status)
        except ImpossibleError as error:
            return JSONResponse({"error": str(error)}, 409)
        except (GraphError, KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return Route(path, endpoint, methods=[method])


async def _body(request: Request) -> Json:
    body = json.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise ControlError(400, "the body is a JSON object")
    return body


def _meeting(state: State, meeting: Meeting) -> Json:
    """A meeting's properties, and what only the meeting's own participants and Graph itself would know."""
    present = meeting.call.present() if meeting.call else []

    def shown(participant: Participant) -> Json:
        who = {"id": participant.id, "name": participant.name, "oid": participant.oid or None}
        return who | {"kind": next(iter(participant.identity)), "in_lobby": participant.in_lobby}

    return meeting.properties | {
        "call_active": meeting.call is not None,
        "lobby": [shown(p) for p in present if p.in_lobby],
        "in_call": [shown(p) for p in present if not p.in_lobby],
        "subscriptions": [s.properties for s in state.subscriptions(meeting.join_url)],
    }
