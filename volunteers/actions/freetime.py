"""The volunteer says when they are free: parts of the week, every or each second week, days away, limits."""

import json
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from people import audit
from people.models import User
from volunteers.models import Availability, Volunteer
from volunteers.queries.mine import BANDS, bands
from volunteers.queries.own_time import DIALECT, REASONS, SKILLS, THIS_WEEK, Away

OWN_WORDS = "自己在网页上选的"
TOLD_DESK = "本人说的，工作人员记"
WHOLE_DAY = (time(0), time(23, 59))
LONGEST_AWAY = timedelta(days=180)
FIELDS = (
    "weekday",
    "on_date",
    "starts",
    "ends",
    "kind",
    "weeks",
    "from_on",
    "until_on",
    "told_on",
    "told_how",
)
Snapshot = list[list[Any]]
Kind, Weeks = Availability.Kind, Availability.Weeks


class Refused(Exception):
    """What was said about time cannot be kept; the message says why."""


@transaction.atomic
def set_bands(
    *, volunteer: Volunteer, chosen: Collection[str], now: datetime, weeks: str = "", actor: User | None = None
) -> bool:
    """Make exactly these parts of the week ("2-after") free; answers whether anything changed.

    Only parts that changed are touched: finer windows somebody wrote down stay as they are. `weeks`
    (every, odd, even) counts for all of them; empty leaves each as it is. `actor` writes down what the
    volunteer has told the desk; without one it is the volunteer who says it.
    """
    today = timezone.localdate(now)
    rows = list(Availability.objects.select_for_update().filter(volunteer=volunteer, weekday__isnull=False))
    lit = bands(rows, today)
    known = {f"{weekday}-{code}" for weekday in range(7) for code in BANDS}
    wanted = known & set(chosen)
    for name in lit - wanted:
        _cut(volunteer, *_parts(name))
    for name in wanted - lit:
        weekday, starts, ends = _parts(name)
        Availability.objects.create(
            volunteer=volunteer,
            weekday=weekday,
            starts=starts,
            ends=ends,
            told_on=today,
            told_how=OWN_WORDS if actor is None else TOLD_DESK,
        )
    turned = _turn(volunteer, weeks)
    if lit == wanted and not turned:
        return False
    _wrote(volunteer, f"加了 {len(wanted - lit)} 段，去掉 {len(lit - wanted)} 段", now, actor=actor)
    return True


def _turn(volunteer: Volunteer, weeks: str) -> int:
    """Let the weekly windows count in these weeks; answers how many changed."""
    if weeks not in Weeks.values:
        return 0
    habits = Availability.objects.filter(volunteer=volunteer, weekday__isnull=False, until_on=None)
    return habits.exclude(kind=Kind.IMPOSSIBLE).exclude(weeks=weeks).update(weeks=weeks)


def not_this_week(*, volunteer: Volunteer, now: datetime) -> str:
    """这周不行: the rest of this week is out. Answers what to tell."""
    today = timezone.localdate(now)
    sunday = today + timedelta(days=6 - today.weekday())
    go_away(volunteer=volunteer, first=today, last=sunday, why=THIS_WEEK, now=now)
    return f"好，这周（到 {sunday.month}月{sunday.day}日）先不排您。已经答应的场次，要另外说来不了。"


@transaction.atomic
def go_away(*, volunteer: Volunteer, first: date | None, last: date | None, why: str, now: datetime) -> str:
    """These days, both included, are out, whatever else was said. Answers what to tell. Raises Refused."""
    if first is None or last is None:
        raise Refused("请选从哪天到哪天。")
    if not timezone.localdate(now) <= last or last < first:
        raise Refused("最后一天要在第一天之后，也不能是过去的日子。")
    if last - first > LONGEST_AWAY:
        raise Refused("最长写半年；更久不来，请社区帮您暂停。")
    Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    _of(volunteer, first, last).delete()
    days = [first + timedelta(days=offset) for offset in range(min(7, (last - first).days + 1))]
    told = {"told_on": timezone.localdate(now), "told_how": why if why in (*REASONS, THIS_WEEK) else ""}
    starts, ends = WHOLE_DAY
    when = (
        [{"on_date": first}]
        if first == last
        else [{"weekday": day.weekday(), "from_on": first, "until_on": last} for day in days]
    )
    Availability.objects.bulk_create(
        Availability(volunteer=volunteer, starts=starts, ends=ends, kind=Kind.IMPOSSIBLE, **told, **one) for one in when
    )
    words = Away(first, last, why).words
    _wrote(volunteer, f"{words}不行", now)
    return f"好，{words}先不排您。"


@transaction.atomic
def come_back(*, volunteer: Volunteer, key: str, now: datetime) -> str:
    """They can on those days after all; `key` is first and last day. Answers what to tell. Raises Refused."""
    try:
        first, last = (date.fromisoformat(part) for part in key.split("_"))
    except ValueError:
        raise Refused("没找到这几天，刷新看看。") from None
    if not _of(volunteer, first, last).delete()[0]:
        raise Refused("这几天已经去掉了。")
    _wrote(volunteer, f"{Away(first, last, '').words}又行了", now)
    return "好，这几天又照平常算。"


def _of(volunteer: Volunteer, first: date, last: date) -> QuerySet[Availability]:
    """The rows of one time away."""
    rows = Availability.objects.filter(volunteer=volunteer, kind=Kind.IMPOSSIBLE)
    one_day = Q(on_date=first) if first == last else Q(pk=None)
    return rows.filter(one_day | Q(on_date=None, from_on=first, until_on=last))


def set_limits(*, volunteer: Volunteer, per_week: int | None, per_month: int | None, now: datetime) -> None:
    """How often at most; None is without limit."""
    Volunteer.objects.filter(pk=volunteer.pk).update(max_per_week=per_week, max_per_month=per_month)
    _wrote(volunteer, f"每周最多 {per_week or '不限'}，每月最多 {per_month or '不限'}", now, verb="改最多几次")


@transaction.atomic
def set_skills(*, volunteer: Volunteer, chosen: Collection[str], now: datetime) -> None:
    """Which of the chips fit; what else is written of the volunteer stays."""
    row = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    kept = [word for word in row.skills if word not in SKILLS]
    own = [word for word in SKILLS if word in chosen and word != DIALECT]
    Volunteer.objects.filter(pk=row.pk).update(skills=[*kept, *own], dialect=DIALECT in chosen)
    _wrote(volunteer, f"会什么：{'、'.join(word for word in SKILLS if word in chosen) or '没选'}", now, verb="改会什么")


# --- undo -----------------------------------------------------------------------------------------


def snapshot(volunteer: Volunteer) -> Snapshot:
    """All that is said about the volunteer's time, as plain values. One query."""
    rows = Availability.objects.filter(volunteer=volunteer).order_by("id").values_list(*FIELDS)
    return [[value if isinstance(value, int | None) else str(value) for value in row] for row in rows]


def fingerprint(rows: Snapshot) -> str:
    """The same for the same times."""
    return sha256(json.dumps(rows).encode()).hexdigest()[:16]


@transaction.atomic
def restore(*, volunteer: Volunteer, rows: Snapshot, only_from: str, now: datetime) -> None:
    """Put everything back as it was. Raises Refused when something else was saved since."""
    Volunteer.objects.select_for_update().get(pk=volunteer.pk)
    if fingerprint(snapshot(volunteer)) != only_from:
        raise Refused("后来又改过了，不能再撤销。")
    Availability.objects.filter(volunteer=volunteer).delete()
    Availability.objects.bulk_create(
        Availability(volunteer=volunteer, **dict(zip(FIELDS, row, strict=True))) for row in rows
    )
    _wrote(volunteer, "撤销", now)


def _wrote(
    volunteer: Volunteer, summary: str, now: datetime, *, verb: str = "改空闲时间", actor: User | None = None
) -> None:
    audit.write(
        actor=actor,
        label="" if actor else str(volunteer),
        verb=verb,
        thing=f"volunteer:{volunteer.pk}",
        now=now,
        summary=f"{volunteer}：{summary}",
    )


def _parts(name: str) -> tuple[int, time, time]:
    weekday, code = name.split("-")
    _, starts, ends = BANDS[code]
    return int(weekday), starts, ends


def _cut(volunteer: Volunteer, weekday: int, starts: time, ends: time) -> None:
    """Take a stretch out of every weekly window of that day; what lies outside it stays."""
    touched = Availability.objects.filter(volunteer=volunteer, weekday=weekday, starts__lt=ends, ends__gt=starts)
    for row in touched.exclude(kind=Availability.Kind.IMPOSSIBLE):
        before, after = (row.starts, starts), (ends, row.ends)
        pk = row.pk
        for piece_starts, piece_ends in (before, after):
            if piece_starts < piece_ends:
                row.pk, row.starts, row.ends = None, piece_starts, piece_ends
                row._state.adding = True
                row.save()
        Availability.objects.filter(pk=pk).delete()
