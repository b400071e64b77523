"""The separators and escapes of one HL7 message, and what can be done with a raw text that knows them."""

import re
from functools import lru_cache
from typing import NamedTuple

UNDECLARED = "\r"  # stands for a character that MSH-2 does not declare: it ends segments, so no field can hold it


class Delimiters(NamedTuple):
    """The characters that MSH-1 and MSH-2 declare, UNDECLARED where they do not."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    truncation: str

    @property
    def encoding(self) -> str:
        """MSH-2 as it was sent."""
        return "".join(self[1:]).rstrip(UNDECLARED)

    @property
    def blank(self) -> str:
        """The characters of which a field is made that says nothing."""
        return " " + "".join(self)

    def unescape(self, raw: str) -> str:
        r"""`\F\`, `\S\`, `\T\`, `\R\`, `\E\`, `\P\`, `\Xhh..\`, `\.br\` become what they mean, `\H\` and `\N\`
        go; every other sequence, known to someone or not, stays as text, and so does a stray escape character."""
        if self.escape not in raw or self.escape == UNDECLARED:
            return raw
        return _escapes(self.escape).sub(self._meaning, raw)

    def _meaning(self, match: re.Match[str]) -> str:
        name = match[1]
        if name == "E":
            return self.escape
        if name == ".br":
            return "\n"
        if name[0] == "X":
            data = bytes.fromhex(name[1:])
            try:
                return data.decode()
            except UnicodeDecodeError:
                return data.decode("latin-1")
        position = "FSRTP".find(name)  # -1: \H\ and \N\, highlighting on and off
        character = ("", self.field, self.component, self.repetition, self.subcomponent, self.truncation)[position + 1]
        return match[0] if character == UNDECLARED else character

    def escaped(self, text: str) -> str:
        """Text made safe to stand in a field; where no escape character is declared, a space stands instead."""
        mark = self.escape
        table = {
            ord(character): " " if mark == UNDECLARED else f"{mark}{name}{mark}"
            for name, character in zip("FSRETP", self, strict=True)
        }
        return text.translate(table | dict.fromkeys(map(ord, "\r\n"), " "))


@lru_cache(maxsize=32)
def _escapes(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(rf"{mark}([FSTREPHN]|\.br|X(?:[0-9A-Fa-f][0-9A-Fa-f])+){mark}")
