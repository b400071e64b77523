"""How a line of text is displayed: the Unicode Bidirectional Algorithm (UAX #9) without embeddings, overrides and paired
brackets, which no text of ours has. For tests: the order in which characters stand on a screen, from left to right.
"""

from unicodedata import bidirectional

STRONG = ("L", "R", "AL")
NUMBER = ("EN", "AN")
LRI, PDI = "\u2066", "\u2069"


def base_level(paragraph: str) -> int:
    """P2, P3: the direction of the first strong character that is not isolated; 0 is left to right."""
    depth = 0
    for char in paragraph:
        depth += (char == LRI) - (char == PDI)
        if depth == 0 and bidirectional(char) in STRONG:
            return 0 if bidirectional(char) == "L" else 1
    return 0


def displayed(paragraph: str, base: int | None = None) -> str:
    """The characters of one paragraph, on one line, as they stand from left to right (isolates are not shown)."""
    assert not set(paragraph) & set("()[]{}<>\n\u202a\u202b\u202c\u202d\u202e\u2067\u2068")
    level = base_level(paragraph) if base is None else base
    levels = [level] * len(paragraph)
    _resolve(paragraph, list(range(len(paragraph))), level, levels)
    for index in reversed(range(len(paragraph))):  # L1
        if bidirectional(paragraph[index]) not in ("WS", "PDI"):
            break
        levels[index] = level
    order = list(range(len(paragraph)))
    for height in range(max(levels, default=0), 0, -1):  # L2
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= height:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return "".join(paragraph[index] for index in order if paragraph[index] not in (LRI, PDI))


def _resolve(text: str, indices: list[int], level: int, levels: list[int]) -> None:
    """One isolating run sequence (BD13); what is isolated within is resolved by itself (X5a, X6a)."""
    own: list[int] = []
    rest = iter(indices)
    for index in rest:
        own.append(index)
        if text[index] == LRI:
            inner: list[int] = []
            for within in rest:
                if text[within] == PDI:
                    own.append(within)
                    break
                inner.append(within)
            higher = level + 2 - level % 2
            for within in inner:
                levels[within] = higher
            _resolve(text, inner, higher, levels)
    kinds = _weak([bidirectional(text[index]) for index in own], "LR"[level % 2])
    for index, kind in zip(own, _neutral(kinds, "LR"[level % 2]), strict=True):
        if level % 2 == 0:
            levels[index] = level + {"L": 0, "R": 1, "AN": 2, "EN": 2}[kind]  # I1
        else:
            levels[index] = level + {"R": 0, "L": 1, "AN": 1, "EN": 1}[kind]  # I2


def _weak(kinds: list[str], edge: str) -> list[str]:
    kinds = ["ON" if kind in ("LRI", "PDI") else kind for kind in kinds]
    for index, kind in enumerate(kinds):
        if kind == "NSM":  # W1
            kinds[index] = kinds[index - 1] if index else edge
    strong = edge
    for index, kind in enumerate(kinds):
        strong = kind if kind in STRONG else strong
        if kind == "EN" and strong == "AL":  # W2
            kinds[index] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and (before, kind) in (("EN", "ES"), ("EN", "CS"), ("AN", "CS")):
            kinds[index] = before  # W4
    for step in (1, -1):
        for index in list(range(len(kinds)))[::step]:
            near = index - step
            if kinds[index] == "ET" and 0 <= near < len(kinds) and kinds[near] == "EN":  # W5
                kinds[index] = "EN"
    kinds = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]  # W6
    strong = edge
    for index, kind in enumerate(kinds):
        strong = kind if kind in ("L", "R") else strong
        if kind == "EN" and strong == "L":  # W7
            kinds[index] = "L"
    return kinds


def _neutral(kinds: list[str], edge: str) -> list[str]:
    found = list(kinds)
    for index, kind in enumerate(kinds):
        if kind in ("L", "R", *NUMBER):
            continue
        before = next((one for one in reversed(kinds[:index]) if one in ("L", "R", *NUMBER)), edge)
        after = next((one for one in kinds[index:] if one in ("L", "R", *NUMBER)), edge)
        sides = {"R" if one in NUMBER else one for one in (before, after)}
        found[index] = sides.pop() if len(sides) == 1 else edge  # N1, N2
    return found
