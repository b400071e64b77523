"""The words by which patients ask for no texts, for texts again, or for help: English, Spanish, French, Portuguese,
Chinese in both scripts, Arabic, Vietnamese. Between bars, as they are spelt; `keywords.py` says how they are compared.
"""

from typing import Final, Literal, NamedTuple

Intent = Literal["stop", "start", "help"]


class Words(NamedTuple):
    """How one language says one wish. `alone`: is the whole of it. `firm`: likewise, and also behind a `REQUESTS`.
    `ask`: begins a sentence of which every other word is one of `about` or `between`, and one at least of `about`.
    """

    alone: str
    firm: str = ""
    ask: str = ""
    about: str = ""
    between: str = ""


WISHES: Final[dict[Intent, dict[str, Words]]] = {
    "stop": {
        # Those of the rule itself come first: 47 CFR 64.1200(a)(10).
        "en": Words(
            "quit|end|revoke|cancel|stop it|stop this|stop now|stopp|sotp|stpo|cancel all|remove|remove me|no more|enough"
            "|no texts|no messages|no text messages|leave me alone|wrong number|wrong person|you have the wrong number"
            "|this is the wrong number|i revoke|i opt out|go away|no thanks stop|lose my number|i do not consent|i dont consent",
            "stop|opt out|optout|unsubscribe|stopall|stop all|unsub|opt me out|unsubscribe me|unsubscribe all",
            "stop|stop all|quit|end|cancel|unsubscribe|unsubscribe me|opt out|opt me out|remove|take|delete|no more|dont"
            "|do not|revoke|i revoke|withdraw|i withdraw|unsub|cease",
            "text|texts|texting|txt|txts|message|messages|messaging|msg|msgs|sms|contact|contacting|call|calling|calls"
            "|send|sending|list|lists|number|consent|reminders|notifications|alerts|spam|spamming|bothering|subscription",
            "me|us|my|this|these|those|the|your|any|all|more|again|anymore|ever|off|from|of|to|receiving|getting|it|you"
            "|automated|for|stupid|phone",
        ),
        "es": Words(
            "alto|basta|parar|pare|paren|para|detener|detente|detenganse|cancelar|cancele|cancela|baja|darme de baja"
            "|darse de baja|dar de baja|fin|no más|terminar|salir|desuscribir|desuscribirme|número equivocado"
            "|déjenme en paz|déjeme en paz|no me escriba|no me escribas|revocar",
            "",
            "alto|stop|parar|pare|paren|detener|detengan|cancelar|cancele|cancelen|cancela|dejen|deje|deja|no|no más"
            "|no quiero|ya no|ya no quiero|elimine|eliminen|quiten|borren|basta",
            "mensaje|mensajes|texto|textos|sms|enviarme|enviar|envíen|mandarme|mandar|manden|escribirme|escribir"
            "|escriban|número|lista|contacten|suscripción",
            "de|me|más|los|las|el|la|estos|esos|sus|mi|su|recibir|a",
        ),
        "fr": Words(
            "arrêt|arrêter|arrête|arrêtez|désabonner|me désabonner|se désabonner|désabonnement|désabonnez moi|désinscrire"
            "|me désinscrire|se désinscrire|désinscription|annuler|annulez|quitter|résilier|fin|terminer|ça suffit"
            "|mauvais numéro|faux numéro|laissez moi tranquille|ne me contactez pas|ne m'écrivez pas|révoquer",
            "",
            "stop|stoppez|arrêt|arrêter|arrête|arrêtez|cessez|cesser|annuler|annulez|plus|plus de|ne|n'envoyez|désabonner"
            "|désabonnez|désinscrire|désinscrivez|retirez|supprimez",
            "message|messages|sms|texto|textos|m'envoyer|d'envoyer|m'envoyez|envoyer|envoyez|n'envoyez|m'écrire|d'écrire"
            "|m'écrivez|contacter|contactez|liste|numéro",
            "moi|me|m'|de|des|les|ces|vos|mon|mes|plus|jamais|la|votre|aucun",
        ),
        "pt": Words(
            "pare|parar|parem|para|cancelar|cancele|sair|remover|encerrar|chega|descadastrar|fim|desinscrever"
            "|não quero mais|não mais|número errado|me deixe em paz|revogar|interromper|desinscrição",
            "",
            "pare|parar|parem|stop|cancelar|cancele|cancelem|sem|sem mais|não|não quero|não quero mais|remover|remova"
            "|removam|chega|deixem|deixe",
            "mensagem|mensagens|sms|textos|enviar|enviem|mandar|mandem|lista|número|receber|escrevam|inscrição",
            "de|me|mais|as|os|estas|essas|suas|meu|minha|da",
        ),
        "zh": Words(
            "停|停止|退订|退訂|取消|结束|結束|退出|终止|終止|td|拒收|打错了|打錯了|号码错了|號碼錯了|错号|錯號|别烦我|別煩我",
            "",
            "停止|停|退订|退訂|取消|终止|終止|不要再|不要|别再|別再|别|別|不再|不想再|拒收|拒绝",
            "短信|短訊|简讯|簡訊|信息|訊息|讯息|消息|订阅|訂閱|通知|提醒|发|發",
            "给我|給我|我|这些|這些|接收|收到|收|送|的|了|任何|所有",
        ),
        "ar": Words(
            "توقف|توقفوا|التوقف|وقف|قف|قفوا|أوقف|أوقفوا|إيقاف|إلغاء|ألغ|ألغوا|كفى|كفاية|إنهاء|انسحاب|ستوب|رقم خاطئ"
            "|الرقم خطأ|الرقم غلط",
            "",
            "توقف|توقفوا|التوقف|أوقف|أوقفوا|وقف|إيقاف|إلغاء|ألغ|ألغوا|لا|لا أريد",
            "رسائل|الرسائل|رسائلكم|رسالة|ترسل|ترسلوا|تراسلني|تراسلوني|إرسال|الإرسال|الاشتراك|اشتراكي",
            "عن|لي|إلي|من|مزيد|المزيد|أي|هذه|بعد|الآن|النصية|مرة|أخرى|استلام",
        ),
        "vi": Words(
            "dừng|dừng lại|ngừng|ngưng|hủy|huỷ|thôi|hủy đăng ký|huỷ đăng ký|hủy bỏ|kết thúc|thoát|từ chối|nhầm số|sai số",
            "",
            "dừng|ngừng|ngưng|đừng|không|không muốn|thôi|hủy|huỷ|từ chối",
            "tin|nhắn",
            "gửi|nhận|cho|tôi|nữa|các|những|này|lại|thêm|việc|đăng ký",
        ),
    },
    "start": {
        "en": Words(
            "start|unstop|un stop|opt in|optin|opt me in|i opt in|resume|subscribe|resubscribe|restart|start again|startall"
            "|text me again|unstop all|start all",
            "",
            "start|restart|resume",
            "text|texts|texting|messages|messaging|sending|sms|reminders",
            "me|us|my|the|these|your|again|to|all",
        ),
        "es": Words("iniciar|empezar|comenzar|comienzo|inicio|reanudar|alta|darme de alta|suscribir|suscribirme|reactivar"),
        "fr": Words("commencer|recommencer|reprendre|démarrer|abonner|m'abonner|s'abonner|réabonner|réactiver"),
        "pt": Words("começar|recomeçar|iniciar|início|retomar|reativar|inscrever|voltar a receber"),
        "zh": Words("开始|開始|恢复|恢復|订阅|訂閱|重新订阅|重新訂閱|继续|繼續"),
        "ar": Words("ابدأ|ابدؤوا|بدء|اشترك|اشتراك|استئناف|استأنف|إعادة الاشتراك"),
        "vi": Words("bắt đầu|bắt đầu lại|tiếp tục|đăng ký|đăng ký lại"),
    },
    "help": {
        "en": Words("help|info|information|help me|who is this|whos this|who are you|what is this"),
        "es": Words("ayuda|información|ayúdame|ayúdeme|quién es|quién eres|quiénes son"),
        "fr": Words("aide|aidez moi|renseignements|qui est ce|qui êtes vous"),
        "pt": Words("ajuda|informação|informações|quem é|quem é você"),
        "zh": Words("帮助|幫助|帮忙|幫忙|信息|你是谁|你是誰|您是谁|您是誰|你们是谁"),
        "ar": Words("مساعدة|المساعدة|ساعدني|معلومات|من أنت|من أنتم|من هذا"),
        "vi": Words("trợ giúp|giúp|giúp đỡ|hỗ trợ|thông tin|ai đây|ai vậy|bạn là ai"),
    },
}  # fmt: skip

POLITE: Final = (
    "please|pls|plz|thanks|thank you|thank u|thx|ty|very much|ok|okay|hi|hello|hey|sir|maam|now|immediately|asap|just|sorry"
    "|already|sent from my iphone|por favor|porfavor|porfa|gracias|muchas gracias|ya|hola|ahora|s'il vous plaît|s'il te plaît"
    "|svp|merci|bonjour|obrigado|obrigada|olá|agora|请|請|谢谢|謝謝|您好|你好|من فضلك|من فضلكم|رجاء|الرجاء|لو سمحت|شكرا|xin"
    "|vui lòng|làm ơn|cảm ơn|xin cảm ơn"
)
"""What people put before and behind a wish."""

REQUESTS: Final = (
    "i want to|i want you to|i would like to|i would like you to|id like to|id like you to|i wish to|i need you to|i said"
    "|can you|could you|would you|will you|how do i|how can i|quiero|quisiera|je veux|je voudrais|quero|我想|我要|أريد"
    "|tôi muốn"
)
"""What people begin a request with. Behind it `cancel` alone is about the appointment."""

ACCENTED: Final = frozenset({"dừng", "hủy", "huỷ", "thôi"})
"""Of Vietnamese, which many write without accents, these hold only with theirs: Dung and Huy are people's names, and
`đúng` is "right".
"""
