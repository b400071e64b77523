"""Keys and link codes of a visit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.keys.keyring import Keyring, encode
from shared.visits.ids import link_token, partition, read_link_token, read_watch_state, visit_keys, watch_state
from tests.builders import KEY, RING

NEWER = Keyring((("2", b"n" * 32), *RING.keys))


SESSION = "900100001"
LAKESIDE = visit_keys(RING, "demo2amer", SESSION)[0]


def test_a_link_code_leads_to_its_visit() -> None:
    assert read_link_token(RING, link_token(RING, LAKESIDE, SESSION)) == [LAKESIDE]


def test_a_link_code_is_short_and_holds_no_session_id() -> None:
    token = link_token(RING, LAKESIDE, SESSION)
    assert len(token) == 31
    assert SESSION not in token


def test_a_link_code_survives_a_new_key() -> None:
    assert LAKESIDE in read_link_token(NEWER, link_token(RING, LAKESIDE, SESSION))
    assert link_token(NEWER, LAKESIDE, SESSION) == link_token(RING, LAKESIDE, SESSION)


def test_a_visit_of_the_new_key_has_a_link_of_the_new_key() -> None:
    key = visit_keys(NEWER, "demo2amer", SESSION)[0]
    token = link_token(NEWER, key, SESSION)
    assert read_link_token(NEWER, token)[0] == key
    assert token != link_token(NEWER, LAKESIDE, SESSION)


def test_a_key_of_another_visit_gives_no_link() -> None:
    with pytest.raises(ValueError, match="not that of this session"):
        link_token(RING, LAKESIDE, "900100002")


@given(st.text(max_size=80))
def test_a_code_that_is_not_ours_leads_to_no_visit_of_ours(text: str) -> None:
    assert LAKESIDE not in read_link_token(RING, text)


@given(st.integers(0, 30), st.sampled_from("ABab01-_"))
def test_a_changed_character_leads_elsewhere(position: int, char: str) -> None:
    token = link_token(RING, LAKESIDE, SESSION)
    changed = token[:position] + char + token[position + 1 :]
    assert (LAKESIDE in read_link_token(RING, changed)) == (changed == token)


@pytest.mark.parametrize("glued", [".", ")", ").", ">", ",", '"'])
def test_what_a_phone_glues_to_a_link_does_not_break_it(glued: str) -> None:
    assert read_link_token(RING, link_token(RING, LAKESIDE, SESSION) + glued) == [LAKESIDE]


def test_nothing_that_is_at_rest_is_a_working_link() -> None:
    """Rows and queue messages hold the visit's key: neither it nor a part of it in a code's place leads to the visit."""
    for guess in (LAKESIDE.visit + "AA", LAKESIDE.visit[:20] + "Aw", encode(bytes(16))):
        assert LAKESIDE not in read_link_token(RING, LAKESIDE.connection + guess)


def test_a_watch_state_proves_its_visit_and_fits_graph() -> None:
    state = watch_state(RING, KEY)
    assert len(state) <= 128
    assert read_watch_state(RING, state) == KEY
    assert read_watch_state(RING, state[:-2] + "AA") is None
    assert read_watch_state(RING, f"{KEY}/") is None


def test_keys_are_looked_up_under_older_hashes_too() -> None:
    assert visit_keys(RING, "demo2amer", "1")[0] == visit_keys(NEWER, "demo2amer", "1")[1]


def test_rows_of_one_visit_share_a_partition() -> None:
    assert partition(KEY) == "demo2amer-0"
