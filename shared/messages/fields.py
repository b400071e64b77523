"""Segments, their fields, repetitions and components, looked for and split when they are asked for (HL7 v2.5.1, 2.5)."""

from shared.messages.delimiters import Delimiters

NULL = '""'  # the sender says: erase this value. An empty field says: leave it as it is (2.5.3)


class Segment:
    """One segment, its fields counted from 1."""

    __slots__ = ("_fields", "delimiters")

    def __init__(self, line: str, delimiters: Delimiters) -> None:
        self._fields = line.split(delimiters.field)
        self.delimiters = delimiters

    def field(self, number: int) -> str:
        """The whole field as sent: all repetitions, still escaped. '' if absent."""
        return self._fields[number] if number < len(self._fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """The field's repetitions as sent; none if the field is empty or absent."""
        raw = self.field(number)
        return raw.split(self.delimiters.repetition) if raw else []

    def component(self, number: int, component: int = 1) -> str:
        """A component of the field's first repetition: its first subcomponent, unescaped. '' if absent."""
        try:
            raw = self._fields[number]
        except IndexError:
            return ""
        if not raw or raw.isalnum():  # most fields: nothing in it can be a delimiter, those are signs
            return raw if component == 1 else ""
        _, mark, repetition, escape, subcomponent, _ = self.delimiters
        if repetition in raw:
            raw = raw.partition(repetition)[0]
        if mark in raw:
            parts = raw.split(mark, component)
            if len(parts) < component:
                return ""
            raw = parts[component - 1]
        elif component > 1:
            return ""
        if subcomponent in raw:
            raw = raw.partition(subcomponent)[0]
        return raw if escape not in raw else self.delimiters.unescape(raw)

    def value(self, number: int, component: int = 1) -> str:
        """The component without blanks around it, '' for HL7's null too: where there is nothing to erase."""
        found = self.component(number, component).strip()
        return "" if found == NULL else found


class Header(Segment):
    """MSH. Its fields are counted as the standard counts them: MSH-1 is the field separator itself."""

    __slots__ = ()

    def __init__(self, line: str, delimiters: Delimiters) -> None:
        super().__init__(line, delimiters)
        self._fields.insert(1, delimiters.field)


class Segments:
    """Segments one behind the other: a message, or a group within it. Nothing is split before it is asked for."""

    __slots__ = ("_text", "delimiters")

    def __init__(self, text: str, delimiters: Delimiters) -> None:
        self._text = f"\r{text}\r"  # so that each segment, the first and last too, stands between two of them
        self.delimiters = delimiters

    def first(self, name: str) -> Segment | None:
        """The first segment of this name."""
        text = self._text
        start = text.find(f"\r{name}{self.delimiters.field}") + 1
        return Segment(text[start : text.index("\r", start)], self.delimiters) if start else None

    def each(self, name: str) -> list[Segment]:
        """The segments of this name, in the order in which they were sent."""
        text, mark = self._text, f"\r{name}{self.delimiters.field}"
        found = []
        start = text.find(mark)
        while start >= 0:
            end = text.index("\r", start + 1)
            found.append(Segment(text[start + 1 : end], self.delimiters))
            start = text.find(mark, end)
        return found

    def groups(self, name: str) -> list["Segments"]:
        """The segments from each one of this name to the next."""
        lead = name + self.delimiters.field
        return [Segments(lead + part, self.delimiters) for part in self._text.split("\r" + lead)[1:]]
