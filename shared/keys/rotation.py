"""Which version of a signing key signs now, and which are published: publish, wait, sign, retire, without a restart.

A new version in the vault is published as soon as it is seen and signs once every EHR must have read it; the one before
it is published for a while longer, for what it signed last. `az keyvault key rotate` is all that anybody does. Whoever
is in a hurry sets a version's activation date, or disables a version that must not be believed any more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.adapters.vault import KeyVersion
from shared.errors import Unavailable

WAIT = timedelta(hours=30)
"""From a version's making until it signs, unless its activation date says other. Epic keeps a key set up to 29 hours
where Cache-Control is not heeded (https://fhir.epic.com, JWK set URLs)."""
KEEP = timedelta(hours=1)
"""How long a version is published after another took over: assertions live four minutes, instances look each minute."""


def signs_from(version: KeyVersion) -> datetime:
    """When a version takes over."""
    return version.starts or version.made + WAIT


def signing(versions: Sequence[KeyVersion], now: datetime) -> KeyVersion:
    """The version that signs now: the newest whose time has come. Raises `Unavailable` if there is none.

    Where none has waited, as when the first was just made or the others were disabled, the oldest signs at once.
    """
    usable = [version for version in versions if _usable(version, now)]
    started = [version for version in usable if signs_from(version) <= now]
    if started:
        return max(started, key=_order)
    # The vault itself refuses to sign before an activation date.
    allowed = [version for version in usable if version.starts is None or version.starts <= now]
    if not allowed:
        raise Unavailable
    return min(allowed, key=lambda version: version.made)


def published(versions: Sequence[KeyVersion], now: datetime) -> list[KeyVersion]:
    """The versions that EHRs shall believe, the one that signs first: those to come and the one before, too."""
    current = signing(versions, now)
    others = [version for version in versions if _usable(version, now) and version is not current]
    shown = [
        version for version in others if _order(version) > _order(current) or _replaced(version, versions) > now - KEEP
    ]
    return [current, *sorted(shown, key=_order, reverse=True)]


def _replaced(version: KeyVersion, versions: Sequence[KeyVersion]) -> datetime:
    """When the next version took over."""
    return min(signs_from(other) for other in versions if _order(other) > _order(version))


def _order(version: KeyVersion) -> tuple[datetime, datetime]:
    return (signs_from(version), version.made)


def _usable(version: KeyVersion, now: datetime) -> bool:
    return version.enabled and (version.ends is None or version.ends > now)
