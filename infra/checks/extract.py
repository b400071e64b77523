"""Writes `infra/types`: of Azure's published types, those that the files here use. `python -m infra.checks.extract`.

Taken from `../shared/contracts/bicep-types`, which holds files of https://github.com/Azure/bicep-types-az as they are.
"""

import json
from pathlib import Path
from typing import Any

from infra.checks.__main__ import files
from infra.checks.types import BESIDE, EXTRACT, Types, place, reachable


def wanted() -> dict[str, set[str]]:
    """Resource types by the file that publishes them, such as `microsoft.web@2024-11-01`."""
    found: dict[str, set[str]] = {}
    for file in files().values():
        for resource in file.resources.values():
            source = f"{resource.type.split('/')[0].lower()}@{resource.version}"
            found.setdefault(source, set()).add(f"{resource.type}@{resource.version}")
    return found


def extracted(source: Path, kinds: set[str]) -> str:
    """The part of a published file that these resource types reach, without descriptions."""
    types: Types = json.loads(source.read_text())
    kept: set[int] = set()
    for at, entry in enumerate(types):
        if entry["$type"] == "ResourceType" and entry["name"] in kinds:
            kept |= {at, *reachable(types, place(entry["body"]))}
    order = sorted(kept)
    new = {old: at for at, old in enumerate(order)}

    def moved(entry: Any) -> Any:
        if isinstance(entry, dict):
            if "$ref" in entry:
                return {"$ref": f"#/{new[place(entry)]}"}
            # A property may be called description, too; that one is an object.
            prose = isinstance(entry.get("description"), str)
            return {key: moved(item) for key, item in entry.items() if not (prose and key == "description")}
        return [moved(item) for item in entry] if isinstance(entry, list) else entry

    return "[\n" + ",\n".join(json.dumps(moved(types[at]), separators=(",", ":")) for at in order) + "\n]\n"


def main() -> None:
    """Writes each file that is wanted and can be had, and removes the others."""
    made = {
        f"{name}.json": extracted(source, kinds)
        for name, kinds in wanted().items()
        if (source := BESIDE / f"{name}.json").exists()
    }
    for old in EXTRACT.glob("*.json"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (EXTRACT / name).write_text(text)


if __name__ == "__main__":
    main()
