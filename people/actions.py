"""Acts on people that every app needs."""

from typing import Any

from people import names
from people.models import Person, PersonNote, PersonWord


def create_person(*, name: str, phone: str = "", **fields: Any) -> Person:
    """A new person with sort key and the words that find them, computed from the name and phone."""
    name = names.clean(name)
    person = Person.objects.create(name=name, phone=phone, name_key=names.key(name), **fields)
    PersonWord.objects.bulk_create(PersonWord(person=person, word=word) for word in names.words(name, phone))
    return person


def reindex(person: Person) -> None:
    """Bring the words that find somebody in line with their name and phone."""
    wanted = set(names.words(person.name, person.phone))
    held = PersonWord.objects.filter(person=person)
    held.exclude(word__in=wanted).delete()
    missing = wanted - set(held.values_list("word", flat=True))
    # Two desks may change one person at once; what one has added the other need not.
    PersonWord.objects.bulk_create(
        [PersonWord(person=person, word=word) for word in sorted(missing)], ignore_conflicts=True
    )


def change_contact(*, person: Person, name: str, phone: str) -> None:
    """Change name or phone; key and words follow."""
    person.name = names.clean(name)
    person.phone = phone
    person.name_key = names.key(person.name)
    person.save(update_fields=["name", "phone", "name_key"])
    reindex(person)


def note(*, person: Person, text: str, source: str = "") -> tuple[PersonNote, bool]:
    """Keep words with a person; said twice they are kept once. Answers whether they are new."""
    return PersonNote.objects.get_or_create(person=person, text=text[:500], defaults={"source": source[:200]})
