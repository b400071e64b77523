"""Names of a visit: its key in our tables and the code in a patient's link. Both are keyed, neither tells who or what.

A link's token is base64url of connection id (9 characters) | visit key (15 bytes) | MAC (12 bytes): 48 characters. It
needs no table: whoever holds it holds the visit's key and our keyed hash of it, under a key of its own, so that the
key, which queue messages and rows carry, is not a working link.
"""

from shared.keys.keyring import Keyring, decode, encode
from shared.visits.visit import VisitKey

CONNECTION_CHARS = 9
VISIT_BYTES = 15
MAC_BYTES = 12
SHARDS = 16


def visit_keys(ring: Keyring, connection: str, session: str) -> list[VisitKey]:
    """Keys of the visit that the EHR calls `session` (CSN or conference id): the one to write first, then older ones."""
    return [
        VisitKey(connection, encode(digest)) for digest in ring.digests("visit", f"{connection}|{session}", VISIT_BYTES)
    ]


def partition(key: VisitKey) -> str:
    """The partition that holds all rows of a visit."""
    return f"{key.connection}-{decode(key.visit)[0] % SHARDS:x}"


def link_token(ring: Keyring, key: VisitKey) -> str:
    """The code in the patient's link."""
    mac = ring.digest("link", str(key), MAC_BYTES)
    return encode(key.connection.encode() + decode(key.visit) + mac)


def read_link_token(ring: Keyring, token: str) -> VisitKey | None:
    """The visit of a link's code, or None if the code is not ours."""
    try:
        data = decode(token)
        key = VisitKey(data[:CONNECTION_CHARS].decode("ascii"), encode(data[CONNECTION_CHARS:-MAC_BYTES]))
    except ValueError:
        return None
    if len(data) != CONNECTION_CHARS + VISIT_BYTES + MAC_BYTES or encode(data) != token:
        return None
    return key if ring.verify("link", str(key), data[-MAC_BYTES:]) else None


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
