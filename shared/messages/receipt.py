"""Takes appointment messages: verify, read, decide, write, acknowledge. The acknowledgement follows the durable write.

HL7 answers are always 200 with an ACK inside; other statuses carry plain text (HL7 over HTTP, 2.6). No answer quotes
anything of the message but its control id and the addresses in its header.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from zoneinfo import ZoneInfo

from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.keys.keyring import Keyring
from shared.keys.keys import Keys
from shared.messages import ack, hl7, siu, transport
from shared.messages.patients import Patient
from shared.messages.sending import PHONE
from shared.messages.signers import Sender, Verifier
from shared.metrics import measure
from shared.organisations.connection import Connection
from shared.organisations.sightings import Sightings
from shared.visits.changes import Happening, Notice, Told, heed
from shared.visits.ids import visit_keys
from shared.visits.store import Visits
from shared.visits.visit import Phone, Record, VisitKey

MOST_PATIENTS = 30  # of one visit whose numbers are kept: all rows of a visit change in one transaction
HAPPENINGS: dict[str, Happening] = {
    "S12": "book", "S13": "book", "S14": "book", "S15": "cancel", "S16": "discontinue", "S17": "delete", "S26": "no_show",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """What to answer."""

    status: int
    body: str
    media_type: str


class Receipts:
    """The intake of one stamp."""

    def __init__(self, verifier: Verifier, visits: Visits, keys: Keys, sightings: Sightings, clock: Clock) -> None:
        self._verifier = verifier
        self._visits = visits
        self._keys = keys
        self._sightings = sightings
        self._clock = clock

    async def receive(self, body: bytes, headers: Mapping[str, str], url: str, connection_id: str | None) -> Receipt:
        """One request: a message, several glued ones or a batch; one ACK each, in order. `body` is as it was sent.

        Raises `Refused` (413, 415, 401, 400) with nothing stored, and `Unavailable`, whereupon the sender tries again.
        """
        try:
            return await self._receive(body, headers, url, connection_id)
        except BridgeError as error:
            self._sightings.refused_message(connection_id, error.code)
            raise

    async def _receive(self, body: bytes, headers: Mapping[str, str], url: str, connection_id: str | None) -> Receipt:
        media_type, charset = transport.content_type(headers.get("content-type", ""))
        body = transport.message_bytes(body, headers.get("content-encoding", ""))
        sender = await self._verifier.verify(headers, body, url, connection_id)
        try:
            texts = hl7.split(body, charset)
            messages = [hl7.Message.parse(text) for text in texts]
        except hl7.TooLarge:
            raise Refused("hl7.too_large") from None
        except hl7.Hl7Error:
            raise Refused("hl7.not_hl7") from None
        answers = []
        for index, message in enumerate(messages):
            one = sender if index == 0 else replace(sender, token=f"{sender.token}-{index}")
            answers.append(await self._handle(message, one))
        answer, batch_id = answers[0], hl7.batch_id(body, charset)
        if len(messages) > 1 or batch_id is not None:
            now, control_id = self._clock(), token_hex(10)
            answer = ack.batch(answers, messages[0], now=now, control_id=control_id, batch_id=batch_id or "")
        return Receipt(200, answer, f"{media_type}; charset=utf-8")

    async def _handle(self, message: hl7.Message, sender: Sender) -> str:
        connection = sender.connection
        code, error = "AA", None
        try:
            appointment = siu.read(
                message,
                zone=ZoneInfo(connection.zone),
                region=connection.sms.region,
                environment=connection.environment,
                landlines=connection.sms.landlines,
                received=self._clock(),
            )
        except siu.Ignored:
            # Nothing for a visit; an error would only stop the hospital's queue.
            pass
        except siu.Rejected as rejection:
            code, error = rejection.acknowledgement, rejection
            self._sightings.refused_message(connection.id, f"{code}-{rejection.condition}")
        else:
            await self._apply(appointment, sender)
            measure("visitbridge.visit.received", 1, change=HAPPENINGS[appointment.event])
            self._sightings.message(connection.id)
        return ack.acknowledge(message, code, now=self._clock(), control_id=token_hex(10), error=error)

    async def _apply(self, appointment: siu.Appointment, sender: Sender) -> None:
        ring = await self._keys.ring()
        connection = sender.connection
        keys = visit_keys(ring, connection.id, appointment.session_id)
        key = keys[0] if len(keys) == 1 else (await self._visits.find(keys))[0]
        notice = _notice(appointment, connection, key, ring)
        session = ring.seal("session", appointment.session_id.encode(), str(key))
        confirm = frozenset(connection.sms.confirmations if connection.sms.enabled else ())

        def apply(record: Record | None) -> Record | None:
            if record is not None and sender.token in record.tokens:
                raise Refused("hl7.replayed")
            after = heed(record, notice, key=key, session=session, confirm=confirm, now=self._clock())
            return after and replace(after, tokens={**after.tokens, sender.token: sender.token_expires})

        await self._visits.change(key, apply, wait_for_claim=True)


def _notice(appointment: siu.Appointment, connection: Connection, key: VisitKey, ring: Keyring) -> Notice:
    return Notice(
        happening=HAPPENINGS[appointment.event],
        sent_at=appointment.sent_at,
        start=_whole(appointment.start),
        duration=timedelta(minutes=appointment.duration_minutes),
        zone=connection.zone,
        department=appointment.department or "",
        patients={
            _who(patient, appointment, key, ring): _told(patient, connection, key, ring)
            for patient in appointment.patients[:MOST_PATIENTS]
        },
        number=int(appointment.control_id) if appointment.control_id.isdecimal() else None,
    )


def _who(patient: Patient, appointment: siu.Appointment, key: VisitKey, ring: Keyring) -> str:
    if patient.session_id == appointment.session_id:
        return ""
    return ring.digest("patient", f"{key}|{patient.session_id}", 8).hex()


def _told(patient: Patient, connection: Connection, key: VisitKey, ring: Keyring) -> Told:
    phone = None
    if patient.phone and connection.sms.enabled:
        phone = Phone(
            sealed=ring.seal(PHONE, patient.phone.encode(), str(key)),
            digest=ring.digest("phone", patient.phone, 15).hex(),
            language=patient.language or connection.sms.language,
        )
    return Told(phone, phone_given=patient.phone_given, language=patient.language or "")


def _whole(start: datetime | None) -> datetime | None:
    return start and start.replace(microsecond=0)
