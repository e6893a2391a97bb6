"""What people or the desk have written about themselves, for the days that it names."""

from collections import defaultdict
from collections.abc import Iterable

from people.models import PersonNote
from volunteers.planning import words
from volunteers.planning.load import Index


def remarks(volunteers: Iterable[int], index: Index) -> dict[int, list[str]]:
    """Their own words out of the notes of each of these volunteers, the oldest first. One query."""
    owner = {index.volunteers[pk].person_id: pk for pk in volunteers}
    found: dict[int, list[str]] = defaultdict(list)
    notes = PersonNote.objects.filter(person__in=list(owner)).order_by("pk")
    for person, text, source in notes.values_list("person_id", "text", "source"):
        found[owner[person]].append(words.own_words(text, source))
    return found
