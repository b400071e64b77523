"""What the application is told afterwards: delivery reports and patients' answers, as Event Grid events."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from local.config import SENDER_NUMBER
from local.sms.carrier import CODES
from tests.local.configs import SECRETS, a_config
from tests.local.sms.conftest import Json, Receiver, Resource, a_resource

REPORT = "Microsoft.Communication.SMSDeliveryReportReceived"
RECEIVED = "Microsoft.Communication.SMSReceived"


async def test_a_delivered_text_is_reported_with_its_tag(resource: Resource, receiver: Receiver, patient: str) -> None:
    (sent,) = (await resource.send(patient, "ê" * 71, enableDeliveryReport=True, tag="a visit")).json()["value"]
    event = await receiver.event(lambda each: each["data"].get("messageId") == sent["messageId"])
    assert (event["eventType"], event["dataVersion"], event["metadataVersion"]) == (REPORT, "1.0", "1")
    assert event["subject"] == f"/phonenumber/{patient[1:]}"
    assert event["topic"].endswith("/communicationServices/visitbridge-demo")
    data = event["data"]
    assert set(data) == {
        *("messageId", "from", "to", "deliveryStatus", "deliveryStatusDetails", "deliveryAttempts"),
        *("receivedTimestamp", "Tag"),
    }
    assert (data["from"], data["to"], data["Tag"]) == (SENDER_NUMBER[1:], patient, "a visit")
    assert data["deliveryStatus"] == "Delivered"
    (attempt,) = data["deliveryAttempts"]
    assert (attempt["segmentsSucceeded"], attempt["segmentsFailed"]) == (2, 0)


async def test_the_endpoint_is_asked_once_before_the_first_event(
    resource: Resource, receiver: Receiver, patient: str
) -> None:
    (sent,) = (await resource.send(patient, enableDeliveryReport=True)).json()["value"]
    await receiver.event(lambda each: each["data"].get("messageId") == sent["messageId"])
    kind, query, (event,) = receiver.calls[0]
    assert kind == "SubscriptionValidation"
    assert query == {"functionName": "sms_events", "code": SECRETS["eventgrid_key"]}
    assert event["eventType"] == "Microsoft.EventGrid.SubscriptionValidationEvent"
    assert {kind for kind, _, _ in receiver.calls[1:]} == {"Notification"}


async def test_no_report_is_sent_that_nobody_asked_for(resource: Resource, receiver: Receiver, patient: str) -> None:
    (quiet,) = (await resource.send(patient, enableDeliveryReport=False)).json()["value"]
    (loud,) = (await resource.send(patient, enableDeliveryReport=True)).json()["value"]
    await receiver.event(lambda each: each["data"].get("messageId") == loud["messageId"])
    assert quiet["messageId"] not in [event["data"].get("messageId") for event in receiver.events]
    assert (await resource.texts(patient))[0]["delivery_event"] == "none"


async def test_the_report_can_be_fetched(resource: Resource, patient: str) -> None:
    (sent,) = (await resource.send(patient, tag="a visit", enableDeliveryReport=True)).json()["value"]
    version = {"api-version": "2026-01-23"}
    answer = await resource.http.get(f"/deliveryReports/{sent['messageId']}", params=version)
    report = answer.json()
    assert (report["from"], report["to"], report["tag"]) == (SENDER_NUMBER, patient, "a visit")
    assert report["deliveryStatus"] == "Delivered"
    missing = await resource.http.get("/deliveryReports/Outgoing_never", params=version)
    assert (missing.status_code, missing.json()["status"], missing.json()["title"]) == (404, 404, "Not Found")


async def test_stop_reaches_the_application_and_the_next_text_fails(
    resource: Resource, receiver: Receiver, patient: str
) -> None:
    answer = await resource.control.post("/sms/inbound", json={"from": patient, "message": "Stop"})
    assert answer.status_code == 202
    event = await receiver.event(lambda each: each["data"].get("messageId") == answer.json()["id"])
    data: Json = event["data"]
    assert event["eventType"] == RECEIVED
    assert (data["from"], data["to"], data["message"]) == (patient[1:], SENDER_NUMBER[1:], "Stop")
    assert data["segmentCount"] == 1

    (sent,) = (await resource.send(patient, enableDeliveryReport=True)).json()["value"]
    assert (sent["httpStatusCode"], sent["successful"]) == (202, True)
    report = await receiver.event(lambda each: each["data"].get("messageId") == sent["messageId"])
    assert report["data"]["deliveryStatus"] == "Failed"
    assert report["data"]["deliveryStatusDetails"] == "Sender blocked for given recipient."
    assert [text["delivery"] for text in await resource.texts(patient)] == ["Failed"]

    await resource.control.post("/sms/inbound", json={"from": patient, "to": SENDER_NUMBER, "message": "start"})
    await resource.send(patient)
    assert [text["delivery"] for text in await resource.texts(patient)] == ["Failed", "Delivered"]


@pytest.mark.parametrize(
    "body", [{}, [], {"from": "6085550143", "message": "STOP"}, {"from": "+16085550143"}, {"message": "STOP"}]
)
async def test_an_answer_without_a_number_or_words_is_refused(resource: Resource, body: object) -> None:
    assert (await resource.control.post("/sms/inbound", json=body)).status_code == 400


async def test_events_wait_for_a_host_that_is_away_or_unwell(tmp_path: Path, patient: str) -> None:
    """The host starts after the text, refuses the handshake once and the first notification once."""
    stack = replace(a_config(tmp_path), secrets={})
    receiver = Receiver()
    receiver.answers = [401, None, 500]
    async with a_resource(stack) as (resource, _):
        await resource.send(patient, enableDeliveryReport=True)
        assert (await resource.texts(patient))[0]["delivery_event"] == "pending"
        async with receiver.listening(stack):
            await receiver.event(lambda each: each["eventType"] == REPORT)
            deadline = time.monotonic() + 5
            while (await resource.texts(patient))[0]["delivery_event"] != "acknowledged":
                assert time.monotonic() < deadline
                await asyncio.sleep(0.02)
    kinds = [kind for kind, _, _ in receiver.calls]
    assert kinds == ["SubscriptionValidation", "SubscriptionValidation", "Notification", "Notification"]
    assert len(receiver.events) == 1
    assert receiver.calls[0][1]["code"] == "local-eventgrid"


@pytest.mark.parametrize("code", CODES)
async def test_a_text_ends_as_the_control_address_has_said(
    resource: Resource, receiver: Receiver, patient: str, code: str
) -> None:
    told = await resource.control.put("/sms/outcomes", json={"number": patient, "code": code})
    assert told.json()[patient] == code
    (sent,) = (await resource.send(patient, enableDeliveryReport=True, tag="a visit")).json()["value"]
    assert (sent["httpStatusCode"], sent["successful"]) == (202, True)
    event = await receiver.event(lambda each: each["data"].get("messageId") == sent["messageId"])
    data = event["data"]
    assert (data["deliveryStatusDetails"], data["Tag"]) == (code, "a visit")
    assert data["deliveryStatus"] == ("Delivered" if code == "2000" else "Failed")
    assert data["deliveryAttempts"][0]["segmentsFailed"] == (0 if code == "2000" else 1)

    assert (await resource.control.delete("/sms/outcomes")).json() == {}
    await resource.send(patient)
    assert [text["delivery"] for text in await resource.texts(patient)][-1] == "Delivered"


@pytest.mark.parametrize(
    "body",
    [{}, [], {"number": "+16085550143"}, {"number": "6085550143", "code": "4007"}]
    + [{"number": "+16085550143", "code": code} for code in ("4099", 4007, "", None, "Delivered")],
)
async def test_an_outcome_that_the_service_does_not_know_is_refused(resource: Resource, body: object) -> None:
    before = (await resource.control.get("/sms/outcomes")).json()
    assert (await resource.control.put("/sms/outcomes", json=body)).status_code == 400
    assert (await resource.control.get("/sms/outcomes")).json() == before
