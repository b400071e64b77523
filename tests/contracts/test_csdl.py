"""The checker itself: each kind of deviation is found, at its place, and what is right passes."""

from typing import Any

import pytest

from tests.contracts.csdl import Csdl

CONTRACT = """
<Edmx xmlns="http://docs.oasis-open.org/odata/ns/edmx"><DataServices>
<Schema Namespace="acme.rooms" Alias="rooms" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="door"><Member Name="open"/><Member Name="shut"/></EnumType>
  <EnumType Name="rights" IsFlags="true"><Member Name="see"/><Member Name="talk"/></EnumType>
  <ComplexType Name="person" OpenType="true"><Property Name="name" Type="Edm.String"/></ComplexType>
  <ComplexType Name="guest" BaseType="rooms.person"><Property Name="since" Type="Edm.DateTimeOffset"/></ComplexType>
  <EntityType Name="thing" Abstract="true"><Property Name="id" Type="Edm.String" Nullable="false"/></EntityType>
  <EntityType Name="room" BaseType="rooms.thing">
    <Property Name="door" Type="rooms.door"/>
    <Property Name="rights" Type="rooms.rights"/>
    <Property Name="seats" Type="Edm.Int32"/>
    <Property Name="people" Type="Collection(rooms.person)"/>
    <Property Name="held" Type="Edm.Duration"/>
    <Property Name="locked" Type="Edm.Boolean"/>
    <NavigationProperty Name="next" Type="rooms.room"/>
  </EntityType>
</Schema></DataServices></Edmx>
"""
SOUND = {
    "@odata.context": "anything",
    "id": "a",
    "door": "open",
    "rights": "see,talk",
    "seats": 4,
    "held": "PT1H2.5S",
    "locked": None,
    "people": [
        {"name": "Pat", "shoe": 42},
        {"@odata.type": "#acme.rooms.guest", "name": None, "since": "2026-11-22T10:00:00.0000000Z"},
    ],
    "next": {"id": "b"},
}
DEVIATIONS: list[tuple[dict[str, Any], str]] = [
    ({"colour": "red"}, "$.colour: not declared by acme.rooms.room"),
    ({"id": None}, "$.id: null"),
    ({"people": None}, "$.people: null"),
    ({"door": "ajar"}, "$.door: 'ajar' is no value of acme.rooms.door"),
    ({"rights": "see,fly"}, "$.rights: 'fly' is no value of acme.rooms.rights"),
    ({"seats": "4"}, "$.seats: '4' is no Edm.Int32"),
    ({"seats": True}, "$.seats: True is no Edm.Int32"),
    ({"held": "1 hour"}, "$.held: '1 hour' is no Edm.Duration"),
    ({"locked": "no"}, "$.locked: 'no' is no Edm.Boolean"),
    ({"people": {}}, "$.people: not a list"),
    ({"people": [{"nome": "Pat"}]}, "$.people[0].nome: not declared by acme.rooms.person"),
    ({"people": [{"@odata.type": "#acme.rooms.room"}]}, "$.people[0]: #acme.rooms.room is no acme.rooms.person"),
    ({"people": [{"since": "2026-11-22T10:00:00Z"}]}, "$.people[0].since: not declared by acme.rooms.person"),
    (
        {"people": [{"@odata.type": "#acme.rooms.guest", "since": "2026-11-22T10:00:00"}]},
        "$.people[0].since: '2026-11-22T10:00:00' is no Edm.DateTimeOffset",
    ),
    ({"next": {"next": {"id": 7}}}, "$.next.next.id: 7 is no Edm.String"),
]


def test_what_keeps_the_contract_has_no_problems() -> None:
    """The shoe is in the documentation's example of an open type."""
    assert Csdl(CONTRACT, {"acme.rooms.person": ["shoe"]}).problems(SOUND, "rooms.room") == []


@pytest.mark.parametrize(("change", "expected"), DEVIATIONS, ids=[text for _, text in DEVIATIONS])
def test_each_deviation_is_named_with_its_place(change: dict[str, Any], expected: str) -> None:
    checker = Csdl(CONTRACT, {"acme.rooms.person": ["shoe"]})
    assert checker.problems(SOUND | change, "acme.rooms.room") == [expected]


def test_items_of_a_collection_are_counted_from_nought() -> None:
    assert Csdl(CONTRACT).problems([{"id": "a"}, {}, []], "Collection(rooms.room)") == [
        "$[2]: [] is no acme.rooms.room"
    ]
