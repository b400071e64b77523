"""What texts say in each language, before an administrator changes anything: one line for what it is about, then when,
then the link. How to stop comes last, on a line of its own, put there by `templates.py`.

Plain words for everyone: no name of a person, nothing about health, no grammatical gender, no word that a stranger who
sees the phone could learn from. A line of its own for each part also keeps the link whole where the language is
written from right to left: each line has its own direction (Unicode Bidirectional Algorithm, rules P1 to P3).

In English every text fits one segment with an organisation of 20 characters and a host of 30; hence its few words.
"""

# ruff: noqa: RUF001 - Chinese has a colon of its own

from typing import Final

LANGUAGES: Final = ("en", "es", "fr", "pt", "zh", "ar", "vi")
"""ISO 639-1. Chinese is written in simplified characters."""
KINDS: Final = ("scheduled", "updated", "cancelled", "reminder")
# Written in letters that GSM-7 has, or has without their accent. Our own words need none of the accents that it lacks;
# a day or month may (`sáb`, `août`). The others cannot do without their letters.
PLAIN_LETTERS: Final = frozenset({"en", "es", "fr", "pt"})
RIGHT_TO_LEFT: Final = frozenset({"ar"})

TEXTS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "scheduled": "{organisation}: video visit\n{when}\n{link}",
        "updated": "{organisation}: visit update\n{when}\n{link}",
        "cancelled": "{organisation}: your video visit on {when} is canceled.",
        "reminder": "{organisation} visit reminder\n{when}\n{link}",
    },
    "es": {
        "scheduled": "{organisation}: su cita por video\n{when}\n{link}",
        "updated": "{organisation}: actualizamos su cita por video\n{when}\n{link}",
        "cancelled": "{organisation}: su cita por video fue cancelada\n{when}",
        "reminder": "{organisation}: recordatorio de su cita por video\n{when}\n{link}",
    },
    "fr": {
        "scheduled": "{organisation} : votre rendez-vous vidéo\n{when}\n{link}",
        "updated": "{organisation} : du nouveau pour votre rendez-vous vidéo\n{when}\n{link}",
        "cancelled": "{organisation} : votre rendez-vous vidéo est annulé\n{when}",
        "reminder": "{organisation} : rappel de votre rendez-vous vidéo\n{when}\n{link}",
    },
    "pt": {
        "scheduled": "{organisation}: seu atendimento por videochamada\n{when}\n{link}",
        "updated": "{organisation}: atualizamos seu atendimento por videochamada\n{when}\n{link}",
        "cancelled": "{organisation}: seu atendimento por videochamada foi cancelado\n{when}",
        "reminder": "{organisation}: lembrete do seu atendimento por videochamada\n{when}\n{link}",
    },
    "zh": {
        "scheduled": "{organisation}：您的视频预约\n{when}\n{link}",
        "updated": "{organisation}：您的视频预约有变动\n{when}\n{link}",
        "cancelled": "{organisation}：您的视频预约已取消\n{when}",
        "reminder": "{organisation}：视频预约提醒\n{when}\n{link}",
    },
    # Begins with an Arabic word, so that the line runs from right to left also where the organisation's name is Latin.
    "ar": {
        "scheduled": "موعدك بالفيديو مع {organisation}\n{when}\n{link}",
        "updated": "تحديث موعدك بالفيديو مع {organisation}\n{when}\n{link}",
        "cancelled": "تم إلغاء موعدك بالفيديو مع {organisation}\n{when}",
        "reminder": "تذكير بموعدك بالفيديو مع {organisation}\n{when}\n{link}",
    },
    "vi": {
        "scheduled": "{organisation}: lịch hẹn qua video\n{when}\n{link}",
        "updated": "{organisation}: lịch hẹn qua video có thay đổi\n{when}\n{link}",
        "cancelled": "{organisation}: lịch hẹn qua video đã hủy\n{when}",
        "reminder": "{organisation}: nhắc lịch hẹn qua video\n{when}\n{link}",
    },
}

STOP: Final[dict[str, str]] = {
    "en": "Reply STOP to opt out",
    "es": "Responda STOP para dejar de recibir mensajes",
    "fr": "Répondez STOP pour ne plus recevoir de messages",
    "pt": "Responda STOP para parar de receber mensagens",
    "zh": "回复 STOP 退订",
    "ar": "لإيقاف الرسائل يرجى الرد بكلمة STOP",
    "vi": "Trả lời STOP để ngừng nhận tin nhắn",
}
