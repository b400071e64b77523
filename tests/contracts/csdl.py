"""Holds JSON against a published OData contract (CSDL): unknown properties, types, enumeration values, nulls.

OData CSDL 4.01: https://docs.oasis-open.org/odata/odata-csdl-xml/v4.01/
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
GRAPH = Path(__file__).parents[3] / "shared" / "contracts" / "graph-v1.0.csdl.xml"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DURATION = re.compile(r"-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_WHOLE = {"Edm.Byte": 8, "Edm.Int16": 16, "Edm.Int32": 32, "Edm.Int64": 64}


class Csdl:
    """One contract. `documented` names properties, by type, that examples show though the type does not declare them.

    Such are possible in open types only. Elsewhere, and in open types too, what is not declared is a problem here.
    """

    def __init__(self, text: str, documented: Mapping[str, Collection[str]] | None = None) -> None:
        # The contract is a file of ours, not input from outside.
        schemas = ET.fromstring(text).iter(f"{EDM}Schema")  # noqa: S314
        self._types: dict[str, ET.Element] = {}
        self._aliases: dict[str, str] = {}
        self._documented = documented or {}
        for schema in schemas:
            namespace = schema.attrib["Namespace"]
            self._aliases[schema.get("Alias", namespace)] = namespace
            for element in schema:
                if element.tag in (f"{EDM}EntityType", f"{EDM}ComplexType", f"{EDM}EnumType"):
                    self._types[f"{namespace}.{element.attrib['Name']}"] = element

    def problems(self, value: Any, type_name: str, where: str = "$") -> list[str]:
        """What is wrong with `value` as a `type_name`, each with its place; empty when nothing is."""
        if type_name.startswith("Collection("):
            if not isinstance(value, list):
                return [f"{where}: not a list"]
            item = type_name.removeprefix("Collection(").removesuffix(")")
            return [text for at, one in enumerate(value) for text in self.problems(one, item, f"{where}[{at}]")]
        if type_name.startswith("Edm."):
            return [] if _fits(value, type_name) else [f"{where}: {value!r} is no {type_name}"]
        name = self._full(type_name)
        if self._types[name].tag == f"{EDM}EnumType":
            return self._enum_problems(value, name, where)
        return self._object_problems(value, name, where)

    def _full(self, name: str) -> str:
        namespace, _, short = name.rpartition(".")
        return f"{self._aliases.get(namespace, namespace)}.{short}"

    def _lineage(self, name: str) -> list[str]:
        names = [name]
        while base := self._types[names[-1]].get("BaseType"):
            names.append(self._full(base))
        return names

    def _enum_problems(self, value: Any, name: str, where: str) -> list[str]:
        members = {member.get("Name") for member in self._types[name]}
        values = value.split(",") if isinstance(value, str) and self._types[name].get("IsFlags") == "true" else [value]
        return [f"{where}: {one!r} is no value of {name}" for one in values if one not in members]

    def _object_problems(self, value: Any, name: str, where: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no {name}"]
        if said := value.get("@odata.type"):
            actual = self._full(said.removeprefix("#"))
            if actual not in self._types or name not in self._lineage(actual):
                return [f"{where}: {said} is no {name}"]
            name = actual
        lineage = self._lineage(name)
        declared = {
            part.attrib["Name"]: part
            for one in lineage
            for part in self._types[one]
            if part.tag in (f"{EDM}Property", f"{EDM}NavigationProperty")
        }
        found = []
        for key, held in value.items():
            at = f"{where}.{key}"
            if "@" in key or any(key in self._documented.get(one, ()) for one in lineage):
                continue
            if key not in declared:
                found.append(f"{at}: not declared by {name}")
            elif held is None:
                kind = declared[key].attrib["Type"]
                if declared[key].get("Nullable") == "false" or kind.startswith("Collection("):
                    found.append(f"{at}: null")
            else:
                found += self.problems(held, declared[key].attrib["Type"], at)
        return found


def _fits(value: Any, edm: str) -> bool:
    match edm:
        case "Edm.String":
            return isinstance(value, str)
        case "Edm.Boolean":
            return isinstance(value, bool)
        case "Edm.Guid":
            return isinstance(value, str) and bool(_GUID.fullmatch(value))
        case "Edm.Duration":
            return isinstance(value, str) and bool(_DURATION.fullmatch(value))
        case "Edm.DateTimeOffset":
            return isinstance(value, str) and _instant(value)
        case "Edm.Byte" | "Edm.Int16" | "Edm.Int32" | "Edm.Int64":
            return type(value) is int and abs(value) < 2 ** _WHOLE[edm]
        case "Edm.Single" | "Edm.Double" | "Edm.Decimal":
            return type(value) in (int, float)
        case _:
            return True


def _instant(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


@cache
def graph() -> Csdl | None:
    """Graph's v1.0 contract, with what its documentation's examples add; None where the file is not at hand."""
    if not GRAPH.exists():
        return None
    return Csdl(
        GRAPH.read_text(),
        {
            # https://learn.microsoft.com/graph/api/meetingattendancereport-get, response
            "microsoft.graph.identity": ("tenantId",),
            # https://learn.microsoft.com/graph/api/resources/resourcedata
            "microsoft.graph.resourceData": ("id",),
            # https://learn.microsoft.com/graph/api/onlinemeeting-update, request body
            "microsoft.graph.onlineMeetingBase": ("anonymizeIdentityForRoles",),
        },
    )
