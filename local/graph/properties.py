"""What a request may set on a meeting: one check for each documented property.

Properties and values: https://learn.microsoft.com/graph/api/onlinemeeting-update
"""

from collections.abc import Callable
from typing import Any

from local.graph import directory
from local.graph.answers import Json, bad_request

# Takes a value and the property's name; raises GraphError when the value does not fit.
Check = Callable[[Any, str], None]


def _boolean(value: Any, name: str) -> None:
    if not isinstance(value, bool):
        raise bad_request(f"'{name}' is true or false.")


def _text(value: Any, name: str) -> None:
    if not isinstance(value, str):
        raise bad_request(f"'{name}' is a string.")


def _one_of(*values: str) -> Check:
    def check(value: Any, name: str) -> None:
        if value not in values:
            raise bad_request(f"'{value}' is no value of '{name}': {', '.join(values)}.")

    return check


def _all_of(*values: str) -> Check:
    def check(value: Any, name: str) -> None:
        if not isinstance(value, list) or any(item not in values for item in value):
            raise bad_request(f"'{name}' is a list of: {', '.join(values)}.")

    return check


def _object(**fields: Check) -> Check:
    def check(value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise bad_request(f"'{name}' is an object.")
        known(value, fields, f"{name}/")

    return check


# Newer values of an enumeration read back as unknownFutureValue, unless the caller says that it knows of such.
NEWER_SCOPES = ("invited", "organizationExcludingGuests")
PREFER_NEWER = "include-unknown-enum-members"

UPDATABLE: dict[str, Check] = {
    **dict.fromkeys(
        (
            *("allowAttendeeToEnableCamera", "allowAttendeeToEnableMic", "allowBreakoutRooms", "allowRecording"),
            *("allowCopyingAndSharingMeetingContent", "allowParticipantsToChangeName", "allowPowerPointSharing"),
            *("allowTeamworkReactions", "allowTranscription", "allowWhiteboard", "isEndToEndEncryptionEnabled"),
            *("isEntryExitAnnounced", "recordAutomatically"),
        ),
        _boolean,
    ),
    "allowLiveShare": _one_of("enabled", "disabled"),
    "allowMeetingChat": _one_of("enabled", "disabled", "limited"),
    "allowedLobbyAdmitters": _one_of("organizerAndCoOrganizersAndPresenters", "organizerAndCoOrganizers"),
    "allowedPresenters": _one_of("everyone", "organization", "roleIsPresenter", "organizer"),
    "anonymizeIdentityForRoles": _all_of("attendee"),
    "chatRestrictions": _object(allowTextOnly=_boolean),
    "lobbyBypassSettings": _object(
        scope=_one_of("organizer", "organization", "organizationAndFederated", "everyone", *NEWER_SCOPES),
        isDialInBypassEnabled=_boolean,
    ),
    "sensitivityLabelAssignment": _object(sensitivityLabelId=_text),
    "shareMeetingChatHistoryDefault": _one_of("none", "all"),
    "subject": _text,
    "watermarkProtection": _object(isEnabledForContentSharing=_boolean, isEnabledForVideo=_boolean),
}
CREATABLE = UPDATABLE | {
    "joinMeetingIdSettings": _object(isPasscodeRequired=_boolean),
    "meetingTemplateId": _text,
}


def known(body: Json, checks: dict[str, Check], prefix: str = "") -> None:
    """Checks each property of `body`. Raises GraphError for a wrong value and for one that is not in `checks`."""
    for name, value in body.items():
        if name.startswith("@odata."):
            continue
        if name not in checks:
            raise bad_request(f"The property '{prefix}{name}' does not exist or cannot be set.")
        checks[name](value, prefix + name)


def merge(into: Json, body: Json) -> None:
    """Sets the properties of `body`; of an object, only the parts given."""
    for name, value in body.items():
        if name.startswith("@odata."):
            continue
        held = into.get(name)
        into[name] = held | value if isinstance(held, dict) and isinstance(value, dict) else value


def attendees(body: Json, organizer: str) -> list[Json] | None:
    """The attendees that a request sets, completed as Graph answers them; None when it sets none.

    Raises GraphError for an organiser that differs, unknown roles, and a presenter who is not of the tenant.
    """
    participants = body.get("participants")
    if participants is None:
        return None
    _object(attendees=_list, organizer=_attendee)(participants, "participants")
    named = participants.get("organizer")
    if named and named.get("identity", {}).get("user", {}).get("id") != organizer:
        raise bad_request("The organizer of a meeting cannot be set or changed.")
    if "attendees" not in participants:
        return None
    tenant = directory.USERS[organizer].tenant
    return [_completed(attendee, tenant) for attendee in participants["attendees"]]


def _any(_: Any, __: str) -> None:
    """What an identity says beside the id is not looked at."""


def _list(value: Any, name: str) -> None:
    if not isinstance(value, list):
        raise bad_request(f"'{name}' is a list.")
    for item in value:
        _attendee(item, name)


def _attendee(value: Any, name: str) -> None:
    identity = _object(user=_object(id=_text, displayName=_any, tenantId=_any, identityProvider=_any))
    role = _one_of("attendee", "presenter", "coorganizer")
    _object(upn=_text, identity=identity, role=role)(value, name)


def _completed(attendee: Json, tenant: str) -> Json:
    oid = attendee.get("identity", {}).get("user", {}).get("id")
    if not oid and "upn" not in attendee:
        raise bad_request("An attendee is named by upn or by identity/user/id.")
    person = directory.find(oid or attendee["upn"], tenant)
    role = attendee.get("role", "attendee")
    if role != "attendee" and not person:
        raise bad_request(f"Only users of the tenant can have the role '{role}'.")
    user = person_identity(person.oid) if person else {"id": oid, "displayName": None}
    return {"upn": person.username if person else attendee.get("upn"), "role": role, "identity": {"user": user}}


def person_identity(oid: str) -> Json:
    """A tenant user as meetings show them: the name is left out, as in Graph's examples."""
    return {"id": oid, "displayName": None}
