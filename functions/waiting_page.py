"""The patient's page: too early, waiting for the care team, or in a browser that no call runs in. In seven languages.

It says what it is without a script, and looks again by itself without one; `waiting_script.py` keeps it up to date.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from html import escape

import azure.functions as func

from functions.page_words import WORDS
from functions.pages import STYLE, choice_of, page_of
from functions.waiting_script import SCRIPT

WAITING_STYLE = """
section{margin-top:1.25rem;padding:1rem;border:1px solid var(--line);border-radius:.5rem}
h2{margin:0 0 .5rem;font-size:1.125rem}section ul{margin:.5rem 0;padding-inline-start:1.25rem}
#trouble:not(:empty){padding:.75rem 1rem;border:2px solid #b3261e;border-radius:.5rem;font-weight:600}
button,a.go{font:inherit;font-weight:600;padding:.5rem 1.25rem;border:1px solid var(--accent);border-radius:.375rem;
background:var(--accent);color:var(--card);cursor:pointer}a.go{display:inline-block;text-decoration:none}
[hidden]{display:none!important}
@media (prefers-color-scheme:dark){#trouble:not(:empty){border-color:#ffb4ab}}
"""
# What the script says by itself.
SPOKEN = (
    "early", "early_text", "waiting", "waiting_text", "waiting_when", "moved", "ready", "offline", "trouble", "copied",
)  # fmt: skip
EVERY = 10
MOST = 60
"""Seconds after which a page without a script looks again: so often while waiting, no more often than that when early."""


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)} {_hash(WAITING_STYLE)}; script-src {_hash(SCRIPT)}; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows. `state`: `early`, `waiting`, or `unfit` where all that is missing is a fit browser; `when` and
    `opens_text` are the start, and from when one may come in, in words; `opens` the same instant, `now` ours. `query`:
    what of the address has to be kept; `fits`: whether to go on in this browser.
    """

    state: str
    when: str
    opens: datetime | None
    opens_text: str
    moved: bool
    now: datetime
    query: str
    fits: bool


def waiting_page(language: str, seen: Seen, *, check: str = "") -> func.HttpResponse:
    """The page. `check` is the device check as HTML, whose script and style have to be added to the answer's policy."""
    words = WORDS[language]
    unfit = seen.state == "unfit"
    title = words["browser"] if unfit else words["early"] if seen.state == "early" else words["waiting"]
    query = escape(seen.query)
    data = {
        "state": seen.state, "now": _milliseconds(seen.now), "opens": _milliseconds(seen.opens),
        "words": json.dumps({name: words[name] for name in SPOKEN}), "fits": "yes" if seen.fits else "",
    }  # fmt: skip
    held = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    head = "" if unfit else f'<noscript><meta http-equiv="refresh" content="{_again(seen)}"></noscript>'
    again = f'<a href="?{query}lang={language}">{escape(words["again"])}</a>'
    body = (
        f'<style>{WAITING_STYLE}</style><div id="data"{held}></div><h1 id="title">{escape(title)}</h1>'
        + ("" if unfit else _standing(words, seen))
        + _browser(words, seen, language)
        + f'<section id="blocked" hidden><h2>{escape(words["blocked"])}</h2><p>{escape(words["blocked_text"])}</p></section>'
        + check
        + ("" if unfit else f'<noscript><p class="soft">{escape(words["noscript"])} {again}</p></noscript>')
        + choice_of(language, seen.query)
        + f"<script>{SCRIPT}</script>"
    )
    answer = page_of(title, body, language, 200, head)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _standing(words: dict[str, str], seen: Seen) -> str:
    """What is the matter, when the visit is, and what comes next. What changes is read out."""
    early = seen.state == "early"
    news = words["early_text"].format(opens=seen.opens_text) if early else words["waiting_text"]
    return (
        '<div role="status"><p><span class="pulse" aria-hidden="true"></span>'
        f'<span id="news">{escape(news)}</span></p><p id="when">{escape(words["waiting_when"].format(when=seen.when))}</p>'
        f'<p id="moved">{escape(words["moved"]) if seen.moved else ""}</p></div><p id="trouble" role="alert"></p>'
        f'<p class="soft">{escape(words["waiting_next"])}</p>'
        f'<p class="soft" id="later"{"" if early else " hidden"}>{escape(words["early_next"])}</p>'
    )


def _browser(words: dict[str, str], seen: Seen, language: str) -> str:
    """What to use instead: shown at once where the browser's name says so, and by the script where a feature is missing."""
    unfit = seen.state == "unfit"
    hidden = "" if unfit or not seen.fits else " hidden"
    heading = "" if unfit else f"<h2>{escape(words['browser'])}</h2>"
    names = "".join(f"<li>{escape(words[f'browser_{name}'])}</li>" for name in ("apple", "android", "computer"))
    anyway = f"?{escape(seen.query)}anyway=1&amp;lang={language}"
    return (
        f'<section id="browser"{hidden}>{heading}<p>{escape(words["browser_text"])}</p><ul>{names}</ul>'
        f"<p>{escape(words['browser_how'])}</p>"
        f'<p><button id="copy" type="button" hidden>{escape(words["copy"])}</button> <span id="copied" role="status"></span></p>'
        f'<p><a id="anyway" href="{anyway}"{"" if unfit else " hidden"}>{escape(words["anyway"])}</a></p></section>'
    )


def _milliseconds(instant: datetime | None) -> int:
    return int(instant.timestamp() * 1000) if instant else 0


def _again(seen: Seen) -> int:
    if seen.state != "early" or seen.opens is None:
        return EVERY
    return max(1, min(MOST, int((seen.opens - seen.now).total_seconds()) + 1))
