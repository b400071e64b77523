"""What a guest reads before going in: as whom they are invited, when, and what happens next. In seven languages."""

from base64 import b64encode
from hashlib import sha256
from html import escape

import azure.functions as func

from functions.guest_words import WORDS
from functions.page_words import WORDS as COMMON
from functions.pages import STYLE, page_of

BUTTON_STYLE = """
.go{display:inline-block;margin:1rem 0 .25rem;padding:.625rem 1.5rem;border-radius:.375rem;background:var(--accent);
color:var(--card);font-weight:600;text-decoration:none}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
"""


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)} {_hash(BUTTON_STYLE)}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def invitation_page(language: str, token: str, *, role: str, when: str) -> func.HttpResponse:
    """The invitation. `when`: the visit's start, in words; `role`: one of `shared.visits.guests.ROLES`."""
    words = WORDS[language]
    body = (
        f"<style>{BUTTON_STYLE}</style><h1>{escape(words['title'])}</h1>"
        f"<p><strong>{escape(words['as'].format(role=words[role]))}</strong></p>"
        f"<p>{escape(words['when'].format(when=when))}</p><p>{escape(words['lead'])}</p>"
        f'<p><a class="go" href="{escape(token)}/join">{escape(words["join"])}</a></p>'
        f'<p class="soft">{escape(COMMON[language]["waiting_next"])}</p>'
    )
    page = page_of(words["title"], body, language, 200)
    page.headers["Content-Security-Policy"] = POLICY
    return page
