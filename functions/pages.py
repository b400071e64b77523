"""Pages for people who come from the chart, the patient portal or a text: no framework, no external resource, no cookie.

The policy forbids every script and style but the ones below, by their hash.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

import azure.functions as func

from functions.launch_words import WORDS as LAUNCH
from functions.page_words import RIGHT_TO_LEFT, WORDS, Reader
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
.pulse{width:.75rem;height:.75rem;border-radius:50%;background:var(--accent);display:inline-block;margin-inline-end:.5rem}
@media (prefers-reduced-motion:no-preference){.pulse{animation:pulse 1.6s ease-in-out infinite}
@keyframes pulse{50%{opacity:.25}}}
"""

WAIT_SCRIPT = """
const token = location.pathname.split('/').pop();
const ask = async () => {
  try {
    const answer = await fetch('../visits/' + token + '/status' + location.search, {headers: {accept: 'application/json'}});
    const standing = await answer.json();
    if (standing.state === 'ready') { location.replace(standing.join_url); return; }
    if (answer.status === 404 || answer.status === 410 || answer.status === 429) { location.reload(); return; }
  } catch (error) { /* offline for a moment: the next round asks again */ }
  setTimeout(ask, 3000);
};
document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); }, {once: true});
ask();
"""


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(WAIT_SCRIPT)}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def waiting_page(language: str, when: str) -> func.HttpResponse:
    """The patient waits until there is a room; the page moves on by itself. `when`: the visit's start, in words."""
    words = WORDS.get(language, WORDS["en"])
    body = (
        f'<h1>{escape(words["waiting"])}</h1><p role="status"><span class="pulse" aria-hidden="true"></span>'
        f"{escape(words['waiting_text'])}</p><p>{escape(words['waiting_when'].format(when=when))}</p>"
        f'<p class="soft">{escape(words["waiting_next"])}</p>'
    )
    script = f"<script>{WAIT_SCRIPT}</script><noscript><meta http-equiv=refresh content=5></noscript>"
    return page_of(words["waiting"], body + script, language, 200)


def error_page(error: BridgeError, trace_id: str, language: str, reader: Reader) -> func.HttpResponse:
    """What went wrong in plain words, with the code for whoever helps."""
    words = WORDS[language]
    title, whom = (words["sorry"], words["help"]) if reader == "patient" else (words["staff"], words["staff_help"])
    # The words of launches speak of a visit, which an approver does not open.
    said = None if reader == "staff" and error.code in LAUNCH[language] else words.get(error.code)
    body = (
        f'<h1>{escape(title)}</h1><p role="alert">{escape(said or error.problem.detail)}</p>'
        f'<p class="soft">{escape(whom)} <strong dir="ltr">{escape(error.code)} · {trace_id[:8]}</strong></p>'
    )
    if not said:
        # Staff see this one: the fix, which is for whoever runs the connection, helps them further.
        body += f'<p class="soft">{escape(error.problem.fix)}</p>'
    return page_of(title, body, language, error.problem.status)


def page_of(title: str, body: str, language: str, status: int) -> func.HttpResponse:
    """A page of ours. `body` is HTML whose scripts and styles the policy knows."""
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    text = (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
    return func.HttpResponse(text, status_code=status, mimetype="text/html", charset="utf-8", headers=dict(HEADERS))
