"""Chooses how a message proves that it is from the hospital, by the header that is there.

With `HL7-Signature` it is verifier B, and `Authorization` is not looked at: HL7 over HTTP allows a Basic password
beside the signature, and a gateway in front of us may want a token of its own there. Without it, verifier A. What one
of them refuses the other is not asked about.
"""

from collections.abc import Mapping

from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.messages import verify_token
from shared.messages.signers import Sender, SenderKeys, Verifier
from shared.messages.verify_signature import HEADER, SignatureVerifier
from shared.organisations.connections import Connections


class EitherVerifier:
    """Both verifiers as one, over one store of keys."""

    def __init__(self, connections: Connections, vault: Vault, clock: Clock) -> None:
        keys = SenderKeys(connections, vault, clock)
        self._token: Verifier = verify_token.TokenVerifier(keys, clock)
        self._signature: Verifier = SignatureVerifier(keys, clock)

    async def verify(self, headers: Mapping[str, str], body: bytes, url: str, connection_id: str | None) -> Sender:
        """As the chosen verifier: raises `Refused` (401) unless everything holds."""
        chosen = self._signature if headers.get(HEADER) is not None else self._token
        return await chosen.verify(headers, body, url, connection_id)
