"""The clinician's form that texts a visit's link, in English, Spanish and French: ask, confirm, tell what came of it."""

from base64 import b64encode
from hashlib import sha256
from html import escape

import azure.functions as func

from functions.page_words import LANGUAGES
from functions.pages import STYLE, page_of

WORDS = {
    "en": {
        "title": "Text the visit's link",
        "lead": "The patient opens it on a phone, without an account, and waits in the lobby until you let them in.",
        "phone": "Mobile number",
        "hint": "With the country's code, or as dialled in {region}.",
        "language": "Language of the text",
        "next": "Continue",
        "confirm": "Text the visit's link to {number}?",
        "confirm_lead": "Read the number to the patient once more: whoever has the link can knock at the visit.",
        "send": "Send the text",
        "back": "Change the number",
        "result": "Your text",
        "another": "Text another number",
        "error": "This is no number that texts can be sent to. Check it, with its country's code.",
        "due": "On its way. This page says when it has left.",
        "sent": "Sent. This page says when it has arrived.",
        "delivered": "It has arrived on the phone.",
        "opted_out": "Not sent: this number asked for no more texts. The patient can text START to undo that.",
        "failed": "It did not arrive. Check the number, or ask for another one.",
        "unknown": "It may have arrived: ask the patient.",
        "withheld": "Not sent: texts were switched off in the meantime.",
    },
    "es": {
        "title": "Enviar el enlace de la consulta",
        "lead": "El paciente lo abre en el teléfono, sin cuenta, y espera hasta que usted le admita.",
        "phone": "Número de móvil",
        "hint": "Con el prefijo del país, o como se marca en {region}.",
        "language": "Idioma del mensaje",
        "next": "Continuar",
        "confirm": "¿Enviar el enlace de la consulta a {number}?",
        "confirm_lead": "Repase el número con el paciente: quien tenga el enlace puede llamar a la puerta de la consulta.",
        "send": "Enviar el mensaje",
        "back": "Cambiar el número",
        "result": "Su mensaje",
        "another": "Enviar a otro número",
        "error": "A este número no se pueden enviar mensajes. Revíselo, con el prefijo del país.",
        "due": "En camino. Esta página le dirá cuándo ha salido.",
        "sent": "Enviado. Esta página le dirá cuándo ha llegado.",
        "delivered": "Ha llegado al teléfono.",
        "opted_out": "No enviado: este número pidió no recibir más mensajes. Puede enviar START para volver a recibirlos.",
        "failed": "No ha llegado. Revise el número o pida otro.",
        "unknown": "Puede que haya llegado: pregunte al paciente.",
        "withheld": "No enviado: los mensajes se desactivaron entretanto.",
    },
    "fr": {
        "title": "Envoyer le lien de la visite",
        "lead": "Le patient l'ouvre sur son téléphone, sans compte, et patiente jusqu'à ce que vous le fassiez entrer.",
        "phone": "Numéro de mobile",
        "hint": "Avec l'indicatif du pays, ou comme on le compose en {region}.",
        "language": "Langue du message",
        "next": "Continuer",
        "confirm": "Envoyer le lien de la visite au {number} ?",
        "confirm_lead": "Relisez le numéro avec le patient : qui détient le lien peut frapper à la porte de la visite.",
        "send": "Envoyer le message",
        "back": "Modifier le numéro",
        "result": "Votre message",
        "another": "Envoyer à un autre numéro",
        "error": "On ne peut pas envoyer de message à ce numéro. Vérifiez-le, avec l'indicatif du pays.",
        "due": "En route. Cette page dira quand il sera parti.",
        "sent": "Envoyé. Cette page dira quand il sera arrivé.",
        "delivered": "Il est arrivé sur le téléphone.",
        "opted_out": "Non envoyé : ce numéro a demandé à ne plus rien recevoir. Le patient peut envoyer START pour y revenir.",
        "failed": "Il n'est pas arrivé. Vérifiez le numéro, ou demandez-en un autre.",
        "unknown": "Il est peut-être arrivé : demandez au patient.",
        "withheld": "Non envoyé : les messages ont été désactivés entre-temps.",
    },
}
# What is told where there is no sentence of its own: it waits for its turn.
STEPS = ("due", "sent", "delivered", "opted_out", "failed", "unknown", "withheld")

FORM_STYLE = """
label{display:block;margin:1rem 0 .25rem;font-weight:600}
input,select{font:inherit;width:100%;padding:.5rem .625rem;border:1px solid var(--soft);border-radius:.375rem;
background:var(--paper);color:var(--ink)}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem;align-items:center}
button{font:inherit;font-weight:600;padding:.5rem 1.25rem;border:1px solid var(--accent);border-radius:.375rem;
background:var(--accent);color:var(--card);cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.wrong{color:#b3261e;font-weight:600}
@media (prefers-color-scheme:dark){.wrong{color:#ffb4ab}}
"""

FOLLOW_SCRIPT = """
const line = document.querySelector('[role=status]');
const ask = async () => {
  try {
    const answer = await fetch(line.dataset.ask, {headers: {accept: 'application/json'}});
    const {state} = await answer.json();
    const said = line.dataset[state] || line.dataset.due;
    if (line.textContent !== said) line.textContent = said;
    if (answer.ok && !['due', 'sending', 'sent'].includes(state)) return;
  } catch (error) { /* offline for a moment: the next round asks again */ }
  setTimeout(ask, 2000);
};
ask();
"""


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)} {_hash(FORM_STYLE)}; script-src {_hash(FOLLOW_SCRIPT)}; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def ask_page(
    language: str, form: str, code: str, *, region: str, chosen: str, phone: str = "", wrong: bool = False
) -> func.HttpResponse:
    """The number and the text's language. `wrong`: the number that was typed is none."""
    words = _words(language)
    alert = f'<p class="wrong" id="wrong" role="alert">{escape(words["error"])}</p>' if wrong else ""
    options = "".join(
        f'<option value="{each}"{" selected" if each == chosen else ""}>{name}</option>'
        for each, name in LANGUAGES.items()
    )
    body = (
        f"<h1>{escape(words['title'])}</h1><p>{escape(words['lead'])}</p>"
        f'<form method="post" action="{form}">{_hidden("code", code)}{_hidden("step", "confirm")}'
        f'<label for="phone">{escape(words["phone"])}</label>{alert}'
        f'<input id="phone" name="phone" type="tel" autocomplete="off" required maxlength="40" value="{escape(phone)}"'
        f' aria-describedby="{"wrong " if wrong else ""}hint"{" aria-invalid=true" if wrong else ""}>'
        f'<p class="soft" id="hint">{escape(words["hint"].format(region=region))}</p>'
        f'<label for="language">{escape(words["language"])}</label>'
        f'<select id="language" name="language">{options}</select>'
        f'<div class="actions"><button>{escape(words["next"])}</button></div></form>'
    )
    return _page(words["title"], body, language, 422 if wrong else 200)


def confirm_page(language: str, form: str, code: str, *, number: str, chosen: str) -> func.HttpResponse:
    """Is this the number? Nothing has been sent yet."""
    words = _words(language)
    title = words["confirm"].format(number=number)
    body = (
        f"<h1>{escape(title)}</h1><p>{escape(words['confirm_lead'])}</p>"
        f'<form method="post" action="{form}">{_hidden("code", code)}{_hidden("step", "send")}{_hidden("phone", number)}'
        f'{_hidden("language", chosen)}<div class="actions"><button>{escape(words["send"])}</button>'
        f'<a href="{form}">{escape(words["back"])}</a></div></form>'
    )
    return _page(title, body, language, 200)


def result_page(language: str, form: str, *, patient: str, state: str) -> func.HttpResponse:
    """What came of the text, kept up to date. It does not name the number: that would stand in its address."""
    words = _words(language)
    title = words["result"]
    said = "".join(f' data-{step}="{escape(words[step])}"' for step in STEPS)
    ask = f"{form}/status?to={patient}"
    body = (
        f'<h1>{escape(title)}</h1><p role="status" data-ask="{escape(ask)}"{said}>'
        f"{escape(words.get(state, words['due']))}</p>"
        f'<p><a href="{form}">{escape(words["another"])}</a></p><script>{FOLLOW_SCRIPT}</script>'
    )
    return _page(title, body, language, 200)


def _words(language: str) -> dict[str, str]:
    return WORDS.get(language, WORDS["en"])


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _page(title: str, body: str, language: str, status: int) -> func.HttpResponse:
    page = page_of(title, f"<style>{FORM_STYLE}</style>{body}", language if language in WORDS else "en", status)
    page.headers["Content-Security-Policy"] = POLICY
    return page
