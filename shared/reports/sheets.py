"""Tables as CSV (RFC 4180) whose columns are a Struct's fields, in their order, and that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, structs

# A cell that a spreadsheet would take for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(model: type[Struct], rows: Sequence[Struct]) -> str:
    """A line of names, then one line a row. None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    fields = structs.fields(model)
    inherited = getattr(model.__base__, "__struct_fields__", ())
    # What a row is about stands first, also where its model adds that to figures that others have too.
    ordered = sorted(fields, key=lambda field: field.name in inherited)
    writer.writerow([field.encode_name for field in ordered])
    for row in rows:
        writer.writerow([_cell(getattr(row, field.name)) for field in ordered])
    return out.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
