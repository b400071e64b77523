"""Keys and link codes of a visit."""

from hypothesis import given
from hypothesis import strategies as st

from shared.keys.keyring import Keyring, encode
from shared.visits.ids import link_token, partition, read_link_token, read_watch_state, visit_keys, watch_state
from tests.builders import KEY, RING

NEWER = Keyring((("2", b"n" * 32), *RING.keys))


def test_a_link_code_leads_to_its_visit() -> None:
    assert read_link_token(RING, link_token(RING, KEY)) == KEY


def test_a_link_code_is_short_and_holds_no_session_id() -> None:
    key = visit_keys(RING, "demo2amer", "900100001")[0]
    token = link_token(RING, key)
    assert len(token) == 48
    assert "900100001" not in token


def test_a_link_code_survives_a_new_key() -> None:
    assert read_link_token(NEWER, link_token(RING, KEY)) == KEY


@given(st.text(max_size=80))
def test_a_code_that_is_not_ours_leads_nowhere(text: str) -> None:
    assert read_link_token(RING, text) is None


@given(st.integers(0, 47), st.sampled_from("ABab01-_"))
def test_a_changed_character_breaks_a_code(position: int, char: str) -> None:
    token = link_token(RING, KEY)
    changed = token[:position] + char + token[position + 1 :]
    assert (read_link_token(RING, changed) is None) == (changed != token)


def test_the_visit_key_alone_is_no_link() -> None:
    assert read_link_token(RING, encode(b"demo2amer" + bytes(27))) is None


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
