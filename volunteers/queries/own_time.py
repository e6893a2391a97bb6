"""A volunteer's free time in words: "您周二、周四下午有空，双周不行"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from volunteers.models import Availability, Volunteer
from volunteers.queries.mine import BANDS, bands

Kind, Weeks = Availability.Kind, Availability.Weeks
DAYS = "一二三四五六日"
MOST_A_WEEK, MOST_A_MONTH = 7, 20
THIS_WEEK = "这周不行"
REASONS = ("考试周", "外出", "有事")


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which the volunteer cannot come; `key` names them in a form."""

    first: date
    last: date
    why: str

    @property
    def key(self) -> str:
        """First and last day."""
        return f"{self.first}_{self.last}"

    @property
    def words(self) -> str:
        """11月30日–12月6日."""
        first = f"{self.first.month}月{self.first.day}日"
        return first if self.first == self.last else f"{first}–{self.last.month}月{self.last.day}日"


@dataclass(frozen=True, slots=True)
class FreeTime:
    """What is known of a volunteer's time: the 21 parts of the week, odd or even weeks, days away.

    `weeks` is empty when windows differ in that.
    """

    lit: frozenset[str]
    weeks: str
    away: list[Away]
    today: date

    @property
    def this_week_is_out(self) -> bool:
        """Whether the rest of this week is away already."""
        sunday = self.today + timedelta(days=6 - self.today.weekday())
        return any(one.first <= self.today and one.last >= sunday for one in self.away)

    @property
    def sentence(self) -> str:
        """All of it, as it is read back."""
        parts = "，".join(_grouped(self.lit))
        if not parts:
            return "您还没说哪天有空。"
        other = {Weeks.ODD: "，双周不行", Weeks.EVEN: "，单周不行"}.get(Weeks(self.weeks or "every"), "")
        out = "".join(f"；{one.words}不行" for one in self.away)
        return f"您{parts}有空{other}{out}。"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """每周, or only each second teaching week."""
        return [(str(Weeks.EVERY), "每周"), (str(Weeks.ODD), "只单周"), (str(Weeks.EVEN), "只双周")]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why days may be out."""
        return REASONS

    @property
    def rows(self) -> list[dict]:
        """Seven rows of three switches."""
        return [
            {
                "label": f"周{DAYS[weekday]}",
                "bands": [
                    {"value": f"{weekday}-{code}", "word": word, "is_on": f"{weekday}-{code}" in self.lit}
                    for code, (word, _, _) in BANDS.items()
                ],
            }
            for weekday in range(7)
        ]


def said(*, volunteer: Volunteer, now: datetime) -> FreeTime:
    """The volunteer's own word on their time. One query."""
    today = timezone.localdate(now)
    rows = list(Availability.objects.filter(volunteer=volunteer))
    weeks = {row.weeks for row in rows if row.weekday is not None and row.kind != Kind.IMPOSSIBLE and not row.until_on}
    one = weeks.pop() if len(weeks) == 1 else ("" if weeks else Weeks.EVERY)
    return FreeTime(frozenset(bands(rows, today)), str(one), away(rows, today), today)


def away(rows: Iterable[Availability], today: date) -> list[Away]:
    """Whole days out that are not over, in the order of time."""
    found = set()
    for row in rows:
        if row.kind != Kind.IMPOSSIBLE:
            continue
        first, last = (row.on_date, row.on_date) if row.on_date else (row.from_on, row.until_on)
        if first and last and last >= today:
            found.add((first, last, row.told_how))
    return [Away(*one) for one in sorted(found)]


def limits(volunteer: Volunteer) -> list[dict]:
    """The two limits as choices."""
    asked = (("max_per_week", "每周最多", MOST_A_WEEK), ("max_per_month", "每月最多", MOST_A_MONTH))
    return [
        {"name": name, "label": label, "now": getattr(volunteer, name), "choices": range(1, most + 1)}
        for name, label, most in asked
    ]


DIALECT = "会说关中话"
# What pairing looks for first, as one says it of oneself; more is written by staff.
SKILLS = ("熟华为手机", "熟苹果手机", "熟安卓手机", "能辅导数学", "能辅导英语", DIALECT)


def skills(volunteer: Volunteer) -> list[tuple[str, bool]]:
    """The six chips, and which are on."""
    said = {*volunteer.skills, *([DIALECT] if volunteer.dialect else [])}
    return [(word, word in said) for word in SKILLS]


def _grouped(lit: Iterable[str]) -> list[str]:
    """Days with the same parts together: 周二、周四下午."""
    by_day = {day: tuple(code for code in BANDS if f"{day}-{code}" in lit) for day in range(7)}
    groups: dict[tuple[str, ...], list[str]] = {}
    for day, parts in by_day.items():
        if parts:
            groups.setdefault(parts, []).append(f"周{DAYS[day]}")
    return ["、".join(days) + _parts(parts) for parts, days in groups.items()]


def _parts(parts: tuple[str, ...]) -> str:
    return "全天" if len(parts) == len(BANDS) else "和".join(BANDS[code][0] for code in parts)
