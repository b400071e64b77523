"""What is read of a call record: one person's sound each, and nothing that says who they are."""

from typing import Any

import pytest

from shared.adapters.call_records import MOST_PEOPLE, Sound, same_meeting, sounds_of

PERSON, SERVICE = "#microsoft.graph.callRecords.participantEndpoint", "#microsoft.graph.callRecords.serviceEndpoint"


def a_stream(**members: Any) -> dict[str, Any]:
    usual = {"averageJitter": "PT0.010S", "averagePacketLossRate": 0.01, "averageRoundTripTime": "PT0.050S"}
    return usual | {"averageAudioDegradation": 0.2} | members


def a_session(
    who: str, *streams: dict[str, Any], platform: str = "web", network: str = "wifi", label: str = "main-audio"
) -> dict[str, Any]:
    person = {
        "@odata.type": PERSON,
        "identity": {"user": None, "guest": {"id": who, "displayName": "Pat Example"}},
        "userAgent": {"platform": platform},
    }
    media = {"label": label, "callerNetwork": {"connectionType": network}, "streams": list(streams)}
    media["calleeNetwork"] = {"connectionType": "wired"}
    return {"id": f"s-{who}", "caller": person, "callee": {"@odata.type": SERVICE}, "segments": [{"media": [media]}]}


def test_of_a_person_the_mean_of_all_streams_counts_in_milliseconds() -> None:
    back = a_stream(averageJitter="PT0.03S", averagePacketLossRate=0.03, averageRoundTripTime="PT1M0.05S")
    record = {"sessions": [a_session("p", a_stream(), back), a_session("p", a_stream(averageAudioDegradation=0.8))]}
    assert sounds_of(record) == [Sound("browser", "wifi", 16.666667, 0.016667, 20_050.0, 0.4)]


def test_teams_own_end_is_nobody_whichever_end_it_is() -> None:
    turned = a_session("p", a_stream(), platform="iOS")
    turned["caller"], turned["callee"] = turned["callee"], turned["caller"]
    (sound,) = sounds_of({"sessions": [turned]})
    assert (sound.device, sound.network) == ("phone", "wired")


@pytest.mark.parametrize(
    ("platform", "device"),
    [("android", "phone"), ("macOS", "desktop"), ("windows", "desktop"), ("web", "browser"), ("roomSystem", "other"),
     ("unknownFutureValue", "other")],
)  # fmt: skip
def test_devices_are_of_four_kinds(platform: str, device: str) -> None:
    (sound,) = sounds_of({"sessions": [a_session("p", a_stream(), platform=platform)]})
    assert sound.device == device


def test_networks_are_of_four_kinds() -> None:
    sessions = [a_session(name, a_stream(), network=name) for name in ("wifi", "wired", "mobile", "tunnel")]
    assert [sound.network for sound in sounds_of({"sessions": sessions})] == ["wifi", "wired", "mobile", "other"]


@pytest.mark.parametrize("value", [None, "", "P", "PT", "soon", -0.5, True, "-PT1S", [], {}])
def test_what_is_no_measure_is_not_told(value: Any) -> None:
    members = ("averageJitter", "averagePacketLossRate", "averageRoundTripTime", "averageAudioDegradation")
    (sound,) = sounds_of({"sessions": [a_session("p", dict.fromkeys(members, value))]})
    assert sound[2:] == (None, None, None, None)


def test_pictures_and_people_without_sound_do_not_count() -> None:
    record = {"sessions": [a_session("p", a_stream(), label="main-video"), a_session("q"), {"id": "empty"}]}
    assert sounds_of(record) == []
    assert sounds_of({"sessions": None}) == sounds_of({}) == []


def test_nobody_s_name_or_id_is_in_it() -> None:
    assert "Pat" not in repr(sounds_of({"sessions": [a_session("guest-id", a_stream())]}))
    assert "guest-id" not in repr(sounds_of({"sessions": [a_session("guest-id", a_stream())]}))


def test_so_many_people_and_no_more_are_kept() -> None:
    sessions = [a_session(str(number), a_stream()) for number in range(MOST_PEOPLE + 5)]
    assert len(sounds_of({"sessions": sessions})) == MOST_PEOPLE


def test_a_join_url_is_the_same_however_it_is_encoded() -> None:
    url = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22Tid%22%3a%221%22%7d"
    assert same_meeting(url, url.replace("%3a", ":").replace("%7b", "%7B"))
    assert not same_meeting(url, url.replace("meeting_x", "meeting_y"))
    assert not same_meeting("", "")
