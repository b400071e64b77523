"""docs/openapi.json is what the code says, is valid OpenAPI 3.1, and leaves no route out."""

import json
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from local.openapi.document import operations, routes, text
from shared.errors import CATALOGUE
from tests.docs.pages import DOCS


def written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "openapi.json").read_text())
    return found


def test_the_file_is_what_the_code_says_now() -> None:
    assert (DOCS / "openapi.json").read_text() == text(), "run scripts/generate"


def test_it_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(written()).validate()


def test_every_function_with_a_route_has_a_contract_and_the_reverse() -> None:
    assert operations().keys() == routes().keys()


def test_every_route_and_method_is_in_it() -> None:
    told = {(path, method.upper()) for path, item in written()["paths"].items() for method in item}
    for route, methods in routes().values():
        plain = "/" + route.replace("?}", "}")
        for method in methods:
            assert (plain, method) in told
            if route.endswith("?}"):
                assert (plain.rpartition("/")[0], method) in told


def test_a_route_behind_the_sign_in_says_so_and_no_other_does() -> None:
    behind = {name for name, operation in operations().items() if operation.signed_in}
    for item in written()["paths"].values():
        for operation in item.values():
            name = operation["operationId"].removesuffix("_any")
            assert bool(operation["security"]) == (name in behind)
            assert ("401" in operation["responses"]) >= (name in behind)


def test_every_code_that_is_not_the_platform_s_is_answered_somewhere() -> None:
    """A code that no route declares is either dead or a refusal that callers are not told of."""
    declared = {code for operation in operations().values() for code in (*operation.refuses, *operation.reports)}
    common = {
        "not_found", "internal", "unavailable", "request.not_json", "request.invalid",
        "auth.token_missing", "auth.token_invalid", "auth.role_missing",
    }  # fmt: skip
    assert set(CATALOGUE) - declared - common == set()
