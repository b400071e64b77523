"""From facts to figures: what one visit counts for, and how counts are shown. Pure.

A fact is turned into counts that can be added and taken away, so that sums over a day, a range or a department never
need the facts again. `definitions.py` says what each means.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from shared.reports.fact import Fact
from shared.reports.shown import (
    DeviceQuality,
    KindCount,
    NetworkQuality,
    QualityFigures,
    ReasonCount,
    SmsFigures,
    StatusCounts,
    UsageFigures,
    WaitingBand,
)
from shared.reports.status import Status
from shared.visits.visit import Stream

Counts = Mapping[str, int]
BANDS = (0, 60, 120, 300, 600, 900, 1800, 3600)
"""Where each band of waiting begins, in seconds."""
STATUSES = tuple(name for name in StatusCounts.__struct_fields__ if name != "visits")
TEXT_STATES = tuple(name for name in SmsFigures.__struct_fields__ if name != "texts")
USAGE = tuple(name for name in UsageFigures.__struct_fields__ if "average" not in name)
DEVICES = ("phone", "desktop", "browser", "other")
NETWORKS = ("wifi", "wired", "mobile", "other")
# By what a measure is multiplied to be kept as a whole number.
SCALES = {"jitter_ms": 1_000, "loss": 1_000_000, "round_trip_ms": 1_000, "mos": 1_000}


def counts_of(fact: Fact) -> Counter[str]:
    """What one visit counts for."""
    counts: Counter[str] = Counter({"visits": 1, fact.status: 1, fact.kind: 1, "people": fact.people})
    counts["lobby_total_seconds"] = fact.lobby_total_seconds
    if fact.lobby_seconds is not None:
        counts["lobby_visits"] = 1
        counts["lobby_seconds"] = fact.lobby_seconds
        counts[f"waited:{band_of(fact.lobby_seconds)}"] = 1
    if fact.status == Status.COMPLETED and fact.last_left > fact.both_connected:
        counts["calls"] = 1
        counts["call_seconds"] = fact.call_seconds
    for name, times in fact.joins.items():
        way, _, device = name.partition(":")
        counts[f"joins_{way}"] += times
        counts[f"joins_{device}"] += times
    if fact.device_test:
        counts[f"tests_{fact.device_test}"] = 1
    for name, texts in fact.texts.items():
        counts[f"text:{name}"] = texts
    for reason, texts in fact.reasons.items():
        counts[f"why:{reason}"] = texts
    for stream in fact.streams:
        counts.update(_of_stream(stream))
    return Counter({name: count for name, count in counts.items() if count})


def band_of(seconds: int) -> int:
    """The band of waiting, by where it begins."""
    return max(begin for begin in BANDS if begin <= seconds)


def _of_stream(stream: Stream) -> Counter[str]:
    prefix = f"heard:{stream.device}:{stream.network}:"
    counts = Counter({f"{prefix}streams": 1})
    for name, scale in SCALES.items():
        value = getattr(stream, name)
        if value is not None:
            counts[f"{prefix}{name}"] = round(value * scale)
            counts[f"{prefix}{name}:n"] = 1
    return counts


def statuses(counts: Counts) -> StatusCounts:
    """Visits by status."""
    return StatusCounts(**{name: counts.get(name, 0) for name in StatusCounts.__struct_fields__})


def usage(counts: Counts) -> UsageFigures:
    """How visits went."""
    return UsageFigures(
        **{name: counts.get(name, 0) for name in USAGE},
        lobby_average_seconds=_average(counts, "lobby_seconds", "lobby_visits"),
        call_average_seconds=_average(counts, "call_seconds", "calls"),
    )


def waiting(counts: Counts) -> list[WaitingBand]:
    """How many waited how long."""
    ends = (*BANDS[1:], None)
    return [
        WaitingBand(from_seconds=begin, to_seconds=end, visits=counts.get(f"waited:{begin}", 0))
        for begin, end in zip(BANDS, ends, strict=True)
    ]


def sms(counts: Counts, kind: str = "") -> SmsFigures:
    """Texts by state, of one kind or of all."""
    found: Counter[str] = Counter()
    for name, count in counts.items():
        if name.startswith(f"text:{kind}:" if kind else "text:"):
            found["texts_" + name.rpartition(":")[2]] += count
    return SmsFigures(texts=found.total(), **{name: found[name] for name in TEXT_STATES})


def kinds(counts: Counts) -> list[KindCount]:
    """Texts by kind, then by state."""
    names = sorted({name.split(":")[1] for name in counts if name.startswith("text:")})
    return [KindCount(kind=name, **fields(sms(counts, name))) for name in names]


def reasons(counts: Counts) -> list[ReasonCount]:
    """Why texts failed, the most frequent reason first."""
    found = {name.removeprefix("why:"): count for name, count in counts.items() if name.startswith("why:") and count}
    return [ReasonCount(reason=name, texts=count) for name, count in sorted(found.items(), key=lambda i: (-i[1], i[0]))]


def quality(counts: Counts, device: str = "", network: str = "") -> QualityFigures:
    """How well people heard each other: all of them, or those with one kind of device or network."""
    found: Counter[str] = Counter()
    for name, count in counts.items():
        if not name.startswith("heard:"):
            continue
        _, its_device, its_network, measure = name.split(":", 3)
        if device in ("", its_device) and network in ("", its_network):
            found[measure] += count

    def average(name: str, digits: int, times: int = 1) -> float | None:
        number = found[f"{name}:n"]
        return round(times * found[name] / SCALES[name] / number, digits) if number else None

    return QualityFigures(
        streams=found["streams"],
        jitter_ms=average("jitter_ms", 1),
        packet_loss_percent=average("loss", 3, 100),
        round_trip_ms=average("round_trip_ms", 1),
        mos_degradation=average("mos", 3),
    )


def devices(counts: Counts) -> list[DeviceQuality]:
    """Quality by what people used."""
    return [
        DeviceQuality(device=name, **fields(quality(counts, device=name)))
        for name in sorted(_parts(counts, 1), key=_known(DEVICES))
    ]


def networks(counts: Counts) -> list[NetworkQuality]:
    """Quality by how people were connected."""
    return [
        NetworkQuality(network=name, **fields(quality(counts, network=name)))
        for name in sorted(_parts(counts, 2), key=_known(NETWORKS))
    ]


def fields(figures: Struct) -> dict[str, Any]:
    """What a Struct holds, to be put into a larger one."""
    return {name: getattr(figures, name) for name in figures.__struct_fields__}


def _parts(counts: Counts, index: int) -> set[str]:
    return {name.split(":")[index] for name, count in counts.items() if name.startswith("heard:") and count}


def _known(order: Sequence[str]) -> Callable[[str], tuple[int, str]]:
    return lambda name: (order.index(name) if name in order else len(order), name)


def _average(counts: Counts, total: str, number: str) -> float | None:
    return round(counts.get(total, 0) / counts[number], 1) if counts.get(number) else None
