"""Links for guests: who may use one, until when, and that nothing at rest is one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import Refused
from shared.keys.keyring import Keyring
from shared.visits.changes import heed
from shared.visits.guests import MOST_GUESTS, closed, invited, reopened, revoked, used, welcome
from shared.visits.ids import guest_token, read_guest_token
from shared.visits.visit import Record, State, VisitKey
from tests.builders import KEY, NOW, RING, a_notice, a_visit, at
from tests.rooms.teams import Clinic

NAME = "0a1b2c"


def with_guest() -> Record:
    return invited(a_visit(), NAME, "interpreter", "doctor", NOW)


def refusal(record: Record, *, later: timedelta = timedelta()) -> str:
    with pytest.raises(Refused) as caught:
        welcome(record, NAME, NOW + later)
    return caught.value.code


def test_a_link_is_good_until_an_hour_after_the_visit_and_no_longer() -> None:
    record = with_guest()
    assert welcome(record, NAME, NOW).role == "interpreter"
    assert welcome(record, NAME, record.visit.end + timedelta(minutes=59)).role == "interpreter"
    assert refusal(record, later=record.visit.end - NOW + timedelta(hours=1)) == "link.expired"


def test_a_link_made_late_is_good_for_an_hour() -> None:
    late = a_visit().visit.end + timedelta(minutes=30)
    record = invited(a_visit(), NAME, "family", "doctor", late)
    assert record.guests[NAME].expires == late + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.CANCELLED, "link.cancelled"),
        (State.OVER, "link.over"),
        (State.DELETED, "link.over"),
        (State.NO_SHOW, "link.over"),
    ],
)
def test_a_link_dies_with_its_visit_and_none_is_made_then(state: State, code: str) -> None:
    record = with_guest()
    ended = replace(record, visit=replace(record.visit, state=state))
    assert refusal(ended) == code
    with pytest.raises(Refused, match=code):
        invited(ended, "000000", "family", "doctor", NOW)


def test_one_link_is_taken_back_and_the_others_stay() -> None:
    record = revoked(invited(with_guest(), "000000", "family", "doctor", NOW), NAME, NOW)
    assert refusal(record) == "link.revoked"
    assert welcome(record, "000000", NOW).role == "family"
    assert revoked(record, NAME, at(1)).guests[NAME].revoked == NOW


def test_an_unknown_link_is_none() -> None:
    assert refusal(a_visit()) == "link.invalid"


def test_uses_are_counted_and_so_are_links_taken_back() -> None:
    record = revoked(used(used(with_guest(), NAME), NAME), NAME, NOW)
    assert (len(record.guests), record.guests[NAME].uses) == (1, 2)


def test_there_is_an_end_to_links() -> None:
    record = a_visit()
    for number in range(MOST_GUESTS):
        record = invited(record, f"{number:06x}", "other", "doctor", NOW)
    with pytest.raises(Refused, match=r"visit\.too_many_guests"):
        invited(record, "ffffff", "other", "doctor", NOW)


def test_the_end_for_all_takes_links_back_for_good_and_a_launch_opens_the_visit_again() -> None:
    record = closed(with_guest(), NOW)
    assert refusal(record) == "link.over"
    again = reopened(record)
    assert again.visit.closed is None
    assert refusal(again) == "link.revoked"
    assert invited(again, "000000", "family", "doctor", NOW).guests["000000"].revoked is None


def test_a_visit_that_is_moved_is_open_again() -> None:
    record = closed(a_visit(), NOW)
    moved = heed(record, a_notice(start=at(72), sent=at(1)), key=KEY, session="s", confirm=frozenset(), now=at(1))
    assert moved is not None
    assert moved.visit.closed is None


async def test_links_are_kept_and_forgotten_with_the_visit() -> None:
    clinic = Clinic()
    await clinic.booked()
    await clinic.visits.change(
        KEY, lambda record: record and used(invited(record, NAME, "family", "doctor", NOW), NAME)
    )
    await clinic.visits.change(KEY, lambda record: record and closed(record, at(1)))
    record = await clinic.load()
    guest = record.guests[NAME]
    assert (guest.role, guest.by, guest.made, guest.revoked, guest.uses) == ("family", "doctor", NOW, at(1), 1)
    assert record.visit.closed == at(1)
    await clinic.visits.remove(record)
    assert clinic.tables.dump("visits") == []


def test_a_code_leads_to_its_guest_and_a_changed_one_nowhere() -> None:
    token = guest_token(RING, KEY, NAME)
    assert len(token) == 57
    assert read_guest_token(RING, token) == (KEY, NAME)
    assert read_guest_token(RING, token + ").") == (KEY, NAME)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert read_guest_token(RING, token[:place] + other + token[place + 1 :]) is None
    assert read_guest_token(RING, "") is None
    assert read_guest_token(RING, token[:-1]) is None


def test_a_code_of_another_visit_or_guest_is_another() -> None:
    other = VisitKey(KEY.connection, "B" * 20)
    codes = {guest_token(RING, key, name)[-22:] for key in (KEY, other) for name in (NAME, "000000")}
    assert len(codes) == 4


def test_a_link_outlives_the_rotation_of_keys_and_dies_with_its_key() -> None:
    token, newer = guest_token(RING, KEY, NAME), ("2", b"n" * 32)
    assert read_guest_token(Keyring((newer, *RING.keys)), token) == (KEY, NAME)
    assert read_guest_token(Keyring((newer,)), token) is None


async def test_nothing_at_rest_is_a_working_link() -> None:
    clinic = Clinic()
    await clinic.booked()
    await clinic.visits.change(KEY, lambda record: record and invited(record, NAME, "family", "doctor", NOW))
    secret = guest_token(RING, KEY, NAME)[-22:]
    assert secret not in str(clinic.tables.dump("visits"))
