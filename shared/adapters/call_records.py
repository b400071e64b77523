"""Graph's call records, freed of all but how people heard each other: who it was is known only while one is read.

https://learn.microsoft.com/graph/api/resources/callrecords-callrecord
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

MOST_PEOPLE = 32
AUDIO = "main-audio"
DEVICES = {
    "iOS": "phone", "android": "phone", "ipPhone": "phone", "windows": "desktop", "macOS": "desktop", "web": "browser",
}  # fmt: skip
NETWORKS = {"wifi": "wifi", "wired": "wired", "mobile": "mobile"}
MEASURES = {
    "jitter_ms": "averageJitter",
    "loss": "averagePacketLossRate",
    "round_trip_ms": "averageRoundTripTime",
    "mos": "averageAudioDegradation",
}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


class Sound(NamedTuple):
    """How one person was heard, and heard. `device`: `phone`, `desktop`, `browser`, `other`; `network`: `wifi`, `wired`,
    `mobile`, `other`; `loss` is a ratio; `mos`: by how much the network lowered the score. None: not told.
    """

    device: str
    network: str
    jitter_ms: float | None
    loss: float | None
    round_trip_ms: float | None
    mos: float | None


def same_meeting(one: str, other: str) -> bool:
    """Whether two join URLs are one meeting's; Graph percent-encodes them as it likes."""
    return bool(one) and unquote(one) == unquote(other)


def sounds_of(record: Mapping[str, Any]) -> list[Sound]:
    """One a person who was heard: the mean of all that was measured of their sound, there and back.

    Of more than 32 people only so many count. `record` is expanded by sessions and segments.
    """
    people: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for session in record.get("sessions") or []:
        side, endpoint = _person(session)
        person = _id_of(endpoint) or str(session.get("id"))
        for network, stream in _measured(session, side):
            people.setdefault(person, []).append((_device(endpoint), network, stream))
    return [_sound_of(parts) for parts in list(people.values())[:MOST_PEOPLE]]


def _person(session: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Which end of a session is the person: the other one is Teams itself."""
    caller = session.get("caller") or {}
    service = "serviceEndpoint" in str(caller.get("@odata.type"))
    return ("callee", session.get("callee") or {}) if service else ("caller", caller)


def _measured(session: Mapping[str, Any], side: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for segment in session.get("segments") or []:
        for media in segment.get("media") or []:
            if media.get("label") != AUDIO:
                continue
            network = (media.get(f"{side}Network") or {}).get("connectionType")
            for stream in media.get("streams") or []:
                yield NETWORKS.get(str(network), "other"), stream


def _id_of(endpoint: Mapping[str, Any]) -> str:
    identity = endpoint.get("identity") or {}
    return next((str(one["id"]) for one in identity.values() if isinstance(one, Mapping) and one.get("id")), "")


def _device(endpoint: Mapping[str, Any]) -> str:
    return DEVICES.get(str((endpoint.get("userAgent") or {}).get("platform")), "other")


def _sound_of(parts: list[tuple[str, str, Mapping[str, Any]]]) -> Sound:
    device, network, _ = parts[-1]
    return Sound(device, network, **{name: _mean(parts, member) for name, member in MEASURES.items()})


def _mean(parts: list[tuple[str, str, Mapping[str, Any]]], member: str) -> float | None:
    told = [value for _, _, stream in parts if (value := _number(stream.get(member))) is not None]
    return round(sum(told) / len(told), 6) if told else None


def _number(value: Any) -> float | None:
    """A number as it is; a duration (ISO 8601) in milliseconds; None for what is neither, or negative."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if value >= 0 else None
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not match or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
