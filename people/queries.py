"""Finding people by what somebody types, and what the place has decided for itself."""

from typing import Any

from django.conf import settings
from django.db.models import Q

from people import names
from people.models import PersonWord, Setting


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


def delivered(key: str) -> dict[str, Any]:
    """What holds as long as nobody has decided anything: `quiet` in hours, `retention` in days.

    `text:KIND` is what a note of that kind says instead of the delivered words; empty means those.
    """
    if key.startswith("text:"):
        return {"text": ""}
    every: dict[str, dict[str, Any]] = {
        "organisation": {"name": "", "contact": "", "phone": ""},
        "quiet": {"from_hour": settings.LINKE_QUIET_FROM, "until_hour": settings.LINKE_QUIET_UNTIL},
        "retention": {"requests": 30, "messages": 365, "imports": 30},
    }
    return every[key]


def setting(key: str) -> dict[str, Any]:
    """The decision by its key, filled up with what is delivered. One query."""
    row = Setting.objects.filter(key=key).first()
    return delivered(key) | (row.value if row else {})
