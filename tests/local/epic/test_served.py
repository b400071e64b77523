"""The stand-in as the stack runs it: TLS on its own port, its control routes on plain http, the wall clock."""

import ssl
import time

import httpx

from local.config import EPIC_CLIENT_IDS, StackConfig
from local.epic.app import create
from tests.local.epic.vendor import Clock, Listener, Vendor
from tests.local.serving import serving


async def test_a_launch_from_the_chart_to_the_write_back(config: StackConfig, listener: Listener) -> None:
    trust = ssl.create_default_context(cafile=config.bundle)
    async with (
        serving(create(config), config),
        httpx.AsyncClient(verify=trust, base_url=f"{config.epic}/", trust_env=False) as epic,
        httpx.AsyncClient(base_url=config.control, trust_env=False) as control,
    ):
        vendor = Vendor(config, epic, control, Clock(time.time()), listener)
        csn = (await vendor.appointment())["csn"]
        location = httpx.URL((await epic.get(f"launch/provider/{csn}?user=MBELL")).headers["location"])
        code = await vendor.code(launch=location.params["launch"])
        assert (await vendor.token(code=code)).json()["sessionId"] == csn
        headers = {
            "Authorization": f"Bearer {await vendor.backend_token()}",
            "Epic-Client-ID": EPIC_CLIENT_IDS["backend"],
        }
        message = {"ConferenceID": csn, "ExternalID": "MBELL", "ExternalIDType": "1", "VendorName": "v"}
        path = "api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus"
        answer = await epic.get(path, params=message | {"ConnectionStatus": "1"}, headers=headers)
        assert answer.status_code == 200
        [status] = (await control.get("/statuses")).json()
        assert (status["conference_id"], status["status"]) == (csn, "connected")
        sent = (await control.post(f"/epic/appointments/{csn}/send", json={"event": "S12"})).json()
        assert sent["status"] == 200
