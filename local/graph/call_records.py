"""Call records: what a call was like, technically, for those who ask after it has ended.

https://learn.microsoft.com/graph/api/resources/callrecords-callrecord
"""

import re
import zlib
from datetime import datetime, timedelta

from starlette.routing import Route

from local.graph import times
from local.graph.answers import Call, Frame, Json, bad_request, not_found
from local.graph.state import Conversation, Meeting, Participant, State
from local.graph.tokens import READ_CALL_RECORDS

PAGE = 60
LISTED = frozenset({
    "id", "version", "type", "modalities", "lastModifiedDateTime", "startDateTime", "endDateTime", "joinWebUrl",
})  # fmt: skip
EXPANSIONS = ("", "sessions", "sessions($expand=segments)")
_CLAUSE = re.compile(r"startDateTime\s+(ge|lt)\s+(\S+)")
_PARTICIPANT = re.compile(r"participants_v2/any\(p:\s*p/id\s+eq\s+'([^']+)'\)")
_CLIENT = {
    "@odata.type": "#microsoft.graph.callRecords.clientUserAgent",
    "headerValue": None,
    "applicationVersion": None,
    "platform": "web",
    "productFamily": "teams",
    "communicationServiceId": None,
    "azureADAppId": None,
}
_SERVICE = {
    "@odata.type": "#microsoft.graph.callRecords.serviceEndpoint",
    "userAgent": {
        "@odata.type": "#microsoft.graph.callRecords.serviceUserAgent",
        "headerValue": None,
        "applicationVersion": None,
        "role": "mediaController",
    },
}


def routes(frame: Frame, state: State) -> list[Route]:
    """The routes under /communications/callRecords."""

    def ended(tenant: str) -> list[tuple[Meeting, Conversation]]:
        own = [meeting for meeting in state.meetings.values() if meeting.tenant == tenant]
        calls = [(meeting, call) for meeting in own for call in meeting.calls if call.ended]
        return sorted(calls, key=lambda pair: pair[1].started)

    async def listing(call: Call) -> tuple[int, Json]:
        since, until, person = _wanted(call.query("$filter"))
        skip = call.query("$skiptoken") or "0"
        if not skip.isdecimal():
            raise bad_request("The $skiptoken is not one of ours.")
        found = [pair for pair in ended(call.tenant) if since <= pair[1].started < until and _with(person, pair[1])]
        names = [name.strip() for name in call.query("$select").split(",") if name.strip()]
        if unknown := set(names) - LISTED:
            raise bad_request(f"Could not find a property named '{min(unknown)}' on a listed call record.")
        begin = int(skip)
        answer: Json = {"@odata.context": call.context("communications/callRecords")}
        if len(found) > begin + PAGE:
            url = call.request.url.include_query_params(**{"$skiptoken": str(begin + PAGE)})
            answer["@odata.nextLink"] = str(url)
        return 200, answer | {"value": [_listed(*pair, names) for pair in found[begin : begin + PAGE]]}

    async def get(call: Call) -> tuple[int, Json]:
        expand = call.query("$expand").replace(" ", "")
        if expand not in EXPANSIONS:
            raise bad_request(f"'{expand}' cannot be expanded.")
        for meeting, held in ended(call.tenant):
            if held.id == call.path("record"):
                answer = {
                    "@odata.context": call.context("communications/callRecords/$entity"),
                    **_record(meeting, held),
                }
                if expand:
                    answer["sessions"] = [_session(p, segments="segments" in expand) for p in _heard(held)]
                return 200, answer
        raise not_found("The call record does not exist.")

    path = "/communications/callRecords"
    return [
        *frame.routes("GET", path, listing, roles=READ_CALL_RECORDS),
        *frame.routes("GET", f"{path}/{{record}}", get, roles=READ_CALL_RECORDS),
    ]


def _wanted(condition: str) -> tuple[datetime, datetime, str]:
    since, until, person = times.now() - timedelta(days=30), times.now() + timedelta(days=1), ""
    for clause in condition.split(" and ") if condition else []:
        if match := _PARTICIPANT.fullmatch(clause.strip()):
            person = match[1]
            continue
        match = _CLAUSE.fullmatch(clause.strip())
        if not match:
            raise bad_request("Call records are filtered by startDateTime ge and lt and by participants_v2 only.")
        instant = times.read(match[2], "startDateTime")
        since, until = (instant, until) if match[1] == "ge" else (since, instant)
    return since, until, person


def _with(person: str, call: Conversation) -> bool:
    return not person or any(person in (participant.oid, participant.id) for participant in _heard(call))


def _listed(meeting: Meeting, call: Conversation, names: list[str]) -> Json:
    """A list has nothing of what can be expanded, and of the rest what is selected."""
    record = _record(meeting, call)
    return {name: record[name] for name in (names or record) if name in LISTED}


def _heard(call: Conversation) -> list[Participant]:
    return [participant for participant in call.participants if participant.intervals]


def _identity(participant: Participant) -> Json:
    return {"@odata.type": "#microsoft.graph.communicationsIdentitySet", **participant.identity}


def _record(meeting: Meeting, call: Conversation) -> Json:
    ended = times.write(call.ended or call.started)
    organizer = {"user": {"id": meeting.organizer, "displayName": None, "tenantId": meeting.tenant}}
    return {
        "id": call.id,
        "version": 1,
        "type": "groupCall",
        "modalities": ["audio", "video"],
        "lastModifiedDateTime": ended,
        "startDateTime": times.write(call.started),
        "endDateTime": ended,
        "joinWebUrl": meeting.join_url,
        "organizer_v2": {
            "id": meeting.organizer,
            "identity": {"@odata.type": "#microsoft.graph.communicationsIdentitySet", **organizer},
        },
        "participants_v2": [{"id": p.oid or p.id, "identity": _identity(p)} for p in _heard(call)],
    }


def _session(participant: Participant, *, segments: bool) -> Json:
    start = participant.intervals[0][0]
    end = participant.intervals[-1][1] or start
    session: Json = {
        "id": participant.id,
        "modalities": ["audio", "video"],
        "startDateTime": times.write(start),
        "endDateTime": times.write(end),
        "isTest": False,
        "failureInfo": None,
        "caller": {
            "@odata.type": "#microsoft.graph.callRecords.participantEndpoint",
            "userAgent": _CLIENT,
            "identity": _identity(participant),
        },
        "callee": _SERVICE,
    }
    return session | ({"segments": [_segment(participant, session)]} if segments else {})


def _segment(participant: Participant, session: Json) -> Json:
    same = ("id", "startDateTime", "endDateTime", "failureInfo", "caller", "callee")
    media = [_media(participant, kind) for kind in ("audio", "video")]
    return {name: session[name] for name in same} | {"media": media}


def _media(participant: Participant, kind: str) -> Json:
    """Figures of a fair connection, the same for one participant at every reading."""
    seed = zlib.crc32(f"{participant.id}{kind}".encode())
    jitter, loss, trip = 3 + seed % 20, (seed >> 8) % 150 / 10_000, 20 + (seed >> 16) % 100
    stream: Json = {
        "streamId": str(seed),
        "averageJitter": f"PT0.{jitter:03}S",
        "maxJitter": f"PT0.{3 * jitter:03}S",
        "averagePacketLossRate": loss,
        "maxPacketLossRate": 4 * loss,
        "averageRoundTripTime": f"PT0.{trip:03}S",
        "maxRoundTripTime": f"PT0.{2 * trip:03}S",
        "averageBandwidthEstimate": 2_000_000 + seed % 6_000_000,
        "wasMediaBypassed": False,
    }
    if kind == "audio":
        stream |= {"audioCodec": "satin", "averageAudioDegradation": 0.2, "averageRatioOfConcealedSamples": loss / 2}
    else:
        stream |= {"videoCodec": "h264", "averageVideoFrameRate": 28.5, "averageVideoFrameLossPercentage": 100 * loss}
    network = {
        "connectionType": "wifi",
        "networkTransportProtocol": "udp",
        "wifiBand": "frequency50GHz",
        "wifiRadioType": "wifi80211ac",
        "traceRouteHops": [],
    }
    return {
        "label": f"main-{kind}",
        "callerDevice": None,
        "calleeDevice": None,
        "callerNetwork": network,
        "calleeNetwork": network | {"connectionType": "wired", "wifiBand": "unknown", "wifiRadioType": "unknown"},
        "streams": [stream | {"streamDirection": way} for way in ("callerToCallee", "calleeToCaller")],
    }
