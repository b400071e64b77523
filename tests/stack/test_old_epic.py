"""An Epic of November 2018: no smart-configuration, no `fhirUser`, no posted requests."""

from local.browser import Browser
from local.config import CONNECTION_ID, PEOPLE
from tests.stack.affiliation import Both, Organisation
from tests.stack.conftest import Hospital
from tests.stack.test_launch import signed_in

DOCTOR = PEOPLE["clinician"]


async def test_an_epic_of_2018_is_discovered_approved_and_launched_from(hospital: Hospital) -> None:
    """Found by `/metadata` and its OpenID document alone; who launched is known by the token's subject."""
    both = Both(hospital)
    home = Organisation(both.home.tenant, "admin", "approver", DOCTOR, connection=CONNECTION_ID)

    async def approved_anew(**discovery: bool) -> None:
        await hospital.world.control("PUT", "/epic/discovery", json=discovery)
        path = f"/connections/{CONNECTION_ID}?confirm=true"  # other tests may have left visits of today
        answer = await both.call("admin", "PATCH", path, json={"state": "needs_approval"})
        assert answer.json().get("state") == "needs_approval", answer.text
        await both.approve(home)

    await approved_anew(missing=True)
    try:
        csn = await hospital.scheduled()
        async with Browser(str(hospital.config.bundle)) as browser:
            # A long launch is not posted to a server that never said it takes that.
            begun = await browser.step(await hospital.launch(csn, fhir_user=None, long=True))
            assert begun.status_code == 302
        async with Browser(str(hospital.config.bundle)) as browser:
            room = await signed_in(hospital, browser, await hospital.launch(csn, fhir_user=None), DOCTOR)
        assert room.url.path.startswith("/l/meetup-join/"), room.text
        async with Browser(str(hospital.config.bundle)) as browser:
            patient = await browser.open(await hospital.launch(csn, "patient", fhir_user=None))
        assert patient.url == room.url
    finally:
        await approved_anew()
