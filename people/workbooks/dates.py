"""Dates in the styles organisers use, keeping how exact they were written."""

import re
from datetime import date, datetime, timedelta

from .sheet import PartialDate
from .tables import plain

EXCEL_DAY_ZERO = datetime(1899, 12, 30)
SERIAL = re.compile(r"[1-6]\d{4}(?:\.\d+)?")
FULL = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?[年./\-] ?(\d{1,2})(?: ?[月./\-] ?(\d{1,2}))?(?![\d.])")
COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})?")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|$|[^\d./\-])")
SHORT = re.compile(r"['‘’]?(\d{2}) ?[年./\-] ?(\d{1,2})(?: ?[月./\-] ?(\d{1,2}))?[日号月]?")
MONTH_DAY = re.compile(r"(?<![\d.])(\d{1,2}) ?[月./\-] ?(\d{1,2})(?: ?[日号])?(?![\d.])")
MONTH = re.compile(r"(?<!\d)(\d{1,2}) ?月")
HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def read_partial(text: str, *, year: int) -> PartialDate | None:
    """A date with at least its year: 2005/9/22, 1961.12, 1986年2月, 1995, 38298, 05.9.22, 88年.

    `year` only decides the century of two digits. None when there is no such date.
    """
    text = _digits(plain(text))
    if SERIAL.fullmatch(text):
        return _exact((EXCEL_DAY_ZERO + timedelta(days=float(text))).date())
    if found := COMPACT.fullmatch(text):
        return _valid(*found.groups())
    if found := FULL.search(text):
        return _valid(*found.groups())
    if found := SHORT.fullmatch(text):
        return _valid(str(_century(found[1], year)), found[2], found[3])
    if found := re.fullmatch(r"(\d{2})年?生?", text):
        return PartialDate(_century(found[1], year)) if "年" in text else None
    found = YEAR.search(text)
    return PartialDate(int(found[1])) if found else None


def read_day(text: str, *, year: int) -> PartialDate | None:
    """Like read_partial, and 8月26日 or 9.12 belong to `year`."""
    text = plain(text)
    partial = None if _lacks_year(text) else read_partial(text, year=year)
    if partial is not None:
        return partial
    if found := MONTH_DAY.search(text):
        return _valid(str(year), found[1], found[2])
    found = MONTH.search(text)
    return _valid(str(year), found[1], None) if found else None


def read_moment(text: str, *, year: int) -> datetime | None:
    """A date with its time of day when there is one: 2026-08-20 07:13, 46254.3, 2026/8/20."""
    text = plain(text)
    if SERIAL.fullmatch(text):
        moment = EXCEL_DAY_ZERO + timedelta(days=float(text))
        return moment.replace(second=0, microsecond=0)
    day = read_day(text, year=year)
    if day is None or day.day is None:
        return None
    clock = CLOCK.search(text)
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (0, 0)
    if clock and "下午" in text and hour < 12:
        hour += 12
    return datetime(day.year, day.month or 1, day.day, hour % 24, minute % 60)


def read_span(text: str, *, year: int) -> tuple[date, date] | None:
    """First and last day of a range such as 2026.9.1—2027.1.22, or None."""
    pieces = re.split(r"—+|–|-{2,}|~+|至|到|―", plain(text))
    if len(pieces) < 2:
        pieces = re.split(r"(?<=\d)\s*-\s*(?=(?:19|20)\d{2})", pieces[0])
    days = [day for piece in pieces if (day := _last_date(piece, year))]
    return (days[0], days[1]) if len(days) == 2 and days[0] < days[1] else None


def may_have_lost_a_zero(text: str) -> bool:
    """Whether a number such as 2005.1 may once have been 2005.10."""
    return re.fullmatch(r"(19|20)\d{2}\.1", plain(text)) is not None


def _last_date(text: str, year: int) -> date | None:
    found = re.search(r"(?:(?:19|20)\d{2} ?[年./\-] ?)?\d{1,2} ?[月./\-] ?\d{1,2}", text)
    day = read_day(found.group(), year=year) if found else None
    return day.first_day() if day and day.day else None


def _lacks_year(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2} ?[月./\-] ?\d{1,2} ?[日号]?", text))


def _digits(text: str) -> str:
    """二〇〇五年 as 2005年; other numerals stay."""
    return re.sub(r"[〇零一二三四五六七八九]{4}(?=年)", lambda found: found.group().translate(HAN_DIGITS), text)


def _century(two: str, year: int) -> int:
    return 1900 + int(two) if int(two) > year % 100 else 2000 + int(two)


def _exact(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)


def _valid(year: str, month: str | None, day: str | None) -> PartialDate | None:
    partial = PartialDate(int(year), int(month) if month else None, int(day) if day else None)
    try:
        partial.first_day()
    except ValueError:
        return None
    if partial.month == 0 or partial.day == 0:
        return None
    return partial
