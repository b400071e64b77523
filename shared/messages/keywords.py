"""What a patient's reply asks for: no more texts, texts again, or help.

Who texts one of the words of 47 CFR 64.1200(a)(10) (stop, quit, end, revoke, opt out, cancel, unsubscribe) or says the
same in other words, in a language of the texts, gets no more. A reply is read whole: it is such a word or phrase, or
begins with one and has no word in it that is not about texts; politeness around it does not count, nor do case, signs,
spaces, accents and emoji. A sentence about something else may hold the same words ("I can't stop coughing", "can I cancel my
appointment?"), and silence would be the wrong answer to it.

START and UNSTOP are the carriers' own words for toll-free numbers. YES, which some gateways take for START, opts nobody
in: it answers a clinic's other questions, too, and to send without being asked is the worse mistake.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from shared.messages.wishes import ACCENTED, POLITE, REQUESTS, WISHES, Intent, Words

LONGEST = 120
"""Characters of a reply; a longer one is a letter. It also bounds what matching costs."""
MOST_WORDS = 12
_LETTERS = str.maketrans({"đ": "d", "ى": "ي", "ة": "ه"})
# Of an unwritten or of a typewriter's apostrophe: `don't`, `s'il`. And the Arabic letter that only stretches a word.
_INSIDE = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)|ـ")


class Asked(NamedTuple):
    """What a reply asks for, and the language of its words."""

    intent: Intent
    language: str


def asked(message: str) -> Asked | None:
    """What a reply asks for; None for everything else. Whatever could be two wishes is the first of stop, start, help."""
    if len(message) > LONGEST:
        return None
    spelt = _spelt(message)
    plain = _plain(spelt)
    for pattern, wish in _patterns():
        # With other accents than its own a Vietnamese word is another word.
        accents_count = wish.language == "vi" and spelt != plain
        if pattern.fullmatch(spelt if accents_count else plain):
            return wish
    return None


def _spelt(text: str) -> str:
    """Words in lower case, a space between: `¡Por favor, ALTO!` is `por favor alto`, `S.T.O.P.` is `stop`."""
    text = _INSIDE.sub("", unicodedata.normalize("NFKC", text).casefold())
    # Composed again, because the case of some letters is folded into two.
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", _without_marks_of_others(text)))
    if len(words) > 1 and all(len(word) == 1 and word.isascii() for word in words):
        return "".join(words)
    return " ".join(words)


def _without_marks_of_others(text: str) -> str:
    """Without what is no letter and yet stands inside words: invisible characters and Arabic's vowel signs."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf" and not "\u064b" <= c <= "\u0652")


def _plain(spelt: str) -> str:
    """Without accents: `arrêter` is `arreter`."""
    decomposed = unicodedata.normalize("NFKD", spelt)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)


def _either(words: str, spelt: bool) -> str:
    """A pattern of any of these, the longest first."""
    found = {_spelt(word) if spelt else _plain(_spelt(word)) for word in words.split("|")} - {""}
    return "|".join(sorted(map(re.escape, found), key=len, reverse=True)) or "(?!)"


def _pattern(language: str, words: Words, *, spelt: bool) -> re.Pattern[str]:
    """Of one wish in one language. Chinese has no spaces between its words."""
    space = " ?" if language == "zh" else " "
    alone = words.alone
    if language == "vi" and not spelt:
        alone = "|".join(word for word in alone.split("|") if word not in ACCENTED)
    polite, request = _either(POLITE, spelt), _either(REQUESTS, spelt)
    firm, about, between = (_either(some, spelt) for some in (words.firm, words.about, words.between))
    rest = f"(?:{space}(?:{about}|{between})){{0,{MOST_WORDS}}}?"
    sentence = f"(?:{_either(words.ask, spelt)}){rest}{space}(?:{about}){rest}"
    return re.compile(
        f"(?:(?:{polite}){space}){{0,4}}"
        f"(?:{_either(alone, spelt)}|(?:(?:{request}){space}(?:(?:{polite}){space})?)?(?:{firm}|{sentence}))"
        # Said twice is said loudly.
        f"(?:{space}(?:{polite}|{_either(alone, spelt)}|{firm})){{0,4}}"
    )


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], Asked]]:
    """What `asked` looks for, in its order. Made when the first reply comes: delivery reports are many, replies few."""
    return tuple(_all_patterns())


def _all_patterns() -> Iterator[tuple[re.Pattern[str], Asked]]:
    for intent, languages in WISHES.items():
        for language, words in languages.items():
            if language == "vi":
                yield _pattern(language, words, spelt=True), Asked(intent, language)
            yield _pattern(language, words, spelt=False), Asked(intent, language)
