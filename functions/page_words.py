"""What pages say to people who come from the chart, the patient portal or a text: plain words, in seven languages.

A sentence stands under its code in `shared/errors.py` where it has one. Patients may read any of them; `staff` is for
those who set a connection up.
"""

from typing import Literal

from functions.launch_words import WORDS as LAUNCH
from functions.waiting_words import WORDS as WAITING

RIGHT_TO_LEFT = frozenset({"ar"})
# Each in its own words.
LANGUAGES = {
    "en": "English", "es": "Español", "fr": "Français", "pt": "Português", "zh": "中文", "ar": "العربية", "vi": "Tiếng Việt",
}  # fmt: skip
Reader = Literal["patient", "staff"]

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "waiting": "Your care team is getting ready",
        "waiting_when": "Your visit: {when}",
        "waiting_text": "Keep this page open. You will be taken to the visit by itself as soon as it is ready.",
        "waiting_next": "Next: choose “Continue on this browser”, allow camera and microphone, and wait to be let in.",
        "sorry": "We could not open the visit",
        "link.invalid": "This link leads nowhere. The visit may be long over. If not, use the newest link that you were sent.",
        "link.over": "This visit is over.",
        "link.cancelled": "This visit was cancelled.",
        "link.revoked": "This link was taken back. Ask the person who sent it to you for a new one.",
        "link.expired": "This link has run out. Ask the person who sent it to you for a new one.",
        "link.off": "Video visits are switched off here at the moment.",
        "link.too_many": "Too many links were tried from here. Wait a few minutes, then use the newest one that you were sent.",
        "unavailable": "This does not work right now. Please try again in a minute.",
        "help": "If you need help, call the clinic and mention this code:",
        "staff": "That did not work",
        "staff_help": "Whoever looks after VisitBridge can help further with this code:",
    },
    "es": {
        "waiting": "Su equipo médico se está preparando",
        "waiting_when": "Su consulta: {when}",
        "waiting_text": "Deje esta página abierta. Entrará en la consulta automáticamente cuando esté lista.",
        "waiting_next": "Después: elija «Continuar en este explorador», permita cámara y micrófono y espere a que le admitan.",
        "sorry": "No pudimos abrir la consulta",
        "link.invalid": "Este enlace no lleva a ninguna consulta. Puede que ya haya terminado. Si no, use el más reciente que le hayan enviado.",
        "link.over": "Esta consulta ha terminado.",
        "link.cancelled": "Esta consulta fue cancelada.",
        "link.revoked": "Este enlace fue retirado. Pida uno nuevo a quien se lo envió.",
        "link.expired": "Este enlace ha caducado. Pida uno nuevo a quien se lo envió.",
        "link.off": "Las videoconsultas están desactivadas aquí por ahora.",
        "link.too_many": "Se probaron demasiados enlaces desde aquí. Espere unos minutos y use el más reciente que le hayan enviado.",
        "unavailable": "Ahora no funciona. Inténtelo de nuevo en un minuto.",
        "help": "Si necesita ayuda, llame a la clínica y mencione este código:",
        "staff": "No ha funcionado",
        "staff_help": "Quien administra VisitBridge puede ayudarle con este código:",
    },
    "fr": {
        "waiting": "Votre équipe soignante se prépare",
        "waiting_when": "Votre visite : {when}",
        "waiting_text": "Gardez cette page ouverte. La visite s'ouvrira d'elle-même dès qu'elle sera prête.",
        "waiting_next": "Ensuite : choisissez « Continuer sur ce navigateur », autorisez caméra et micro, et patientez.",
        "sorry": "La visite n'a pas pu s'ouvrir",
        "link.invalid": "Ce lien ne mène à aucune visite. Elle est peut-être terminée. Sinon, utilisez le dernier que vous avez reçu.",
        "link.over": "Cette visite est terminée.",
        "link.cancelled": "Cette visite a été annulée.",
        "link.revoked": "Ce lien a été retiré. Demandez-en un autre à la personne qui vous l'a envoyé.",
        "link.expired": "Ce lien a expiré. Demandez-en un autre à la personne qui vous l'a envoyé.",
        "link.off": "Les visites vidéo sont désactivées ici pour le moment.",
        "link.too_many": "Trop de liens ont été essayés d'ici. Patientez quelques minutes, puis utilisez le dernier que vous avez reçu.",
        "unavailable": "Cela ne fonctionne pas en ce moment. Réessayez dans une minute.",
        "help": "Pour obtenir de l'aide, appelez la clinique et donnez ce code :",
        "staff": "Cela n'a pas fonctionné",
        "staff_help": "La personne qui gère VisitBridge pourra vous aider avec ce code :",
    },
    "pt": {
        "waiting": "Sua equipe de saúde está se preparando",
        "waiting_when": "Sua consulta: {when}",
        "waiting_text": "Deixe esta página aberta. A consulta vai abrir sozinha assim que estiver pronta.",
        "waiting_next": "Depois: escolha “Continuar neste navegador”, permita câmera e microfone e espere para entrar.",
        "sorry": "Não foi possível abrir a consulta",
        "link.invalid": "Este link não leva a nenhuma consulta. Talvez ela já tenha terminado. Se não, use o mais recente que você recebeu.",
        "link.over": "Esta consulta já terminou.",
        "link.cancelled": "Esta consulta foi cancelada.",
        "link.revoked": "Este link foi retirado. Peça um novo a quem o enviou.",
        "link.expired": "Este link expirou. Peça um novo a quem o enviou.",
        "link.off": "As consultas por vídeo estão desativadas aqui no momento.",
        "link.too_many": "Foram tentados links demais daqui. Espere alguns minutos e use o mais recente que você recebeu.",
        "unavailable": "Não está funcionando agora. Tente de novo em um minuto.",
        "help": "Se precisar de ajuda, ligue para a clínica e informe este código:",
        "staff": "Não deu certo",
        "staff_help": "Quem administra o VisitBridge pode ajudar com este código:",
    },
    "zh": {
        "waiting": "您的医疗团队正在准备",
        "waiting_when": "您的视频就诊：{when}",
        "waiting_text": "请保持此页面打开。准备好后会自动进入就诊。",
        "waiting_next": "接下来：选择“在此浏览器上继续”，允许使用摄像头和麦克风，然后等待准入。",
        "sorry": "无法打开就诊",
        "link.invalid": "此链接没有对应的就诊，可能早已结束。否则请使用您收到的最新链接。",
        "link.over": "此次就诊已结束。",
        "link.cancelled": "此次就诊已取消。",
        "link.revoked": "此链接已被收回。请向发送者索取新的链接。",
        "link.expired": "此链接已过期。请向发送者索取新的链接。",
        "link.off": "此处的视频就诊目前已关闭。",
        "link.too_many": "从此处尝试的链接过多。请等几分钟，再使用您收到的最新链接。",
        "unavailable": "目前无法使用。请一分钟后再试。",
        "help": "如需帮助，请致电诊所并告知此代码：",
        "staff": "操作未成功",
        "staff_help": "VisitBridge 的管理员可以凭此代码提供帮助：",
    },
    "ar": {
        "waiting": "فريق الرعاية يستعد لزيارتك",
        "waiting_when": "موعد زيارتك: {when}",
        "waiting_text": "اترك هذه الصفحة مفتوحة. ستُفتح الزيارة تلقائيًا عندما تصبح جاهزة.",
        "waiting_next": "بعد ذلك: اختر «المتابعة في هذا المتصفح»، واسمح باستخدام الكاميرا والميكروفون، وانتظر حتى يُسمح لك بالدخول.",
        "sorry": "تعذّر فتح الزيارة",
        "link.invalid": "هذا الرابط لا يؤدي إلى أي زيارة، وربما انتهت منذ مدة. وإلا فاستخدم أحدث رابط أُرسل إليك.",
        "link.over": "انتهت هذه الزيارة.",
        "link.cancelled": "أُلغيت هذه الزيارة.",
        "link.revoked": "سُحب هذا الرابط. اطلب رابطًا جديدًا ممن أرسله إليك.",
        "link.expired": "انتهت صلاحية هذا الرابط. اطلب رابطًا جديدًا ممن أرسله إليك.",
        "link.off": "زيارات الفيديو متوقفة هنا حاليًا.",
        "link.too_many": "جُرّبت روابط كثيرة من هنا. انتظر بضع دقائق ثم استخدم أحدث رابط أُرسل إليك.",
        "unavailable": "لا يعمل هذا الآن. حاول مرة أخرى بعد دقيقة.",
        "help": "إذا احتجت إلى مساعدة، فاتصل بالعيادة واذكر هذا الرمز:",
        "staff": "لم ينجح ذلك",
        "staff_help": "يمكن للمسؤول عن VisitBridge أن يساعدك بهذا الرمز:",
    },
    "vi": {
        "waiting": "Đội ngũ chăm sóc đang chuẩn bị",
        "waiting_when": "Buổi khám của bạn: {when}",
        "waiting_text": "Hãy để trang này mở. Buổi khám sẽ tự mở ra khi đã sẵn sàng.",
        "waiting_next": "Tiếp theo: chọn “Tiếp tục trên trình duyệt này”, cho phép dùng máy ảnh và micrô, rồi chờ được cho vào.",
        "sorry": "Không mở được buổi khám",
        "link.invalid": "Liên kết này không dẫn đến buổi khám nào. Có thể buổi khám đã kết thúc từ lâu. Nếu không, hãy dùng liên kết mới nhất mà bạn nhận được.",
        "link.over": "Buổi khám này đã kết thúc.",
        "link.cancelled": "Buổi khám này đã bị hủy.",
        "link.revoked": "Liên kết này đã bị thu hồi. Hãy xin liên kết mới từ người đã gửi cho bạn.",
        "link.expired": "Liên kết này đã hết hạn. Hãy xin liên kết mới từ người đã gửi cho bạn.",
        "link.off": "Khám qua video hiện đang tắt ở đây.",
        "link.too_many": "Đã thử quá nhiều liên kết từ đây. Hãy chờ vài phút rồi dùng liên kết mới nhất mà bạn nhận được.",
        "unavailable": "Hiện không dùng được. Hãy thử lại sau một phút.",
        "help": "Nếu cần giúp đỡ, hãy gọi cho phòng khám và đọc mã này:",
        "staff": "Thao tác không thành công",
        "staff_help": "Người quản lý VisitBridge có thể giúp bạn với mã này:",
    },
}

for _language, _said in (*LAUNCH.items(), *WAITING.items()):
    WORDS[_language] |= _said


def language_of(accept: str) -> str:
    """The first language of an Accept-Language header that we have words for, English else."""
    for part in accept.split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in WORDS:
            return language
    return "en"
