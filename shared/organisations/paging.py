"""Pages of lists. A cursor is the key of the last item given, sealed in nothing: it names a place, it opens nothing."""

from collections.abc import Callable, Sequence

from shared.keys.keyring import decode, encode


def page[T](items: Sequence[T], key: Callable[[T], str], *, limit: int, cursor: str) -> tuple[list[T], str | None]:
    """The items behind the cursor, at most `limit`, and the next cursor. `items` are in the order of `key`."""
    after = read_cursor(cursor)
    rest = [item for item in items if key(item) > after] if after else list(items)
    given = rest[:limit]
    return given, cursor_of(key(given[-1])) if len(rest) > limit else None


def cursor_of(key: str) -> str:
    """The cursor behind an item."""
    return encode(key.encode())


def read_cursor(cursor: str) -> str:
    """The key in a cursor; one that is not ours begins at the beginning."""
    try:
        return decode(cursor).decode()
    except ValueError:
        return ""
