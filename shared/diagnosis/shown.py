"""What a diagnosis looks like in the API."""

from typing import Annotated, Literal

from msgspec import Meta

from shared.organisations.shown import Instant, Shown

Level = Literal["ok", "info", "warning", "error", "unknown"]
ActionKind = Literal[
    "recheck", "enable", "submit_for_approval", "open_approval", "open_connection", "open_sms", "open_certificates",
    "open_records",
]  # fmt: skip


class Action(Shown):
    """What the portal can do about a finding with a button. `enable` and `submit_for_approval` are a PATCH of the
    connection to `{"state": "needs_approval"}`; the `open_` kinds lead to the page where it is mended.
    """

    kind: ActionKind


class Finding(Shown):
    """One thing found. `unknown`: it could not be told, and `detail` says why."""

    code: Annotated[str, Meta(description="Stable; docs/diagnosis.md has all of them.", examples=["policy.missing"])]
    level: Level
    detail: str
    fix: Annotated[str, Meta(description="Empty where nothing needs mending.")]
    values: Annotated[
        dict[str, str],
        Meta(description="What `detail` and `fix` were filled with, for other languages; instants are ISO 8601, UTC."),
    ]
    action: Action | None


class Diagnosis(Shown):
    """All findings about a connection, in the order of a visit: from its approval to what was seen of it last."""

    connection_id: str
    checked_at: Instant
    findings: list[Finding]
