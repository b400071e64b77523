"""Several organisations share a deployment: one chooses one's own before signing in."""

from playwright.async_api import expect

from local.config import AFFILIATE_TENANT_ID, PEOPLE
from tests.portal.browser import SIGN_OUT, Visitor
from tests.portal.conftest import Arrive


async def through_entra(here: Visitor, person: str) -> None:
    """The sign-in itself."""
    await here.page.get_by_role("button", name="Sign in").click()
    await here.page.get_by_label("Username").fill(PEOPLE[person].username)
    await here.page.get_by_label("Password").fill(PEOPLE[person].password)
    await here.page.get_by_role("button", name="Sign in").click()


async def test_an_affiliate_signs_in_with_their_own_account_and_sees_their_own(someone: Arrive) -> None:
    here = await someone("/connections")
    await here.page.get_by_label("Your organisation").select_option("Riverside Clinic")
    await through_entra(here, "affiliate_admin")
    await expect(here.page.get_by_role("button", name=SIGN_OUT).first).to_be_visible()
    await here.settled()
    await expect(here.page.get_by_text(here.config.fhir_base)).to_have_count(0)


async def test_the_choice_is_remembered_by_the_browser(someone: Arrive) -> None:
    here = await someone("/")
    await here.page.get_by_label("Your organisation").select_option("Riverside Clinic")
    await here.page.reload()
    await expect(here.page.get_by_label("Your organisation")).to_have_value(AFFILIATE_TENANT_ID)
    await here.assert_accessible()


async def test_an_address_may_name_the_organisation(someone: Arrive) -> None:
    here = await someone(f"/?tenant={AFFILIATE_TENANT_ID}")
    await expect(here.page.get_by_label("Your organisation")).to_have_value(AFFILIATE_TENANT_ID)
    await through_entra(here, "affiliate_admin")
    await expect(here.page.get_by_role("button", name=SIGN_OUT).first).to_be_visible()
    assert "tenant=" not in here.page.url


async def test_an_address_cannot_name_one_that_is_not_served(someone: Arrive) -> None:
    here = await someone("/?tenant=11111111-1111-1111-1111-111111111111")
    await expect(here.page.get_by_role("combobox", name="Your organisation")).not_to_have_value("")
    await through_entra(here, "admin")
    await expect(here.page.get_by_role("button", name=SIGN_OUT).first).to_be_visible()
