"""The language a patient wants, from what EHRs put in PID-15 to ISO 639-1: codes of 639-1 and 639-2, and names.

Sources: ISO 639-1 and 639-2 (terminological and bibliographic codes) as the Unicode CLDR lists them; a few codes of
639-3 and names in use (Mandarin, Farsi, Cambodian) lead to the language in which such a patient can be written to.
"""

import re

# 639-1, the other codes, then English names; `_` stands for a space.
_TABLE = """
aa aar Afar | ab abk Abkhazian | af afr Afrikaans | ak aka Akan | am amh Amharic | an arg Aragonese |
ar ara arb Arabic | as asm Assamese | av ava Avaric | ay aym Aymara | az aze Azerbaijani | ba bak Bashkir |
be bel Belarusian | bg bul Bulgarian | bi bis Bislama | bm bam Bambara | bn ben Bangla Bengali |
bo bod tib Tibetan | br bre Breton | bs bos Bosnian | ca cat Catalan | ce che Chechen | ch cha Chamorro |
co cos Corsican | cr cre Cree | cs ces cze Czech | cv chv Chuvash | cy cym wel Welsh | da dan Danish |
de deu ger German Deutsch | dv div Divehi Maldivian | dz dzo Dzongkha | ee ewe Ewe | el ell gre Greek |
en eng English | es spa Spanish Castilian Espanol | et est Estonian | eu baq eus Basque |
fa fas per pes prs Persian Farsi Dari | ff ful Fula Fulani | fi fin Finnish | fj fij Fijian | fo fao Faroese |
fr fra fre French Francais | fy fry Western_Frisian | ga gle Irish | gd gla Scottish_Gaelic | gl glg Galician |
gn grn Guarani | gu guj Gujarati | gv glv Manx | ha hau Hausa | he heb Hebrew | hi hin Hindi | hr hrv Croatian |
ht hat Haitian_Creole Haitian Creole | hu hun Hungarian | hy arm hye Armenian | hz her Herero |
id ind Indonesian | ig ibo Igbo | ii iii Sichuan_Yi | ik ipk Inupiaq | is ice isl Icelandic | it ita Italian |
iu iku Inuktitut | ja jpn Japanese | jv jav Javanese | ka geo kat Georgian | kg kon Kongo | ki kik Kikuyu |
kj kua Kuanyama | kk kaz Kazakh | kl kal Kalaallisut | km khm Khmer Cambodian | kn kan Kannada | ko kor Korean |
kr kau Kanuri | ks kas Kashmiri | ku kur Kurdish | kv kom Komi | kw cor Cornish | ky kir Kyrgyz Kirghiz |
lb ltz Luxembourgish | lg lug Ganda Luganda | li lim Limburgish | ln lin Lingala | lo lao Lao |
lt lit Lithuanian | lu lub Luba_Katanga | lv lav Latvian | mg mlg Malagasy | mh mah Marshallese |
mi mao mri Maori | mk mac mkd Macedonian | ml mal Malayalam | mn mon Mongolian | mr mar Marathi |
ms may msa Malay | mt mlt Maltese | my bur mya Burmese Myanmar | na nau Nauru | nb nob Norwegian_Bokmal |
nd nde North_Ndebele | ne nep Nepali | ng ndo Ndonga | nl dut nld Dutch Flemish | nn nno Norwegian_Nynorsk |
no nor Norwegian | nr nbl South_Ndebele | nv nav Navajo | ny nya Nyanja Chichewa | oc oci Occitan |
oj oji Ojibwa | om orm Oromo | or ori Odia Oriya | os oss Ossetic | pa pan Punjabi Panjabi | pl pol Polish |
ps pus Pashto Pushto | pt por Portuguese Portugues | qu que Quechua | rm roh Romansh | rn run Rundi Kirundi |
ro ron rum Romanian Moldavian | ru rus Russian | rw kin Kinyarwanda Rwanda | sa san Sanskrit | sc srd Sardinian |
sd snd Sindhi | se sme Northern_Sami | sg sag Sango | si sin Sinhala Sinhalese | sk slk slo Slovak |
sl slv Slovenian | sm smo Samoan | sn sna Shona | so som Somali | sq alb sqi Albanian | sr srp Serbian |
ss ssw Swati | st sot Southern_Sotho | su sun Sundanese | sv swe Swedish | sw swa Swahili | ta tam Tamil |
te tel Telugu | tg tgk Tajik | th tha Thai | ti tir Tigrinya | tk tuk Turkmen | tl fil tgl Tagalog Filipino |
tn tsn Tswana | to ton Tongan Tonga | tr tur Turkish | ts tso Tsonga | tt tat Tatar | tw twi Twi |
ty tah Tahitian | ug uig Uyghur Uighur | uk ukr Ukrainian | ur urd Urdu | uz uzb Uzbek | ve ven Venda |
vi vie Vietnamese | wa wln Walloon | wo wol Wolof | xh xho Xhosa | yi yid Yiddish | yo yor Yoruba |
za zha Zhuang | zh chi cmn yue zho Chinese Mandarin Cantonese | zu zul Zulu
"""
_ADDITION = re.compile(r"[-_;,(]")  # `en-US`, `Spanish; Castilian`, `Chinese (Mandarin)`
_MAX_LENGTH = 64
_KNOWN: dict[str, str] = {}
for _row in _TABLE.replace("\n", " ").split("|"):
    _code, *_others = _row.split()
    _KNOWN[_code] = _code
    _KNOWN.update({_other.replace("_", " ").lower(): _code for _other in _others})


def iso_639_1(text: str) -> str | None:
    """The two-letter code of the language that a code or a name means: `spa`, `es-MX`, `Spanish` are `es`."""
    plain = text.strip().lower()
    found = _KNOWN.get(plain)
    if found or not plain or len(plain) > _MAX_LENGTH:
        return found
    return _KNOWN.get(_ADDITION.split(plain, maxsplit=1)[0].strip())
