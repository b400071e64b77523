"""What Epic publishes about itself, as of now and as older Epics do; FHIR shapes are judged by `fhir.resources`."""

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from tests.local.epic.vendor import Vendor

SMART = "api/FHIR/R4/.well-known/smart-configuration"


async def test_the_issuer_is_not_the_fhir_base(vendor: Vendor) -> None:
    document = (await vendor.epic.get(SMART)).json()
    assert document["issuer"] == f"{vendor.config.epic}/oauth2"
    assert document["authorization_endpoint"] == f"{vendor.config.epic}/oauth2/authorize"
    assert document["token_endpoint"] == f"{vendor.config.epic}/oauth2/token"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert {"launch-ehr", "authorize-post", "client-confidential-asymmetric"} <= set(document["capabilities"])


async def test_the_openid_document_lies_below_the_issuer_it_names(vendor: Vendor) -> None:
    smart = (await vendor.epic.get(SMART)).json()
    openid = (await vendor.epic.get(f"{smart['issuer']}/.well-known/openid-configuration")).json()
    for member in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert smart[member] == openid[member]


async def test_an_older_epic_lacks_members(vendor: Vendor) -> None:
    await vendor.control.put("/epic/discovery", json={"omit": ["issuer", "jwks_uri"]})
    document = (await vendor.epic.get(SMART)).json()
    assert not {"issuer", "jwks_uri"} & set(document)
    assert "token_endpoint" in document


async def test_the_oldest_epic_has_metadata_alone(vendor: Vendor) -> None:
    await vendor.control.put("/epic/discovery", json={"missing": True, "openid_missing": True})
    for gone in (SMART, "oauth2/.well-known/openid-configuration", "api/FHIR/R4/.well-known/openid-configuration"):
        assert (await vendor.epic.get(gone)).status_code == 404
    assert (await vendor.epic.get("api/FHIR/R4/metadata")).status_code == 200


async def test_what_discovery_leaves_out_comes_back(vendor: Vendor) -> None:
    await vendor.control.put("/epic/discovery", json={"omit": ["issuer"], "missing": True})
    await vendor.control.put("/epic/discovery", json={})
    assert "issuer" in (await vendor.epic.get(SMART)).json()


async def test_the_metadata_is_a_capability_statement_with_the_oauth_addresses(vendor: Vendor) -> None:
    answer = await vendor.epic.get("api/FHIR/R4/metadata")
    assert answer.headers["content-type"] == "application/fhir+json"
    statement = CapabilityStatement.model_validate_json(answer.content)
    assert statement.fhirVersion == "4.0.1"
    [extension] = answer.json()["rest"][0]["security"]["extension"]
    assert extension["url"] == "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
    found = {each["url"]: each["valueUri"] for each in extension["extension"]}
    assert found == {name: f"{vendor.config.epic}/oauth2/{name}" for name in ("authorize", "token")}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_no_fhir_resource_is_served(vendor: Vendor, method: str) -> None:
    answer = await vendor.epic.request(method, "api/FHIR/R4/Appointment/e123")
    assert answer.status_code == 404
    assert OperationOutcome.model_validate_json(answer.content).issue[0].code == "not-found"


async def test_the_key_id_has_the_characters_that_break_paths(vendor: Vendor) -> None:
    address = (await vendor.epic.get(SMART)).json()["jwks_uri"]
    [key] = (await vendor.epic.get(address)).json()["keys"]
    assert {"+", "/", "="} <= set(key["kid"])
    assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}


async def test_the_style_address_gives_a_smart_style(vendor: Vendor) -> None:
    answer = await vendor.token(code=await vendor.code())
    style = (await vendor.epic.get(answer.json()["smart_style_url"])).json()
    assert style["color_background"].startswith("#")
