"""The first run: five steps from nothing to a published week, read off what is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from classes.models import Community, Learner, Room, Session, Term
from volunteers.models import Assignment, Volunteer
from volunteers.queries.board import monday_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step: done when what it makes is there, whoever made it, whichever way."""

    number: int
    key: str
    title: str
    text: str
    is_done: bool
    has: str = ""


def steps(*, community: Community | None, now: datetime) -> list[Step]:
    """The five steps as they stand. Leaving and coming back changes nothing: nothing is remembered."""
    here = {"community": community}
    rooms = Room.objects.filter(venue__community=community).count() if community else 0
    sessions = Session.objects.filter(**here, starts_at__gt=now).count() if community else 0
    helpers = Volunteer.objects.exclude(status=Volunteer.Status.LEFT).count()
    learners = Learner.objects.filter(**here).count() if community else 0
    mine = Assignment.objects.filter(session__community=community) if community else Assignment.objects.none()
    # What a pasted list said, and who signed up by themselves, is no roster of the desk's.
    placed = mine.filter(status__in=Assignment.ACTIVE).exclude(source__in=("import", "sign_up")).count()
    told = mine.filter(offer__isnull=False).count()
    return [
        Step(
            1,
            "place",
            "社区和教室",
            "叫什么社区，有哪几间教室。",
            bool(community and rooms),
            f"{community}，{rooms} 间教室" if community else "",
        ),
        Step(
            2,
            "people",
            "名单",
            "志愿者和学员：拖进手里的表格，或者先用样例试试。",
            bool(helpers and learners),
            f"{helpers} 位志愿者，{learners} 位学员" if helpers or learners else "",
        ),
        Step(
            3,
            "term",
            "这学期的课",
            "照样子生成，放假和调休自动避开。",
            bool(sessions),
            f"{sessions} 场还没上" if sessions else "",
        ),
        Step(
            4,
            "fill",
            "排下一周",
            "点“补齐”，看理由，采纳。这时还没有人收到通知。",
            bool(placed),
            f"排了 {placed} 人次" if placed else "",
        ),
        Step(
            5,
            "publish",
            "发布",
            "看一眼谁会收到什么，再点发布。",
            bool(told),
            f"通知了 {told} 人次" if told else "",
        ),
    ]


def next_monday(community: Community | None, now: datetime) -> str:
    """The Monday of the first week after this one that has sessions, else of this one; as the board's address wants it."""
    today = timezone.localdate(now)
    after = today + timedelta(days=7 - today.weekday())
    coming = Session.objects.filter(community=community, starts_at__gt=now, status=Session.Status.PLANNED)
    days = coming.order_by("starts_at").values_list("on_date", flat=True)
    return monday_of(days.filter(on_date__gte=after).first() or days.first() or today).isoformat()


def drafted_monday(community: Community | None, now: datetime) -> str:
    """The Monday of the first draft that nobody was told of, else of the week to fill."""
    drafts = Assignment.objects.filter(
        session__community=community, status=Assignment.Status.DRAFT, starts_at__gt=now
    ).order_by("starts_at")
    first = drafts.values_list("session__on_date", flat=True).first()
    return monday_of(first).isoformat() if first else next_monday(community, now)


def has_term() -> bool:
    """Whether there is a term to make sessions in."""
    return Term.objects.exists()
