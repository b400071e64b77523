"""What patients write back: STOP and its words hold at once, START undoes them, HELP is answered.

Carriers answer STOP to a toll-free number themselves, and so does nobody here: a second answer would be a text too many.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.adapters.gateway import Outgoing
from shared.clock import Clock
from shared.keys.keys import Keys
from shared.messages.keywords import asked
from shared.messages.optouts import OptOuts
from shared.messages.segments import plain
from shared.messages.sending import GatewayOf
from shared.metrics import measure
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections

NAMESPACE = UUID("0d9a6c0e-9d53-4f0b-8a3e-4f0c2f7f0b11")
# One answer to HELP for a phone in this time, whoever asks how often: its id at the gateway is that of the time in which
# the question came, so that an event that comes again asks for the same text again.
HELP_EVERY = timedelta(minutes=10)
HELP = {
    "en": "{organisation}: texts about your video visits. Msg & data rates may apply. Reply STOP to opt out",
    "es": "{organisation}: mensajes sobre sus videoconsultas. Pueden aplicarse tarifas. Responda STOP para no recibir más",
    "fr": "{organisation}: messages au sujet de vos visites vidéo. Des frais peuvent s'appliquer. Répondez STOP pour arrêter",
    "pt": "{organisation}: mensagens sobre suas consultas por vídeo. Podem ser cobradas tarifas. Responda STOP para parar",
    "zh": "{organisation}：关于您视频就诊的短信。可能收取短信费用。回复 STOP 退订",
    "ar": "{organisation}\nرسائل عن زياراتك عبر الفيديو. قد تُطبَّق رسوم الرسائل. أرسل STOP لإيقافها",
    "vi": "{organisation}: tin nhắn về các buổi khám qua video của bạn. Có thể tính cước. Trả lời STOP để dừng",
}


class Replies:
    """The inbound texts of one stamp."""

    def __init__(
        self, optouts: OptOuts, connections: Connections, gateway_of: GatewayOf, keys: Keys, clock: Clock
    ) -> None:
        self._optouts = optouts
        self._connections = connections
        self._gateway_of = gateway_of
        self._keys = keys
        self._clock = clock

    async def heed(self, data: Mapping[str, Any]) -> None:
        """One `SMSReceived`; the same again changes nothing. What asks for nothing is forgotten at once."""
        sender, phone = str(data.get("to", "")), str(data.get("from", ""))
        wish = asked(str(data.get("message", "")))
        if wish is None or not sender or not phone:
            return
        measure("visitbridge.text.reply", 1, wish=wish.intent)
        if wish.intent == "stop":
            await self._optouts.stop(sender, phone)
        elif wish.intent == "start":
            await self._optouts.start(sender, phone)
        elif not await self._optouts.stopped(sender, phone):
            # Carriers want HELP answered whoever asks; to whom we promised no more texts we keep that promise.
            await self._help(sender, phone, wish.language, _received(data) or self._clock())

    async def _help(self, sender: str, phone: str, language: str, asked_at: datetime) -> None:
        connection = await self._of_sender(sender)
        if connection is None:
            return
        every = HELP_EVERY.total_seconds()
        slot = datetime.fromtimestamp(asked_at.timestamp() // every * every, UTC)
        digest = (await self._keys.ring()).digest("optout", _digits(phone)).hex()
        text = HELP[language].format(organisation=connection.sms.organisation)
        await self._gateway_of(connection).send(
            Outgoing(
                id=str(uuid5(NAMESPACE, f"{_digits(sender)}|{digest}|{slot.isoformat()}")),
                first_attempt=slot,
                sender=connection.sms.sender,
                to=f"+{_digits(phone)}",
                text=plain(text, letters=False),
                tag="help",
            )
        )

    async def _of_sender(self, sender: str) -> Connection | None:
        """A connection that sends from this number; all of a number's have one tenant."""
        for connection in await self._connections.sending():
            sms = connection.sms
            on = connection.state is ConnectionState.APPROVED and sms.enabled
            if on and _digits(sms.sender) == _digits(sender):
                return connection
        return None


def _received(data: Mapping[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(data.get("receivedTimestamp", "")))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _digits(number: str) -> str:
    # Event Grid may leave out the plus sign.
    return "".join(char for char in number if char.isdigit())
