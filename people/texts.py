"""What a place says in its notes: the words as delivered, or those it has decided on instead."""

from datetime import datetime

from people import queries, settling
from people.models import Setting, User
from people.wordings import Wording, faults, filled, tidy

PREFIX = "text:"


class BadText(settling.Refused):
    """The text cannot be sent; the message says why."""


def key_of(wording: Wording) -> str:
    """Where the decision about one text is kept."""
    return f"{PREFIX}{wording.kind}"


def own_text(wording: Wording) -> str:
    """What this place says instead; empty while it says what is delivered. One query."""
    return str(queries.setting(key_of(wording))["text"])


def own_texts() -> dict[str, str]:
    """All words of this place's own, by the kind of note. One query."""
    rows = Setting.objects.filter(key__startswith=PREFIX)
    return {row.key.removeprefix(PREFIX): text for row in rows if (text := row.value.get("text"))}


def current(wording: Wording) -> str:
    """The words that hold now, with their variables: read once for all notes of a batch. One query."""
    return own_text(wording) or wording.text


def say(wording: Wording, words: str = "", /, **values: str) -> str:
    """One note in the words that hold now: `words`, where the caller has read them, or one query."""
    return filled(words or current(wording), values)


def write_own(*, wording: Wording, text: str, now: datetime, actor: User | None) -> None:
    """Say it like this from now on; notes already written stay. Raises BadText."""
    text = tidy(text)
    if found := faults(wording, text):
        raise BadText(" ".join(found))
    _decide(wording, "" if text == wording.text else text, now, actor)


def reset(*, wording: Wording, now: datetime, actor: User | None) -> None:
    """Say again what is delivered."""
    _decide(wording, "", now, actor)


def _decide(wording: Wording, text: str, now: datetime, actor: User | None) -> None:
    settling.decide(key=key_of(wording), value={"text": text}, label=f"通知：{wording.word}", now=now, actor=actor)
