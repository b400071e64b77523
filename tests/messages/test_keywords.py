"""Which replies ask for no texts, for texts again, or for help, and which only look so."""

# ruff: noqa: RUF001, the signs are those that phones write

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages.keywords import LONGEST, Asked, asked
from shared.messages.wishes import WISHES
from shared.messages.words import TEXTS

# 47 CFR 64.1200(a)(10): "stop," "quit," "end," "revoke," "opt out," "cancel," or "unsubscribe".
RULE = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")

STOP = {
    "en": (
        "stopall", "stop all", "opt-out", "optout", "OPT ME OUT", "please stop", "Stop, please!", "ok stop", "stop thanks",
        "Hi, please stop. Thank you", "stop stop STOP", "S.T.O.P.", "s t o p", "“STOP”", "'stop'", "STOP 🛑", "stop?",
        "stop texting me", "Please stop texting me!!", "stop sending me these texts", "no more texts", "No more messages please",
        "don't text me", "Don’t text me anymore", "do not contact me again", "remove me from your list", "take me off this list",
        "remove my number", "cancel texts", "end messages", "quit texting me", "I revoke my consent", "i want to opt out",
        "Can you please stop texting me?", "how do I stop these texts?", "wrong number", "sotp", "leave me alone",
    ),
    "es": (
        "alto", "¡ALTO!", "basta", "¡Basta ya!", "parar", "pare", "cancelar", "por favor, alto", "no más", "no mas mensajes",
        "no me envíen más mensajes", "dejen de enviarme mensajes", "darme de baja", "ya no quiero recibir mensajes", "salir",
    ),
    "fr": (
        "arrêt", "ARRÊT", "arreter", "arrêter", "Arrêtez !", "s'il vous plaît arrêtez", "désabonner", "annuler",
        "plus de messages", "ne m’envoyez plus de messages", "arrêtez de m'envoyer des textos",
    ),
    "pt": ("sair", "Pare, por favor", "parem", "não quero mais mensagens", "sem mais mensagens", "pare de me enviar mensagens"),
    "zh": ("停止", "停止。", "请停止", "退订", "退訂", "取消", "取消订阅", "不要再发了", "别再发短信", "退订谢谢", "ＴＤ"),
    "ar": ("توقف", "توقّف", "أوقف", "اوقف", "إلغاء", "الغاء", "إلغاء الاشتراك", "من فضلك توقف", "لا ترسلوا", "كفى"),
    "vi": (
        "dừng", "DỪNG", "dừng lại", "dung lai", "hủy", "huỷ", "hủy đăng ký", "huy dang ky", "ngừng nhắn tin", "vui lòng dừng",
        "đừng nhắn tin nữa", "không nhận tin nhắn nữa",
    ),
}  # fmt: skip
START = {
    "en": (
        "start",
        "START",
        "Unstop.",
        "un-stop",
        "opt in",
        "subscribe",
        "resume",
        "start texting me again",
        "ＳＴＡＲＴ",
    ),
    "es": ("comenzar", "empezar", "reanudar"),
    "fr": ("commencer", "reprendre"),
    "pt": ("começar", "retomar"),
    "zh": ("开始", "恢復"),
    "ar": ("ابدأ", "ابدا"),
    "vi": ("bắt đầu", "bat dau", "đăng ký"),
}
HELP = {
    "en": ("help", "HELP!", "help please", "info", "INFO?", "Who is this?"),
    "es": ("ayuda", "¡AYUDA!", "información"),
    "fr": ("aide", "Aide svp"),
    "pt": ("ajuda",),
    "zh": ("帮助", "幫助"),
    "ar": ("مساعدة", "المساعدة"),
    "vi": ("trợ giúp", "tro giup", "giúp"),
}
NOTHING = (
    "", " ", ".", "?", "👍", "🛑", "1", "yes", "Y", "no", "ok", "thanks", "please", "C", "confirm",
    "I can't stop coughing", "please don't stop", "don't stop", "do not stop texting me", "the bus stop", "full stop",
    "end of the hallway", "the end", "weekend", "when does it end?", "start of the visit", "when do we start?", "started",
    "can I cancel my appointment?", "cancel my appointment", "please cancel the visit", "I need to cancel", "can you cancel?",
    "cancel this", "should I stop my medication?", "I want to quit smoking", "quit smoking", "I will stop by", "nonstop",
    "stopped", "no more pain", "remove the stitches", "I got no message", "I can't start my video", "no texts came through",
    "help me find the clinic", "I need help getting there", "how do I end my visit?",
    "quiero cancelar mi cita", "fin de semana", "no más dolor", "tengo la presión alta", "la parada", "no recibí mensajes",
    "annuler mon rendez-vous", "arrêt de bus", "n'arrêtez pas", "je ne peux pas arrêter de tousser", "plus de douleur",
    "não pare", "não para de doer", "cancelar minha consulta", "vou sair agora", "não recebi mensagem",
    "取消预约", "我想取消预约", "我想取消", "不要停", "别停", "公交站", "停车场在哪", "我咳嗽停不下来",
    "إلغاء الموعد", "لا تتوقف", "من فضلك لا تتوقف", "موقف الباص",
    "đúng", "Đúng rồi", "dùng", "đừng", "đừng dừng lại", "Dung", "Huy", "hủy lịch hẹn", "không nhận được tin nhắn",
)  # fmt: skip


def cases(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(language, message) for language, messages in table.items() for message in messages]


@pytest.mark.parametrize("word", RULE)
def test_the_words_of_the_rule_stop(word: str) -> None:
    assert asked(word) == asked(word.upper()) == asked(f" {word.capitalize()}. ") == Asked("stop", "en")


@pytest.mark.parametrize(("language", "message"), cases(STOP))
def test_sinch_what_reasonably_means_stop_stops(language: str, message: str) -> None:
    wish = asked(message)
    assert wish
    assert wish.intent == "stop", language


@pytest.mark.parametrize(("language", "message"), cases(START))
def test_what_means_start_starts(language: str, message: str) -> None:
    wish = asked(message)
    assert wish
    assert wish.intent == "start", language


@pytest.mark.parametrize(("language", "message"), cases(HELP))
def test_help_is_asked_for_in_a_language(language: str, message: str) -> None:
    assert asked(message) == Asked("help", language)


@pytest.mark.parametrize("message", NOTHING)
def test_what_is_about_something_else_is_no_wish(message: str) -> None:
    assert asked(message) is None


def test_every_language_of_the_texts_has_its_words() -> None:
    for languages in WISHES.values():
        assert set(languages) == set(TEXTS)


WISHED = [message for table in (STOP, START, HELP) for _, message in cases(table)] + list(RULE)
SIGNS = st.text(st.sampled_from(' \t\n\r.,;:!?¡¿…-–—*"“”«»()[]🛑🙏😡\u200b\ufeff\u00a0。，！'), max_size=6)


@given(message=st.sampled_from(WISHED), before=SIGNS, after=SIGNS, change=st.sampled_from((str, str.upper, str.title)))
def test_case_signs_and_spaces_never_change_a_wish(message: str, before: str, after: str, change: type[str]) -> None:
    assert asked(before + change(message) + after) == asked(message)


@given(message=st.sampled_from([*WISHED, *NOTHING]), form=st.sampled_from(("NFC", "NFD", "NFKC", "NFKD")))
def test_the_phone_s_way_of_composing_letters_never_changes_a_wish(message: str, form: str) -> None:
    assert asked(unicodedata.normalize(form, message)) == asked(message)  # type: ignore[arg-type]


@given(
    message=st.sampled_from(WISHED),
    other=st.sampled_from(
        ("appointment", "doctor", "cita", "médecin", "consulta", "coughing", "medication", "Tuesday")
    ),
    first=st.booleans(),
)
def test_a_word_about_something_else_makes_it_no_wish(message: str, other: str, first: bool) -> None:
    assert asked(f"{other} {message}" if first else f"{message} {other}") is None


@given(st.text(max_size=LONGEST))
def test_any_text_is_read_and_only_ever_one_of_the_wishes(message: str) -> None:
    assert asked(message) is None or asked(message) in {
        Asked(intent, language) for intent, languages in WISHES.items() for language in languages
    }


@pytest.mark.parametrize(
    "unit", ["stop ", "please ", "send me ", "stop texts me ", "停发", "no quiero mensajes ", "don't "]
)
def test_no_reply_takes_long_to_read(unit: str) -> None:
    """Patterns that can match in many ways are where a short text may hold a worker up."""
    begun = time.process_time()
    asked((unit * LONGEST)[: LONGEST - 1] + "x")
    assert time.process_time() - begun < 0.5


def test_a_letter_is_no_wish() -> None:
    assert asked("stop " * LONGEST) is None
