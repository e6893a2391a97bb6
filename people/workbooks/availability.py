"""Free-text times such as 周二、四 16:00以后 or 双周周六上午, as weekly windows.

What is understood becomes windows; the rest comes back as notes in the organiser's words.
"""

import calendar
import re
from datetime import date, timedelta

from . import clocks
from .tables import plain
from .windows import EVERY_DAY, Availability, Group, Weeks, windows_of

DAYS = {char: number for number, char in enumerate("一二三四五六日")} | {"天": 6, "七": 6}
DAYS |= {str(number + 1): number for number in range(7)}
DAY = "[一二三四五六日]"
NAMED_DAYS = {
    "工作日": range(5),
    "上班日": range(5),
    "平日": range(5),
    "平时": range(5),
    "周内": range(5),
    "周末": (5, 6),
    "双休日": (5, 6),
    "双休": (5, 6),
    "每天": range(7),
    "天天": range(7),
    "每日": range(7),
    "任何一天": range(7),
}
AFTER = "(?:以后|之后|过后|后|起|开始)"
BEFORE = "(?:以前|之前|前|为止)"
MONTH_DAY = r"(\d{1,2})月(?:(\d{1,2})[日号]?|(初|上旬|中旬|中|下旬|底|份))?"
TOKENS = [
    ("months", r"(\d{1,2})-(\d{1,2})月"),
    ("dates", MONTH_DAY + r"-(?:(\d{1,2})月)?(?:(\d{1,2})[日号]?|(底|中|初))?"),
    ("from", "从?" + MONTH_DAY + AFTER),
    ("until", MONTH_DAY + BEFORE),
    ("weeks", r"单双周|([单双隔])周"),
    ("not_before", r"除了|除(?!外)|不要|避开"),
    (
        "days",
        r"(?:每|逢)*(?:周(?P<a>[一二三四五六日1-7])-周?(?P<b>[一二三四五六日]|[1-7](?![\d:点]))"
        rf"|周(?P<c>{DAY}+|[1-7]+(?![\d:点]))|(?P<d>{'|'.join(NAMED_DAYS)}))",
    ),
    ("span", clocks.SPAN.pattern),
    ("after", rf"({clocks.PART})?(\d{{1,2}}):(\d{{2}}){AFTER}"),
    ("before", rf"({clocks.PART})?(\d{{1,2}}):(\d{{2}}){BEFORE}"),
    ("at", rf"({clocks.PART})?(\d{{1,2}}):(\d{{2}})-?"),
    ("part", rf"{clocks.PART}|上半天|下半天"),
    ("not", r"除外|不行|不可以|不可|没空|没时间|没有空|没有时间|不方便|有课|要上课|要上班|不能来?|以外|之外|外"),
    ("all", r"都可以|都行|均可|随时|任何时间|任意时间|不限|时间自由|都有空|都能来?|全部|都方便|都有时间|全都可以"),
    ("filler", r"每周|可以|有空|有时间|能来|一般|固定|只有|只能|或者|行的?|时间|和|及|与|或|的|在|均|都"),
    ("mark", r"[、,;:。./()+&\n]"),
]
LEXER = [(name, re.compile(pattern)) for name, pattern in TOKENS]
BARE_DAYS = re.compile(rf"{DAY}+(?![点月号:年])")
VAGUE = re.compile(r"看情况|不固定|不一定|不确定|待定|提前说|再说|另约|机动")


class _Parser:
    """Walks the tokens of one text and sorts them into groups."""

    def __init__(self, text: str, year: int) -> None:
        self.year = year
        self.groups = [Group()]
        self.notes: list[str] = []
        self.unknown: list[str] = []
        self.last = ""
        self.before_last = ""
        self.mark = ""
        self._walk(text)

    @property
    def group(self) -> Group:
        return self.groups[-1]

    def _walk(self, text: str) -> None:
        position = 0
        while position < len(text):
            bare = self._bare_days(text, position)
            if bare:
                self._days({DAYS[char] for char in bare})
                position, self.last = position + len(bare), "days"
                continue
            name, found = self._next(text, position)
            if found is None:
                self.unknown.append(text[position])
                position += 1
                continue
            if name != "mark" and self.unknown and self.unknown[-1] != " ":
                self.unknown.append(" ")
            getattr(self, f"_on_{name}")(found)
            self.before_last = self.last if name == "mark" else ""
            self.mark = found.group() if name == "mark" else ""
            position, self.last = found.end(), name

    def _next(self, text: str, position: int) -> tuple[str, re.Match[str] | None]:
        for name, pattern in LEXER:
            if found := pattern.match(text, position):
                return name, found
        return "", None

    def _bare_days(self, text: str, position: int) -> str:
        """Day characters without 周: after other days (周二、四), after 双周, or at the start."""
        follows = self.last in {"days", "weeks"} or (self.last == "mark" and self.before_last == "days")
        found = BARE_DAYS.match(text, position)
        if not found or not (follows or (position == 0 and (len(found.group()) > 1 or text[1:2] in "、,"))):
            return ""
        return found.group()

    def _new(self) -> Group:
        self.groups.append(Group())
        return self.group

    def _days(self, days: set[int]) -> None:
        group = self.group
        new_clause = self.last == "mark" and self.mark not in ":()"
        starts_over = (new_clause and not group.days) if group.time_first or not group.days else bool(group.times)
        if group.closed or (starts_over and (group.times or group.only_dates)):
            group = self._new()
        group.time_first = group.time_first or bool(group.times)
        group.days |= days

    def _time(self, start: int, end: int, *, part: bool = False) -> None:
        group = self.group
        if group.closed or (group.time_first and group.days):
            group = self._new()
        if not part and group.part_last and group.times[-1][0] <= start < end <= group.times[-1][1]:
            group.times.pop()
        group.times.append((start, end))
        group.part_last = part

    def _on_days(self, found: re.Match[str]) -> None:
        if found["a"]:
            first, last = DAYS[found["a"]], DAYS[found["b"]]
            self._days(set(range(first, last + 1)) if first <= last else {first, last})
        elif found["c"]:
            self._days({DAYS[char] for char in found["c"]})
        else:
            self._days(set(NAMED_DAYS[found["d"]]))

    def _on_part(self, found: re.Match[str]) -> None:
        word = {"上半天": "上午", "下半天": "下午"}.get(found.group(), found.group())
        if word in {"放学后", "课后", "下班后"}:
            start, end = clocks.PARTS[word]
            self.notes.append(f"“{word}”按 {clocks.clock(start)}-{clocks.clock(end)} 算")
        self._time(*clocks.PARTS[word], part=True)

    def _on_span(self, found: re.Match[str]) -> None:
        span = clocks.span_of(found)
        if span is None:
            self.unknown.append(found.group())
            return
        self._time(*span)

    def _on_after(self, found: re.Match[str]) -> None:
        start, end = clocks.minutes_of(*found.groups()), clocks.PARTS[found[1] or "全天"][1]
        self._period(found, start, end if start < end else clocks.PARTS["全天"][1])

    def _on_before(self, found: re.Match[str]) -> None:
        self._period(found, clocks.PARTS[found[1] or "全天"][0], clocks.minutes_of(*found.groups()))

    def _on_at(self, found: re.Match[str]) -> None:
        start = clocks.minutes_of(*found.groups())
        self.notes.append(f"“{found.group()}”没写到几点，先按两个小时算")
        self._period(found, start, start + 120)

    def _period(self, found: re.Match[str], start: int, end: int) -> None:
        if int(found[3]) > 59 or not 0 <= start < end <= 1440:
            self.unknown.append(found.group())
            return
        self._time(start, end)

    def _on_weeks(self, found: re.Match[str]) -> None:
        weeks: Weeks = "odd" if found[1] == "单" else "even"
        if found[1] == "隔":
            self.notes.append("“隔周”没写单周还是双周，先按双周算，请核对")
        if found[1]:
            self._dated().weeks = weeks

    def _on_from(self, found: re.Match[str]) -> None:
        day = self._day(found[1], found[2], found[3] or "", last=False)
        if day:
            self._dated().from_on = day
        else:
            self.unknown.append(found.group())

    def _on_until(self, found: re.Match[str]) -> None:
        """12月以前 ends before December; 12月底前 includes it."""
        inclusive = bool(found[2]) or found[3] in {"底", "下旬"}
        day = self._day(found[1], found[2], found[3] or "", last=inclusive)
        if day:
            self._dated().until_on = day if inclusive else day - timedelta(days=1)
        else:
            self.unknown.append(found.group())

    def _on_months(self, found: re.Match[str]) -> None:
        self._between(found, (found[1], None, ""), (found[2], None, "底"))

    def _on_dates(self, found: re.Match[str]) -> None:
        if not (found[4] or found[5] or found[6]):
            self.unknown.append(found.group())
            return
        end = (found[4] or found[1], found[5], found[6] or ("" if found[5] else "底"))
        self._between(found, (found[1], found[2], found[3] or ""), end)

    def _between(
        self, found: re.Match[str], first: tuple[str, str | None, str], last: tuple[str, str | None, str]
    ) -> None:
        start, end = self._day(*first, last=False), self._day(*last, last=True)
        if start and end and end < start and int(last[0]) < int(first[0]):
            end = (
                end.replace(year=end.year + 1)
                if (end.month, end.day) != (2, 29)
                else end.replace(year=end.year + 1, day=28)
            )
        if not start or not end or end < start:
            self.unknown.append(found.group())
            return
        group = self._dated()
        group.from_on, group.until_on = start, end

    def _dated(self) -> Group:
        """The group a date or 双周 belongs to: the one in front when in brackets, else the next."""
        group = self.group
        if (group.days and group.times and self.mark != "(") or group.closed:
            return self._new()
        return group

    def _day(self, month: str, day: str | None, part: str, *, last: bool) -> date | None:
        number = int(month)
        if not 1 <= number <= 12:
            return None
        length = calendar.monthrange(self.year, number)[1]
        starts = {"": 1, "份": 1, "初": 1, "上旬": 1, "中": 11, "中旬": 11, "下旬": 21, "底": length}
        ends = {"": length, "份": length, "初": 10, "上旬": 10, "中": 20, "中旬": 20, "下旬": length, "底": length}
        chosen = int(day) if day else (ends if last else starts)[part]
        return date(self.year, number, chosen) if 1 <= chosen <= length else None

    def _on_not_before(self, found: re.Match[str]) -> None:
        group = self.group
        if group.days or group.times:
            group = self._new()
        group.negative = True

    def _on_not(self, found: re.Match[str]) -> None:
        group = self.group
        if not group.days and not group.times:
            self.unknown.append(found.group())
            return
        if group.clause_days:
            self.groups.insert(-1, Group(group.clause_days))
            group.days -= group.clause_days
        group.negative = group.closed = True

    def _on_all(self, found: re.Match[str]) -> None:
        if self.group.negative or self.group.closed:
            self._new()
        if not self.group.times:
            self.group.days = self.group.days or set(EVERY_DAY)
            self._time(*clocks.PARTS["全天"])

    def _on_filler(self, found: re.Match[str]) -> None:
        """Words that add nothing."""

    def _on_mark(self, found: re.Match[str]) -> None:
        if found.group() in ",;。\n" and not self.group.times:
            self.group.clause_days = set(self.group.days)
        if self.unknown and self.unknown[-1] != " ":
            self.unknown.append(" ")


def read_availability(text: str, *, year: int) -> Availability:
    """Weekly windows of a text. `year` is given to months without a year. Never raises."""
    said = plain(text)
    if not said:
        return Availability()
    cleaned = clocks.normalise(re.sub(r"星期|礼拜", "周", said)).replace("周天", "周日")
    vague = VAGUE.findall(cleaned)
    parser = _Parser(VAGUE.sub(",", cleaned), year)
    windows = windows_of(parser.groups, parser.notes)
    left = [piece for piece in "".join(parser.unknown).split(" ") if re.search(r"\w", piece)] + vague
    notes = list(dict.fromkeys(parser.notes))
    if left and windows:
        notes.append(f"空闲时间“{said}”里这些没能排进时间：{'、'.join(dict.fromkeys(left))}")
    elif not windows:
        notes.append(f"空闲时间“{said}”没说定是哪天几点，请问清楚再补上")
    return Availability(windows, tuple(notes))


def read_weekdays(text: str) -> tuple[list[int], str]:
    """Weekdays a text names (一三五, 周一至周五, 每天), and the text again when it names none."""
    said = plain(text)
    cleaned = clocks.normalise(re.sub(r"星期|礼拜", "周", said)).replace("周天", "周日")
    cleaned = re.sub(rf"^({DAY})-({DAY})$", r"周\1-\2", cleaned)
    if re.fullmatch(r"[1-7]{1,7}|[1-7](?:[、,.][1-7])+", cleaned):
        return sorted({DAYS[char] for char in re.sub(r"\D", "", cleaned)}), ""
    if re.fullmatch(DAY, cleaned):
        return [DAYS[cleaned]], ""
    parser = _Parser(VAGUE.sub(",", cleaned), 2000)
    yes = {day for group in parser.groups if not group.negative for day in group.days}
    no = {day for group in parser.groups if group.negative for day in group.days}
    days = sorted((yes or set(range(5)) if no else yes) - no)
    unsure = VAGUE.search(cleaned) or any(re.search(r"\w", piece) for piece in parser.unknown)
    return days, said if unsure or not days else ""
