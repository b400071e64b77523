"""How often a visit was entered, by which way and on what kind of device. Pure, and without anyone's identity."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from shared.visits.visit import Record

Way = Literal["portal", "text", "guest"]
FROM_PORTAL = "from=portal"
"""Tells the waiting page of who came from the portal, and was counted there, from that of a text's link."""
HELD = "from=held"
"""The same of who came from the portal and is counted only when they go in: it was too early, or no fit browser."""
TABLET = re.compile(r"iPad|Tablet|Silk|Android(?!.*Mobi)")
PHONE = re.compile(r"Mobi|iPhone|iPod")


def joined(record: Record, way: Way, device: str, now: datetime) -> Record:
    """Somebody was sent into the meeting. It is told to the reports with whatever happens there next."""
    visit = record.visit
    name = f"{way}:{device}"
    return replace(record, visit=replace(visit, joins={**visit.joins, name: visit.joins.get(name, 0) + 1}, tried=now))


def device_of(user_agent: str) -> str:
    """`phone`, `tablet` or `desktop`, from the User-Agent header, of which nothing else is kept.

    An iPad that asks for desktop pages, as iPads do, names itself a Mac.
    https://developer.mozilla.org/docs/Web/HTTP/Guides/Browser_detection_using_the_user_agent
    """
    agent = user_agent[:512]
    if TABLET.search(agent):
        return "tablet"
    return "phone" if PHONE.search(agent) else "desktop"
