"""Each check by itself, case by case: what it is given, and the codes that it finds in this order."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from shared.diagnosis import ehr, meetings, standing, surroundings, texts, traffic, trust
from shared.diagnosis.doctor import run
from shared.diagnosis.shown import Finding
from shared.diagnosis.telling import Telling, told
from shared.errors import Unavailable
from shared.organisations.connection import ConnectionState, Decision, SmsRules, Writeback
from tests.builders import NOW, at
from tests.diagnosis.patients import (
    BASE,
    CONNECTION,
    DAY,
    ENDPOINTS,
    PUBLISHED,
    SIGNER,
    SMS,
    US,
    Keys,
    Servers,
    a_certificate,
    a_connection,
    a_launch,
    a_number,
    a_reach,
    an_account,
    refused,
    says,
    seen,
)

Findings = list[Finding] | Coroutine[Any, Any, list[Finding]]
Case = tuple[Callable[[], Findings], list[str]]


def state_of(state: ConnectionState, decision: Decision | None = None) -> Callable[[], Findings]:
    return lambda: standing.state(a_connection(state=state, decision=decision))


def approver(answer: Any, **changes: Any) -> Callable[[], Findings]:
    return lambda: standing.approver(a_connection(**changes), says(answer))


def server(found: Any = ENDPOINTS, reach: Any = "answers", **changes: Any) -> Callable[[], Findings]:
    return lambda: ehr.server(a_connection(**changes), Servers(found), a_reach(reach))


def published(document: Any = PUBLISHED, *algorithms: str) -> Callable[[], Findings]:
    return lambda: trust.published(CONNECTION, Keys(*algorithms), says(document), US)


def accepted(error: Any, audience: str = "provider", **changes: Any) -> Callable[[], Findings]:
    return lambda: trust.accepted(a_connection(**changes), audience, SIGNER, says(error), US, NOW)


def organisers(
    account: Any, policy: Any = "granted", clinicians: tuple[str, ...] = (), **changes: Any
) -> Callable[[], Findings]:
    return lambda: meetings.organisers(a_connection(**changes), clinicians, says(account), says(policy), "app")  # fmt: skip


def rules(number: Any = None, *, consents: bool = True, **sms: Any) -> Callable[[], Findings]:
    return lambda: texts.rules(a_connection(sms=replace(SMS, **sms)), says(consents), says(number))


def certificates(*ones: Any, **changes: Any) -> Callable[[], Findings]:
    return lambda: texts.certificates(a_connection(certificates=ones, **changes), NOW)


def messages(known: Any, **changes: Any) -> Callable[[], Findings]:
    return lambda: texts.messages(a_connection(**changes), known, NOW)


def writeback(rules_of: Writeback, **changes: Any) -> Callable[[], Findings]:
    return lambda: texts.writeback(a_connection(writeback=rules_of, **changes))


PAUSED = Telling(at(-1), "ehr.not_answering", at(0.1))


def telling(standing: Telling, **changes: Any) -> Callable[[], Findings]:
    return lambda: told(a_connection(**changes), says(standing))


def around(*same: Any, known: Any = None, **changes: Any) -> Callable[[], Findings]:
    return lambda: surroundings.environment(a_connection(**changes), same, known or seen())


def launches(known: Any, **changes: Any) -> Callable[[], Findings]:
    return lambda: traffic.launches(a_connection(**changes), known)


def records(known: Any, **changes: Any) -> Callable[[], Findings]:
    return lambda: traffic.records(a_connection(**changes), known, US)


def checked(check: Callable[[], Awaitable[list[Finding]]]) -> Callable[[], Findings]:
    return lambda: run("a thing", check)


async def hangs() -> list[Finding]:
    await asyncio.Event().wait()
    return []


NO = Decision(False, "wrong environment", "approver", NOW, "digest")
JOIN = ["join.anonymous", "join.browser"]
BOTH = (a_launch("provider"), a_launch("patient"))
SEEN_BOTH = ["launch.seen", "launch.seen"]

STANDING: dict[str, Case] = {
    "approved": (state_of(ConnectionState.APPROVED, CONNECTION.decision), ["state.approved"]),
    "a draft": (state_of(ConnectionState.DRAFT), ["state.draft"]),
    "waiting": (state_of(ConnectionState.NEEDS_APPROVAL), ["state.needs_approval"]),
    "rejected": (state_of(ConnectionState.REJECTED, NO), ["state.rejected"]),
    "switched off": (state_of(ConnectionState.DISABLED), ["state.disabled"]),
    "an approver at work": (approver(an_account()), ["approver.active"]),
    "no approver": (approver(None, approver_oid=""), ["approver.missing"]),
    "an approver who left": (approver(None), ["approver.gone"]),
    "a disabled approver": (approver(an_account(enabled=False)), ["approver.disabled"]),
    "a directory that does not say": (approver(Unavailable()), ["organisers.unreadable"]),
}
EHR: dict[str, Case] = {
    "well": (server(), ["ehr.reachable", "ehr.release_fits"]),
    "private": (server(refused("connection.url_private")), ["ehr.private_address"]),
    "not SMART": (server(refused("connection.not_smart")), ["ehr.not_smart"]),
    "something answers, not FHIR": (server(refused("connection.url_unreachable")), ["ehr.not_smart"]),
    "no such host": (server(refused("connection.url_unreachable"), "dns"), ["ehr.unreachable"]),
    "a wrong certificate": (server(refused("connection.url_unreachable"), "tls"), ["ehr.tls_failed"]),
    "a URL without its release": (
        server(refused("connection.url_unreachable"), fhir_base=BASE.removesuffix("/R4")), ["ehr.url_incomplete"],
    ),
    "R4 in the URL, DSTU2 behind it": (
        server(replace(ENDPOINTS, fhir_release="1.0.2")), ["ehr.reachable", "ehr.release_mismatch"],
    ),
    "an old release": (
        server(replace(ENDPOINTS, fhir_release="1.0.2"), fhir_base=BASE.replace("R4", "DSTU2")),
        ["ehr.reachable", "ehr.release_old"],
    ),
    "no release": (server(replace(ENDPOINTS, fhir_release="")), ["ehr.reachable", "ehr.release_unknown"]),
    "moved": (
        server(replace(ENDPOINTS, token="https://elsewhere")),
        ["ehr.reachable", "ehr.release_fits", "ehr.endpoints_changed"],
    ),
    "keys": (lambda: ehr.keys(CONNECTION, Servers()), ["ehr.keys_readable"]),
    "no keys pinned": (
        lambda: ehr.keys(a_connection(endpoints=replace(ENDPOINTS, jwks="")), Servers()), ["ehr.keys_missing"],
    ),
    "keys that cannot be read": (lambda: ehr.keys(CONNECTION, Servers(keys=0)), ["ehr.keys_unreadable"]),
    "a draft has no keys": (lambda: ehr.keys(a_connection(endpoints=None), Servers()), []),
}  # fmt: skip
TRUST: dict[str, Case] = {
    "published": (published(), ["keys.published"]),
    "not to be read": (published(None), ["keys.unreachable"]),
    "a page instead": (published([]), ["keys.unreachable"]),
    "another deployment's": (published({"keys": [{"kid": "other"}]}), ["keys.stale"]),
    "without the algorithm": (published(PUBLISHED, "RS384"), ["keys.algorithm_missing"]),
    "accepted, the code not known": (accepted("invalid_grant"), ["assertion.accepted"]),
    "a backend token": (accepted("", "backend"), ["assertion.accepted"]),
    "keys not known": (accepted("invalid_client"), ["assertion.refused"]),
    "a client of another kind": (accepted("unauthorized_client"), ["assertion.refused"]),
    "another error": (accepted("invalid_request"), ["assertion.unclear"]),
    "no answer": (accepted(Unavailable()), ["assertion.unclear"]),
    "nowhere to ask": (accepted("", endpoints=None), ["assertion.untested"]),
    "no client to ask for": (accepted("", client_ids={}), []),
    "clients": (lambda: trust.clients(CONNECTION), ["clients.complete"]),
    "no patient client": (lambda: trust.clients(a_connection(client_ids={"provider": "p"})), ["clients.missing"]),
    "one for both": (
        lambda: trust.clients(a_connection(client_ids={"provider": "p", "patient": "p"})), ["clients.same"],
    ),
}  # fmt: skip
AROUND: dict[str, Case] = {
    "alone": (around(CONNECTION), []),
    "testing and production at one URL": (
        around(a_connection(id="other", environment="production")), ["environment.shared_base"],
    ),
    "another tenant at the same URL is not told": (around(a_connection(id="other", tenant="another")), []),
    "launched with another iss": (around(known=seen(launch="launch.issuer_unknown")), ["environment.mixed_up"]),
    "launched without the id": (around(known=seen(launch="launch.connection_ambiguous")), ["environment.id_needed"]),
    "a test message at production": (
        around(known=seen(message="AR-202"), environment="production", fhir_base="https://ehr.example/api/FHIR/R4"),
        ["environment.message_mixed_up"],
    ),
    "an odd message at testing": (around(known=seen(message="AR-202")), []),
    "production at a test URL": (around(environment="production"), ["environment.name_hint"]),
    "testing at a production URL": (
        around(fhir_base="https://epic.example.org/Interconnect-PRD/api/FHIR/R4"), ["environment.name_hint"],
    ),
    "a name that only contains the hint": (
        around(fhir_base="https://supply.example/latest/FHIR/R4", environment="production"), [],
    ),
}  # fmt: skip
MEETINGS: dict[str, Case] = {
    "a pool": (organisers(an_account()), ["organisers.pool", "policy.granted"]),
    "clinicians only": (organisers(an_account(), clinicians=("b",), organizers=()), ["organisers.clinicians", "policy.granted"]),
    "nobody yet": (organisers(None, organizers=()), ["organisers.clinicians", "policy.untested"]),
    "an organiser who left": (organisers(None), ["organisers.pool", "organisers.gone"]),
    "a disabled organiser": (
        organisers(an_account(enabled=False)), ["organisers.pool", "organisers.disabled", "policy.granted"],
    ),
    "no licence": (
        organisers(an_account(has_teams=False)), ["organisers.pool", "organisers.unlicensed", "policy.granted"],
    ),
    "accounts that cannot be read": (
        organisers(Unavailable()), ["organisers.pool", "organisers.unreadable", "policy.granted"],
    ),
    "no policy": (organisers(an_account(), "missing"), ["organisers.pool", "policy.missing"]),
    "an unclear policy": (organisers(an_account(), Unavailable()), ["organisers.pool", "policy.unclear"]),
    "a room as it should be": (lambda: meetings.room(CONNECTION), ["room.settings", *JOIN]),
    "a room full of surprises": (
        lambda: meetings.room(a_connection(chat="enabled", lobby="organization", recording=True)),
        ["room.chat_enabled", "room.lobby_organization", "room.recording_on", *JOIN],
    ),
}  # fmt: skip
TEXTS: dict[str, Case] = {
    "off": (rules(enabled=False), ["sms.off"]),
    "on": (rules(a_number()), ["sms.sender_known"]),
    "without consents": (rules(a_number(), consents=False), ["sms.consents_missing", "sms.sender_known"]),
    "without a name": (rules(a_number(), organisation=""), ["sms.organisation_missing", "sms.sender_known"]),
    "without a number": (rules(sender=""), ["sms.sender_missing"]),
    "a number of nobody's": (rules(None), ["sms.sender_unknown"]),
    "not verified": (rules(a_number("submitted")), ["sms.verification_missing", "sms.sender_known"]),
    "no verification needed": (rules(a_number("not_needed")), ["sms.sender_known"]),
    "no certificate": (certificates(), ["certificate.missing"]),
    "no certificate, no texts": (certificates(sms=SmsRules()), []),
    "a current certificate": (certificates(a_certificate()), ["certificate.current"]),
    "expired": (certificates(a_certificate(ends=0)), ["certificate.expired"]),
    "expires in 30 days": (certificates(a_certificate(ends=30)), ["certificate.expiring"]),
    "expires in 31 days": (certificates(a_certificate(ends=31)), ["certificate.current"]),
    "expires, another in force": (
        certificates(a_certificate(ends=3), a_certificate(subject="CN=Next")),
        ["certificate.rollover_ready", "certificate.current"],
    ),
    "expires, another to come": (
        certificates(a_certificate(ends=3), a_certificate(begins=2)),
        ["certificate.expiring", "certificate.not_yet_valid"],
    ),
    "a message": (messages(seen(message_at=-2)), ["messages.last"]),
    "a message, then a refusal": (messages(seen(message_at=-2, message="x")), ["messages.last", "messages.refused"]),
    "a refusal, then a message": (
        messages(seen(message_at=-0.1, message="x")), ["messages.last", "messages.refused_before"],
    ),
    "only a refusal": (messages(seen(message="hl7.signature_invalid")), ["messages.refused"]),
    "nothing yet": (messages(seen()), ["messages.none_yet"]),
    "nothing for a week since approval": (
        messages(seen(), decision=Decision(True, "", "a", NOW - 7 * DAY, "d")), ["messages.silent"],
    ),
    "nothing for a week since the last": (messages(seen(message_at=-168)), ["messages.last", "messages.silent"]),
    "nothing, and no texts wanted": (messages(seen(), sms=SmsRules()), []),
    "told": (writeback(CONNECTION.writeback), ["writeback.configured"]),
    "told nothing": (writeback(Writeback()), ["writeback.off"]),
    "told half": (writeback(Writeback("epic-2018", {"connected": "1"})), ["writeback.incomplete"]),
    "taken": (telling(Telling()), []),
    "taken by nobody": (telling(PAUSED, writeback=Writeback()), []),
    "not taken": (telling(PAUSED), ["writeback.not_answered"]),
    "not let in": (
        telling(replace(PAUSED, code="ehr.sign_in_refused", untold=2)),
        ["writeback.not_signed_in", "writeback.untold"],
    ),
    "given up": (telling(Telling(untold=3)), ["writeback.untold"]),
    "told by nobody": (writeback(CONNECTION.writeback, client_ids={}), ["writeback.no_client"]),
}  # fmt: skip
TRAFFIC: dict[str, Case] = {
    "none": (launches(seen()), ["launch.never", "launch.never"]),
    "none of a draft": (launches(seen(), state=ConnectionState.DRAFT), []),
    "both": (launches(seen(*BOTH)), SEEN_BOTH),
    "a group launch counts": (launches(seen(*BOTH, a_launch("group-patient"))), ["launch.seen"] * 3),
    "refused last": (launches(seen(*BOTH, launch="launch.ehr_refused")), [*SEEN_BOTH, "launch.refused"]),
    "refused before": (
        launches(seen(a_launch("provider", at=at(-0.1)), a_launch("patient"), launch="launch.ehr_refused")),
        [*SEEN_BOTH, "launch.refused_before"],
    ),
    "a mix-up is told elsewhere": (launches(seen(*BOTH, launch="launch.issuer_unknown")), SEEN_BOTH),
    "records as issued": (records(seen(*BOTH, a_launch("group-provider"))), []),
    "a parameter lost": (records(seen(a_launch(missing=("departmentId",)))), ["records.drift", "records.group_unseen"]),
    "an earlier form": (records(seen(a_launch(version=""), a_launch("group-provider"))), ["records.outdated"]),
    "hints": (traffic.hints, list(traffic.HINTS)),
}  # fmt: skip
RUNNING: dict[str, Case] = {
    "refused by code": (checked(says(refused("not_found"))), ["check.failed"]),
    "failed": (checked(says(ZeroDivisionError("secret"))), ["check.failed"]),
    "found": (checked(says(traffic.hints())), list(traffic.HINTS)),
}
FAMILIES = {
    "standing": STANDING, "ehr": EHR, "trust": TRUST, "around": AROUND, "meetings": MEETINGS, "texts": TEXTS,
    "traffic": TRAFFIC, "running": RUNNING,
}  # fmt: skip
