"""The keyring as rooms ask for it: loaded from the vault once, and again when its cache runs out."""

from shared.adapters.vault import Vault
from shared.errors import Unavailable
from shared.keys.keyring import SECRET_NAME, Keyring


class Keys:
    """Hands out the current keyring."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._text = ""
        self._ring: Keyring | None = None

    async def ring(self) -> Keyring:
        """The keys in force. Raises `Unavailable` if deployment did not make them."""
        text = await self._vault.secret(SECRET_NAME)
        if text is None:
            raise Unavailable
        if self._ring is None or text != self._text:
            self._text, self._ring = text, Keyring.from_secret(text)
        return self._ring
