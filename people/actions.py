"""Acts on people that every app needs."""

from typing import Any

from people import names
from people.models import Person, PersonNote


def create_person(*, name: str, phone: str = "", **fields: Any) -> Person:
    """A new person with sort key and search words computed from the name and phone."""
    name = names.clean(name)
    return Person.objects.create(
        name=name,
        phone=phone,
        name_key=names.key(name),
        search=names.search_words(name, phone),
        **fields,
    )


def change_contact(*, person: Person, name: str, phone: str) -> None:
    """Change name or phone; key and search words follow."""
    person.name = names.clean(name)
    person.phone = phone
    person.name_key = names.key(person.name)
    person.search = names.search_words(person.name, phone)
    person.save(update_fields=["name", "phone", "name_key", "search"])


def note(*, person: Person, text: str, source: str = "") -> tuple[PersonNote, bool]:
    """Keep words with a person; said twice they are kept once. Answers whether they are new."""
    return PersonNote.objects.get_or_create(person=person, text=text[:500], defaults={"source": source[:200]})
