"""What the clock tells staff and work groups: the week in numbers, what was not closed, where people are missing.

Each may run any number of times; the key of each note keeps anybody from being told twice. Work groups
hear of sessions and numbers only, never of people.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from classes.models import Community, Session
from people import calls, outbox
from people.models import Channel, Message, User
from volunteers.actions import notes, texts
from volunteers.actions.reminding import expiring, expiring_trainings, last_day
from volunteers.models import Assignment, CheckIn, Shift

WEEK = timedelta(days=7)
TAKES_CHECK_INS = timedelta(days=30)
MOST_LINES = 12


def organisers() -> QuerySet[User]:
    """Staff who are told: 站长 and 社工 with an account in use."""
    return User.objects.filter(is_active=True, role__in=(User.Role.MANAGER, User.Role.ORGANISER)).order_by("pk")


# --- the week, to organisers ----------------------------------------------------------------------------


@transaction.atomic
def weekly(*, now: datetime) -> int:
    """周报: last week in numbers, and what this week wants; once a week to each organiser. Answers how many."""
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday())
    communities = list(Community.objects.all())
    if not communities:
        return 0
    lines = [week_of(one, monday, now) for one in communities]
    lines += _loose_ends(now)
    return _tell_staff("weekly", f"week:{monday}", f"{monday:%-m月%-d日} 这一周", lines, "/desk/", monday + WEEK, now)


def week_of(community: Community, monday: date, now: datetime) -> str:
    """One community in one line: what was held, and what is missing."""
    sessions = Session.objects.filter(community=community).exclude(status=Session.Status.CANCELLED)
    held = sessions.filter(on_date__range=(monday - WEEK, monday - timedelta(days=1)), ends_at__lte=now)
    came = Assignment.objects.filter(session__in=held, status=Assignment.Status.ACCEPTED).count()
    coming = sessions.filter(on_date__range=(monday, monday + timedelta(days=6)))
    places = Shift.objects.filter(session__in=coming).aggregate(gaps=Sum(F("needed") - F("taken")))
    silent = Assignment.objects.filter(session__in=coming, status=Assignment.Status.OFFERED).count()
    return (
        f"{community}：上周 {held.count()} 场，志愿者 {came} 人次；这周 {coming.count()} 场，"
        f"还缺 {places['gaps'] or 0} 人，{silent} 人没回。"
    )


def _loose_ends(now: datetime) -> list[str]:
    counts = {
        "30 天内到期的背景查询": len(expiring(now)),
        "没签退完的场次": len(unclosed(now - WEEK, now)),
        "要打的电话": calls.open_calls(now=now).count(),
    }
    return [f"{what}：{count}" for what, count in counts.items() if count]


# --- checks and trainings that run out ----------------------------------------------------------------


@transaction.atomic
def tell_expiring(*, now: datetime) -> int:
    """Each organiser hears of each check and training that runs out within 30 days, once. Answers how many there are.

    Notes of one morning leave together, so ten of them are one message.
    """
    checks = [(who, "背景查询", "过了就不能陪孩子", until) for who, until in expiring(now)]
    found = checks + [(one.volunteer, f"培训“{one.what}”", "", last_day(one)) for one in expiring_trainings(now)]
    for who, what, means, until in found:
        line = f"{who}的{what}到 {notes.on_day(until)} 为止" + (f"，{means}。" if means else "。")
        _tell_staff(
            "expiring",
            f"{who.pk}:{what}:until:{until}",
            f"{who}的{what}快到期了",
            [line],
            f"/desk/volunteers/{who.pk}/",
            until + timedelta(days=1),
            now,
        )
    return len(found)


# --- attendance that was not closed -------------------------------------------------------------------


@transaction.atomic
def unclosed_yesterday(*, now: datetime) -> int:
    """The sessions of yesterday whose attendance nobody closed, to each organiser once. Answers how many sessions."""
    today = timezone.localdate(now)
    start = timezone.make_aware(datetime.combine(today - timedelta(days=1), time()))
    found = unclosed(start, start + timedelta(days=1))
    if found:
        lines = ["下面的场次有人没签到或没签退，补上才算服务时间：", *map(_session_line, found[:MOST_LINES])]
        _tell_staff(
            "attendance",
            f"day:{start.date()}",
            f"昨天 {len(found)} 场没签退完",
            lines,
            "/desk/report/",
            today + WEEK,
            now,
        )
    return len(found)


def unclosed(from_at: datetime, until_at: datetime) -> list[Session]:
    """Sessions that ended in this time with an agreed place that has no arrival or no departure.

    Only where check-in is in use: a community without any check-in of the last 30 days keeps its hours elsewhere.
    """
    using = CheckIn.objects.filter(on_date__gte=timezone.localdate(until_at) - TAKES_CHECK_INS)
    ended = Session.objects.filter(
        ends_at__gte=from_at, ends_at__lt=until_at, community__in=using.values("series__community")
    ).exclude(status=Session.Status.CANCELLED)
    came = Q(assignments__status=Assignment.Status.ACCEPTED, assignments__no_show=None)
    agreed = Count("assignments", filter=came, distinct=True)
    closed = Count("checkins", filter=Q(checkins__left_at__isnull=False), distinct=True)
    rows = ended.annotate(agreed=agreed, closed=closed).filter(agreed__gt=F("closed"))
    return list(rows.select_related("series", "room").order_by("starts_at", "id"))


# --- gaps, to work groups -----------------------------------------------------------------------------


@transaction.atomic
def call_for_help(*, now: datetime) -> int:
    """Once a day to each group's bot: where people are missing within seven days. Answers how many were told."""
    told, words = 0, texts.current("gaps")
    for bot in Channel.objects.filter(kind__in=Channel.BOTS, is_on=True):
        lines = gap_lines(bot, now)
        if lines:
            outbox.write(
                bot=bot,
                kind="gaps",
                about=f"day:{timezone.localdate(now)}",
                subject="还缺人",
                body=texts.say("gaps", words, 场次="\n".join(lines)),
                link="/",
                now=now,
                useless_after=now + timedelta(hours=12),
            )
            told += 1
    return told


def gap_lines(bot: Channel, now: datetime) -> list[str]:
    """One line for each session with a gap: when, what, where, how many; nothing about people."""
    lacking = Shift.objects.filter(
        taken__lt=F("needed"),
        session__status=Session.Status.PLANNED,
        session__starts_at__gt=now,
        session__starts_at__lte=now + WEEK,
        role__needs_clearance=False,
    )
    kind, _, pk = bot.scope.partition(":")
    if kind == "community":
        lacking = lacking.filter(session__community=pk)
    rows = lacking.select_related("session__series", "session__room", "session__community", "role")
    found = rows.order_by("session__starts_at", "session_id", "id")[:MOST_LINES]
    return [f"{_session_line(one.session)} {one.role}还缺 {one.needed - one.taken} 人" for one in found]


def _session_line(session: Session) -> str:
    where = f"，{session.room.name}" if session.room else ""
    return f"{notes.when(session.starts_at)} {session.series.name}{where}"


def _tell_staff(
    kind: str, about: str, subject: str, lines: Iterable[str], link: str, useless_on: date, now: datetime
) -> int:
    """The same note to every organiser; answers how many there are."""
    body = "\n".join(lines)
    useless_after = timezone.make_aware(datetime.combine(useless_on, time()))
    written: list[Message] = [
        outbox.write(
            user=one,
            kind=kind,
            about=about,
            subject=subject,
            body=body,
            link=link,
            now=now,
            useless_after=useless_after,
        )
        for one in organisers()
    ]
    return len(written)
