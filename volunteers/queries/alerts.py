"""What stands above the board: days nobody has decided about, people a make-up day takes away, counts that differ.

Every alert says where it is dealt with; what has no button has no place here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from classes.models import Community, DayQuestion
from classes.queries.days import guess_in_words

if TYPE_CHECKING:
    from volunteers.queries.board import Card, Day


@dataclass(frozen=True, slots=True)
class Alert:
    """One sentence, where to deal with it, and the word on that button.

    `is_loose` is a hint about the timetable: worth knowing, nothing is missing because of it.
    """

    lead: str
    text: str
    address: str
    button: str = "处理"
    is_loose: bool = False


def alerts_of(*, community: Community, days: list[Day]) -> list[Alert]:
    """The alerts of a week, what concerns people first. One query."""
    return [*_days(community, days), *_guessed(days), *_warnings(card for day in days for card in day.cards)]


def _days(community: Community, days: list[Day]) -> list[Alert]:
    """Days that are undecided, and make-up days with people who cannot come."""
    questions = _questions(community, days)
    found = []
    for day in days:
        if day.date in questions:
            names = "、".join(dict.fromkeys(questions[day.date]))
            found.append(Alert(_title(day), f"{names}开不开课还没定", f"{reverse('desk:term')}#questions", "定下来"))
        clashes = [place for card in day.cards for place in card.places if place.clash]
        if clashes:
            address = f"{reverse('desk:week')}?w={days[0].date}&clash={day.date}#side"
            found.append(Alert(_title(day), f"照常开课，已排的人里 {len(clashes)} 位可能来不了", address))
    return found


def _title(day: Day) -> str:
    if day.is_makeup:
        return f"{day.label}要上班（调休）"
    return f"{day.label}{day.name}"


def _questions(community: Community, days: list[Day]) -> dict[date, list[str]]:
    asked = DayQuestion.objects.filter(
        answer="", series__community=community, on_date__range=(days[0].date, days[-1].date)
    ).select_related("series")
    questions = defaultdict(list)
    for question in asked:
        questions[question.on_date].append(question.series.name)
    return questions


def _guessed(days: list[Day]) -> list[Alert]:
    guessed = [day.date for day in days if day.is_guessed and day.cards]
    if not guessed:
        return []
    text = f"{guess_in_words(guessed)}的放假安排还没公布，以后可能要改"
    return [Alert("放假是预测的", text, reverse("desk:calendar"), "看日历")]


def _warnings(cards: Iterable[Card]) -> list[Alert]:
    """One hint for each series and sentence, however many days of the week it is true of."""
    times: dict[tuple[str, str, int], int] = defaultdict(int)
    for card in cards:
        for text in card.warnings:
            times[card.session.series.name, text, card.session.series_id] += 1
    return [
        Alert(
            name,
            f"{text}（这周 {count} 场都是）" if count > 1 else text,
            reverse("desk:series-edit", args=[series]),
            "改课表",
            is_loose=True,
        )
        for (name, text, series), count in sorted(times.items())
    ]
