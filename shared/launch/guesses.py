"""Who tries links that lead nowhere is slowed down. 128 bits cannot be guessed; this keeps the tries from costing us.

Counted per client address in the memory of one instance, for a bounded number of addresses: nothing of it is stored. A
link that leads somewhere is never counted, so that a hospital behind one address is not locked out by one guesser.
"""

import re
from collections import OrderedDict
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.errors import Refused

FREE = 10
EVERY = timedelta(seconds=30)
MOST_ADDRESSES = 4096


_PORT = re.compile(r"\[(.*)\](?::\d+)?|([\d.]+):\d+")


def client_address(forwarded_for: str) -> str:
    """Whose request it is, by X-Forwarded-For: its last entry, which App Service's front end writes, with a port.

    Of an IPv6 address the first 64 bits, for one customer has all that begin so. Empty if there is none.
    """
    from ipaddress import IPv6Address, ip_address, ip_network

    last = forwarded_for.rpartition(",")[2].strip()
    port = _PORT.fullmatch(last)
    try:
        address = ip_address(port[1] or port[2] if port else last)
    except ValueError:
        return ""
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


class Guesses:
    """The misses of one instance: FREE at once, then one EVERY half minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # When an address will have no miss left; each miss puts it off by EVERY.
        self._spent: OrderedDict[str, datetime] = OrderedDict()

    def missed(self, address: str) -> None:
        """Counts a miss. Raises `Refused("link.too_many")` beyond the budget, which it does not draw on any further."""
        now = self._clock()
        spent = max(self._spent.get(address, now), now)
        if spent - now > (FREE - 1) * EVERY:
            raise Refused("link.too_many", retry_after=int((spent - now - (FREE - 1) * EVERY).total_seconds()) + 1)
        self._spent[address] = spent + EVERY
        self._spent.move_to_end(address)
        while len(self._spent) > MOST_ADDRESSES:
            self._spent.popitem(last=False)
