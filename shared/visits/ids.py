"""Names of a visit: its key in our tables and the code in a patient's link. Both are keyed, neither tells who or what.

A link's token is base64url of a secret, behind the connection's id: 9 + 22 characters. The secret is the first 16 bytes
of a keyed hash of what the EHR calls the visit, and the visit's key a keyed hash of the secret, so that whoever holds
the link comes to the key, while the key, which rows and queue messages carry, leads nobody to a working link. It needs
no table: the text's writer makes the secret again from the EHR's name of the visit, which the visit's row keeps sealed.
"""

import re

from shared.keys.keyring import Keyring, decode, encode
from shared.visits.visit import VisitKey

VISIT_BYTES = 15
SECRET_BYTES = 16
SHARDS = 16
TOKEN = re.compile(r"([A-Za-z0-9]{9})([A-Za-z0-9_-]{22})")
GUEST_TOKEN = re.compile(r"([A-Za-z0-9]{9})([A-Za-z0-9_-]{20})([0-9a-f]{6})([A-Za-z0-9_-]{22})")
_BEHIND = ".,;:!?)>]'\""


def visit_keys(ring: Keyring, connection: str, session: str) -> list[VisitKey]:
    """Keys of the visit that the EHR calls `session` (CSN or conference id): the one to write first, then older ones."""
    return [key for _, key in _names(ring, connection, session)]


def link_token(ring: Keyring, key: VisitKey, session: str) -> str:
    """The code in the patient's link to a visit. Raises ValueError if the key is not one of the session's."""
    for secret, known in _names(ring, key.connection, session):
        if known == key:
            return key.connection + encode(secret)
    raise ValueError("the key is not that of this session")


def read_link_token(ring: Keyring, token: str) -> list[VisitKey]:
    """The keys to which a link's code may lead: one for each key of the ring, the newest first; none if it is no code.

    Phones take a full stop or a bracket behind a link for a part of it.
    """
    match = TOKEN.fullmatch(token.rstrip(_BEHIND))
    if match is None:
        return []
    connection, secret = match[1], decode(match[2])
    if encode(secret) != match[2]:
        return []
    return [VisitKey(connection, encode(key)) for key in ring.digests("visit", secret.hex(), VISIT_BYTES)]


def guest_token(ring: Keyring, key: VisitKey, guest: str) -> str:
    """The code in a guest's link: which visit, which guest, and 128 bits of a MAC over both, which no row holds."""
    return f"{key.connection}{key.visit}{guest}{encode(ring.digest('guest', f'{key}|{guest}', SECRET_BYTES))}"


def read_guest_token(ring: Keyring, token: str) -> tuple[VisitKey, str] | None:
    """The visit and the guest of a link's code, or None if we did not make it."""
    match = GUEST_TOKEN.fullmatch(token.rstrip(_BEHIND))
    if match is None:
        return None
    key, code = VisitKey(match[1], match[2]), decode(match[4])
    right = ring.verify("guest", f"{key}|{match[3]}", code) and encode(code) == match[4]
    return (key, match[3]) if right else None


def _names(ring: Keyring, connection: str, session: str) -> list[tuple[bytes, VisitKey]]:
    """The secret of the link to a visit and the visit's key, under each key of the ring."""
    secrets = ring.digests("link", f"{connection}|{session}", SECRET_BYTES)
    return [
        (secret, VisitKey(connection, encode(ring.digests("visit", secret.hex(), VISIT_BYTES)[index])))
        for index, secret in enumerate(secrets)
    ]


def partition(key: VisitKey) -> str:
    """The partition that holds all rows of a visit."""
    return f"{key.connection}-{decode(key.visit)[0] % SHARDS:x}"


def watch_state(ring: Keyring, key: VisitKey) -> str:
    """Graph's `clientState` for a visit's subscription: names the visit and proves that we made it (at most 128)."""
    return f"{key}/{encode(ring.digest('watch', str(key)))}"


def read_watch_state(ring: Keyring, text: str) -> VisitKey | None:
    """The visit of a `clientState`, or None if we did not make it."""
    try:
        connection, visit, code = text.split("/")
        mac = decode(code)
    except ValueError:
        return None
    key = VisitKey(connection, visit)
    return key if ring.verify("watch", str(key), mac) and len(mac) == 32 else None
