"""Turns what a caller sent into a typed request, and names every field that will not do, not only the first."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, ValidationError, convert, structs

from shared.errors import Refused

# How msgspec's own sentences begin that would repeat what was sent; no answer of ours does that.
NEUTRAL = {
    "Invalid enum value": "not one of the values allowed",
    "Object contains unknown field": "holds a field that is not known here",
    "Object missing required field": "a part of it is missing",
    "Expected `str` matching": "not in the form asked for",
}


def take[T: Struct](model: type[T], given: Mapping[str, Any], *, strict: bool = True) -> T:
    """The request as `model`. Without `strict` text is read as numbers and flags too, as a query string needs.

    Raises `Refused("request.invalid")` whose `fields` name each field that is missing, unknown or not valid.
    """
    known = {field.encode_name: field for field in structs.fields(model)}
    wrong = {name[:64]: "not known here" for name in given if name not in known}
    taken: dict[str, Any] = {}
    for name, field in known.items():
        if name not in given:
            if field.required:
                wrong[name] = "missing"
            continue
        try:
            taken[field.name] = convert(given[name], field.type, strict=strict)
        except ValidationError as error:
            wrong[name] = _why(str(error))
    if wrong:
        raise Refused("request.invalid", fields=wrong)
    return model(**taken)


def _why(sentence: str) -> str:
    for beginning, neutral in NEUTRAL.items():
        if sentence.startswith(beginning):
            return neutral
    return sentence.partition(" - at ")[0].replace("`", "")
