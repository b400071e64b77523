"""Texts as work: what is due is claimed, sent once, and its fate noted.

The id that the gateway sees is derived from connection, visit, occurrence, kind, version and attempt (UUIDv5), and the
first attempt's time is kept: a crash between sending and noting leads to the same call, which the gateway drops.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from shared.adapters.gateway import Gateway, Outgoing
from shared.clock import Clock
from shared.errors import Unavailable
from shared.keys.keyring import SealError
from shared.keys.keys import Keys
from shared.messages.optouts import OptOuts
from shared.messages.templates import render
from shared.organisations.connection import Connection, ConnectionState
from shared.visits.ids import link_token
from shared.visits.visit import Record, Text, TextState, VisitKey
from shared.work.moments import Rules, due_reminders
from shared.work.worker import Outcome

NAMESPACE = UUID("5b0f6d1e-3d1c-4c53-9a51-9a1f3f1f6b0e")
# How long the gateway surely knows an id: documented for other services of the family, not for SMS.
REPEATABLE_FOR = timedelta(minutes=5)
# Longer than the gateway's call can take: what was begun under a lease ends under it, before a cancel can be heeded.
SEND_MARGIN = timedelta(seconds=15)
RETRY_AFTER = timedelta(seconds=30)
PHONE = "phone"

ConnectionOf = Callable[[str], Awaitable[Connection | None]]
Consented = Callable[[str], Awaitable[bool]]
"""Whether a tenant's two consents stand."""


class Texting:
    """A doer of the worker."""

    def __init__(
        self,
        keys: Keys,
        gateway: Gateway,
        optouts: OptOuts,
        connection_of: ConnectionOf,
        consented: Consented,
        public_url: str,
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._gateway = gateway
        self._optouts = optouts
        self._connection_of = connection_of
        self._consented = consented
        self._public_url = public_url
        self._clock = clock

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:
        """Texts that are due, or that someone began to send and did not finish, and no pause after a failure."""
        if record.visit.texts_retry and record.visit.texts_retry > now:
            return False
        return bool(record.text_list(TextState.DUE, TextState.SENDING) or due_reminders(record, rules, now))

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:
        """Notes each text as being sent, with the time of its first attempt, before anything leaves."""
        texts = dict(record.texts)
        due = [*record.text_list(TextState.DUE, TextState.SENDING), *due_reminders(record, rules, now)]
        for text in due:
            texts[text.name] = _begun(text, now)
        return replace(record, texts=texts)

    async def act(self, record: Record, until: datetime) -> Outcome:
        """Sends what is being sent; what the gateway could not take now stays for the next claim."""
        done: dict[str, Text] = {}
        later = False
        connection = await self._connection_of(record.visit.key.connection)
        allowed = connection is not None and await self._allowed(connection)
        for text in record.text_list(TextState.SENDING):
            if connection is None or not allowed:
                done[text.name] = replace(text, state=TextState.WITHHELD)
                continue
            if record.phone is None:
                done[text.name] = replace(text, state=TextState.FAILED)
                continue
            now = self._clock()
            if now + SEND_MARGIN > until:
                later = True
                break
            if now >= text.useful_until:
                done[text.name] = replace(text, state=TextState.MISSED)
                continue
            try:
                done[text.name] = await self._send(record, text, connection)
            except Unavailable:
                later = True
        retry = self._clock() + RETRY_AFTER if later else None
        return lambda current: _noted(current, done, retry)

    async def _allowed(self, connection: Connection) -> bool:
        # Consents are read at each claim: one that is withdrawn holds from the next text on.
        on = connection.state is ConnectionState.APPROVED and connection.sms.enabled
        return on and await self._consented(connection.tenant)

    async def _send(self, record: Record, text: Text, connection: Connection) -> Text:
        key = record.visit.key
        ring = await self._keys.ring()
        assert record.phone is not None
        assert text.first_attempt is not None
        try:
            number = ring.unseal(PHONE, record.phone.sealed, str(key)).decode()
        except SealError:
            return replace(text, state=TextState.FAILED)
        if await self._optouts.stopped(connection.sms.sender, number):
            return replace(text, state=TextState.OPTED_OUT)
        body = render(
            text.kind,
            record.phone.language or connection.sms.language,
            organisation=connection.sms.organisation,
            start=text.occurrence,
            zone=record.visit.zone,
            link=f"{self._public_url}/api/v/{link_token(ring, key)}",
        )
        sent = await self._gateway.send(
            Outgoing(
                id=str(gateway_id(key, text)),
                first_attempt=text.first_attempt,
                sender=connection.sms.sender,
                to=number,
                text=body,
                tag=tag(key, text),
            )
        )
        if not sent.accepted:
            return replace(text, state=TextState.FAILED)
        return replace(text, state=TextState.SENT, message_id=sent.message_id)


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
    if text.first_attempt is None:
        return replace(text, state=TextState.SENDING, first_attempt=now)
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
    visit = replace(record.visit, texts_retry=retry, facts_due=record.visit.facts_due or bool(done))
    return replace(record, texts=texts, visit=visit)
