"""The device test as HTML: a page of its own, and the part of it that the waiting page has as well."""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape

import azure.functions as func

from functions.device_script import SCRIPT
from functions.device_words import words_of
from functions.pages import STYLE, choice_of, page_of
from shared.visits.device import CHECKS

DEVICE_STYLE = """
#check{margin:1.25rem 0;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem}
#check summary{font-weight:600;cursor:pointer}#check[open] summary{margin-bottom:.5rem}
#device h2,#device h3{margin:0;font-size:1.0625rem}#device ol{list-style:none;margin:1rem 0;padding:0}
#device li{padding:.75rem 0;border-top:1px solid var(--line)}
#device .state{margin:.125rem 0;color:var(--soft)}#device [data-result]>.state{color:var(--ink)}
#device [data-result]>.state::before{font-weight:700;margin-inline-end:.375rem}
#device [data-result=passed]>.state::before{content:"\\2713";content:"\\2713"/"";color:var(--accent)}
#device [data-result=warnings]>.state::before{content:"!";content:"!"/""}
#device [data-result=failed]>.state::before{content:"\\2717";content:"\\2717"/""}
#device .help{margin:.5rem 0;padding:.625rem .75rem;border:1px solid var(--line);border-radius:.375rem}
#device .actions{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:.5rem}
#device button{font:inherit;font-weight:600;padding:.5rem 1rem;border:1px solid var(--accent);border-radius:.375rem;
background:transparent;color:var(--accent);cursor:pointer}
#device-start#device-start{background:var(--accent);color:var(--card)}
#device video{display:block;width:100%;max-width:20rem;margin:.5rem 0;border-radius:.5rem;transform:scaleX(-1)}
#device meter{display:block;width:100%;max-width:20rem;height:1.25rem}
#device-outcome{margin-top:1rem;padding:.875rem 1rem;border:2px solid var(--accent);border-radius:.5rem}
#device-outcome[data-result=failed]{border-color:#b3261e}#device-result{font-weight:700}
#device [data-result=failed]>.state::before{color:#b3261e}
@media (prefers-color-scheme:dark){#device-outcome[data-result=failed]{border-color:#ffb4ab}
#device [data-result=failed]>.state::before{color:#ffb4ab}}
#device [hidden]{display:none!important}#device :focus-visible{outline:3px solid var(--accent);outline-offset:2px}
"""
PERMISSIONS = "camera=(self), microphone=(self)"
"""The page's Permissions-Policy (https://www.w3.org/TR/permissions-policy/): no frame that might be put into it."""


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


STYLE_HASH, SCRIPT_HASH = _hash(DEVICE_STYLE), _hash(SCRIPT)
POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)} {STYLE_HASH}; script-src {SCRIPT_HASH}; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def device_page(language: str, code: str, *, kept: bool) -> func.HttpResponse:
    """The page. `code` lets it measure; `kept`: whether there is a visit to keep the outcome with."""
    words = words_of(language)
    part = device_part(language, code, kept=kept)
    body = f"<h1>{escape(words['title'])}</h1>{part}{choice_of(language)}"
    answer = page_of(words["title"], body, language, 200)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Permissions-Policy"] = PERMISSIONS
    return answer


def device_fold(language: str, code: str) -> str:
    """The test, folded up, for a page that is about something else: `allow` it there."""
    part = device_part(language, code, kept=True, level=2)
    return f'<details id="check"><summary>{escape(words_of(language)["waiting"])}</summary>{part}</details>'


def allow(answer: func.HttpResponse) -> func.HttpResponse:
    """The answer, whose policy lets the folded test run."""
    policy = answer.headers["Content-Security-Policy"]
    for kind, known in (("style-src", STYLE_HASH), ("script-src", SCRIPT_HASH)):
        policy = policy.replace(f"{kind} ", f"{kind} {known} ")
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["Permissions-Policy"] = PERMISSIONS
    return answer


def device_part(language: str, code: str, *, kept: bool, level: int = 2) -> str:
    """The test itself, with its style and its script, whose hashes the page's policy must have; `level`: of its headings."""
    words = words_of(language)

    def said(name: str) -> str:
        return escape(words[name])

    def check(name: str, more: str = "", *, again: bool = True) -> str:
        button = f'<button type="button" class="again" hidden aria-label="{said("again")}: {said(name)}">{said("again")}</button>'
        return (
            f'<li id="check-{name}"><h{level}>{said(name)}</h{level}>'
            f'<p class="state" role="status" tabindex="-1">{said("untested")}</p>{more}'
            f"{f'<div class="actions">{button}</div>' if again else ''}</li>"
        )

    manual = (
        f'<div class="help" hidden><strong>{said("help")}</strong><p class="how"></p>'
        f'<p class="soft">{said("help_system")}</p></div>'
    )
    figures = f'<div class="figures-all soft"><p class="figures" hidden></p><p>{said("network_note")}</p></div>'
    picture = (
        f'<video id="device-picture" autoplay muted playsinline hidden aria-label="{said("picture")}"></video>'
        f'<button type="button" id="device-off" hidden>{said("camera_off")}</button>'
    )
    meter = f'<meter id="device-meter" min="0" max="1" value="0" aria-label="{said("level")}" hidden></meter>'
    answers = "".join(
        f'<button type="button" id="device-{name}">{said(word)}</button>'
        for name, word in (("heard", "heard"), ("not_heard", "not_heard"), ("skipped", "skip"))
    )
    sound = (
        f'<div class="actions" hidden><button type="button" id="device-play">{said("play")}</button>'
        f'<span class="actions" id="device-answers" hidden>{answers}</span></div>'
    )
    checks = (
        check("browser", again=False) + check("network", figures) + check("camera", picture + manual)
        + check("microphone", meter + manual) + check("speaker", sound, again=False)
    )  # fmt: skip
    held = {
        "words": json.dumps(words), "checks": json.dumps({name: dict(outcomes) for name, outcomes in CHECKS.items()}),
        "code": code, "keep": "yes" if kept else "no",
    }  # fmt: skip
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in held.items())
    return (
        f'<style>{DEVICE_STYLE}</style><div id="device"{data}><p>{said("lead")}</p>'
        f'<p class="soft">{said("privacy" if kept else "privacy_unkept")}</p><p>{said("allow")}</p>'
        f"<noscript><p>{said('noscript')}</p></noscript>"
        f'<button type="button" id="device-start" hidden>{said("start")}</button>'
        f'<ol id="device-list" hidden>{checks}</ol>'
        f'<div id="device-outcome" hidden><p id="device-result" role="status"></p><p id="device-sent" role="status"></p>'
        f'<p class="soft" id="device-next">{said("next")}</p></div></div><script>{SCRIPT}</script>'
    )
