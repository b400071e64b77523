"""Sealing and keyed hashes."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.keys.keyring import Keyring, SealError, _derive, new_secret
from tests.builders import RING


def test_what_is_sealed_opens_again() -> None:
    assert RING.unseal("phone", RING.seal("phone", b"+16085550143", "visit"), "visit") == b"+16085550143"


@pytest.mark.parametrize(("purpose", "context"), [("session", "visit"), ("phone", "another visit")])
def test_a_seal_opens_only_for_its_purpose_and_context(purpose: str, context: str) -> None:
    with pytest.raises(SealError):
        RING.unseal(purpose, RING.seal("phone", b"x", "visit"), context)


@pytest.mark.parametrize("text", ["", "1", "1.", "1.!!", "9.AAAA", "1." + "A" * 60])
def test_a_broken_seal_is_one_kind_of_error(text: str) -> None:
    with pytest.raises(SealError):
        RING.unseal("phone", text)


def test_an_older_key_still_opens_and_a_removed_one_does_not() -> None:
    sealed = RING.seal("phone", b"x")
    assert Keyring((("2", b"n" * 32), *RING.keys)).unseal("phone", sealed) == b"x"
    with pytest.raises(SealError):
        Keyring((("2", b"n" * 32),)).unseal("phone", sealed)


def test_derivation_is_hkdf_of_the_library() -> None:
    expected = HKDF(hashes.SHA256(), 32, salt=None, info=b"visitbridge seal phone").derive(b"k" * 32)
    assert expected == _derive(b"k" * 32, "seal phone")


def test_a_fresh_secret_makes_a_ring() -> None:
    ring = Keyring.from_secret(new_secret())
    assert ring.verify("link", "text", ring.digest("link", "text", 12))
    assert not ring.verify("link", "text", ring.digest("watch", "text", 12))
