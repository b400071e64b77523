"""Sender certificates on the set-up page: taken in each form, refused with a reason, replaced without a gap."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import Locator, Request, expect

from local.demo.world import World
from tests.portal.browser import Visitor
from tests.portal.conftest import Arrive
from tests.portal.senders import a_certificate, bare_base64, der, pem, private_key, thumbprint


@pytest.fixture
async def connection(world: World) -> AsyncIterator[str]:
    """A connection without certificates."""
    body = {
        "fhir_base": f"{world.config.epic}/harbour/api/FHIR/R4", "environment": "testing", "state": "draft",
        "zone": "Europe/Paris",
    }  # fmt: skip
    made = await world.api("admin", "POST", "/connections", json=body)
    yield made["id"]
    await world.api("admin", "DELETE", f"/connections/{made['id']}")


async def held(world: World, connection: str) -> list[str]:
    """The thumbprints that count."""
    shown = await world.api("admin", "GET", f"/connections/{connection}/certificates")
    return [one["thumbprint"] for one in shown["certificates"]]


async def put_there(world: World, connection: str, certificate: x509.Certificate) -> None:
    headers = {"Content-Type": "application/pkix-cert"}
    path = f"/connections/{connection}/certificates"
    token = await world.token("admin")
    answer = await world.http.post(
        f"{world.config.functions}/api{path}",
        content=pem(certificate),
        headers=headers | {"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201, answer.text


async def choose(here: Visitor, data: bytes, name: str = "sender.cer") -> None:
    files: Any = {"name": name, "mimeType": "application/pkix-cert", "buffer": data}
    await here.page.locator("input[type=file]").set_input_files(files)


def row(here: Visitor, text: str) -> Locator:
    return here.page.get_by_role("row").filter(has_text=text)


def uploads(here: Visitor) -> list[Request]:
    """Requests with a certificate that leave from now on."""
    seen: list[Request] = []
    here.page.on(
        "request",
        lambda one: seen.append(one) if one.method == "POST" and one.url.endswith("/certificates") else None,
    )
    return seen


@pytest.mark.parametrize("form", [pem, bare_base64, der], ids=lambda form: form.__name__)
async def test_a_certificate_is_taken_in_each_form(
    signed_in: Arrive, world: World, connection: str, form: Callable[[x509.Certificate], bytes]
) -> None:
    certificate = a_certificate(days=400)
    here = await signed_in("admin", f"/sms/{connection}")
    await expect(here.page.get_by_text("No certificate yet: every appointment message is refused.")).to_be_visible()
    await choose(here, form(certificate))
    await expect(here.page.get_by_text("Certificate added")).to_be_visible()
    shown = row(here, "CN=engine.northlake.example")
    await expect(shown).to_contain_text(thumbprint(certificate))
    await expect(shown).to_contain_text("400 days left")
    await expect(shown).to_contain_text("GMT+1")
    assert await held(world, connection) == [thumbprint(certificate)]
    await choose(here, form(certificate))
    await expect(here.page.get_by_text("This certificate is here already")).to_be_visible()
    assert await held(world, connection) == [thumbprint(certificate)]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (private_key(), "sender.cer", "It was not sent and has not left your computer."),
        (pem(a_certificate()) + private_key(), "sender.pem", "It was not sent and has not left your computer."),
        (b"\x30\x82", "sender.pfx", "The file holds a private key."),
        (b"A" * 16_385, "sender.cer", "larger than 16 KiB"),
        (b" ", "sender.cer", "The file is empty."),
        (pem(a_certificate()) * 2, "chain.pem", "The file holds several certificates."),
        (b"-----BEGIN CERTIFICATE REQUEST-----", "sender.csr", "a request for a certificate"),
    ],
    ids=["key", "key beside", "pfx", "large", "empty", "chain", "request"],
)
async def test_what_must_not_be_sent_is_refused_in_the_browser(
    signed_in: Arrive, connection: str, data: bytes, name: str, said: str
) -> None:
    here = await signed_in("admin", f"/sms/{connection}")
    await expect(here.page.get_by_label("Upload a certificate")).to_be_attached()
    sent = uploads(here)
    await choose(here, data, name)
    await expect(here.page.get_by_text(said)).to_be_visible()
    await expect(here.page.locator("input[type=file]")).to_have_attribute("aria-invalid", "true")
    assert sent == []


@pytest.mark.parametrize(
    ("data", "said", "fix"),
    [
        (pem(a_certificate(days=-1)), "The certificate is expired or not yet valid.", "Upload a current one."),
        (pem(a_certificate(since=2)), "The certificate is expired or not yet valid.", "Upload a current one."),
        (b"hello", "This is not a certificate we can use.", "Upload one certificate, Base64 or DER"),
        (pem(a_certificate(curve=ec.SECP521R1())), "This is not a certificate we can use.", "EC P-256/P-384"),
    ],
    ids=["expired", "not yet", "no certificate", "another curve"],
)
async def test_what_the_service_refuses_is_said_at_the_file_with_its_fix(
    signed_in: Arrive, world: World, connection: str, data: bytes, said: str, fix: str
) -> None:
    here = await signed_in("admin", f"/sms/{connection}")
    await choose(here, data)
    await expect(here.page.get_by_text(said)).to_be_visible()
    await expect(here.page.get_by_text(said)).to_contain_text(fix)
    assert await held(world, connection) == []
    if data == b"hello":
        await here.assert_accessible()
        await here.screenshot("setup-certificate-refused")
    await choose(here, pem(a_certificate()))
    await expect(here.page.get_by_text("Certificate added")).to_be_visible()
    await expect(here.page.get_by_text(said)).to_have_count(0)
    here.complaints.clear()


async def test_a_certificate_gives_way_to_the_next(signed_in: Arrive, world: World, connection: str) -> None:
    old, new = a_certificate("old.example", days=20), a_certificate("new.example", days=400)
    await put_there(world, connection, old)
    here = await signed_in("admin", f"/sms/{connection}")
    await expect(row(here, "old.example")).to_contain_text("20 days left")
    await expect(here.page.get_by_text("This connection's certificate expires soon")).to_be_visible()
    await here.page.get_by_text("How to change to a new certificate without a gap").click()
    await expect(here.page.get_by_text("Both count from then on.")).to_be_visible()
    await here.page.get_by_text("How messages are signed").click()
    await expect(here.page.get_by_text("Both use the same certificate.")).to_be_visible()
    await choose(here, pem(new))
    await expect(row(here, "new.example")).to_contain_text("400 days left")
    await expect(here.page.get_by_text("expires soon")).to_have_count(0)
    await expect(here.page.get_by_text("Two certificates are in use")).to_be_visible()
    await expect(here.page.locator("input[type=file]")).to_have_count(0)
    await here.assert_accessible()
    await here.screenshot("setup-certificates")

    await here.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await row(here, "new.example").get_by_role("button", name="Copy the thumbprint").click()
    assert await here.page.evaluate("navigator.clipboard.readText()") == thumbprint(new)
    button = row(here, "old.example").get_by_role("button", name="Remove the certificate CN=old.example")
    await button.click()
    dialog = here.page.get_by_role("dialog", name="Remove this certificate?")
    await expect(dialog).to_contain_text("The other certificate stays in use.")
    await here.page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await here.page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Remove certificate").click()
    await expect(row(here, "old.example")).to_have_count(0)
    await expect(here.page.get_by_label("Upload a second certificate")).to_be_focused()
    assert await held(world, connection) == [thumbprint(new)]


async def test_removing_the_last_one_says_what_follows(signed_in: Arrive, world: World, connection: str) -> None:
    await put_there(world, connection, a_certificate())
    here = await signed_in("admin", f"/sms/{connection}")
    await here.page.get_by_role("button", name="Remove the certificate").click()
    dialog = here.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("from now on every appointment message is refused")
    await here.assert_accessible()
    await here.screenshot("setup-certificate-remove")
    await dialog.get_by_role("button", name="Remove certificate").click()
    await expect(here.page.get_by_text("No certificate yet")).to_be_visible()
    assert await held(world, connection) == []


async def test_a_third_one_from_another_window_is_refused_with_its_reason(
    signed_in: Arrive, world: World, connection: str
) -> None:
    here = await signed_in("admin", f"/sms/{connection}")
    await expect(here.page.get_by_label("Upload a certificate")).to_be_attached()
    for name in ("one.example", "two.example"):
        await put_there(world, connection, a_certificate(name))
    await choose(here, pem(a_certificate("three.example")))
    await expect(here.page.get_by_text("Two certificates are in use already.")).to_be_visible()
    here.complaints.clear()
    await here.page.reload()
    await expect(row(here, "two.example")).to_be_visible()


async def test_a_certificate_leaves_what_is_typed_alone_and_saving_goes_on(
    signed_in: Arrive, world: World, connection: str
) -> None:
    here = await signed_in("admin", f"/sms/{connection}")
    await here.page.get_by_label("Organisation name").fill("Harbour Clinic")
    await choose(here, pem(a_certificate()))
    await expect(here.page.get_by_text("Certificate added")).to_be_visible()
    await expect(here.page.get_by_label("Organisation name")).to_have_value("Harbour Clinic")
    await here.page.get_by_role("button", name="Save", exact=True).click()
    await expect(here.page.get_by_text("SMS set-up saved")).to_be_visible()
    shown = await world.api("admin", "GET", f"/connections/{connection}")
    assert shown["sms"]["organisation"] == "Harbour Clinic"


async def test_an_upload_that_did_not_arrive_can_be_repeated(signed_in: Arrive, connection: str) -> None:
    here = await signed_in("admin", f"/sms/{connection}")
    await expect(here.page.get_by_label("Upload a certificate")).to_be_attached()
    await here.page.route("**/certificates", lambda route: route.abort())
    await choose(here, pem(a_certificate()))
    await expect(here.page.get_by_role("alert")).to_contain_text("The service did not answer.")
    await here.page.unroute("**/certificates")
    await choose(here, pem(a_certificate()))
    await expect(here.page.get_by_text("Certificate added")).to_be_visible()
    here.complaints.clear()


async def test_an_expired_certificate_is_shown_as_such(signed_in: Arrive, connection: str) -> None:
    """The service takes none that is expired; one expires while it is there."""
    here = await signed_in("admin", "/activity")

    async def expired(route: Any) -> None:
        answer = await route.fetch()
        shown = await answer.json()
        gone = {
            "thumbprint": "x" * 43, "subject": "CN=gone.example", "not_before": "2025-11-01T00:00:00.000000Z",
            "not_after": "2026-11-01T00:00:00.000000Z", "warning": "expired",
        }  # fmt: skip
        await route.fulfill(response=answer, json=shown | {"certificates": [gone]})

    await here.page.route(f"**/api/connections/{connection}", expired)
    await here.open(f"/sms/{connection}")
    await expect(row(here, "gone.example")).to_contain_text("Expired")
    await expect(here.page.get_by_text("Every certificate has expired")).to_be_visible()
    await here.assert_accessible()
