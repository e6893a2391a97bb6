"""Every note to a volunteer, a family or a work group that a place may write in its own words, by its kind."""

from classes.wordings import FAMILIES
from people import texts
from volunteers.actions.wordings import ASKING, BEFORE, CHANGES, CLUBS, EXCHANGES, PAPERS, SUBSTITUTES, WORK_GROUPS

GROUPS = (ASKING, BEFORE, CHANGES, SUBSTITUTES, EXCHANGES, CLUBS, FAMILIES, PAPERS, WORK_GROUPS)
"""In the order in which somebody looks for them."""
HOUSE = tuple(one for group in GROUPS for one in group.texts)
BY_KIND = {one.kind: one for one in HOUSE}


def current(kind: str) -> str:
    """The words that hold now, with their variables: read once for all notes of a batch. One query."""
    return texts.current(BY_KIND[kind])


def say(kind: str, words: str = "", /, **values: str) -> str:
    """One note in the words that hold now: `words`, where the caller has read them, or one query."""
    return texts.say(BY_KIND[kind], words, **values)
