"""The day as the desk sees it: who comes, what is next, and what wants a decision."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from classes.models import Community, Session
from volunteers.models import Pairing
from volunteers.queries import board
from volunteers.queries.presence import Presence, presence
from volunteers.queries.todos import Todo, todos

MOST_TODOS = 5


@dataclass(frozen=True, slots=True)
class Today:
    """Everything the page 今天 shows. `next_card` is set when nothing is held today, `ahead` is the day after.

    `todos` are the most pressing, `later` what does not fit beside them.
    """

    community: Community
    date: date
    now: datetime
    cards: list[board.Card]
    tally: board.Tally
    next_card: board.Card | None
    todos: list[Todo]
    later: list[Todo]
    ahead: list[board.Card]
    presence: Presence

    @property
    def now_before(self) -> int | None:
        """Where the line says what time it is: before this session; 0 after the last; nowhere while one is on."""
        if any(card.session.starts_at <= self.now < card.session.ends_at for card in self.running):
            return None
        return next((card.session.pk for card in self.cards if card.session.starts_at > self.now), 0)

    @property
    def wanted(self) -> int:
        """How much wants a decision."""
        return len(self.todos) + len(self.later)

    @property
    def running(self) -> list[board.Card]:
        """The cards of today that are held."""
        return [card for card in self.cards if not card.is_cancelled]

    @property
    def learners(self) -> int:
        """How many learners are expected today."""
        return sum(card.session.expected for card in self.running)

    @property
    def helpers(self) -> int:
        """How many people come to help today."""
        return sum(card.filled for card in self.running)


def today(*, community: Community, now: datetime, may_organise: bool = True) -> Today:
    """The page 今天. At most 27 queries, however much there is."""
    day = timezone.localdate(now)
    cards = board.cards_between(community=community, first=day, last=day + timedelta(days=2), now=now)
    of_today = [card for card in cards if card.session.on_date == day]
    held = [card for card in of_today if not card.is_cancelled]
    wanted = todos(community=community, cards=cards, now=now, may_organise=may_organise)
    return Today(
        community=community,
        date=day,
        now=now,
        cards=of_today,
        tally=board.tally(of_today),
        next_card=None if held else next_card(community=community, now=now),
        todos=wanted[:MOST_TODOS],
        later=wanted[MOST_TODOS:],
        ahead=next_day(cards, day) if held else [],
        presence=presence(held, now),
    )


def next_day(cards: list[board.Card], day: date) -> list[board.Card]:
    """The cards of the first day after this one on which something is held."""
    coming = [card for card in cards if card.session.on_date > day and not card.is_cancelled]
    return [card for card in coming if card.session.on_date == coming[0].session.on_date]


def helped_by(cards: list[board.Card]) -> dict[int, list[str]]:
    """The names of the learners whom each assigned person takes, by assignment; one query."""
    rows = Pairing.objects.filter(session__in=[card.session.pk for card in cards])
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    for session, volunteer, name in rows.values_list("session_id", "volunteer_id", "learner__person__name"):
        names[session, volunteer].append(name)
    people = [place.assignment for card in cards for place in card.places if place.assignment]
    return {one.pk: names[one.session_id, one.volunteer_id] for one in people}


def next_card(*, community: Community, now: datetime) -> board.Card | None:
    """The next session that is held, with its people."""
    session = (
        Session.objects.filter(community=community, starts_at__gt=now, status=Session.Status.PLANNED)
        .order_by("starts_at", "id")
        .first()
    )
    return board.card(session=session, now=now) if session else None


def week_to_print(*, community: Community, now: datetime) -> date | None:
    """The Monday of the week whose sheet helps on a day without a class: next week's, or where nothing is held in
    it the next week with a class. One query; None when nothing is to come."""
    coming = Session.objects.filter(community=community, starts_at__gt=now, status=Session.Status.PLANNED)
    days = set(coming.values_list("on_date", flat=True))
    mondays = {board.monday_of(day) for day in days}
    following = board.monday_of(timezone.localdate(now)) + timedelta(days=7)
    return following if following in mondays else min(mondays, default=None)
