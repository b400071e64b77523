"""What the API's forms do to a connection, and how they say what will not do."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import CATALOGUE, Refused
from shared.organisations import forms
from shared.organisations.connection import Connection, SmsRules
from shared.organisations.requests import AuditQuery, ConnectionChange, NewConnection, Page, PersonRef, SmsChange
from shared.organisations.taking import take

OID = "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10"
CONNECTION = Connection(
    "demo2amer", "tenant", "https://epic.example.org/R4", "testing", "UTC", OID, client_ids={"provider": "p"}
)


def changed(body: dict[str, Any]) -> Connection:
    return forms.apply(CONNECTION, take(ConnectionChange, body), allow_loopback=False)


def refused(body: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Refused, match=r"request\.invalid") as caught:
        take(NewConnection, body)
    return caught.value.fields


def test_every_bad_field_of_a_form_is_named() -> None:
    body = {
        "environment": "prod",
        "zone": 7,
        "fhir_base": ["x"],
        "organizers": "x",
        "odd": 1,
        "client_ids": {"x": 1},
        "approver": {"name": "no id"},
        "room": {"lobby": "everyone"},
        "writeback": {},
    }
    assert set(refused(body)) == set(body)


def test_a_url_and_a_zone_that_do_not_exist_are_named() -> None:
    with pytest.raises(Refused) as caught:
        changed({"fhir_base": "http://epic.example.org", "zone": "Mars/Olympus"})
    assert set(caught.value.fields) == {"fhir_base", "zone"}
    assert CATALOGUE["connection.url_invalid"].fix in caught.value.fields["fhir_base"]


@given(
    st.dictionaries(
        st.sampled_from(["fhir_base", "environment", "zone", "approver", "client_ids", "room", "organizers", "state"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-16"), max_size=8),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
            max_leaves=6,
        ),
    )
)
def test_no_answer_repeats_what_was_sent(body: dict[str, Any]) -> None:
    """A value may be a patient's data that somebody pasted into the wrong field."""
    marked = {name: "Jane-Doe-1980" if isinstance(value, str) else value for name, value in body.items()}
    try:
        take(NewConnection, marked)
    except Refused as error:
        assert "Jane-Doe" not in str(error.fields)  # noqa: PT017, either outcome is fine


def test_a_form_changes_what_it_names_and_nothing_else() -> None:
    taken = changed({"zone": "America/Chicago", "room": {"chat": "disabled"}})
    assert taken == replace(CONNECTION, zone="America/Chicago", chat="disabled")


@pytest.mark.parametrize(
    "room",
    [
        {"early_minutes": -1},
        {"early_minutes": 1441},
        {"early_minutes": 1.5},
        {"late_minutes": 241},
        {"late_minutes": None},
    ],
    ids=str,
)
def test_a_window_outside_its_bounds_is_refused(room: dict[str, Any]) -> None:
    assert "room" in str(refused({"environment": "testing", "fhir_base": "https://epic.example.org", "room": room}))


def test_patients_may_come_in_at_any_time_before_where_null_says_so() -> None:
    assert changed({"room": {"early_minutes": None}}).early_minutes is None
    assert changed({"room": {"late_minutes": 0}}) == replace(CONNECTION, late_minutes=0)


def test_an_approver_can_be_named_and_taken_away() -> None:
    named = forms.with_approver(CONNECTION, PersonRef(oid=OID.upper(), name="Kim"))
    assert (named.approver_oid, named.approver_name) == (OID, "Kim")
    assert forms.with_approver(named, None).approver_oid == ""


@pytest.mark.parametrize(
    "body",
    [
        {"reminders": [0]}, {"reminders": [99999]}, {"reminders": [True]}, {"reminders": [1] * 11}, {"sender": "12"},
        {"confirmations": ["x"]}, {"enabled": "yes"}, {"language": "xx"}, {"region": "USA"}, {"organisation": "x" * 41},
        {"organisation": "two\nlines"}, {"organisation": "half \ud83d"}, {"quiet_hours": {"start": "25:00", "end": "08:00"}},
        {"quiet_hours": {"start": "21:00"}}, {"templates": {"tl": {}}}, {"templates": {"es": {"reminder-15": "x"}}},
        {"templates": {"es": {"reminder": "x" * 613}}}, {"templates": {"es": {"reminder": "half \ud83d"}}}, {"templates": []},
    ],
    ids=ascii,
)  # fmt: skip
def test_bad_sms_rules_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"request.invalid"):
        take(SmsChange, body)


def test_quiet_hours_that_never_begin_are_refused() -> None:
    form = take(SmsChange, {"quiet_hours": {"start": "08:00", "end": "08:00"}})
    with pytest.raises(Refused, match=r"request.invalid"):
        forms.apply_sms(SmsRules(), form)


def test_quiet_hours_are_set_and_taken_away() -> None:
    quiet = forms.apply_sms(SmsRules(), take(SmsChange, {"quiet_hours": {"start": "21:00", "end": "08:00"}}))
    assert quiet.quiet == ("21:00", "08:00")
    assert forms.apply_sms(quiet, take(SmsChange, {"enabled": False})).quiet == ("21:00", "08:00")
    assert forms.apply_sms(quiet, take(SmsChange, {"quiet_hours": None})).quiet is None


def test_templates_are_changed_one_by_one_and_an_empty_one_is_ours_again() -> None:
    def changed(rules: SmsRules, templates: dict[str, Any]) -> SmsRules:
        return forms.apply_sms(rules, take(SmsChange, {"templates": templates}))

    rules = changed(SmsRules(), {"es": {"reminder": "uno\r\ndos", "updated": "tres"}, "ar": {"cancelled": " \n"}})
    assert rules.templates == {"es": {"reminder": "uno\ndos", "updated": "tres"}}
    rules = changed(rules, {"es": {"reminder": None}, "vi": {"reminder": "bốn"}})
    assert rules.templates == {"es": {"updated": "tres"}, "vi": {"reminder": "bốn"}}
    assert changed(rules, {"es": {"updated": ""}}).templates == {"vi": {"reminder": "bốn"}}
    assert forms.apply_sms(rules, take(SmsChange, {"enabled": False})).templates == rules.templates


def test_reminders_are_sorted_and_single() -> None:
    assert forms.apply_sms(SmsRules(), take(SmsChange, {"reminders": [15, 1440, 15]})).reminders == (1440, 15)


def test_a_query_string_is_read_as_numbers() -> None:
    assert take(Page, {"limit": "20"}, strict=False).limit == 20
    assert take(AuditQuery, {"from": "2026-11-24"}, strict=False).since == "2026-11-24"


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "501"}, {"limit": "many"}, {"page": "2"}], ids=str)
def test_a_bad_query_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"request.invalid"):
        take(Page, query, strict=False)


@pytest.mark.parametrize(
    ("writeback", "why"),
    [
        ({"kind": "none"}, ""),
        ({"kind": "epic-2018", "statuses": {"connected": "1", "disconnected": "2"}, "id_types": {"patient": "3"}}, ""),
        ({"kind": "epic-2018"}, "for connected and for disconnected"),
        ({"kind": "epic-2018", "statuses": {"connected": "1"}, "id_types": {"patient": "3"}}, "for disconnected"),
        (
            {"kind": "epic-2018", "statuses": {"connected": "1", "disconnected": ""}, "id_types": {"patient": "3"}},
            "for disconnected",
        ),
        (
            {"kind": "epic-2018", "statuses": {"connected": "1", "disconnected": "1"}, "id_types": {"patient": "3"}},
            "that differ",
        ),
        ({"kind": "epic-2018", "statuses": {"connected": "1", "disconnected": "2"}}, "ids of clinicians"),
        ({"kind": "oracle-health", "statuses": {"connected": "checked-in", "waiting": "arrived"}}, ""),
        ({"kind": "oracle-health", "statuses": {"connected": "arrived"}}, ""),
        ({"kind": "oracle-health"}, "for connected"),
        ({"kind": "oracle-health", "statuses": {"connected": "fulfilled"}}, "for connected"),
        ({"kind": "oracle-health", "statuses": {"connected": "arrived", "waiting": "booked"}}, "for waiting"),
        ({"kind": "oracle-health", "statuses": {"connected": "arrived", "disconnected": "booked"}}, "does not go back"),
        ({"kind": "oracle-health", "statuses": {"connected": "arrived"}, "id_types": {"patient": "1"}}, "kinds of ids"),
    ],
    ids=str,
)
def test_the_values_of_write_back_are_required_and_must_make_sense(writeback: dict[str, Any], why: str) -> None:
    body = {"writeback": writeback}
    if not why:
        assert changed(body).writeback.kind == writeback["kind"]
        return
    with pytest.raises(Refused) as caught:
        changed(body)
    assert why in caught.value.fields["writeback"]
