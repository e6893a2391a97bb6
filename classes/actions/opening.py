"""A new term in one go: from the classes of an earlier one, or from what a programme usually looks like."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction

from classes.actions.generating import Generated, generate_term
from classes.actions.series import Pattern, create_series, create_term
from classes.models import Community, Series, SeriesDay, Term
from classes.seeds import programme_of
from people import audit
from people.models import User

SCHOOL_DAYS = tuple(range(5))
# What a new class of a programme, by its code, usually looks like (domain sections 2.5 and 8.2 to 8.3).
USUAL = {
    "after-school": (Pattern("四点半课堂", SCHOOL_DAYS, time(16, 30), time(18, 30), "", 24),),
    "novices": (Pattern("菜鸟学堂·启蒙", (5,), time(9, 30), time(11), "", 12, "A"),),
    "weekdays": (Pattern("长者基础班", (2,), time(9, 30), time(11), "", 20, "B"),),
    "desk": (Pattern("手机门诊", (6,), time(14, 30), time(16, 30), "", 24),),
    "breaks": (
        Pattern("带娃·上午", SCHOOL_DAYS, time(8, 30), time(11, 30), "", 30),
        Pattern("带娃·下午", SCHOOL_DAYS, time(14, 30), time(17, 30), "", 30),
    ),
}
TEMPLATES = {
    "usual": ("平常的四个班", ("after-school", "novices", "weekdays", "desk")),
    "break": ("寒暑假带娃，上午和下午", ("breaks",)),
}
# What a class takes along into the next term; its dates and its learners stay behind.
KEPT = (
    "programme_id",
    "community_id",
    "name",
    "room_id",
    "starts",
    "ends",
    "every_weeks",
    "week_offset",
    "month_weeks",
    "capacity",
    "stated_leads",
    "stated_helpers",
    "stages",
    "needs",
    "note",
)


class HasClasses(Exception):
    """The community has classes in that term already."""


@dataclass(slots=True)
class Opened:
    """The new term, its classes, and what became of their sessions."""

    term: Term
    series: list[Series] = field(default_factory=list)
    generated: Generated = field(default_factory=Generated)

    def in_words(self) -> str:
        """加了 9 个班，130 场，3 件事等您定。"""
        if not self.series:
            return "还没有班。"
        asked = f"，{self.generated.questions} 件事等您定" if self.generated.questions else ""
        return f"加了 {len(self.series)} 个班，{self.generated.created} 场{asked}。"


@transaction.atomic
def open_term(
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    community: Community,
    like: Term | None,
    template: str,
    now: datetime,
    actor: User | None,
) -> Opened:
    """Make a term with the classes of an earlier one or of a template, and all its sessions.

    `template` is a key of TEMPLATES, or empty for a term without classes. Raises NameTaken, TermTooLong.
    """
    term = create_term(name=name, starts_on=starts_on, ends_on=ends_on, now=now, actor=actor)
    return fill_term(term=term, community=community, like=like, template=template, now=now, actor=actor)


@transaction.atomic
def fill_term(
    *, term: Term, community: Community, like: Term | None, template: str, now: datetime, actor: User | None
) -> Opened:
    """The same for a term that is there and has no classes in this community yet. Raises HasClasses."""
    opened = Opened(term)
    if Series.objects.filter(term=term, community=community).exists():
        raise HasClasses
    if like:
        opened.series = copy_classes(like, term, community)
    elif template:
        opened.series = make_usual(term, community, TEMPLATES[template][1], now, actor)
    if opened.series:
        opened.generated = generate_term(term=term, community=community, now=now)
    summary = f"{term}：{len(opened.series)} 个班，{opened.generated.created} 场"
    audit.write(actor=actor, verb="照样子排了学期", thing=f"term:{term.pk}", now=now, summary=summary)
    return opened


def copy_classes(like: Term, term: Term, community: Community) -> list[Series]:
    """The classes of a community again, with free seats on the same weekdays, in the rooms that still suit."""
    found = Series.objects.filter(term=like, community=community).select_related("room")
    old = list(found.prefetch_related("days").order_by("id"))
    new = [Series(term=term, **{name: getattr(one, name) for name in KEPT}) for one in old]
    for one in new:
        if one.room and one.room.lacks(one.needs):
            one.room = None  # it has lost what the class needs since then
    Series.objects.bulk_create(new)
    SeriesDay.objects.bulk_create(
        SeriesDay(series=made, weekday=day.weekday, seats=day.seats)
        for one, made in zip(old, new, strict=True)
        for day in one.days.all()
    )
    return new


def make_usual(
    term: Term, community: Community, programmes: tuple[str, ...], now: datetime, actor: User | None
) -> list[Series]:
    """What these programmes, by their codes, usually look like."""
    return [
        create_series(term=term, community=community, programme=programme, pattern=pattern, now=now, actor=actor)
        for code, programme in zip(programmes, map(programme_of, programmes), strict=True)
        for pattern in USUAL[code]
    ]
