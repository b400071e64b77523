"""Getting a number: whatever dies, gets lost or comes twice, one purchase at most, and an end that can be read."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.adapters.numbers import REASONS, Owned
from shared.errors import CATALOGUE, Refused
from shared.numbers.models import Outcome
from shared.numbers.offers import OFFERED, needs_verification
from shared.numbers.operations import GIVE_UP_AFTER, MOST_SEARCHES, Operation, Phase
from shared.organisations.access import APPROVER, Caller
from tests.builders import NOW, at
from tests.numbers.shopping import CALLER, EXISTING, OTHER, TENANT, Market

FIRST = "+18335550111"
ANOTHER = Caller(OTHER, "b0000000-0000-4000-8000-000000000001", CALLER.roles)


def an_operation(phase: Phase = Phase.SEARCH, **changes: Any) -> Operation:
    return replace(Operation("one", TENANT, CALLER.oid, "US", "tollFree", NOW, NOW, phase=phase), **changes)


async def test_a_number_is_searched_for_then_bought() -> None:
    market = Market()
    begun = await market.start()
    assert (begun.state, begun.step, begun.number, begun.problem) == ("running", "searching", None, None)
    steps = []
    while (shown := await market.seen(begun.id)).state == "running":
        steps.append(shown.step)
        await market.deliver()
    assert steps == ["searching", "searching", "buying", "buying"]
    assert (shown.state, shown.step, shown.number, shown.problem) == ("succeeded", "done", FIRST, None)
    assert shown.started_at < shown.updated_at == market.now()
    assert market.queues.waiting == []
    assert market.trail() == ["number.requested", "number.bought"]
    assert await market.claims.owners() == {FIRST: TENANT}


def moments() -> int:
    """Every moment before and after something acts on the world, of a purchase in which nothing goes wrong."""
    return 40


@pytest.mark.parametrize("moment", range(1, moments() + 1))
async def test_killed_at_any_moment_it_still_ends_with_one_number(moment: int) -> None:
    market = Market(burns_at=moment)
    shown = await market.finished((await market.start()).id)
    assert shown.state == "succeeded", shown
    assert market.bought() == [shown.number]
    assert len(market.shop.searches) <= MOST_SEARCHES
    assert len(market.shop.purchases) == 1
    assert (await market.claims.owners())[str(shown.number)] == TENANT
    assert "number.bought" in market.trail()


async def test_the_moments_tried_are_all_there_are() -> None:
    market = Market()
    await market.finished((await market.start()).id)
    assert market.fuse.moments <= moments()


MOODS = st.sampled_from(["", "", "", "", "lost", "killed", "away", "busy", "numbers.quota", "numbers.failed"])


@settings(max_examples=300)
@given(st.data())
async def test_whatever_goes_wrong_nothing_is_bought_twice_or_given_away(data: st.DataObject) -> None:
    market = Market(
        mood=lambda what: data.draw(MOODS, what),
        fate=data.draw(st.sampled_from(["", "", "numbers.expired", "numbers.not_eligible"])),
    )
    begun = await market.start()
    if data.draw(st.booleans()) and market.queues.waiting:
        market.queues.waiting.append(market.queues.waiting[0])
    shown = await market.finished(begun.id)
    assert len(market.bought()) <= 1
    assert len(market.shop.searches) <= MOST_SEARCHES
    owners = await market.claims.owners()
    if market.bought():
        assert owners[market.bought()[0]] == TENANT
        assert shown.state == "succeeded" or (shown.problem and shown.problem.code == "numbers.unclear")
    elif shown.problem:
        assert shown.problem.code in CATALOGUE
    else:
        raise AssertionError("nothing was bought, and nobody says why")


@pytest.mark.parametrize(
    ("where", "code"),
    [("search", "numbers.quota"), ("search", "numbers.permission_missing"), ("buy", "numbers.quota"),
     ("buy", "numbers.not_eligible"), ("held", "numbers.none_available")],
)  # fmt: skip
async def test_a_refusal_ends_it_with_its_reason_and_a_fix(where: str, code: str) -> None:
    market = Market(mood=lambda what: code if what == where else "")
    shown = await market.finished((await market.start()).id)
    assert (shown.state, shown.number) == ("failed", None)
    assert shown.problem
    assert (shown.problem.code, shown.problem.fix) == (code, CATALOGUE[code].fix)
    assert market.trail() == ["number.requested", "number.failed"]
    assert await market.claims.owners() == {}


@pytest.mark.parametrize("code", ["numbers.not_eligible", "numbers.failed", "numbers.none_available"])
async def test_a_purchase_that_fails_ends_it(code: str) -> None:
    market = Market(fate=code)
    shown = await market.finished((await market.start()).id)
    assert shown.problem
    assert (shown.step, shown.problem.code, market.bought()) == ("buying", code, [])
    assert await market.claims.owners() == {}


async def test_a_number_that_was_let_go_is_searched_for_once_more() -> None:
    market = Market(fate="numbers.expired")
    shown = await market.finished((await market.start()).id)
    assert shown.problem
    assert shown.problem.code == "numbers.expired"
    assert len(market.shop.searches) == 2
    assert await market.claims.owners() == {}


async def test_no_purchase_begins_when_the_number_may_be_gone_before_it_arrives() -> None:
    market = Market()
    begun = await market.start()
    await market.deliver()
    await market.deliver()
    assert (await market.seen(begun.id)).step == "buying"
    market.clock.pass_time(minutes=14, seconds=40)
    await market.deliver()
    assert (market.shop.purchases, await market.claims.owners()) == ({}, {})
    shown = await market.finished(begun.id)
    assert (shown.number, len(market.shop.searches)) == ("+18335550112", 2)


@pytest.mark.parametrize(("fault", "code"), [("lost", "numbers.failed"), ("killed", "numbers.timed_out")])
async def test_a_search_whose_answer_is_lost_twice_is_not_tried_a_third_time(fault: str, code: str) -> None:
    market = Market(mood=lambda what: fault if what == "search" else "")
    shown = await market.finished((await market.start()).id)
    assert shown.problem
    assert (shown.problem.code, len(market.shop.searches)) == (code, 2)


async def test_a_service_that_wants_a_pause_costs_no_search() -> None:
    asked: list[str] = []

    def mood(what: str) -> str:
        asked.append(what)
        return "busy" if asked.count("search") <= 5 and what == "search" else ""

    market = Market(mood=mood)
    begun = await market.start()
    await market.deliver()
    assert market.queues.waiting[0][1] == 20
    assert (await market.finished(begun.id)).state == "succeeded"
    assert len(market.shop.searches) == 1


async def test_a_service_that_is_away_for_good_is_given_up_in_time() -> None:
    market = Market(mood=lambda what: "away" if what == "progress" else "")
    shown = await market.finished((await market.start()).id, at_most=1000)
    assert shown.problem
    assert shown.problem.code == "numbers.timed_out"
    assert market.clock() - NOW < GIVE_UP_AFTER + timedelta(minutes=1)


async def test_a_purchase_nobody_can_see_the_end_of_is_unclear_and_stays_ours() -> None:
    market = Market()
    begun = await market.start()
    for _ in range(3):
        await market.deliver()
    market.shop.mood = lambda what: "away" if what in ("progress", "owned") else ""
    shown = await market.finished(begun.id, at_most=1000)
    assert shown.problem
    assert shown.problem.code == "numbers.unclear"
    assert await market.claims.owners() == {FIRST: TENANT}


@pytest.mark.parametrize("fault", ["", "lost", "killed"])
async def test_a_purchase_whose_operation_nobody_knows_is_found_among_the_numbers(fault: str) -> None:
    market = Market(mood=lambda what: fault if what == "buy" else "")
    market.shop.forgetful = True
    shown = await market.finished((await market.start()).id)
    assert (shown.state, market.bought()) == ("succeeded", [FIRST])


async def test_a_message_that_comes_twice_buys_once() -> None:
    market = Market()
    begun = await market.start()
    while (await market.seen(begun.id)).state == "running":
        market.queues.waiting.append((market.queues.waiting[0][0], 0))
        await market.deliver()
    assert market.bought() == [FIRST]


async def test_while_one_is_under_way_another_request_is_the_same() -> None:
    market = Market()
    first = await market.start("one")
    second = await market.start("two", {"country": "CA", "type": "tollFree"})
    assert second.id == first.id
    assert len(market.queues.waiting) == 1


async def test_two_requests_at_the_same_moment_are_one_operation() -> None:
    market = Market()
    first, second = await asyncio.gather(market.start("one"), market.start("two"))
    assert first.id == second.id
    assert market.trail() == ["number.requested"]
    assert len(market.queues.waiting) == 1


async def test_the_same_key_is_the_same_operation_even_when_it_is_over() -> None:
    market = Market()
    shown = await market.finished((await market.start("one")).id)
    assert (await market.start("one")).number == shown.number
    with pytest.raises(Refused, match=r"request.key_reused"):
        await market.start("one", {"country": "CA", "type": "tollFree"})
    assert (await market.start("two")).state == "running"


@pytest.mark.parametrize("key", ["x" * 65, "a b", "ä", "a/b"])
async def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(Refused, match=r"request.invalid"):
        await Market().start(key)


@pytest.mark.parametrize(
    "body", [{}, {"country": "US"}, {"country": "CA", "type": "geographic"}, {"country": "FR", "type": "tollFree"}]
)
async def test_what_is_not_offered_is_refused_before_anything_happens(body: dict[str, Any]) -> None:
    market = Market()
    with pytest.raises(Refused, match=r"request.invalid"):
        await market.start("", body)
    assert (market.trail(), market.queues.waiting) == ([], [])


async def test_without_both_consents_nothing_begins() -> None:
    market = Market()
    market.tables.put("tenants", {"PartitionKey": TENANT, "RowKey": "consents", "patient_consent": False})
    with pytest.raises(Refused, match=r"sms.consent_missing"):
        await market.start()


async def test_only_an_administrator_asks_and_sees() -> None:
    market = Market()
    begun = await market.start()
    approver = replace(CALLER, roles=frozenset({APPROVER}))
    for call in (
        market.purchases.start(approver, {}), market.purchases.show(approver, begun.id), market.numbers.page(approver),
        market.numbers.record(approver, FIRST, {}),
    ):  # fmt: skip
        with pytest.raises(Refused, match=r"auth.role_missing"):
            await call


@pytest.mark.parametrize("operation_id", ["unknown", "operation", "../x", ""])
async def test_an_operation_of_nobody_or_another_tenant_is_not_found(operation_id: str) -> None:
    market = Market()
    begun = await market.start()
    with pytest.raises(Refused, match=r"not_found"):
        await market.purchases.show(CALLER, operation_id)
    with pytest.raises(Refused, match=r"not_found"):
        await market.purchases.show(ANOTHER, begun.id)


async def test_looking_wakes_what_a_dead_worker_left_and_nothing_else() -> None:
    market = Market()
    begun = await market.start()
    market.queues.messages.clear()
    await market.seen(begun.id)
    assert market.queues.waiting == []
    market.clock.pass_time(seconds=45)
    await market.seen(begun.id)
    await market.seen(begun.id)
    assert len(market.queues.waiting) == 1


async def test_what_no_worker_can_end_ends_by_itself_so_that_another_can_begin() -> None:
    market = Market()
    begun = await market.start("one")
    market.queues.messages.clear()
    market.clock.pass_time(minutes=41)
    another = await market.start("two")
    assert another.id != begun.id
    shown = await market.seen(begun.id)
    assert shown.problem
    assert shown.problem.code == "numbers.timed_out"


def test_the_contract_names_every_way_it_can_end() -> None:
    assert set(get_args(Outcome)) == {code for code in CATALOGUE if code.startswith("numbers.")}
    assert set(REASONS.values()) <= set(get_args(Outcome))


def test_after_a_purchase_that_may_have_arrived_there_is_no_other_search() -> None:
    late = an_operation(Phase.BUY_SENT, searches=1, number=FIRST).given_up(at(1))
    assert (late.problem, late.phase) == ("numbers.unclear", Phase.BUY_SENT)
    assert an_operation(Phase.BUY, searches=1).refused("numbers.expired", NOW).phase is Phase.SEARCH
    assert an_operation(Phase.BUY, searches=2).refused("numbers.expired", NOW).problem == "numbers.expired"


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_a_step_and_a_problem_ends_each(phase: Phase) -> None:
    assert an_operation(phase).step in ("searching", "buying", "done")
    assert not an_operation(phase).failed("numbers.failed", NOW).running
    assert an_operation(phase).running is (phase is not Phase.DONE)


async def test_existing_numbers_are_shown_with_what_is_offered() -> None:
    market = Market()
    page = await market.numbers.page(CALLER)
    assert [(n.number, n.country, n.type, n.verification, n.connections) for n in page.numbers] == [
        (EXISTING.number, "US", "tollFree", "not_submitted", [])
    ]
    assert page.operation is None
    assert {offer.country: tuple(offer.types) for offer in page.offered} == OFFERED
    await market.start()
    shown = (await market.numbers.page(CALLER)).operation
    assert shown
    assert shown.state == "running"


async def test_a_number_belongs_to_who_bought_it_or_first_sent_from_it() -> None:
    market = Market()
    await market.finished((await market.start()).id)
    assert [n.number for n in (await market.numbers.page(CALLER)).numbers] == [EXISTING.number, FIRST]
    assert [n.number for n in (await market.numbers.page(ANOTHER)).numbers] == [EXISTING.number]
    with pytest.raises(Refused, match=r"sms.number_taken"):
        await market.claims.require(OTHER, FIRST)
    await market.claims.require(OTHER, EXISTING.number)
    await market.claims.require(OTHER, EXISTING.number)
    assert [n.number for n in (await market.numbers.page(CALLER)).numbers] == [FIRST]
    with pytest.raises(Refused, match=r"sms.number_taken"):
        await market.claims.require(TENANT, EXISTING.number)


async def test_a_number_that_another_tenant_has_set_is_not_bought() -> None:
    market = Market()
    await market.claims.require(OTHER, FIRST)
    shown = await market.finished((await market.start()).id)
    assert shown.problem
    assert (shown.problem.code, market.bought()) == ("numbers.none_available", [])
    assert await market.claims.owners() == {FIRST: OTHER}


async def test_verification_is_what_the_administrator_records() -> None:
    market = Market()
    recorded = await market.numbers.record(CALLER, EXISTING.number, {"state": "submitted"})
    assert recorded.verification == "submitted"
    await market.numbers.record(CALLER, EXISTING.number, {"state": "submitted"})
    assert market.trail() == ["number.verification"]
    assert [n.verification for n in (await market.numbers.page(CALLER)).numbers] == ["submitted"]
    assert (await market.numbers.page(ANOTHER)).numbers == []


@pytest.mark.parametrize(
    ("number", "body", "code"),
    [
        ("+18335550199", {"state": "verified"}, "not_found"), (EXISTING.number, {"state": "not_needed"}, "request.invalid"),
        (EXISTING.number, {}, "request.invalid"), ("+33612345678", {"state": "verified"}, "request.invalid"),
    ],
)  # fmt: skip
async def test_a_verification_that_cannot_be_is_refused(number: str, body: dict[str, Any], code: str) -> None:
    market = Market()
    market.shop.numbers.append(Owned("+33612345678", "FR", "mobile"))
    with pytest.raises(Refused, match=code):
        await market.numbers.record(CALLER, number, body)


@pytest.mark.parametrize(
    ("country", "kind", "needed"),
    [
        ("US", "tollFree", True), ("CA", "tollFree", True), ("US", "geographic", True), ("CA", "geographic", False),
        ("FR", "mobile", False),
    ],
)  # fmt: skip
def test_north_american_numbers_need_the_carriers_word(country: str, kind: str, *, needed: bool) -> None:
    assert needs_verification(country, kind) is needed
