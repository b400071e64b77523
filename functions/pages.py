"""Pages for people who come from the chart, the patient portal or a text: no framework, no external resource, no cookie.

The policy forbids every script and style but the ones below, by their hash. Words in English, Spanish and French.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

import azure.functions as func

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
.pulse{width:.75rem;height:.75rem;border-radius:50%;background:var(--accent);display:inline-block;margin-right:.5rem}
@media (prefers-reduced-motion:no-preference){.pulse{animation:pulse 1.6s ease-in-out infinite}
@keyframes pulse{50%{opacity:.25}}}
"""

WAIT_SCRIPT = """
const token = location.pathname.split('/').pop();
const ask = async () => {
  try {
    const answer = await fetch('../visits/' + token + '/status', {headers: {accept: 'application/json'}});
    const standing = await answer.json();
    if (standing.state === 'ready') { location.replace(standing.join_url); return; }
    if (answer.status === 404 || answer.status === 410) { location.reload(); return; }
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

WORDS = {
    "en": {
        "waiting": "Your care team is getting ready",
        "waiting_text": "Keep this page open. You will be taken to the visit by itself as soon as it is ready.",
        "waiting_next": "Next: choose “Continue on this browser”, allow camera and microphone, and wait to be let in.",
        "sorry": "We could not open the visit",
        "link.invalid": "This link is not valid. Use the link from the newest text message.",
        "link.over": "This visit is over.",
        "link.cancelled": "This visit was cancelled.",
        "unavailable": "This does not work right now. Please try again in a minute.",
        "help": "If you need help, call the clinic and mention this code:",
    },
    "es": {
        "waiting": "Su equipo médico se está preparando",
        "waiting_text": "Deje esta página abierta. Entrará en la consulta automáticamente cuando esté lista.",
        "waiting_next": "Después: elija «Continuar en este explorador», permita cámara y micrófono y espere a ser admitido.",
        "sorry": "No pudimos abrir la consulta",
        "link.invalid": "Este enlace no es válido. Use el del mensaje más reciente.",
        "link.over": "Esta consulta ha terminado.",
        "link.cancelled": "Esta consulta fue cancelada.",
        "unavailable": "Ahora no funciona. Inténtelo de nuevo en un minuto.",
        "help": "Si necesita ayuda, llame a la clínica y mencione este código:",
    },
    "fr": {
        "waiting": "Votre équipe soignante se prépare",
        "waiting_text": "Gardez cette page ouverte. La visite s'ouvrira d'elle-même dès qu'elle sera prête.",
        "waiting_next": "Ensuite : choisissez « Continuer sur ce navigateur », autorisez caméra et micro, et patientez.",
        "sorry": "La visite n'a pas pu s'ouvrir",
        "link.invalid": "Ce lien n'est pas valable. Utilisez celui du dernier message.",
        "link.over": "Cette visite est terminée.",
        "link.cancelled": "Cette visite a été annulée.",
        "unavailable": "Cela ne fonctionne pas en ce moment. Réessayez dans une minute.",
        "help": "Pour obtenir de l'aide, appelez la clinique et donnez ce code :",
    },
}


def language_of(accept: str) -> str:
    """The first language of an Accept-Language header that we have words for, English else."""
    for part in accept.split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in WORDS:
            return language
    return "en"


def waiting_page(language: str) -> func.HttpResponse:
    """The patient waits until there is a room; the page moves on by itself."""
    words = WORDS.get(language, WORDS["en"])
    body = (
        f'<h1>{escape(words["waiting"])}</h1><p role="status"><span class="pulse" aria-hidden="true"></span>'
        f'{escape(words["waiting_text"])}</p><p class="soft">{escape(words["waiting_next"])}</p>'
    )
    script = f"<script>{WAIT_SCRIPT}</script><noscript><meta http-equiv=refresh content=5></noscript>"
    return _html(words["waiting"], body + script, language, 200)


def error_page(error: BridgeError, trace_id: str, language: str) -> func.HttpResponse:
    """What went wrong in plain words, with the code for whoever helps."""
    words = WORDS[language]
    sentence = words.get(error.code, error.problem.detail)
    body = (
        f'<h1>{escape(words["sorry"])}</h1><p role="alert">{escape(sentence)}</p>'
        f'<p class="soft">{escape(words["help"])} <strong>{escape(error.code)}</strong> · {trace_id[:8]}</p>'
    )
    if error.code not in words:
        # Staff see this one: the fix, which is for whoever runs the connection, helps them further.
        body += f'<p class="soft">{escape(error.problem.fix)}</p>'
    return _html(words["sorry"], body, language, error.problem.status)


def _html(title: str, body: str, language: str, status: int) -> func.HttpResponse:
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
    return func.HttpResponse(text, status_code=status, mimetype="text/html", charset="utf-8", headers=dict(HEADERS))
