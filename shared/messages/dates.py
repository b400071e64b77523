"""When a visit is, as people say it: by the Unicode CLDR (`babel`), in the facility's zone, with the zone's name.

The zone's name is the abbreviation that the IANA database knows (CST, AEDT), for it is there for every zone that people
call by one; `babel` 2.18 finds none for Indianapolis and Louisville, and writes Newfoundland's offset as -0430. French
has its own in Canada (HNC), Chinese writes the name out, as CST is China's own time there. Zones without an
abbreviation show their distance from Greenwich, GMT+4.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale

# A date without its year is the next of its name; further off than this it could be taken for this year's.
YEAR_FROM = timedelta(days=300)
# CLDR's own names for the fields: https://unicode.org/reports/tr35/tr35-dates.html#availableFormats_appendItems
DAY = {"": "MMMEd", "vi": "MMMMEd"}
FAR_DAY = "yMMMd"
_NO_NAME = "∅∅∅"  # CLDR's mark for a name that is not to be inherited


def local_time(start: datetime, zone: str, language: str, now: datetime | None = None) -> str:
    """A start as people say it: `Tue Nov 24 10:15 AM CST`. The year is shown from 300 days after `now` on."""
    from babel.dates import format_skeleton, format_time, get_datetime_format

    local = start.astimezone(ZoneInfo(zone))
    locale = _locale(language, _territory(zone))
    far = now is not None and start - now > YEAR_FROM
    day = format_skeleton(FAR_DAY if far else DAY.get(language, DAY[""]), local, locale=locale, tzinfo=local.tzinfo)
    time = format_time(local, "short", locale=locale, tzinfo=local.tzinfo)
    glue = str(get_datetime_format("medium", locale=locale))
    if language == "en":
        # Without commas and in its shortest forms, whatever the country: one segment has no place for more.
        day, glue = day.replace(",", "").replace("Sept", "Sep"), "{1} {0}"
        time = time.replace("a.m.", "AM").replace("p.m.", "PM")
    whole = glue.replace("{1}", day).replace("{0}", f"{time} {_zone_name(local, zone, language, locale)}")
    return re.sub(r"\s+", " ", whole)


@cache
def _territory(zone: str) -> str:
    from babel.core import get_global

    canonical = get_global("zone_aliases").get(zone, zone)
    return str(get_global("zone_territories").get(canonical, ""))


@cache
def _locale(language: str, territory: str) -> "Locale":
    """As the language is written where the zone is, if CLDR knows: `en_GB` has 24 hours, `es_US` 12."""
    from babel import Locale, localedata

    known = f"{language}_{territory}"
    return Locale.parse(known if localedata.exists(known) else language)


def _zone_name(local: datetime, zone: str, language: str, locale: "Locale") -> str:
    width = "long" if language == "zh" else "short" if str(locale) == "fr_CA" else ""
    own = width and _cldr_name(zone, locale, width, "daylight" if local.dst() else "standard")
    if own:
        return own
    name = local.tzname() or ""
    if name.isalpha():
        return name
    offset = local.utcoffset() or timedelta(0)
    hours, rest = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "-" if offset < timedelta(0) else "+"
    return f"{'UTC' if language == 'fr' else 'GMT'}{sign}{hours}{f':{rest:02}' if rest else ''}"


def _cldr_name(zone: str, locale: "Locale", width: str, variant: str) -> str:
    names = locale.meta_zones.get(_metazone(zone), {}).get(width, {})
    name = str(names.get(variant, ""))
    return "" if name == _NO_NAME else name


@cache
def _metazone(zone: str) -> str:
    """CLDR's zone of a zone. It may stand under a former name of it: Indianapolis does."""
    from babel.core import get_global

    aliases, metazones = get_global("zone_aliases"), get_global("meta_zones")
    canonical = aliases.get(zone, zone)
    names = (canonical, *(former for former, now in aliases.items() if now == canonical))
    return next((str(metazones[name]) for name in names if name in metazones), "")
