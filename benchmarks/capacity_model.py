"""From the counts of one visit and one idle tick to a geo's month: what is used, what it costs, which limit is near.

Pure arithmetic; no figure of use is guessed here. `Use` holds what a hospital knows of itself, LIMITS what the services
document, and prices are an input. Month: 30 days.
"""

import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DAYS, DAY_SECONDS, TICKS_A_DAY, GB = 30, 86_400, 1_440, 1e9
# Always, in this order, once; then those of which a visit has more or fewer.
ONCE = (
    "booked", "link opened", "clinician launches", "patient enters by link", "call", "attendance", "closed", "forgotten",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """What a service documents, and where. `a_second` is a pace."""

    a_second: float
    source: str


LIMITS = {
    "entities, account": Limit(20_000, "https://learn.microsoft.com/azure/storage/tables/scalability-targets"),
    "queue messages, one queue": Limit(2_000, "https://learn.microsoft.com/azure/storage/queues/scalability-targets"),
    "Graph, one app": Limit(13_000, "https://learn.microsoft.com/graph/throttling-limits"),
    "vault operations": Limit(400, "https://learn.microsoft.com/azure/key-vault/general/service-limits"),
}
MEETINGS_OF_A_USER = 2_000  # a month; https://learn.microsoft.com/graph/throttling-limits
TOLL_FREE_A_MINUTE, SHORT_CODE_A_MINUTE = 200, 6_000  # .../azure/communication-services/concepts/service-limits
SHORTEST_MS = 1_000  # what an execution is billed at least; .../azure/azure-functions/functions-consumption-costs


@dataclass(frozen=True, slots=True)
class Use:
    """A geo. `reminders`: texts before a visit, besides its confirmation. `asks`: how often a waiting page asks, of one
    patient. `moved`, `cancelled`: shares of visits that are, the cancelled beside those that take place. `busy_hours`:
    within which a day's visits lie. `peak`: how many times the busy hours' mean the busiest minutes have. `pool`: the share
    of visits whose meeting has an organiser of the pool.
    """

    visits_a_day: int
    reminders: int = 3
    asks: float = 30
    second_launches: float = 0.3
    portal_launches: float = 0.5
    moved: float = 0.2
    cancelled: float = 0.1
    busy_hours: float = 10
    peak: float = 2.5
    pool: float = 1.0
    memory_gb: float = 2.0
    always_ready: int = 1
    http_concurrency: int = 16
    item_bytes: int = 1_000


def of_a_visit(counts: Mapping[str, Any], use: Use) -> dict[str, float]:
    """What one visit uses, by kind, with its share of moves, cancellations and returns."""
    steps: dict[str, Any] = counts["steps"]
    total: dict[str, float] = defaultdict(float)
    times = dict.fromkeys(ONCE, 1.0) | {
        "reminded": use.reminders, "waiting page asks": use.asks, "clinician launches again": use.second_launches,
        "patient launches from the portal": use.portal_launches, "moved": use.moved, "cancelled": use.cancelled,
    }  # fmt: skip
    for name, often in times.items():
        _add(total, steps[name], often)
    # A cancelled visit was booked before, too.
    _add(total, steps["booked"], use.cancelled)
    return dict(total)


def _add(total: dict[str, float], step: Mapping[str, Any], often: float) -> None:
    counted: dict[str, float] = {
        "entities": step["operations"] + step["calls"].get("table read", 0),
        "executions": sum(step["executions"].values()),
        "events": step["executions"].get("sms_events", 0),
        "segments": step["segments"],
        # The platform writes a request and two traces for each execution; our own lines come on top.
        "telemetry items": 3 * sum(step["executions"].values()) + step["lines"],
        "texts": step["calls"].get("sms POST sms", 0),
        # Whatever was deleted was put and fetched before, by whomever.
        "queue operations": 3 * step["calls"].get("queue delete", 0),
        "queue messages": step["calls"].get("queue delete", 0),
    }
    for kind, count in step["calls"].items():
        service = kind.partition(" ")[0]
        if service in ("table", "graph", "vault", "epic"):
            name = {"table": "table requests"}.get(service, f"{service} calls")
            counted[name] = counted.get(name, 0) + count
    for name, count in counted.items():
        total[name] += count * often


def of_a_day(counts: Mapping[str, Any]) -> dict[str, float]:
    """What one running app uses in a day though nothing happens: ticks, and its host's looking for work.

    The host looks for as long as an instance runs; one that is scaled in does not, so this is the most for one.
    """
    tick = counts["idle"]["tick"]
    executions = sum(tick["executions"].values()) * TICKS_A_DAY
    return {
        "table requests": sum(count for kind, count in tick["calls"].items() if kind.startswith("table")) * TICKS_A_DAY,
        "queue operations": counts["idle"]["polls_per_second"] * DAY_SECONDS,
        "executions": executions,
        "telemetry items": 3 * executions + tick["lines"] * TICKS_A_DAY,
    }


def geography(counts: Mapping[str, Any], use: Use, prices: Mapping[str, float]) -> dict[str, Any]:
    """A month of one geo: its use, its paces at the peak as shares of the limits, what to provide, and the cost."""
    visit, idle = of_a_visit(counts, use), of_a_day(counts)
    month = {
        name: (visit.get(name, 0) * use.visits_a_day + idle.get(name, 0)) * DAYS for name in sorted({*visit, *idle})
    }
    at_peak = use.visits_a_day / (use.busy_hours * 3600) * use.peak
    paces = {
        "entities, account": visit["entities"] * at_peak,
        "queue messages, one queue": visit["queue messages"] * at_peak,
        "Graph, one app": visit["graph calls"] * at_peak,
        "vault operations": visit["vault calls"] * at_peak,
    }
    texts_a_minute = visit["texts"] * at_peak * 60
    needed = {
        "toll-free numbers": math.ceil(texts_a_minute / TOLL_FREE_A_MINUTE),
        "short codes": math.ceil(texts_a_minute / SHORT_CODE_A_MINUTE),
        "pool organisers": math.ceil(use.visits_a_day * DAYS * use.pool / MEETINGS_OF_A_USER),
        # As if each execution lasted a billed second and an instance did as many at once as it is set to for HTTP.
        "instances": math.ceil(visit["executions"] * at_peak * SHORTEST_MS / 1000 / use.http_concurrency),
    }
    return {
        "a month": {name: round(count) for name, count in month.items()},
        "a second at the peak": {name: round(pace, 1) for name, pace in paces.items()},
        "share of the limit": {name: round(pace / LIMITS[name].a_second, 4) for name, pace in paces.items()},
        "texts a minute at the peak": round(texts_a_minute),
        "needed": needed,
        "cost": cost(month, needed, use, prices),
    }


def cost(
    month: Mapping[str, float], needed: Mapping[str, int], use: Use, prices: Mapping[str, float]
) -> dict[str, float]:
    """A month in the prices' currency, by what it is for; free grants are left out, so that it is the most.

    Each execution is taken as alone on its instance for a billed second: where several run at once, it is less.
    """
    ready = use.always_ready * use.memory_gb * DAYS * DAY_SECONDS
    numbers = min(
        needed["toll-free numbers"] * prices["toll_free_month"], needed["short codes"] * prices["short_code_month"]
    )
    parts = {
        "executions": month["executions"] / 1e6 * prices["million_executions"],
        "instances at work": month["executions"] * SHORTEST_MS / 1000 * use.memory_gb * prices["gb_second"],
        "instances always ready": ready * prices["ready_gb_second"],
        "tables": month["table requests"] / 1e4 * prices["ten_thousand_table"],
        "queues": month["queue operations"] / 1e4 * prices["ten_thousand_queue"],
        "vault": month["vault calls"] / 1e4 * prices["ten_thousand_vault"],
        "events": month["events"] / 1e6 * prices["million_events"],
        "telemetry": month["telemetry items"] * use.item_bytes / GB * prices["gb_telemetry"],
        "texts": month["segments"] * prices["sms_segment"],
        "numbers": numbers,
    }
    return {name: round(value, 2) for name, value in parts.items()} | {"total": round(sum(parts.values()), 2)}


def prices_of(path: Path) -> dict[str, float]:
    """The prices of a file. Raises ValueError if it does not say whence they are, or one is missing or below zero."""
    content = tomllib.loads(path.read_text())
    missing = [name for name in ("region", "date", "currency", "source") if not content.get(name)]
    prices: dict[str, float] = content.get("price", {})
    missing += [name for name in PRICES if not isinstance(prices.get(name), int | float) or prices[name] < 0]
    if missing:
        raise ValueError(f"{path}: missing or wrong: {', '.join(missing)}")
    return prices


PRICES = (
    "million_executions", "gb_second", "ready_gb_second", "ten_thousand_table", "ten_thousand_queue",
    "ten_thousand_vault", "million_events", "gb_telemetry", "sms_segment", "toll_free_month", "short_code_month",
)  # fmt: skip
