"""The session of a clinician's visit page: a sealed cookie of the browser that launched, for one visit and one clinician.

Named after the page, so that several visits in several tabs do not disturb each other. What changes something needs the
session's code in a header of ours besides, which no other site can send (https://fetch.spec.whatwg.org/#cors-preflight).
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from shared.errors import Refused
from shared.keys.keyring import Keyring, SealError
from shared.launch.cookies import Cookie
from shared.visits.visit import VisitKey

PURPOSE = "visit-page"
LIFE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class PageSession:
    """Whose page it is, about which visit. `code` proves that a request comes from the page itself."""

    page: str
    key: VisitKey
    oid: str
    code: str


def page_cookie(page: str) -> str:
    """The name of the cookie that holds a page's session."""
    return f"vb_visit_{page}"


def begin(ring: Keyring, key: VisitKey, oid: str, now: datetime) -> tuple[str, Cookie]:
    """A page's name and the cookie that opens it, for LIFE."""
    page = token_hex(8)
    content = {"visit": str(key), "oid": oid, "code": token_hex(16), "until": int((now + LIFE).timestamp())}
    # For its page alone: a day's visits would else make every request of the browser too long.
    path = f"/api/visit/{page}"
    return page, Cookie(page_cookie(page), ring.seal_json(PURPOSE, content, page), int(LIFE.total_seconds()), path)


def read(ring: Keyring, page: str, sealed: str, now: datetime) -> PageSession:
    """The session of a page. Raises `Refused("visit.page_invalid")`."""
    try:
        content = ring.unseal_json(PURPOSE, sealed, page)
    except SealError:
        raise Refused("visit.page_invalid") from None
    if datetime.fromtimestamp(content["until"], UTC) <= now:
        raise Refused("visit.page_invalid")
    return PageSession(page, VisitKey.parse(content["visit"]), content["oid"], content["code"])


def check(session: PageSession, code: str) -> None:
    """Raises `Refused("visit.page_invalid")` unless a request is the page's own."""
    if not hmac.compare_digest(code.encode(), session.code.encode()):
        raise Refused("visit.page_invalid")
