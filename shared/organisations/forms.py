"""What the API's forms do to a connection. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from msgspec import UNSET, Struct, structs

from shared.errors import BridgeError, Refused
from shared.organisations.connection import Connection, SmsRules, Writeback, normal_fhir_base
from shared.organisations.requests import (
    ConnectionFields,
    PersonRef,
    QuietHours,
    RoomChange,
    SmsChange,
    WritebackChange,
)

PLAIN = ("environment", "client_ids", "assertion")


def apply(connection: Connection, form: ConnectionFields, *, allow_loopback: bool) -> Connection:
    """The connection with the given fields changed. Raises `Refused("request.invalid")` naming every bad field."""
    changes: dict[str, Any] = {name: getattr(form, name) for name in PLAIN if getattr(form, name) is not UNSET}
    wrong: dict[str, str] = {}
    if isinstance(form.fhir_base, str):
        try:
            changes["fhir_base"] = normal_fhir_base(form.fhir_base, allow_loopback=allow_loopback)
        except BridgeError as error:
            wrong["fhir_base"] = f"{error.problem.detail} {error.problem.fix}"
    if isinstance(form.zone, str):
        if form.zone not in available_timezones():
            wrong["zone"] = "not a time zone of the IANA database"
        changes["zone"] = form.zone
    if isinstance(form.organizers, list):
        changes["organizers"] = tuple(dict.fromkeys(oid.lower() for oid in form.organizers))
    if isinstance(form.room, RoomChange):
        changes |= _set(form.room)
    if isinstance(form.writeback, WritebackChange):
        changes["writeback"] = Writeback(
            form.writeback.kind, _plain(form.writeback.statuses), _plain(form.writeback.id_types)
        )
        why = values_wrong(changes["writeback"])
        if why:
            wrong["writeback"] = why
    if wrong:
        raise Refused("request.invalid", fields=wrong)
    return replace(connection, **changes)


def values_wrong(writeback: Writeback) -> str:
    """What keeps the hospital's values from being used, empty if nothing. A connected that nothing can take back, and two
    statuses that the EHR could not tell apart, are worse than none.
    """
    statuses = {name: value for name, value in writeback.statuses.items() if value}
    if writeback.kind == "epic-2018":
        if not {"connected", "disconnected"} <= set(statuses):
            return "needs a value for connected and for disconnected"
        if statuses["connected"] == statuses["disconnected"]:
            return "needs values for connected and disconnected that differ"
        if not any(writeback.id_types.values()):
            return "needs a value for the ids of clinicians, of patients, or both"
    if writeback.kind == "oracle-health":
        if statuses.get("connected") not in ("arrived", "checked-in"):
            return "needs arrived or checked-in for connected"
        if statuses.get("waiting", "arrived") != "arrived":
            return "takes only arrived for waiting"
        if "disconnected" in statuses:
            return "takes nothing for disconnected: an appointment does not go back"
        if any(writeback.id_types.values()):
            return "takes no kinds of ids"
    return ""


def with_approver(connection: Connection, approver: PersonRef | None) -> Connection:
    """The connection with another approver, or with none."""
    if approver is None:
        return replace(connection, approver_oid="", approver_name="")
    return replace(connection, approver_oid=approver.oid.lower(), approver_name=approver.name)


def apply_sms(rules: SmsRules, form: SmsChange) -> SmsRules:
    """The SMS rules with the given fields changed."""
    changes = _set(form)
    if isinstance(form.reminders, list):
        changes["reminders"] = tuple(sorted(set(form.reminders), reverse=True))
    if isinstance(form.confirmations, list):
        changes["confirmations"] = tuple(dict.fromkeys(form.confirmations))
    if isinstance(form.region, str):
        changes["region"] = form.region.upper()
    if isinstance(form.organisation, str):
        changes["organisation"] = form.organisation.strip()
    if isinstance(form.templates, dict):
        changes["templates"] = _templates(rules.templates, form.templates)
    if "quiet_hours" in changes:
        quiet = changes.pop("quiet_hours")
        if isinstance(quiet, QuietHours) and quiet.start == quiet.end:
            raise Refused("request.invalid", fields={"quiet_hours": "begins when it ends"})
        changes["quiet"] = (quiet.start, quiet.end) if isinstance(quiet, QuietHours) else None
    return replace(rules, **changes)


def _templates(
    before: Mapping[str, Mapping[str, str]], given: Mapping[Any, Mapping[Any, str | None]]
) -> dict[str, dict[str, str]]:
    """The templates with those given changed; an empty one is ours again."""
    after = {language: dict(kinds) for language, kinds in before.items()}
    for language, kinds in given.items():
        mine = after.setdefault(str(language), {}) | {str(kind): text or "" for kind, text in kinds.items()}
        after[str(language)] = {kind: text.replace("\r\n", "\n") for kind, text in mine.items() if text.strip()}
    return {language: kinds for language, kinds in after.items() if kinds}


def _set(form: Struct) -> dict[str, Any]:
    return {name: value for name, value in structs.asdict(form).items() if value is not UNSET}


def _plain(values: Mapping[Any, str]) -> dict[str, str]:
    return {str(name): value for name, value in values.items()}
