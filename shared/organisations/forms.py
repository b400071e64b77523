"""What the API takes for a connection, checked field by field, and what it shows. Names are the API's contract."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from shared.clock import to_text
from shared.errors import BridgeError, Refused
from shared.organisations.connection import (
    AUDIENCES,
    CONFIRMATIONS,
    Certificate,
    Connection,
    SmsRules,
    Writeback,
    normal_fhir_base,
)

LOBBY = ("organizer", "invited", "organization")
CHAT = ("limited", "enabled", "disabled")
CLIENTS = (*AUDIENCES, "backend")
MOST_REMINDERS = 10
WEEK_MINUTES = 7 * 24 * 60


def take(connection: Connection, body: Mapping[str, Any], *, allow_loopback: bool) -> Connection:
    """The connection with the given fields changed. Raises `Refused("request.invalid")` naming every bad field."""
    fields: dict[str, Callable[[Any], dict[str, Any]]] = {
        "fhir_base": lambda v: {"fhir_base": normal_fhir_base(_text(v, 512), allow_loopback=allow_loopback)},
        "environment": lambda v: {"environment": _one_of(v, ("testing", "production"))},
        "zone": lambda v: {"zone": _zone(v)},
        "approver": lambda v: {"approver_oid": _text(v["oid"], 36), "approver_name": _text(v.get("name", ""), 200)},
        "client_ids": lambda v: {"client_ids": _clients(v)},
        "assertion": lambda v: {"assertion": _one_of(v, ("ES384", "RS384"))},
        "organizers": lambda v: {"organizers": tuple(_text(oid, 36) for oid in _list(v, 100))},
        "room": lambda v: _room(connection, v),
        "writeback": lambda v: {"writeback": _writeback(v)},
    }
    return _apply(connection, body, fields)


def take_sms(rules: SmsRules, body: Mapping[str, Any]) -> SmsRules:
    """The SMS rules with the given fields changed. Raises as `take`."""
    fields: dict[str, Callable[[Any], dict[str, Any]]] = {
        "enabled": lambda v: {"enabled": _flag(v)},
        "sender": lambda v: {"sender": _number(v)},
        "organisation": lambda v: {"organisation": _text(v, 40)},
        "confirmations": lambda v: {"confirmations": tuple(_one_of(item, CONFIRMATIONS) for item in _list(v, 3))},
        "reminders": lambda v: {"reminders": _reminders(v)},
        "language": lambda v: {"language": _text(v, 5)},
        "region": lambda v: {"region": _text(v, 2).upper()},
        "landlines": lambda v: {"landlines": _flag(v)},
    }
    return _apply(rules, body, fields)


def show(connection: Connection) -> dict[str, Any]:
    """A connection as the API shows it."""
    endpoints, decision = connection.endpoints, connection.decision
    return {
        "id": connection.id,
        "fhir_base": connection.fhir_base,
        "environment": connection.environment,
        "zone": connection.zone,
        "state": connection.state.value,
        "approver": {"oid": connection.approver_oid, "name": connection.approver_name},
        "client_ids": dict(connection.client_ids),
        "assertion": connection.assertion,
        "organizers": list(connection.organizers),
        "room": {"lobby": connection.lobby, "chat": connection.chat, "recording": connection.recording},
        "sms": show_sms(connection.sms),
        "writeback": {
            "kind": connection.writeback.kind,
            "statuses": dict(connection.writeback.statuses),
            "id_types": dict(connection.writeback.id_types),
        },
        "endpoints": endpoints and {
            "authorize": endpoints.authorize, "token": endpoints.token, "issuer": endpoints.issuer,
            "jwks": endpoints.jwks, "fhir_release": endpoints.fhir_release,
        },
        "certificates": [show_certificate(certificate) for certificate in connection.certificates],
        "decision": decision and {
            "decision": "approve" if decision.approved else "reject", "reason": decision.reason,
            "by": decision.by, "at": to_text(decision.at),
        },
    }  # fmt: skip


def show_sms(rules: SmsRules) -> dict[str, Any]:
    """SMS rules as the API shows them."""
    return {
        "enabled": rules.enabled,
        "sender": rules.sender,
        "organisation": rules.organisation,
        "confirmations": list(rules.confirmations),
        "reminders": list(rules.reminders),
        "language": rules.language,
        "region": rules.region,
        "landlines": rules.landlines,
    }


def show_certificate(certificate: Certificate) -> dict[str, Any]:
    """A sender certificate as the API shows it."""
    return {
        "thumbprint": certificate.thumbprint,
        "subject": certificate.subject,
        "not_before": to_text(certificate.not_before),
        "not_after": to_text(certificate.not_after),
    }


def _apply[T](value: T, body: Mapping[str, Any], fields: Mapping[str, Callable[[Any], dict[str, Any]]]) -> T:
    changes: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, given in body.items():
        if name not in fields:
            wrong[name] = "not known here"
            continue
        try:
            changes |= fields[name](given)
        except BridgeError as error:
            wrong[name] = error.problem.detail
        except (ValueError, TypeError, KeyError, AttributeError):
            wrong[name] = "not valid"
    if wrong:
        raise Refused("request.invalid", fields=wrong)
    return replace(value, **changes)  # type: ignore[type-var]


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise ValueError
    return value.strip()


def _one_of(value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise TypeError
    return value


def _zone(value: Any) -> str:
    name = _text(value, 64)
    if name not in available_timezones():
        raise ValueError
    return ZoneInfo(name).key


def _number(value: Any) -> str:
    number = _text(value, 16)
    if number and not (number[0] == "+" and number[1:].isdigit() and 7 <= len(number[1:]) <= 15):
        raise ValueError
    return number


def _clients(value: Any) -> dict[str, str]:
    return {_one_of(name, CLIENTS): _text(client, 100) for name, client in dict(value).items()}


def _reminders(value: Any) -> tuple[int, ...]:
    minutes = {int(item) for item in _list(value, MOST_REMINDERS) if not isinstance(item, bool)}
    if any(not 0 < item <= WEEK_MINUTES for item in minutes):
        raise ValueError
    return tuple(sorted(minutes, reverse=True))


def _room(connection: Connection, value: Any) -> dict[str, Any]:
    return {
        "lobby": _one_of(value.get("lobby", connection.lobby), LOBBY),
        "chat": _one_of(value.get("chat", connection.chat), CHAT),
        "recording": _flag(value.get("recording", connection.recording)),
    }


def _writeback(value: Any) -> Writeback:
    def values(name: str, allowed: tuple[str, ...]) -> dict[str, str]:
        return {_one_of(key, allowed): _text(given, 20) for key, given in dict(value.get(name, {})).items()}

    kind = _one_of(value["kind"], ("none", "epic-2018"))
    return Writeback(
        kind="epic-2018" if kind == "epic-2018" else "none",
        statuses=values("statuses", ("waiting", "connected", "disconnected")),
        id_types=values("id_types", ("provider", "patient")),
    )
