"""Which tenants a deployment serves, and that nothing is done for another one."""

from typing import Any

import pytest

from shared.adapters.entra import MicrosoftSignIn
from shared.adapters.graph import Graph, Graphs
from shared.adapters.web import Web
from shared.errors import Refused
from shared.settings import Settings, SettingsError

HOME, AFFILIATE, SECOND = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")
ENVIRONMENT = {
    "PUBLIC_URL": "https://us", "PORTAL_URL": "https://portal", "ENTRA_TENANT_ID": HOME,
    "ENTRA_CLIENT_ID": "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51",
    "VAULT_URL": "https://v", "SMS_ENDPOINT": "https://s", "AzureWebJobsStorage": "UseDevelopmentStorage=true",
}  # fmt: skip


def settings(**changes: str) -> Settings:
    return Settings.from_environment(ENVIRONMENT | changes)


@pytest.mark.parametrize(
    ("given", "served"),
    [
        ("", (HOME,)),
        (AFFILIATE, (HOME, AFFILIATE)),
        (f" {AFFILIATE.upper()} , {SECOND},", (HOME, AFFILIATE, SECOND)),
        (f"{AFFILIATE},{HOME},{AFFILIATE}", (HOME, AFFILIATE)),
    ],
)
def test_the_home_tenant_and_its_affiliates_are_served(given: str, served: tuple[str, ...]) -> None:
    assert settings(ENTRA_AFFILIATE_TENANT_IDS=given).tenants == served


def test_without_affiliates_there_is_one_tenant() -> None:
    assert settings().tenants == (HOME,)


@pytest.mark.parametrize(
    "given", ["common", "organizations", "consumers", "*", "riverside.example", AFFILIATE[:-1], f"{AFFILIATE} {SECOND}"]
)
@pytest.mark.parametrize("name", ["ENTRA_TENANT_ID", "ENTRA_AFFILIATE_TENANT_IDS"])
def test_a_tenant_is_given_by_its_id_or_the_app_does_not_start(name: str, given: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings(**{name: given})


def test_one_look_at_the_log_names_every_wrong_setting() -> None:
    with pytest.raises(SettingsError, match=r"(?s)ENTRA_TENANT_ID .*\nENTRA_AFFILIATE_TENANT_IDS"):
        settings(ENTRA_TENANT_ID="common", ENTRA_AFFILIATE_TENANT_IDS="common")


def test_each_tenant_has_a_graph_of_its_own_made_once() -> None:
    made: list[str] = []

    def make(tenant: str) -> Graph:
        made.append(tenant)
        return Graph(Web())

    graphs = Graphs((HOME, AFFILIATE), make)
    assert graphs.of(HOME) is graphs.of(HOME) is not graphs.of(AFFILIATE)
    assert made == [HOME, AFFILIATE]
    with pytest.raises(Refused, match=r"room\.refused"):
        graphs.of(SECOND)


async def test_nobody_signs_in_at_a_tenant_that_is_not_served() -> None:
    with pytest.raises(Refused, match=r"signin\.wrong_tenant"):
        await MicrosoftSignIn(settings(), str).begin(AFFILIATE)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"tid": AFFILIATE, "oid": "someone"}, "signin.wrong_tenant"),
        ({"tid": HOME}, "signin.failed"),
        ({"oid": "someone"}, "signin.failed"),
    ],
)
async def test_a_sign_in_that_comes_back_from_another_tenant_links_nobody(claims: dict[str, Any], code: str) -> None:
    class Msal:
        def acquire_token_by_auth_code_flow(self, *_: Any) -> dict[str, Any]:
            return {"id_token_claims": claims}

    class SignIn(MicrosoftSignIn):
        def _app(self, tenant: str) -> Any:
            return Msal()

    with pytest.raises(Refused, match=code):
        await SignIn(settings(ENTRA_AFFILIATE_TENANT_IDS=AFFILIATE), str).finish(HOME, {}, {})
