"""Texts as work: what is due is claimed, sent once, and its fate noted.

The id that the gateway sees is derived from connection, visit, occurrence, kind, version and attempt (UUIDv5), and the
first attempt's time is kept: a crash between sending and noting leads to the same call, which the gateway drops. A
gateway that takes no such id is asked once; after a crash in mid-send nobody knows, and the text stays `unknown`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from shared.adapters.gateway import Gateway, OutcomeUnknown, Outgoing, Throttled
from shared.clock import Clock, Wait
from shared.errors import Unavailable
from shared.keys.keyring import Keyring, SealError
from shared.keys.keys import Keys
from shared.messages.optouts import OptOuts
from shared.messages.templates import render, spoken
from shared.metrics import measure
from shared.organisations.connection import Connection, ConnectionState
from shared.visits.ids import link_token
from shared.visits.visit import Record, Text, TextState, VisitKey
from shared.work.jobs import Job
from shared.work.moments import Rules, due_reminders
from shared.work.pace import Pace
from shared.work.worker import Doer, Outcome, Permit

NAMESPACE = UUID("5b0f6d1e-3d1c-4c53-9a51-9a1f3f1f6b0e")
# How long the gateway surely knows an id: documented for other services of the family, not for SMS.
REPEATABLE_FOR = timedelta(minutes=5)
# Longer than the gateway's call can take: what was begun under a lease ends under it, before a cancel can be heeded.
SEND_MARGIN = timedelta(seconds=15)
RETRY_AFTER = timedelta(seconds=30)
# As long as a worker waits for a slot that no tick gave it; who finds none leaves the text to the next tick.
SLOT_WAIT = timedelta(seconds=3)
OPEN = (TextState.DUE, TextState.SENDING)
PHONE = "phone"
SESSION = "session"

ConnectionOf = Callable[[str], Awaitable[Connection | None]]
Consented = Callable[[str], Awaitable[bool]]
"""Whether a tenant's two consents stand."""
GatewayOf = Callable[[Connection], Gateway]


class Texting(Doer):
    """A doer of the worker."""

    def __init__(
        self,
        keys: Keys,
        gateway_of: GatewayOf,
        optouts: OptOuts,
        pace: Pace,
        connection_of: ConnectionOf,
        consented: Consented,
        public_url: str,
        clock: Clock,
        lease: timedelta,
        wait: Wait = asyncio.sleep,
    ) -> None:
        self._keys = keys
        self._gateway_of = gateway_of
        self._optouts = optouts
        self._pace = pace
        self._connection_of = connection_of
        self._consented = consented
        self._public_url = public_url
        self._clock = clock
        self._lease = lease
        self._wait = wait

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:
        """Texts that are due, or that someone began to send and did not finish, and no pause after a failure."""
        if record.visit.texts_retry and record.visit.texts_retry > now:
            return False
        return bool(record.text_list(TextState.DUE, TextState.SENDING) or due_reminders(record, rules, now))

    async def permits(self, jobs: Sequence[Job], now: datetime) -> Mapping[VisitKey, Permit]:
        """A slot each. Read once for all of them: whether texts are on, and who opted out, as it stands at this claim."""
        permits: dict[VisitKey, Permit] = {}
        waiting: dict[str, list[VisitKey]] = {}
        consented: dict[str, bool] = {}
        for job in jobs:
            connection = await self._connection_of(job.key.connection)
            if connection and connection.tenant not in consented:
                consented[connection.tenant] = await self._consented(connection.tenant)
            if connection is None or not (_on(connection) and consented[connection.tenant]):
                permits[job.key] = Permit(texts=False)
            elif job.slot:
                permits[job.key] = Permit(slot=job.slot)
            else:
                waiting.setdefault(connection.sms.sender, []).append(job.key)
        for sender, keys in waiting.items():
            slots = await self._pace.take(sender, len(keys), now, now + SLOT_WAIT)
            permits |= {key: Permit(slot=slot) for key, slot in zip(keys, slots, strict=False)}
        for sender in {connection.sms.sender for connection in await self._connections(permits)}:
            await self._optouts.refresh(sender)
        return permits

    async def _connections(self, permits: Mapping[VisitKey, Permit]) -> list[Connection]:
        found = [await self._connection_of(key.connection) for key, permit in permits.items() if permit.texts]
        return [connection for connection in found if connection]

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:
        """Notes each text as being sent, with the time of its first attempt, before anything leaves."""
        texts = dict(record.texts)
        due = [*record.text_list(TextState.DUE, TextState.SENDING), *due_reminders(record, rules, now)]
        for text in due:
            texts[text.name] = _begun(text, now)
        return replace(record, texts=texts)

    async def act(self, record: Record, permit: Permit, until: datetime) -> Outcome:
        """Sends what is being sent; what the gateway could not take now stays for the next claim."""
        done: dict[str, Text] = {}
        retry: datetime | None = None
        connection = await self._connection_of(record.visit.key.connection)
        sending = record.text_list(TextState.SENDING)
        if connection is None or not permit.texts:
            done = {text.name: replace(text, state=TextState.WITHHELD) for text in sending}
            return lambda current: _noted(current, done, None)
        slot = permit.slot
        for index, text in enumerate(sending):
            if index:
                # A group's patients have a text each.
                now = self._clock()
                slot = next(iter(await self._pace.take(connection.sms.sender, 1, now, now + SLOT_WAIT)), None)
            done[text.name], later = await self._one(record, text, connection, slot, until)
            retry = max(retry or later, later) if later else retry
            ended = done[text.name].state
            if ended not in (*OPEN, TextState.SENT):
                measure("visitbridge.text.ended", 1, state=ended.value, reason=done[text.name].reason or "none")
        return lambda current: _noted(current, done, retry)

    async def _one(
        self, record: Record, text: Text, connection: Connection, slot: datetime | None, until: datetime
    ) -> tuple[Text, datetime | None]:
        """What became of a text, and when to come again for it if it has to wait."""
        # Who was claimed by this claim was not sent before: it may go back to `due`, where a change can still stop it.
        fresh = text.first_attempt is not None and text.first_attempt + self._lease >= until
        waiting = replace(text, state=TextState.DUE) if fresh else text
        gateway = self._gateway_of(connection)
        if not fresh and not gateway.repeatable:
            return replace(text, state=TextState.UNKNOWN), None
        if slot is None:
            return waiting, self._clock()
        if slot > self._clock():
            await self._wait((slot - self._clock()).total_seconds())
        now = self._clock()
        if now + SEND_MARGIN > until:
            return waiting, now + RETRY_AFTER
        if now >= text.useful_until:
            return replace(text, state=TextState.MISSED if fresh else TextState.UNKNOWN), None
        try:
            return await self._send(record, text, connection, gateway), None
        except Throttled as pause:
            again = self._clock() + pause.retry_after
            await self._pace.hold(connection.sms.sender, again)
            return waiting, again
        except OutcomeUnknown:
            return replace(text, state=TextState.UNKNOWN), None
        except Unavailable:
            # A gateway that knows the id is asked again with it; the other one has surely not sent.
            return text if gateway.repeatable else waiting, self._clock() + RETRY_AFTER

    async def _send(self, record: Record, text: Text, connection: Connection, gateway: Gateway) -> Text:
        key, phone = record.visit.key, record.phones.get(text.patient)
        if phone is None:
            return replace(text, state=TextState.WITHHELD)
        ring = await self._keys.ring()
        try:
            number = ring.unseal(PHONE, phone.sealed, str(key)).decode()
            body = self._body(record, text, connection, phone.language, ring)
        except SealError:
            return replace(text, state=TextState.FAILED, reason="other")
        if self._optouts.is_stopped(ring, connection.sms.sender, number):
            return replace(text, state=TextState.OPTED_OUT)
        assert text.first_attempt is not None
        sent = await gateway.send(
            Outgoing(
                id=str(gateway_id(key, text)),
                first_attempt=text.first_attempt,
                sender=connection.sms.sender,
                to=number,
                text=body,
                tag=tag(key, text),
            )
        )
        if not sent.message_id:
            return replace(text, state=TextState.FAILED, reason=sent.reason)
        if text.due:
            kind = text.kind.partition("-")[0]
            measure("visitbridge.text.lateness", (self._clock() - text.due).total_seconds(), kind=kind)
        return replace(text, state=TextState.SENT, message_id=sent.message_id)

    def _body(self, record: Record, text: Text, connection: Connection, language: str, ring: Keyring) -> str:
        key = record.visit.key
        session = ring.unseal(SESSION, record.visit.session, str(key)).decode()
        return render(
            text.kind,
            spoken(language, connection.sms.language),
            organisation=connection.sms.organisation,
            start=text.occurrence,
            zone=record.visit.zone,
            link=f"{self._public_url}/api/v/{link_token(ring, key, session)}",
            templates=connection.sms.templates,
            now=self._clock(),
        )


def _on(connection: Connection) -> bool:
    return connection.state is ConnectionState.APPROVED and connection.sms.enabled


def gateway_id(key: VisitKey, text: Text) -> UUID:
    """The repeatability id of a text's attempt."""
    return uuid5(NAMESPACE, f"{key}|{text.name}|{text.attempt}")


def tag(key: VisitKey, text: Text) -> str:
    """What a delivery report brings back: ids only."""
    return f"{key}/{text.name}"


def read_tag(value: str) -> tuple[VisitKey, str] | None:
    """The visit and the text's name of a tag, or None if it is not ours."""
    parts = value.split("/")
    return (VisitKey(parts[0], parts[1]), parts[2]) if len(parts) == 3 and len(parts[1]) == 20 else None


def _begun(text: Text, now: datetime) -> Text:
    if text.state is TextState.DUE:
        return replace(text, state=TextState.SENDING, first_attempt=now)
    assert text.first_attempt is not None
    if now - text.first_attempt > REPEATABLE_FOR:
        # No delivery report came in all this time (it would have ended the state `sending`), and the gateway may have
        # forgotten the id: a new one, rather than a text that never comes.
        return replace(text, attempt=text.attempt + 1, first_attempt=now)
    return text


def _noted(record: Record, done: dict[str, Text], retry: datetime | None) -> Record:
    texts = dict(record.texts)
    for name, text in done.items():
        standing = texts.get(name)
        # A delivery report may have been faster than our own note.
        if standing is not None and standing.state is TextState.SENDING:
            texts[name] = text
    told = any(text.state not in OPEN for text in done.values())
    visit = replace(record.visit, texts_retry=retry, facts_due=record.visit.facts_due or told)
    return replace(record, texts=texts, visit=visit)
