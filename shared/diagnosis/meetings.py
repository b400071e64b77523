"""Can rooms be made, and what are they like? Organisers, Teams' policies, meeting settings."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.adapters.probe import Account, Policy
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.diagnosis.standing import AccountOf
from shared.errors import Unavailable
from shared.organisations.connection import Connection

# A pool may have a hundred: so many are tried, those that come first.
MOST_TRIED = 10

# Whether the application access policy covers somebody. Raises `Unavailable`.
PolicyOf = Callable[[str], Awaitable[Policy]]


@dataclass(frozen=True, slots=True)
class Tried:
    """What was learnt of one organiser. `account` is None where there is none, or none could be read."""

    oid: str
    account: Account | None
    readable: bool
    policy: Policy

    @property
    def gone(self) -> bool:
        return self.readable and self.account is None


def room(connection: Connection) -> list[Finding]:
    """Meeting settings that surprise, and what only Teams' own administration shows."""
    surprises = {
        "room.chat_enabled": connection.chat == "enabled",
        "room.lobby_organization": connection.lobby == "organization",
        "room.recording_on": connection.recording,
    }
    found = [finding(code) for code, surprising in surprises.items() if surprising]
    return [*(found or [finding("room.settings")]), finding("join.anonymous"), finding("join.browser")]


async def organisers(
    connection: Connection, clinicians: Sequence[str], account_of: AccountOf, policy_of: PolicyOf, app: str
) -> list[Finding]:
    """The accounts of the pool and of some `clinicians` who launched; `app` is our client id in Entra."""
    pool = connection.organizers
    findings = [finding("organisers.pool", count=str(len(pool))) if pool else finding("organisers.clinicians")]
    oids = list(dict.fromkeys([*pool, *clinicians]))[:MOST_TRIED]
    if not oids:
        return [*findings, finding("policy.untested")]
    tried = await asyncio.gather(*(_try(oid, account_of, policy_of) for oid in oids))
    return findings + _accounts(tried) + _policies([one for one in tried if not one.gone], app)


async def _try(oid: str, account_of: AccountOf, policy_of: PolicyOf) -> Tried:
    account, policy = await asyncio.gather(account_of(oid), policy_of(oid), return_exceptions=True)
    for outcome in (account, policy):
        if isinstance(outcome, BaseException) and not isinstance(outcome, Unavailable):
            raise outcome
    readable = not isinstance(account, BaseException)
    return Tried(
        oid,
        None if isinstance(account, BaseException) else account,
        readable,
        "unclear" if isinstance(policy, BaseException) else policy,
    )


def _accounts(tried: Sequence[Tried]) -> list[Finding]:
    accounts = [(one, one.account) for one in tried if one.account is not None]
    wrong = {
        "organisers.gone": [one for one in tried if one.gone],
        "organisers.disabled": [one for one, account in accounts if not account.enabled],
        "organisers.unlicensed": [one for one, account in accounts if account.enabled and not account.has_teams],
    }
    findings = [finding(code, names=_names(ones)) for code, ones in wrong.items() if ones]
    return findings + ([] if all(one.readable for one in tried) else [finding("organisers.unreadable")])


def _policies(tried: Sequence[Tried], app: str) -> list[Finding]:
    by_outcome = {
        outcome: [one for one in tried if one.policy == outcome] for outcome in ("granted", "missing", "unclear")
    }
    findings = []
    if by_outcome["missing"]:
        findings.append(finding("policy.missing", names=_names(by_outcome["missing"]), app=app))
    if by_outcome["unclear"]:
        findings.append(finding("policy.unclear", names=_names(by_outcome["unclear"])))
    if by_outcome["granted"] and not findings:
        findings.append(finding("policy.granted", count=str(len(by_outcome["granted"]))))
    return findings


def _names(ones: Iterable[Tried]) -> str:
    return ", ".join(one.account.name if one.account and one.account.name else one.oid for one in ones)
