"""The page of sessions whose day has changed: by day, with who has been asked there."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from classes.models import Community
from classes.queries import days
from classes.queries.days import Caught
from volunteers.models import Assignment

# What is ticked to begin with: as the rule pack says. Nothing where it says "ask".
USUAL = {"run": "keep", "skip": "cancel"}


@dataclass(frozen=True, slots=True)
class Row:
    """One session with how many volunteers know of it, what is chosen and where it would go."""

    caught: Caught
    known: int
    chosen: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day and its sessions."""

    date: date
    rows: list[Row]


def page(*, community: Community, now: datetime, said: dict[int, tuple[str, str]] | None = None) -> list[Day]:
    """Everything to be settled, in order. `said` are choices already made on the page. Four queries."""
    found = days.caught(community=community, now=now)
    asked = Assignment.objects.filter(
        session__in=[one.session.pk for one in found],
        status__in=(Assignment.Status.OFFERED, Assignment.Status.ACCEPTED),
    )
    known = Counter(asked.order_by().values_list("session_id", flat=True)) if found else Counter()
    said = said or {}
    rows = []
    for one in found:
        chosen, to = said.get(one.session.pk, (USUAL.get(one.rule, ""), ""))
        rows.append(Row(one, known[one.session.pk], chosen, to))
    return [Day(day, list(group)) for day, group in groupby(rows, key=lambda row: row.caught.session.on_date)]
