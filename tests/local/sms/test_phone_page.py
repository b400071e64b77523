"""The phone page: what a person sees of the texts."""

import re
from html.parser import HTMLParser

from local.config import SENDER_NUMBER
from tests.local.sms.conftest import Resource


class Links(HTMLParser):
    """Collects where links lead and which elements there are."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.targets += [value or "" for name, value in attrs if tag == "a" and name == "href"]


async def page(resource: Resource, number: str) -> str:
    answer = await resource.control.get("/phone", params={"number": number})
    assert answer.status_code == 200
    return answer.text


def texts(html: str) -> list[str]:
    """The bubbles' words in the order of the screen."""
    return [re.sub("<[^>]+>", "", found) for found in re.findall(r"<li class=\"(?:mine|theirs)\"><p>(.*?)</p>", html)]


async def test_texts_and_answers_stand_in_their_order(resource: Resource, patient: str) -> None:
    await resource.send(patient, "first")
    await resource.control.post("/sms/inbound", json={"from": patient, "message": "an answer"})
    await resource.send(patient, "second")
    assert texts(await page(resource, patient)) == ["first", "an answer", "second"]


async def test_a_link_is_clickable_and_ends_before_the_full_stop(resource: Resource, patient: str) -> None:
    await resource.send(patient, 'Join: https://visits.example/api/v/a-b_c?x=1&y=2. Reply STOP (or "STOP").')
    links = Links()
    links.feed(await page(resource, patient))
    assert "https://visits.example/api/v/a-b_c?x=1&y=2" in links.targets


async def test_a_text_cannot_bring_markup(resource: Resource, patient: str) -> None:
    await resource.send(patient, "<img src=x> https://a.example/<b>")
    html = await page(resource, patient)
    links = Links()
    links.feed(html)
    assert not {"img", "b"} & links.tags
    assert "&lt;img src=x&gt;" in html
    links = Links()
    links.feed(await page(resource, '"><iframe>'))
    assert "iframe" not in links.tags


async def test_a_text_that_the_carrier_stopped_never_shows(resource: Resource, patient: str) -> None:
    await resource.control.post("/sms/inbound", json={"from": patient, "message": "STOP"})
    await resource.send(patient, "unwanted")
    assert texts(await page(resource, patient)) == ["STOP"]


async def test_the_form_answers_and_comes_back_to_the_same_phone(resource: Resource, patient: str) -> None:
    await resource.send(patient, "first")
    answer = await resource.control.post("/sms/inbound", data={"from": patient, "message": "STOP"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/phone?number=%2B{patient[1:]}")
    await resource.send(patient, "second")
    assert [text["delivery"] for text in await resource.texts(patient)] == ["Delivered", "Failed"]


async def test_the_phone_without_a_number_is_of_who_got_the_last_text(resource: Resource, patient: str) -> None:
    await resource.send(patient, "the last one")
    html = (await resource.control.get("/phone")).text
    assert f"<h1>{patient}</h1>" in html
    assert texts(html) == ["the last one"]
    assert SENDER_NUMBER in html
