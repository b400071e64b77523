"""Every figure of every report once more, in plain SQL over the events. Shares no code with the product."""

# ruff: noqa: S608, every word that is put into a query stands in this file

import sqlite3
from typing import Any

from tests.reports.history import NOW

NOW_S = int(NOW.timestamp())

# What became of each visit, step by step, from its roster.
VIEWS = f"""
CREATE TEMP TABLE step AS
  SELECT * FROM (SELECT visit, at, person, role, action,
    LAG(action) OVER (PARTITION BY visit, person ORDER BY at) AS before FROM roster)
  WHERE before IS NULL OR before <> action;
CREATE TEMP TABLE stay AS
  SELECT step.visit, person, role, action, at AS begins,
    COALESCE(LEAD(at) OVER (PARTITION BY step.visit, person ORDER BY at), visit.call_end) AS ends
  FROM step JOIN visit ON visit.id = step.visit;
CREATE INDEX stay_visit ON stay (visit);
CREATE TEMP TABLE both_in AS
  SELECT p.visit, MIN(MAX(p.begins, c.begins)) AS at FROM stay p JOIN stay c ON c.visit = p.visit
  WHERE p.role = 'patient' AND c.role = 'clinician' AND p.action = 'join' AND c.action = 'join'
    AND MAX(p.begins, c.begins) < MIN(COALESCE(p.ends, 9e15), COALESCE(c.ends, 9e15))
  GROUP BY p.visit;
CREATE TEMP TABLE left_at AS
  SELECT visit, MAX(at) AS at FROM (
    SELECT visit, begins AS at FROM stay WHERE action = 'leave'
    UNION ALL SELECT stay.visit, call_end FROM stay JOIN visit ON visit.id = stay.visit
      WHERE action <> 'leave' AND ends = call_end) GROUP BY visit;
CREATE TEMP TABLE most AS
  SELECT visit, MAX(number) AS number FROM (
    SELECT a.visit, a.begins, COUNT(*) AS number FROM stay a JOIN stay b ON b.visit = a.visit
      AND b.action = 'join' AND b.begins <= a.begins AND (b.ends IS NULL OR b.ends > a.begins)
    WHERE a.action = 'join' GROUP BY a.visit, a.begins) GROUP BY visit;
CREATE TEMP TABLE arrival AS
  SELECT visit, person, MIN(begins) AS at FROM stay WHERE role = 'patient' AND action = 'lobby' GROUP BY visit, person;
CREATE TEMP TABLE first_in AS
  SELECT a.visit, a.at, (SELECT MIN(begins) FROM stay s WHERE s.visit = a.visit AND s.person = a.person
    AND s.action = 'join' AND s.begins > a.at) AS let_in
  FROM arrival a WHERE a.at = (SELECT MIN(at) FROM arrival b WHERE b.visit = a.visit);
CREATE TEMP TABLE fact AS
  SELECT v.id, v.connection, v.department, DATE(v.start + v.offset * 60, 'unixepoch') AS day, v.start,
    v.start + v.minutes * 60 AS ends,
    CASE WHEN v.patients > 1 THEN 'group' WHEN EXISTS (SELECT 1 FROM entry WHERE visit = v.id AND way = 'guest')
      THEN 'with_guest' ELSE 'single' END AS kind,
    (SELECT MIN(begins) FROM stay WHERE visit = v.id AND role = 'patient' AND action = 'lobby') AS patient_waiting,
    (SELECT MIN(begins) FROM stay WHERE visit = v.id AND role = 'patient' AND action = 'join') AS patient_connected,
    (SELECT MIN(begins) FROM stay WHERE visit = v.id AND role = 'clinician' AND action = 'join') AS clinician_connected,
    both_in.at AS both_connected, left_at.at AS last_left,
    first_in.let_in - first_in.at AS lobby_seconds,
    COALESCE((SELECT SUM(ends - begins) FROM stay WHERE visit = v.id AND role = 'patient' AND action = 'lobby'
      AND ends IS NOT NULL), 0) AS lobby_total_seconds,
    COALESCE(MAX(0, left_at.at - both_in.at), 0) AS call_seconds,
    (SELECT COUNT(DISTINCT person) FROM stay WHERE visit = v.id) AS people,
    COALESCE(most.number, 0) AS most_people,
    COALESCE((SELECT result FROM test WHERE visit = v.id ORDER BY at DESC LIMIT 1), '') AS device_test,
    CASE WHEN v.staff <> '' THEN v.staff ELSE v.organizer END AS organizer,
    v.ending, v.tried, v.call_end,
    v.ending <> 'booked' OR v.start + v.minutes * 60 + 14400 <= {NOW_S} AS over,
    EXISTS (SELECT 1 FROM stay s WHERE s.visit = v.id AND role = 'patient' AND action <> 'leave' AND ends IS NULL) AS there
  FROM visit v LEFT JOIN both_in ON both_in.visit = v.id LEFT JOIN left_at ON left_at.visit = v.id
    LEFT JOIN most ON most.visit = v.id LEFT JOIN first_in ON first_in.visit = v.id;
ALTER TABLE fact ADD COLUMN status TEXT;
UPDATE fact SET status = CASE
  WHEN both_connected IS NOT NULL AND (over OR call_end IS NOT NULL) THEN 'completed'
  WHEN both_connected IS NOT NULL THEN 'in_progress'
  WHEN ending IN ('cancelled', 'deleted') THEN 'cancelled'
  WHEN NOT over AND there THEN 'waiting'
  WHEN NOT over THEN 'scheduled'
  WHEN COALESCE(patient_waiting, patient_connected) IS NOT NULL AND clinician_connected IS NOT NULL
    THEN 'abandoned_in_lobby'
  WHEN COALESCE(patient_waiting, patient_connected) IS NOT NULL AND last_left < start THEN 'abandoned_in_lobby'
  WHEN COALESCE(patient_waiting, patient_connected) IS NOT NULL THEN 'clinician_no_show'
  WHEN clinician_connected IS NOT NULL OR ending = 'no_show' THEN 'patient_no_show'
  WHEN tried >= -3600 THEN 'technical_failure' ELSE 'nobody_came' END;
CREATE INDEX fact_day ON fact (day);
"""

STATUSES = (
    "scheduled", "waiting", "in_progress", "completed", "patient_no_show", "clinician_no_show", "abandoned_in_lobby",
    "nobody_came", "technical_failure", "cancelled",
)  # fmt: skip
TEXT_STATES = (
    "due", "sending", "sent", "delivered", "failed", "missed", "opted_out", "superseded", "withheld", "unknown",
)  # fmt: skip
TESTS = ("passed", "warnings", "failed")
WAYS, COMPUTERS = ("portal", "text", "guest"), ("phone", "tablet", "desktop")
KNOWN_END = "status = 'completed' AND last_left > both_connected"
USAGE = ", ".join(
    [
        "COUNT(*) AS visits",
        *(f"SUM(status = '{name}') AS [{name}]" for name in STATUSES),
        *(f"SUM(kind = '{name}') AS [{name}]" for name in ("single", "group", "with_guest")),
        "COUNT(lobby_seconds) AS lobby_visits", "COALESCE(SUM(lobby_seconds), 0) AS lobby_seconds",
        "ROUND(AVG(lobby_seconds), 1) AS lobby_average_seconds", "SUM(lobby_total_seconds) AS lobby_total_seconds",
        f"COALESCE(SUM({KNOWN_END}), 0) AS calls", f"SUM(CASE WHEN {KNOWN_END} THEN call_seconds ELSE 0 END) AS call_seconds",
        f"ROUND(AVG(CASE WHEN {KNOWN_END} THEN call_seconds END), 1) AS call_average_seconds",
        "SUM(people) AS people",
        *(f"SUM((SELECT COUNT(*) FROM entry WHERE visit = fact.id AND way = '{way}')) AS joins_{way}" for way in WAYS),
        *(f"SUM((SELECT COUNT(*) FROM entry WHERE visit = fact.id AND device = '{on}')) AS joins_{on}" for on in COMPUTERS),
        *(f"SUM(device_test = '{result}') AS tests_{result}" for result in TESTS),
    ]
)  # fmt: skip
SMS = "COUNT(*) AS texts, " + ", ".join(f"SUM(state = '{name}') AS texts_{name}" for name in TEXT_STATES)
QUALITY = """COUNT(*) AS streams, ROUND(AVG(jitter), 1) AS jitter_ms, ROUND(100 * AVG(loss), 3) AS packet_loss_percent,
  ROUND(AVG(trip), 1) AS round_trip_ms, ROUND(AVG(stream.mos), 3) AS mos_degradation"""
SOURCES = {
    "usage": (USAGE, "fact"),
    "sms": (SMS, "fact JOIN text ON text.visit = fact.id"),
    "quality": (QUALITY, "fact JOIN stream ON stream.visit = fact.id"),
}
PERIODS = {
    "day": "day",
    "week": "MAX(DATE(day, 'weekday 0', '-6 days'), :first)",
    "month": "MAX(DATE(day, 'start of month'), :first)",
}
KIND = "CASE WHEN text.kind LIKE 'reminder-%' THEN 'reminder' ELSE text.kind END"


class Plain:
    """The answers. `first` and `last` are days, `connection` and `department` None for all."""

    def __init__(
        self,
        db: sqlite3.Connection,
        first: str,
        last: str,
        connection: str | None = None,
        department: str | None = None,
    ) -> None:
        self._db = db
        self._given = {"first": first, "last": last, "connection": connection, "department": department}

    def figures(self, report: str) -> dict[str, Any]:
        """The totals of a report."""
        (row,) = self._ask(*SOURCES[report])
        return {name: row[name] or (None if _average(name) else 0) for name in row}

    def by(self, report: str, expression: str) -> dict[str, dict[str, Any]]:
        """A report's figures by anything."""
        what, where = SOURCES[report]
        return {str(row.pop("part")): row for row in self._ask(f"{expression} AS part, {what}", where, "GROUP BY part")}

    def counts(self, expression: str, source: str) -> dict[str, int]:
        """How often each value is there."""
        where = SOURCES[source][1]
        return {
            row["part"]: row["number"]
            for row in self._ask(f"{expression} AS part, COUNT(*) AS number", where, "GROUP BY 1")
        }

    def months(self) -> dict[str, int]:
        """Completed visits by month: of the whole month, of all connections and departments."""
        rows = self._db.execute(
            "SELECT SUBSTR(day, 1, 7) AS month, SUM(status = 'completed') AS used FROM fact "
            "WHERE month BETWEEN SUBSTR(:first, 1, 7) AND SUBSTR(:last, 1, 7) GROUP BY month", self._given
        )  # fmt: skip
        return {row["month"]: row["used"] for row in rows}

    def visits(self) -> list[dict[str, Any]]:
        """Every visit, in order of day and start."""
        stream = "(SELECT ROUND({}, {}) FROM stream WHERE visit = fact.id) AS {}"
        joins = [f"(SELECT COUNT(*) FROM entry WHERE visit = fact.id AND way = '{way}') AS joins_{way}" for way in WAYS]
        joins += [
            f"(SELECT COUNT(*) FROM entry WHERE visit = fact.id AND device = '{on}') AS joins_{on}" for on in COMPUTERS
        ]
        columns = ", ".join(
            [
                "fact.*", *joins,
                "(SELECT COUNT(*) FROM text WHERE visit = fact.id AND state IN ('sent', 'delivered')) AS texts_sent",
                "(SELECT COUNT(*) FROM text WHERE visit = fact.id AND state = 'delivered') AS texts_delivered",
                "(SELECT COUNT(*) FROM stream WHERE visit = fact.id) AS quality_streams",
                stream.format("AVG(jitter)", 1, "jitter_ms"), stream.format("100 * AVG(loss)", 3, "packet_loss_percent"),
                stream.format("AVG(trip)", 1, "round_trip_ms"), stream.format("AVG(mos)", 3, "mos_degradation"),
            ]
        )  # fmt: skip
        return self._ask(columns, "fact", "ORDER BY day, start, connection, id")

    def _ask(self, what: str, source: str, rest: str = "") -> list[dict[str, Any]]:
        rows = self._db.execute(
            f"SELECT {what} FROM {source} WHERE day BETWEEN :first AND :last "
            "AND (:connection IS NULL OR connection = :connection) "
            f"AND (:department IS NULL OR department = :department) {rest}", self._given
        )  # fmt: skip
        return [dict(row) for row in rows]


def prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    """With what became of each visit."""
    db.executescript(VIEWS)
    return db


def _average(name: str) -> bool:
    return "average" in name or name.endswith(("_ms", "_percent", "_degradation"))
