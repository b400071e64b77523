"""The clinician's visit page as HTML: what stands there before anything happens; `visit_script.py` keeps it up to date."""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Any

import azure.functions as func

from functions.pages import STYLE, page_of
from functions.visit_script import SCRIPT
from functions.visit_words import WORDS

VISIT_STYLE = """
body{place-items:start center}main{max-width:40rem}h2{font-size:1.125rem;margin:0 0 .5rem}
section{margin-top:1.5rem;padding-top:1.25rem;border-top:1px solid var(--line)}
#notice{margin:1rem 0;padding:.875rem 1rem;border:1px solid var(--line);border-radius:.5rem;font-weight:600}
#notice.here{background:var(--accent);border-color:var(--accent);color:var(--card)}
#problem:not(:empty),#told:not(:empty){margin:.75rem 0;font-weight:600}#problem{color:#b3261e}
ul{list-style:none;margin:0;padding:0}li{padding:.5rem 0}#list li+li{border-top:1px solid var(--line)}
.left{opacity:.85}.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:.75rem;align-items:center}
label{font-weight:600}label.check{display:flex;gap:.625rem;align-items:center;font-weight:400;margin-top:1rem}
input[type=checkbox]{width:1.25rem;height:1.25rem;accent-color:var(--accent)}
input[type=text],select{font:inherit;padding:.5rem .625rem;border:1px solid var(--soft);border-radius:.375rem;
background:var(--paper);color:var(--ink)}input[type=text]{width:100%;font-size:.875rem}select{max-width:100%}
button,a.go{font:inherit;font-weight:600;padding:.5rem 1.25rem;border:1px solid var(--accent);border-radius:.375rem;
background:var(--accent);color:var(--card);cursor:pointer;text-decoration:none;display:inline-block}
button.quiet,a.quiet{background:transparent;color:var(--accent)}
[hidden]{display:none!important}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dialog{max-width:28rem;padding:1.5rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card);
color:var(--ink)}dialog::backdrop{background:#0009}
@media (prefers-color-scheme:dark){#problem{color:#ffb4ab}}
"""


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)} {_hash(VISIT_STYLE)}; script-src {_hash(SCRIPT)}; worker-src blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def visit_page(
    language: str, page: str, code: str, *, roles: tuple[str, ...], texts: bool, seen: dict[str, Any]
) -> func.HttpResponse:
    """The page. `seen` is the answer of its status, `code` proves to us that a request is the page's own."""
    words = _words(language)
    options = "".join(f'<option value="{role}">{escape(words[f"role_{role}"])}</option>' for role in roles)

    def said(name: str) -> str:
        return escape(words[name])

    body = (
        f"<style>{VISIT_STYLE}</style><h1>{said('title')}</h1>"
        '<p class="soft" id="when"></p><p id="notice" role="status" tabindex="-1"></p><p id="problem" role="alert"></p>'
        f'<noscript><p>{said("noscript")}</p></noscript><div class="actions">'
        f'<a class="go" id="join" href="{page}/join" target="_blank" rel="noopener">{said("join")}</a>'
        f'<a class="go quiet" id="text" href="{page}/text" target="_blank" rel="noopener" hidden>{said("text")}</a>'
        f'<button class="quiet" id="end" type="button" hidden>{said("end")}</button></div>'
        f'<p class="soft">{said("join_hint")}</p>'
        f'<label class="check"><input type="checkbox" id="sound"> {said("sound")}</label>'
        f'<section><h2>{said("people")}</h2><ul id="people"></ul><p class="soft" id="device" hidden></p></section>'
        f'<section id="invite" hidden><h2>{said("invite")}</h2><p class="soft">{said("invite_lead")}</p><form id="form">'
        f'<div class="actions"><label for="role">{said("role")}</label><select id="role">{options}</select>'
        f"<button>{said('make')}</button></div></form></section>"
        '<section id="links" hidden><h2 id="count" tabindex="-1"></h2><p id="told" role="status"></p>'
        '<ul id="list"></ul></section>'
        f'<dialog id="sure" aria-labelledby="sure-title"><h2 id="sure-title">{said("end_title")}</h2>'
        f'<p>{said("end_text")}</p><div class="actions"><button id="yes" type="button">{said("end_yes")}</button>'
        f'<button class="quiet" id="no" type="button">{said("end_no")}</button></div></dialog>'
    )
    data = {"words": json.dumps(words), "seen": json.dumps(seen), "code": code, "texts": "yes" if texts else ""}
    answer = _page(words["title"], body, language, data)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def gone_page(language: str) -> func.HttpResponse:
    """The session has run out, or is another browser's."""
    words = _words(language)
    body = f'<h1>{escape(words["title"])}</h1><p role="alert">{escape(words["gone"])}</p>'
    return page_of(words["title"], body, language if language in WORDS else "en", 400)


def _words(language: str) -> dict[str, str]:
    return WORDS.get(language, WORDS["en"])


def _page(title: str, body: str, language: str, data: dict[str, str]) -> func.HttpResponse:
    held = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    script = f"<script>{SCRIPT}</script>"
    # What the script reads stands in an element of its own, before it.
    whole = f'<div id="data"{held}></div>{body}{script}'
    return page_of(title, whole, language if language in WORDS else "en", 200)
