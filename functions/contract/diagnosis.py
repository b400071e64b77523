"""The doctor and the integration records."""

from functions.contract.operation import CSV, Operation
from shared.diagnosis.shown import Diagnosis
from shared.organisations.shown import Instant, Shown

ID = {"id": "The connection's id."}


class RecordShown(Shown):
    """An integration record to paste into Epic. `version` changes with launch URL, client id and context."""

    name: str
    version: str
    launch_url: str
    client_id: str
    context: str


class DriftShown(Shown):
    """In what the last launch with a record differed from it: `launch_url`, `client_id`, `version`,
    `context:<parameter>`. `version_seen`: of the record that Epic holds, if it said.
    """

    record: str
    seen_at: Instant
    version_seen: str | None
    differs: list[str]


class RecordList(Shown):
    """All records of a connection, and those that Epic seems to hold in another form."""

    records: list[RecordShown]
    drift: list[DriftShown]


OPERATIONS = {
    "connections_diagnosis": Operation(
        "Checks a connection from end to end: findings with cause and fix", "health", {200: Diagnosis}, path=ID
    ),
    "connections_records": Operation(
        "The integration records to paste into Epic, and drift seen at launch",
        "connections",
        {200: (RecordList, CSV)},
        path=ID,
    ),
}
