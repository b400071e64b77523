"""The people of the story as Epic knows them."""

from local.config import PEOPLE, Person

# Epic user names hold no spaces and are upper case for staff; MyChart's are the patient's own.
_BY_USERNAME = {person.epic_username: person for person in PEOPLE.values() if person.epic_username}


def find(epic_username: str) -> Person | None:
    """The person who signs in to Epic or MyChart by this name, if any."""
    return _BY_USERNAME.get(epic_username)


def is_staff(person: Person) -> bool:
    """Whether this person works in Hyperspace, rather than in MyChart."""
    return person.fhir_type == "Practitioner"


def name_parts(person: Person) -> tuple[str, str]:
    """Family and given name."""
    given, _, family = person.name.rpartition(" ")
    return family, given
