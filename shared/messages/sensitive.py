"""Words by which a stranger who sees the phone would learn about someone's health: the linter warns of them.

A short list of the plainest, not a filter; the beginnings of words, in lower case as they are looked for.
"""

import re
from typing import Final

_WORDS: Final[dict[str, str]] = {
    "en": "abort addict biops cancer chemo dialys diagnos disease hiv illness medication oncolog pregnan prescription "
    "psychiatr psycholog rehab std surger symptom therap treatment test_result mental_health",
    "es": "abort adicc biops cancer cáncer diálisis diagn embaraz enferm medicament oncolog oncólog psic psiq quimio "
    "receta rehab resultado salud_mental síntoma terap tratamiento vih cirug",
    "fr": "addict avort biops cancer chimio chirurg dialys diagn enceinte grossesse maladie médicament oncolog ordonnance "
    "psych rééducation résultat santé_mentale sida symptôme thérap traitement vih",
    "pt": "abort biops câncer cirurg diálise diagn doença exame grávid gravidez medicament oncolog psic psiq quimio "
    "receita resultado saúde_mental sintoma terap tratamento hiv vício",
    "zh": "癌 肿瘤 化疗 透析 诊断 疾病 病情 怀孕 妊娠 精神科 心理 手术 症状 治疗 检查结果 化验 处方 艾滋 流产 药物",
    "ar": "سرطان أورام كيماوي غسيل_الكلى تشخيص مرض حمل حامل نفسي جراح أعراض علاج نتائج تحاليل وصفة إيدز إجهاض إدمان",
    "vi": "ung_thư hóa_trị chạy_thận chẩn_đoán bệnh mang_thai thai_kỳ tâm_thần tâm_lý phẫu_thuật triệu_chứng điều_trị "
    "xét_nghiệm đơn_thuốc hiv phá_thai nghiện",
}


def _pattern(words: str, *, apart: bool) -> re.Pattern[str]:
    alternatives = "|".join(word.replace("_", r"\s+") for word in words.split())
    return re.compile(rf"\b(?:{alternatives})\w*" if apart else f"(?:{alternatives})", re.IGNORECASE)


# Chinese has no spaces between words; Arabic writes its article onto them.
PATTERNS: Final = {language: _pattern(words, apart=language not in ("zh", "ar")) for language, words in _WORDS.items()}
