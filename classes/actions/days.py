"""The calendar as people change it: a year's notice, single days, closures of one community, the school year."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from classes import seeds
from classes.actions.notices import days_of
from classes.models import CalendarDay, Community, NoticeImport, SchoolTerm, Session
from classes.notices import Day, Notice
from people import audit
from people.models import User

Status = CalendarDay.Status
Type = CalendarDay.Type


class NotReadable(Exception):
    """The notice has faults, or says nothing."""


class ImportedMeanwhile(Exception):
    """Somebody else has brought in the same year at this moment."""


class PartsOverlap(Exception):
    """The level is in another part of the school year on some of these days."""


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day before and after; `before` or `after` is None where there is no row."""

    date: date
    before: CalendarDay | None
    after: Day | None

    @property
    def verdict(self) -> str:
        """new, same, other or gone."""
        if self.after is None:
            return "gone"
        if self.before is None:
            return "new"
        return "same" if self.before.day_type == self.after.day_type else "other"


@dataclass(slots=True)
class YearPreview:
    """What bringing in a notice would do: to the calendar, and how many planned sessions have another day type then."""

    notice: Notice
    changes: list[DayChange] = field(default_factory=list)
    sessions: int = 0

    @property
    def gone(self) -> int:
        """How many days that are known would be taken away, because the notice does not name them."""
        return sum(one.verdict == "gone" for one in self.changes)


def preview_year(*, notice: Notice, now: datetime) -> YearPreview:
    """What import_year would do, without doing it. Three queries."""
    if notice.faults or not notice.days:
        return YearPreview(notice)
    known = {row.date: row for row in replaced(notice)}
    said = {day.date: day for day in notice.days}
    for row in CalendarDay.objects.filter(community=None, date__in=said):
        known.setdefault(row.date, row)
    changes = [DayChange(day, known.get(day), said.get(day)) for day in sorted(known.keys() | said.keys())]
    touched = [one.date for one in changes if one.verdict != "same"]
    planned = Session.objects.filter(status=Session.Status.PLANNED, starts_at__gt=now, on_date__in=touched)
    types = planned.values_list("on_date", "day_type")
    after = {day: said[day].day_type if day in said else ordinary(day) for day in touched}
    return YearPreview(notice, changes, sum(after[day] != day_type for day, day_type in types))


def ordinary(day: date) -> str:
    """The type of a day about which nothing is said."""
    return Type.WEEKEND if day.weekday() >= 5 else Type.WORKDAY


def replaced(notice: Notice) -> QuerySet[CalendarDay]:
    """The rows that a notice of that year takes the place of: guesses and an earlier notice, nothing made by hand."""
    found = CalendarDay.objects.filter(community=None, date__year=notice.year).exclude(status=Status.LOCAL)
    return found.exclude(day_type=Type.HALF)


@transaction.atomic
def import_year(*, notice: Notice, source: str, now: datetime, actor: User | None) -> int:
    """Put a notice in place of the year's guesses; answers how many days it says.

    Raises NotReadable, ImportedMeanwhile.

    Days made by hand stay, and so does what a make-up day was said to follow. June 1 stays half a
    day off where the notice says nothing else.
    """
    if notice.faults or not notice.days or notice.year is None:
        raise NotReadable
    dates = [day.date for day in notice.days]
    before = days_of(notice.year, dates)
    follows = dict(replaced(notice).exclude(follows_weekday=None).values_list("date", "follows_weekday"))
    replaced(notice).delete()
    said = {day.date for day in notice.days}
    CalendarDay.objects.filter(community=None, date__in=said).exclude(status=Status.LOCAL).delete()
    by_hand = set(CalendarDay.objects.filter(community=None, date__in=said).values_list("date", flat=True))
    rows = [
        CalendarDay(
            date=day.date,
            day_type=day.day_type,
            name=day.name[:40],
            follows_weekday=day.follows if day.follows is not None else follows.get(day.date),
            source=source[:80],
            status=Status.OFFICIAL,
        )
        for day in notice.days
        if day.date not in by_hand
    ]
    try:
        with transaction.atomic():
            CalendarDay.objects.bulk_create(rows)
    except IntegrityError as error:
        raise ImportedMeanwhile from error
    half_days = CalendarDay.objects.filter(community=None, date__year=notice.year, day_type=Type.HALF)
    half_days.filter(status=Status.PREDICTED).update(status=Status.OFFICIAL)
    NoticeImport.objects.create(
        year=notice.year,
        source=source[:80],
        before=before,
        after=days_of(notice.year, dates),
        made_at=now,
        made_by=actor,
    )
    audit.write(
        actor=actor,
        verb="导入了放假通知",
        thing=f"calendar:{notice.year}",
        now=now,
        summary=f"{notice.year} 年，{len(notice.days)} 天，{source}",
    )
    return len(notice.days)


@dataclass(frozen=True, slots=True)
class DaySaid:
    """A day as the form says it. Without a community it holds everywhere."""

    date: date
    day_type: str
    name: str = ""
    community: Community | None = None
    follows_weekday: int | None = None


@transaction.atomic
def set_day(*, said: DaySaid, now: datetime, actor: User | None) -> CalendarDay:
    """Write one day by hand; what was said about it there before is replaced."""
    row, _ = CalendarDay.objects.update_or_create(
        date=said.date,
        community=said.community,
        defaults={
            "day_type": said.day_type,
            "name": said.name,
            "follows_weekday": said.follows_weekday if said.day_type == Type.MAKEUP else None,
            "source": f"{actor or '系统'}手动填写"[:80],
            "status": Status.LOCAL,
        },
    )
    _wrote(row, "改了日历", now, actor)
    return row


@transaction.atomic
def set_followed(*, day: CalendarDay, weekday: int | None, now: datetime, actor: User | None) -> None:
    """Say whose timetable schools run on a make-up day; the day stays as official as it was."""
    day.follows_weekday = weekday
    day.save(update_fields=["follows_weekday"])
    _wrote(day, "改了日历", now, actor)


@transaction.atomic
def remove_day(*, day: CalendarDay, now: datetime, actor: User | None) -> None:
    """Take one day back: it is an ordinary one again, or what holds everywhere."""
    _wrote(day, "删了日历上的一天", now, actor)
    day.delete()


@transaction.atomic
def set_school_term(
    *, level: str, kind: str, starts_on: date, ends_on: date, official: bool, now: datetime, actor: User | None
) -> SchoolTerm:
    """Add weeks of term or of a break. Raises PartsOverlap."""
    try:
        with transaction.atomic():
            made = SchoolTerm.objects.create(
                level=level,
                kind=kind,
                starts_on=starts_on,
                ends_on=ends_on,
                status=Status.OFFICIAL if official else Status.PREDICTED,
                source=f"{actor or '系统'}手动填写"[:80],
            )
    except IntegrityError as error:
        raise PartsOverlap from error
    audit.write(
        actor=actor,
        verb="改了学校的假期",
        thing=f"school-term:{made.pk}",
        now=now,
        summary=f"{made} {starts_on}–{ends_on}",
    )
    return made


@transaction.atomic
def take_school_year(*, year: int, now: datetime, actor: User | None) -> list[SchoolTerm]:
    """What is known or estimated of the school year around that one, where nobody has said anything else yet."""
    made = []
    for row in seeds.school_parts(year):
        meets = SchoolTerm.objects.filter(
            level=row["level"], starts_on__lte=row["ends_on"], ends_on__gte=row["starts_on"]
        )
        if not meets.exists():
            made.append(SchoolTerm.objects.create(**row))
    if made:
        audit.write(
            actor=actor,
            verb="改了学校的假期",
            thing=f"school-year:{year}",
            now=now,
            summary=f"{year} 年，{len(made)} 段",
        )
    return made


@transaction.atomic
def remove_school_term(*, part: SchoolTerm, now: datetime, actor: User | None) -> None:
    """Take a part of the school year back."""
    audit.write(
        actor=actor,
        verb="删了学校的假期",
        thing=f"school-term:{part.pk}",
        now=now,
        summary=f"{part} {part.starts_on}–{part.ends_on}",
    )
    part.delete()


def _wrote(row: CalendarDay, verb: str, now: datetime, actor: User | None) -> None:
    where = f"{row.community} " if row.community_id else ""
    summary = f"{where}{row.date} {row.get_day_type_display()} {row.name}".strip()
    audit.write(actor=actor, verb=verb, thing=f"calendar-day:{row.pk}", now=now, summary=summary)
