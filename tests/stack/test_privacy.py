"""After a day of visits nothing of a patient is at rest or in a log. A stack of its own, with its storage on disk."""

from pathlib import Path
from urllib.parse import quote

from local.browser import Browser
from local.config import PEOPLE
from local.demo.steps import Steps
from local.demo.story import Story
from local.demo.world import World
from local.stack import running
from tests.stack.conftest import silent

DOCTOR, PATIENT = PEOPLE["clinician"], PEOPLE["patient"]


async def test_no_number_name_csn_or_token_is_at_rest_or_in_a_log(tmp_path: Path) -> None:
    """The whole story is played; then every table, queue, blob and log line is searched."""
    async with running(data=tmp_path / "data", seed_connection=False, say=silent) as stack:
        async with World(stack.config) as world:
            story = Story(world, Steps(say=silent))
            await story.play()
            async with Browser(str(stack.config.bundle)) as late:
                launch = await world.control(
                    "POST",
                    "/epic/launches",
                    json={"audience": "provider", "csn": story.csn, "user": DOCTOR.epic_username},
                )
                await late.open(launch["url"])
                codes = [url.partition("code=")[2].partition("&")[0] for url in late.trail if "code=" in url]
        logs = (stack.config.run_dir / "logs" / "functions.log").read_text()
        azurite = stack.config.run_dir.parent / "azurite"
    # The stack has ended: what Azurite holds is on its disk now, tables, queues and blobs in plain JSON.
    storage = "".join(path.read_text(errors="replace") for path in azurite.rglob("*") if path.is_file())
    assert "PartitionKey" in storage
    assert "hl7_receipt" in logs
    secrets = {
        "phone number": PATIENT.phone[1:],
        "phone number as written": "608-555-0143",
        "name": PATIENT.name.split()[1],
        "CSN": story.csn,
        "patient's FHIR id": PATIENT.fhir_id,
        "link": story.link.rpartition("/")[2],
        "launch": launch["launch"][:40],
        "launch, encoded": quote(launch["launch"], safe="")[:40],
        **{f"code {index}": code for index, code in enumerate(codes)},
    }
    assert len(codes) >= 1
    found = {what for what, secret in secrets.items() if secret and (secret in storage or secret in logs)}
    assert found == set()
    # The EHR user id and the Entra account are what may be kept.
    assert DOCTOR.fhir_id in storage
    assert DOCTOR.oid in storage
