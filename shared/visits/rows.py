"""The rows of a visit, to and from records. Every row of one visit shares a partition; row keys begin with its key.

`V` the visit, `V:phone` (of a group: `V:phone:<patient>`), `V:text:<name>`, `V:jti:<hash>`, `V:guest:<id>`:
docs/data-map.md.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.adapters.tables import ETAG, Entity, Operation
from shared.clock import from_text, from_text_or_none, to_text
from shared.visits.ids import partition
from shared.visits.visit import (
    Announcement,
    Claim,
    Device,
    Guest,
    Heard,
    Noted,
    Phone,
    Presence,
    Record,
    Room,
    State,
    Stream,
    Text,
    TextState,
    Times,
    Visit,
    VisitKey,
    Watch,
)


def read(key: VisitKey, rows: Iterable[Entity]) -> tuple[Record, str] | None:
    """The record that the rows hold and the ETag of the visit's own row, or None if that row is missing."""
    visit, etag = None, ""
    phones: dict[str, Phone] = {}
    texts: dict[str, Text] = {}
    tokens = {}
    guests: dict[str, Guest] = {}
    for row in rows:
        rest = row["RowKey"][len(key.visit) :]
        if rest == "":
            visit, etag = _visit(key, row), row[ETAG]
        elif rest == ":phone" or rest.startswith(":phone:"):
            phones[rest[7:]] = Phone(row["sealed"], row["digest"], row["language"], row.get("purpose") or "visit")
        elif rest.startswith(":text:"):
            text = _text(row)
            texts[text.name] = text
        elif rest.startswith(":jti:"):
            tokens[rest[5:]] = from_text(row["expires"])
        elif rest.startswith(":guest:"):
            guests[rest[7:]] = _guest(rest[7:], row)
    return (Record(visit, phones, texts, tokens, guests), etag) if visit else None


def difference(before: Record | None, after: Record, etag: str) -> list[Operation]:
    """The operations that turn one record into the other, the visit's own row first: it decides who wins."""
    key = after.visit.key
    base = {"PartitionKey": partition(key)}
    row = base | {"RowKey": key.visit} | _visit_fields(after.visit)
    operations: list[Operation] = [("insert", row)] if before is None else [("replace", row | {ETAG: etag})]
    old_phones = before.phones if before else {}
    operations += [
        ("upsert", base | {"RowKey": _phone_row(key, patient)} | asdict(phone))
        for patient, phone in after.phones.items()
        if old_phones.get(patient) != phone
    ]
    operations += [
        ("delete", base | {"RowKey": _phone_row(key, patient)}) for patient in old_phones if patient not in after.phones
    ]
    old_texts = before.texts if before else {}
    operations += [
        ("upsert", base | {"RowKey": f"{key.visit}:text:{name}"} | _text_fields(text))
        for name, text in after.texts.items()
        if old_texts.get(name) != text
    ]
    old_guests = before.guests if before else {}
    operations += [
        ("upsert", base | {"RowKey": f"{key.visit}:guest:{name}"} | _guest_fields(guest))
        for name, guest in after.guests.items()
        if old_guests.get(name) != guest
    ]
    old_tokens = before.tokens if before else {}
    for token, expires in after.tokens.items():
        if token not in old_tokens:
            operations.append(("insert", base | {"RowKey": f"{key.visit}:jti:{token}", "expires": to_text(expires)}))
    operations += [
        ("delete", base | {"RowKey": f"{key.visit}:jti:{token}"}) for token in old_tokens if token not in after.tokens
    ]
    return operations


def removal(record: Record, etag: str) -> list[Operation]:
    """The operations that remove every row of a visit."""
    key = record.visit.key
    base = {"PartitionKey": partition(key)}
    rows = [f":text:{name}" for name in record.texts] + [f":jti:{token}" for token in record.tokens]
    rows += [f":guest:{name}" for name in record.guests]
    operations: list[Operation] = [("delete", base | {"RowKey": key.visit, ETAG: etag})]
    operations += [("delete", base | {"RowKey": _phone_row(key, patient)}) for patient in record.phones]
    return operations + [("delete", base | {"RowKey": key.visit + row}) for row in rows]


def _phone_row(key: VisitKey, patient: str) -> str:
    return f"{key.visit}:phone:{patient}" if patient else f"{key.visit}:phone"


def _visit_fields(visit: Visit) -> dict[str, Any]:
    room, watch, claim, alarm, device = visit.room, visit.watch, visit.claim, visit.alarm, visit.device
    return {
        "session": visit.session,
        "state": visit.state.value,
        "start": to_text(visit.start),
        "duration_minutes": int(visit.duration.total_seconds() // 60),
        "zone": visit.zone,
        "generation": visit.generation,
        "time_generation": visit.time_generation,
        "time_set": visit.time_set and to_text(visit.time_set),
        "applied": visit.applied and to_text(visit.applied),
        "applied_number": str(visit.applied_number) if visit.applied_number is not None else None,
        "ended": visit.ended and to_text(visit.ended),
        "heard": json.dumps({who: _heard_fields(heard) for who, heard in visit.heard.items()}) if visit.heard else None,
        "department": visit.department,
        "room": room and json.dumps(_room_fields(room)),
        "watch": watch and json.dumps({"id": watch.subscription_id, "expires": to_text(watch.expires)}),
        "watch_retry": visit.watch_retry and to_text(visit.watch_retry),
        "texts_retry": visit.texts_retry and to_text(visit.texts_retry),
        "claim": claim and f"{claim.holder} {to_text(claim.until)}",
        "alarm": alarm and "|".join(alarm),
        "staff": json.dumps(dict(visit.staff)) if visit.staff else None,
        "people": json.dumps({k: _presence_fields(v) for k, v in visit.people.items()}) if visit.people else None,
        "outbox": json.dumps([_announcement_fields(item) for item in visit.outbox]) if visit.outbox else None,
        "outbox_retry": visit.outbox_retry and to_text(visit.outbox_retry),
        "outbox_tries": visit.outbox_tries,
        "outbox_code": visit.outbox_code or None,
        "linked": visit.linked or None,
        "told": json.dumps({who: (to_text(at), state) for who, (at, state) in visit.told.items()})
        if visit.told
        else None,
        "most_people": visit.times.most_people,
        "attended": ",".join(visit.times.attended) or None,
        **{f"first_{name}": getattr(visit.times, name) and to_text(getattr(visit.times, name)) for name in _INSTANTS},
        "facts_due": visit.facts_due,
        "streams": json.dumps([astuple(stream) for stream in visit.streams]) if visit.streams else None,
        "tried": visit.tried and to_text(visit.tried),
        "joins": json.dumps(dict(visit.joins)) if visit.joins else None,
        "device": json.dumps(asdict(device) | {"at": to_text(device.at)}) if device else None,
        "noted": json.dumps(_noted_fields(visit.noted)) if visit.noted != Noted() else None,
        "call_ended": visit.call_ended and to_text(visit.call_ended),
        "call_ends": " ".join(to_text(at) for at in visit.call_ends) or None,
        "reconciled": visit.reconciled and to_text(visit.reconciled),
        "reconcile_retry": visit.reconcile_retry and to_text(visit.reconcile_retry),
        "measured": visit.measured and to_text(visit.measured),
        "measured_retry": visit.measured_retry and to_text(visit.measured_retry),
        "closed": visit.closed and to_text(visit.closed),
        "launches": visit.launches,
    }


def _room_fields(room: Room) -> dict[str, Any]:
    return asdict(room) | {"good_until": room.good_until and to_text(room.good_until)}


def _room(good_until: str | None = None, **fields: Any) -> Room:
    return Room(**fields, good_until=from_text_or_none(good_until))


def _heard_fields(heard: Heard) -> tuple[str | None, str | None, bool]:
    return (to_text(heard.at) if heard.at else None, to_text(heard.number) if heard.number else None, heard.comes)


def _heard(at: str | None, number: str | None, comes: bool) -> Heard:
    return Heard(from_text_or_none(at), from_text_or_none(number), comes)


def _announcement_fields(item: Announcement) -> dict[str, Any]:
    fields = asdict(item) | {"at": to_text(item.at), "again": item.again and to_text(item.again)}
    return {name: value for name, value in fields.items() if value is not None}


def _announcement(at: str, again: str | None = None, **fields: Any) -> Announcement:
    return Announcement(**fields, at=from_text(at), again=from_text_or_none(again))


EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
STATES = {"w": "waiting", "c": "connected", "l": "left"}
_INSTANTS = [field.name for field in fields(Times) if field.name not in ("most_people", "attended")]


def _visit(key: VisitKey, row: Entity) -> Visit:
    watch = json.loads(row["watch"]) if row.get("watch") else None
    holder, _, until = str(row.get("claim") or "").partition(" ")
    bucket, _, name = str(row.get("alarm") or "").partition("|")
    people = json.loads(row.get("people") or "{}")
    return Visit(
        key=key,
        session=row["session"],
        state=State(row["state"]),
        start=from_text(row["start"]),
        duration=timedelta(minutes=row["duration_minutes"]),
        zone=row["zone"],
        generation=row["generation"],
        time_generation=row["time_generation"],
        time_set=from_text_or_none(row.get("time_set")),
        applied=from_text_or_none(row.get("applied")),
        applied_number=int(row["applied_number"]) if row.get("applied_number") else None,
        ended=from_text_or_none(row.get("ended")),
        heard={who: _heard(*fields) for who, fields in json.loads(row.get("heard") or "{}").items()},
        department=row["department"],
        room=_room(**json.loads(row["room"])) if row.get("room") else None,
        watch=Watch(watch["id"], from_text(watch["expires"])) if watch else None,
        watch_retry=from_text_or_none(row.get("watch_retry")),
        texts_retry=from_text_or_none(row.get("texts_retry")),
        claim=Claim(holder, from_text(until)) if until else None,
        alarm=(bucket, name) if name else None,
        staff=json.loads(row.get("staff") or "{}"),
        people={k: _presence(v) for k, v in people.items()},
        outbox=tuple(_announcement(**item) for item in json.loads(row.get("outbox") or "[]")),
        outbox_retry=from_text_or_none(row.get("outbox_retry")),
        outbox_tries=row["outbox_tries"],
        outbox_code=str(row.get("outbox_code") or ""),
        linked=str(row.get("linked") or ""),
        told={who: (from_text(at), state) for who, (at, state) in json.loads(row.get("told") or "{}").items()},
        times=Times(
            most_people=row["most_people"],
            attended=tuple(filter(None, str(row.get("attended") or "").split(","))),
            **{name: from_text_or_none(row.get(f"first_{name}")) for name in _INSTANTS},
        ),
        facts_due=row["facts_due"],
        streams=tuple(Stream(*each) for each in json.loads(row.get("streams") or "[]")),
        tried=from_text_or_none(row.get("tried")),
        joins=json.loads(row.get("joins") or "{}"),
        device=_device(row.get("device")),
        noted=_noted(row.get("noted")),
        call_ended=from_text_or_none(row.get("call_ended")),
        call_ends=tuple(from_text(at) for at in str(row.get("call_ends") or "").split()),
        reconciled=from_text_or_none(row.get("reconciled")),
        reconcile_retry=from_text_or_none(row.get("reconcile_retry")),
        measured=from_text_or_none(row.get("measured")),
        measured_retry=from_text_or_none(row.get("measured_retry")),
        closed=from_text_or_none(row.get("closed")),
        launches=row["launches"],
    )


def _presence_fields(presence: Presence) -> dict[str, Any]:
    values = asdict(presence) | {"since": to_text(presence.since)}
    values |= {name: at and to_text(at) for name, at in (("arrived", presence.arrived), ("let_in", presence.let_in))}
    # Short, because a property of a table holds 32,000 characters and a group may be large.
    values["moves"] = " ".join(f"{state[0]}{(at - EPOCH) // timedelta(microseconds=1)}" for at, state in presence.moves)
    return {name: value for name, value in values.items() if value}


def _presence(values: dict[str, Any]) -> Presence:
    read: dict[str, Any] = {k: from_text(v) if k in ("since", "arrived", "let_in") else v for k, v in values.items()}
    read["moves"] = tuple(
        (EPOCH + timedelta(microseconds=int(move[1:])), STATES[move[0]])
        for move in str(values.get("moves", "")).split()
    )
    return Presence(**read)


def _noted_fields(noted: Noted) -> dict[str, Any]:
    return {name: getattr(noted, name) for name in _NOTED}


_NOTED = [field.name for field in fields(Noted)]


def _noted(text: str | None) -> Noted:
    if not text:
        return Noted()
    found = json.loads(text)
    return Noted(**(found | {"meant": tuple(found["meant"])}))


def _device(text: str | None) -> Device | None:
    if not text:
        return None
    found = json.loads(text)
    return Device(**(found | {"at": from_text(found["at"])}))


def _text_fields(text: Text) -> dict[str, Any]:
    return {
        "occurrence": to_text(text.occurrence),
        "kind": text.kind,
        "version": text.version,
        "state": text.state.value,
        "useful_until": to_text(text.useful_until),
        "first_attempt": text.first_attempt and to_text(text.first_attempt),
        "attempt": text.attempt,
        "message_id": text.message_id,
        "patient": text.patient,
        "due": text.due and to_text(text.due),
        "reason": text.reason,
    }


def _text(row: Entity) -> Text:
    return Text(
        occurrence=from_text(row["occurrence"]),
        kind=row["kind"],
        version=row["version"],
        state=TextState(row["state"]),
        useful_until=from_text(row["useful_until"]),
        first_attempt=from_text_or_none(row.get("first_attempt")),
        attempt=row["attempt"],
        message_id=row["message_id"],
        patient=row.get("patient") or "",
        due=from_text_or_none(row.get("due")),
        reason=row.get("reason") or "",
    )


def _guest_fields(guest: Guest) -> dict[str, Any]:
    return {
        "role": guest.role,
        "by": guest.by,
        "made": to_text(guest.made),
        "expires": to_text(guest.expires),
        "revoked": guest.revoked and to_text(guest.revoked),
        "uses": guest.uses,
    }


def _guest(name: str, row: Entity) -> Guest:
    return Guest(
        id=name,
        role=row["role"],
        by=row["by"],
        made=from_text(row["made"]),
        expires=from_text(row["expires"]),
        revoked=from_text_or_none(row.get("revoked")),
        uses=row["uses"],
    )
