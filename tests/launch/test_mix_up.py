"""Many hospitals, one client: an answer, a code, a key or a token of one of them is good for no other.

The attack that RFC 9207 names: a hospital whose server is in bad hands sends the browser on to another's, so that the
other's code comes back to us under a sign-in that the first began.
"""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from shared.errors import Refused
from tests.launch.ehr import Network, Server


async def test_each_sign_in_goes_to_the_server_that_it_was_begun_at() -> None:
    good, other = Server("good"), Server("other", user="eOther")
    network = Network(good, other)
    first, first_cookies = await network.begin(good)
    second, second_cookies = await network.begin(other)
    assert urlsplit(first.url).hostname == "good.example"
    assert (await network.finish(second_cookies, second)).identity.id == "eOther"
    assert (await network.finish(first_cookies, first)).identity.id == "eDoctor"


async def test_an_answer_that_names_another_server_is_refused_before_any_call() -> None:
    good, bad = Server("good"), Server("bad")
    network = Network(good, bad)
    departure, cookies = await network.begin(bad)
    with pytest.raises(Refused, match=r"launch.state_invalid"):
        await network.finish(cookies, departure, iss=good.issuer)
    assert good.forms == bad.forms == []


async def test_a_server_that_always_names_itself_must_name_itself() -> None:
    server = Server("good", says_iss=True)
    network = Network(server)
    departure, cookies = await network.begin(server)
    with pytest.raises(Refused, match=r"launch.state_invalid"):
        await network.finish(cookies, departure)
    assert server.forms == []
    assert (await network.finish(cookies, departure, iss=server.issuer)).issuer == server.issuer


async def test_a_code_that_came_from_another_server_reaches_it_with_nothing_that_redeems_it() -> None:
    """Without `iss` the code goes to the server that the sign-in was begun at, which is the attacker's: the assertion
    with it is good at that server alone, so the honest hospital's token endpoint takes neither.
    """
    good, bad = Server("good"), Server("bad")
    network = Network(good, bad)
    departure, cookies = await network.begin(bad)
    await network.finish(cookies, departure, code="a code of the good hospital")
    (form,) = bad.forms
    assert json.loads(form["client_assertion"])["aud"] == f"{bad.issuer}/token"
    assert good.forms == []


async def test_a_token_of_another_server_is_not_believed() -> None:
    good, bad = Server("good"), Server("bad")
    network = Network(good, bad)
    departure, cookies = await network.begin(bad)
    honest = network.web.known["good"]
    honest.nonce = bad.nonce
    network.web.known["bad"] = replace(bad, name="good", forms=bad.forms)
    with pytest.raises(Refused, match=r"launch.identity_invalid"):
        await network.finish(cookies, departure)


async def test_the_cookie_of_one_sign_in_does_not_finish_another() -> None:
    good, other = Server("good"), Server("other")
    network = Network(good, other)
    first, first_cookies = await network.begin(good)
    second, _ = await network.begin(other)
    renamed = {second.cookie.name: next(iter(first_cookies.values()))}
    with pytest.raises(Refused, match=r"launch.state_invalid"):
        await network.finish(renamed, second)
    assert good.forms == other.forms == []
    assert first.cookie.name != second.cookie.name


async def test_a_connection_that_moved_under_the_sign_in_gets_no_code() -> None:
    good, bad = Server("good"), Server("bad")
    network = Network(good, bad)
    departure, cookies = await network.begin(good)
    held = network.store.held
    held["good"] = replace(held["good"], endpoints=replace(good.endpoints, token=f"{bad.issuer}/token"))
    with pytest.raises(Refused, match=r"connection.changed"):
        await network.finish(cookies, departure)
    assert good.forms == bad.forms == []


async def test_the_servers_keys_are_read_once_and_again_when_they_rotate() -> None:
    server = Server("good")
    network = Network(server)
    for _ in range(2):
        departure, cookies = await network.begin(server)
        await network.finish(cookies, departure)
    assert server.reads == 1
    server.name = "rotated"
    network.web.known = {"good": server}
    departure, cookies = await network.begin_of("good", server)
    with pytest.raises(Refused, match=r"launch.identity_invalid"):
        await network.finish(cookies, departure)
    assert server.reads == 2


async def test_a_signature_that_was_made_ahead_is_the_one_that_is_sent() -> None:
    server = Server("good")
    network = Network(server)
    departure, cookies = await network.begin(server)
    await network.finish(cookies, departure)
    assert network.signer.signed == len(server.forms) == 1
