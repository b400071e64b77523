"""The phone page: the texts as the patient sees them, with links to open and a field to answer."""

import html
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import quote

from local.config import PEOPLE
from local.sms.carrier import Carrier

_PAGE = Template((Path(__file__).parent / "phone.html").read_text())
# A full stop or bracket at the end of a sentence is not part of the link before it.
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")


@dataclass(frozen=True)
class Bubble:
    """One text on the screen."""

    at: str
    who: str
    message: str
    mine: bool


def address(number: str) -> str:
    """The page of one phone."""
    return f"/phone?number={quote(number)}"


def page(carrier: Carrier, number: str | None) -> str:
    """The whole page, for `number` or for whoever got the last text."""
    arrived = [text for text in carrier.texts if text.status == "Delivered"]
    number = number or (arrived[-1].to if arrived else PEOPLE["patient"].phone)
    bubbles = [Bubble(text.accepted_at, text.sender, text.message, mine=False) for text in arrived if text.to == number]
    bubbles += [
        Bubble(reply.at, "You", reply.message, mine=True) for reply in carrier.replies if reply.sender == number
    ]
    bubbles.sort(key=lambda bubble: bubble.at)
    phones = sorted({text.to for text in arrived} | {number})
    return _PAGE.substitute(
        number=html.escape(number),
        phones="".join(_phone(each, each == number) for each in phones) if len(phones) > 1 else "",
        texts="".join(map(_bubble, bubbles)) or '<li class="none">No texts yet.</li>',
    )


def _phone(number: str, current: bool) -> str:
    mark = ' aria-current="page"' if current else ""
    return f'<a href="{html.escape(address(number))}"{mark}>{html.escape(number)}</a>'


def _bubble(bubble: Bubble) -> str:
    side = "mine" if bubble.mine else "theirs"
    who, at = html.escape(bubble.who), html.escape(bubble.at)
    return (
        f'<li class="{side}"><p>{_linked(bubble.message)}</p>'
        f'<small>{who}, <time datetime="{at}">{at[11:16]} UTC</time></small></li>'
    )


def _linked(message: str) -> str:
    """The message as HTML, its links to click. Everything else is escaped: a text is not markup."""
    parts, end = [], 0
    for found in _LINK.finditer(message):
        link = html.escape(found.group())
        parts += [html.escape(message[end : found.start()]), f'<a href="{link}">{link}</a>']
        end = found.end()
    return "".join([*parts, html.escape(message[end:])]).replace("\n", "<br>")
