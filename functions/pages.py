"""Pages for people who come from the chart, the patient portal or a text: no framework, no external resource, no cookie.

The policy forbids every script, and every style but the one below, by its hash; a page that has more brings its own.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

import azure.functions as func

from functions.launch_words import WORDS as LAUNCH
from functions.page_words import LANGUAGES, RIGHT_TO_LEFT, WORDS, Reader
from shared.errors import BridgeError

STYLE = """
:root{color-scheme:light dark;--ink:#1b1a19;--soft:#4a4846;--paper:#faf9f8;--card:#fff;--line:#d2d0ce;--accent:#0f6c5c}
@media (prefers-color-scheme:dark){:root{--ink:#f3f2f1;--soft:#c8c6c4;--paper:#1b1a19;--card:#252423;--line:#484644;
--accent:#5bc8b1}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--paper);
color:var(--ink);font:1.0625rem/1.5 "Segoe UI",system-ui,sans-serif}
main{max-width:32rem;width:100%;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;
border-top:.3rem solid var(--accent)}h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}p{margin:.5rem 0}
.soft{color:var(--soft);font-size:.9375rem}a{color:var(--accent)}
nav{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line)}
nav a{display:inline-block;padding:.25rem 0;margin-inline-end:.5rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.pulse{width:.75rem;height:.75rem;border-radius:50%;background:var(--accent);display:inline-block;margin-inline-end:.5rem}
@media (prefers-reduced-motion:no-preference){.pulse{animation:pulse 1.6s ease-in-out infinite}
@keyframes pulse{50%{opacity:.25}}}
"""


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


POLICY = f"default-src 'none'; style-src {_hash(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


PASSING = (429, 500, 503)
"""HTTP statuses of what may be better in a minute."""
# What one can do about it, where there is more to say than the sentence of the code.
NEXT = {"link.over": "over_next", "link.cancelled": "cancelled_next", "launch.state_invalid": "cookies_next"}


def error_page(
    error: BridgeError, trace_id: str, language: str, reader: Reader, *, choice: bool = False, about: str = ""
) -> func.HttpResponse:
    """What went wrong in plain words, with the code for whoever helps. `choice`: with one of languages, and a way to look
    again; both ask for the same address. `about`: where the code is explained, for those whom that helps.
    """
    words = WORDS[language]
    title, whom = (words["sorry"], words["help"]) if reader == "patient" else (words["staff"], words["staff_help"])
    # The words of launches speak of a visit, which an approver does not open.
    own = None if reader == "staff" and error.code in LAUNCH[language] else words.get(error.code)
    said = own or error.problem.detail
    ends = error.code in ("link.over", "link.cancelled")
    body = f"<h1>{escape(said)}</h1>" if ends else f'<h1>{escape(title)}</h1><p role="alert">{escape(said)}</p>'
    if reader == "patient" and error.code in NEXT:
        body += f"<p>{escape(words[NEXT[error.code]])}</p>"
    if choice and (error.problem.status in PASSING or error.code == "link.off"):
        body += f'<p><a href="?lang={language}">{escape(words["again"])}</a></p>'
    code = escape(error.code)
    if about.startswith("http"):
        code = f'<a href="{escape(about)}">{code}</a>'
    body += f'<p class="soft">{escape(whom)} <strong dir="ltr">{code} · {trace_id[:8]}</strong></p>'
    if not own:
        # Staff see this one: the fix, which is for whoever runs the connection, helps them further.
        body += f'<p class="soft">{escape(error.problem.fix)}</p>'
    if choice:
        body += choice_of(language)
    return page_of(said if ends else title, body, language, error.problem.status)


def choice_of(language: str, more: str = "") -> str:
    """Links to the same page in the other languages, which work without a script. `more`: the rest of its query."""
    others = "".join(
        f'<a lang="{each}" dir="{_direction(each)}" hreflang="{each}" href="?{escape(more)}lang={each}">{name}</a> '
        for each, name in LANGUAGES.items()
        if each != language
    )
    return f'<nav class="soft" aria-label="{escape(WORDS[language]["language"])}">{others}</nav>'


def page_of(title: str, body: str, language: str, status: int, head: str = "") -> func.HttpResponse:
    """A page of ours. `body` is HTML whose scripts and styles the policy knows; `head` comes into the head."""
    text = (
        f'<!doctype html><html lang="{language}" dir="{_direction(language)}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"{head}<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
    return func.HttpResponse(text, status_code=status, mimetype="text/html", charset="utf-8", headers=dict(HEADERS))


def _direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
