"""Who comes and goes in a meeting, and the call events that follow from it.

Events: https://learn.microsoft.com/graph/changenotifications-for-onlinemeeting
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from local.graph import directory, times
from local.graph.answers import Json
from local.graph.state import Conversation, Meeting, Participant, Subscription

ACTIONS = ("lobby", "join", "leave", "end")
LEFT = "Participant has left the meeting call."


class ImpossibleError(Exception):
    """What was asked for cannot happen in this meeting now; the text says why."""


@dataclass(frozen=True)
class Event:
    """Something that subscribers hear of. `delta` holds the participants who changed."""

    type: str
    at: datetime
    delta: tuple[Json, ...] = ()

    def resource(self, notification_id: str, resource: str) -> Json:
        """The event as it stands, encrypted, in a notification."""
        shown: Json = {
            "@odata.type": "#microsoft.graph.callevent",
            "@odata.id": resource,
            "id": notification_id,
            "eventType": self.type,
            "eventDateTime": times.write(self.at),
        }
        return shown | ({"participants@delta": list(self.delta)} if self.delta else {})


def act(
    meeting: Meeting, action: str, who: str, *, at: datetime, participant_id: str, watchers: list[Subscription]
) -> tuple[Conversation, list[Event]]:
    """Lets `who` do one of ACTIONS and tells what subscribers of the call hear of it, in order.

    `who` is an object id or sign-in name of a tenant, or any other name for a guest; nobody is needed for `end`.
    `participant_id` names one presence, for a guest whose name is not enough. `watchers` are the subscriptions that
    exist now: those are heard if this starts the call. Raises ImpossibleError.
    """
    if action not in ACTIONS:
        raise ImpossibleError(f"action is one of {', '.join(ACTIONS)}")
    if action == "end":
        return _end(meeting, at)
    if not who:
        raise ImpossibleError("participant is required")
    call = meeting.call
    present = _present(call, who, participant_id) if call else None
    if action == "leave":
        if not call or not present:
            raise ImpossibleError(f"{who} is not in this meeting")
        return call, [Event("rosterUpdated", at, (_gone(present, at),))]
    if present and (action == "lobby" or not present.in_lobby):
        raise ImpossibleError(f"{who} is in the {'lobby' if present.in_lobby else 'call'} already")
    events = []
    if not call:
        call = Conversation(str(uuid.uuid4()), at, frozenset(watcher.id for watcher in watchers))
        meeting.calls.append(call)
        events.append(Event("callStarted", at))
    if not present:
        present = _arrival(who, participant_id)
        call.participants.append(present)
    present.in_lobby = action == "lobby"
    if action == "join":
        present.intervals.append((at, None))
    return call, [*events, Event("rosterUpdated", at, (_delta(present),))]


def _end(meeting: Meeting, at: datetime) -> tuple[Conversation, list[Event]]:
    call = meeting.call
    if not call:
        raise ImpossibleError("no call goes on in this meeting")
    gone = tuple(_gone(participant, at) for participant in call.present())
    call.ended = at
    left = [Event("rosterUpdated", at, gone)] if gone else []
    return call, [*left, Event("callEnded", at)]


def _present(call: Conversation, who: str, participant_id: str) -> Participant | None:
    person = directory.find(who)
    for participant in call.present():
        if participant_id:
            if participant.id == participant_id:
                return participant
        elif participant.oid == person.oid if person else (participant.name == who and not participant.oid):
            return participant
    return None


def _arrival(who: str, participant_id: str) -> Participant:
    person = directory.find(who)
    participant_id = participant_id or str(uuid.uuid4())
    if person:
        user = {"id": person.oid, "displayName": person.name, "tenantId": person.tenant}
        return Participant(participant_id, person.name, {"user": user}, person.oid)
    return Participant(participant_id, who, {"guest": {"id": str(uuid.uuid4()), "displayName": who}})


def _delta(participant: Participant) -> Json:
    return {"info": {"identity": participant.identity}, "isInLobby": participant.in_lobby, "id": participant.id}


def _gone(participant: Participant, at: datetime) -> Json:
    participant.here = participant.in_lobby = False
    if participant.intervals and participant.intervals[-1][1] is None:
        participant.intervals[-1] = (participant.intervals[-1][0], at)
    return _delta(participant) | {"removedState": {"reason": LEFT}}
