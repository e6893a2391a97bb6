"""Finding people by what somebody types."""

from django.db.models import Q

from people import names
from people.models import PersonWord


def typed(q: str) -> list[str]:
    """The words of a search: pinyin by spaces, characters in the form in which names are kept."""
    words = (names.clean(word).lower() for word in q.replace("*", " ").split())
    return [word for word in words if word][:6]


def found_by(word: str, person: str = "person") -> Q:
    """Those whose name, pinyin, initials or phone begin so, or whose phone ends so. Answered by an index.

    `person` is the path from the model asked to the person.
    """
    digits = word.replace("-", "")
    asked = Q(word__prefix=digits) | Q(word=f"*{digits}") if digits.isdigit() else Q(word__prefix=word)
    words = PersonWord.objects.filter(asked)
    return Q(**{f"{person}__in": words.values("person")})
