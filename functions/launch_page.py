"""The two pages that may stand between the chart and the sign-in: a window of one's own, and a posted request.

A page inside a frame of the EHR cannot go on to Teams, which refuses to be framed, nor be sure of its cookies, which
browsers keep back from frames: so the same launch is opened again, by a click, in a window where we are the first party.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape

import azure.functions as func

from functions.page_words import WORDS
from functions.pages import STYLE, page_of

FRAMES = frozenset({"iframe", "frame", "embed", "object", "fencedframe"})
"""What `Sec-Fetch-Dest` says of a page inside another (W3C Fetch Metadata). Browsers without that header are believed."""

POST_SCRIPT = "document.forms[0].submit();"


def _hash(text: str) -> str:
    return "'sha256-" + b64encode(sha256(text.encode()).digest()).decode() + "'"


# Any EHR may frame this page: all it can do is open a window, and the EHR could have opened that itself.
FRAME_POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors https:"
)
# No form-action: browsers hold it against each redirect behind the form too, and those end at the EHR, Entra and Teams.
POST_POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(POST_SCRIPT)}; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def own_window_page(url: str, language: str) -> func.HttpResponse:
    """Offers the launch at `url` in a window of its own. Nothing was begun: the EHR's launch is still unused."""
    words = WORDS[language]
    body = (
        f"<h1>{escape(words['frame'])}</h1><p>{escape(words['frame_text'])}</p>"
        f'<p><a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(words["frame_go"])}</a></p>'
        f'<p class="soft">{escape(words["frame_next"])}</p>'
    )
    answer = page_of(words["frame"], body, language, 200)
    answer.headers["Content-Security-Policy"] = FRAME_POLICY
    return answer


def posting_page(url: str, form: Mapping[str, str], language: str) -> func.HttpResponse:
    """Posts a form to the EHR's authorization endpoint by itself; by a button where scripts are off."""
    words = WORDS[language]
    fields = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in form.items())
    body = (
        f'<h1>{escape(words["posting"])}</h1><p role="status">{escape(words["posting_text"])}</p>'
        f'<form method="post" action="{escape(url)}">{fields}<button>{escape(words["posting_go"])}</button></form>'
        f"<script>{POST_SCRIPT}</script>"
    )
    answer = page_of(words["posting"], body, language, 200)
    answer.headers["Content-Security-Policy"] = POST_POLICY
    return answer
