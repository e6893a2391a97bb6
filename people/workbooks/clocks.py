"""Times of day: 16:30, 下午4点半, 9:30-11:00, and the parts of a day."""

import re

from .tables import plain

# 下午 reaches to 18:30 so that it holds an after-school session (16:30-18:30) as well.
PARTS = {
    "上午": (480, 720),
    "早上": (480, 720),
    "早晨": (480, 720),
    "中午": (720, 840),
    "下午": (720, 1110),
    "傍晚": (1020, 1140),
    "晚上": (1080, 1260),
    "晚间": (1080, 1260),
    "全天": (480, 1260),
    "整天": (480, 1260),
    "一天": (480, 1260),
    "白天": (480, 1110),
    "放学后": (990, 1110),
    "课后": (990, 1110),
    "下班后": (1110, 1260),
}
PART = "|".join(PARTS)
AFTERNOON = {"下午", "傍晚", "晚上", "晚间"}
HOURS = {"两": 2} | {char: number for number, char in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
TIME = re.compile(rf"({PART})?(\d{{1,2}}):(\d{{2}})")
SPAN = re.compile(rf"({PART})?(\d{{1,2}})(?::(\d{{2}}))?-({PART})?(\d{{1,2}})(?::(\d{{2}}))?(?![\d月:])")


def normalise(text: str) -> str:
    """Half-width text without blanks, 四点半 as 4:30, every sign for 'to' as '-'."""
    text = re.sub(r"(?<=\d)[ \t]+(?=\d)", ",", plain(text))
    text = re.sub(r"[ \t]+", "", text)
    text = re.sub(r"(十[一二]?|[一二两三四五六七八九])点(?!半课)", lambda found: f"{HOURS[found[1]]}点", text)
    text = re.sub(r"(\d{1,2})[点时](\d{1,2})分?(?!\d)", lambda found: f"{found[1]}:{int(found[2]):02d}", text)
    text = re.sub(r"(?<=\d)[点时]半", ":30", text)
    text = re.sub(r"(?<=\d)[点时]一刻", ":15", text)
    text = re.sub(r"(?<=\d)[点时]三刻", ":45", text)
    text = re.sub(r"(?<=\d)(?:点钟?|时(?!间))(?:整)?", ":00", text)
    text = re.sub(r"(?<![\d.])(\d{1,2})\.([0-5]\d)(?=[-~—–到至]|以后|之后|$)", r"\1:\2", text)
    text = re.sub(r"[~—–―‐‑−]+|-{2,}", "-", text)
    return re.sub(r"(?<=[\d月日号一二三四五六天点])[到至](?=[\d周星礼上下早晚中十一二三四五六日])", "-", text)


def read_clock(text: str) -> str | None:
    """'HH:MM' of a cell, or None. Hours 1 to 6 without 上午 are afternoon: nobody meets before 7."""
    text = plain(text)
    if re.fullmatch(r"0?\.\d+", text):
        minutes = round(float(text) * 1440)
        return clock(minutes) if minutes < 1440 else None
    found = TIME.search(normalise(text))
    return clock(minutes_of(found[1], found[2], found[3])) if found and _possible(found[2], found[3]) else None


def read_span(text: str) -> tuple[str, str] | None:
    """Start and end of 9:30-11:00, 下午2点到4点, 上午9:00—11:00; None when there is no such pair."""
    span = find_span(normalise(text))
    return (clock(span[0]), clock(span[1])) if span else None


def find_span(text: str) -> tuple[int, int] | None:
    """The first pair of times in normalised text, as minutes of the day."""
    for found in SPAN.finditer(text):
        if span := span_of(found):
            return span
    return None


def span_of(found: re.Match[str]) -> tuple[int, int] | None:
    """Minutes of a SPAN match; None when it is not a period within one day."""
    part, hour, minute, part_2, hour_2, minute_2 = found.groups()[:6]
    if not (_possible(hour, minute) and _possible(hour_2, minute_2)):
        return None
    start = minutes_of(part, hour, minute)
    end = minutes_of(part_2 or part, hour_2, minute_2)
    if end <= start and not part_2:
        end += 720
    return (start, end) if start < end <= 1440 else None


def minutes_of(part: str | None, hour: str, minute: str | None) -> int:
    """Minutes after midnight of a time with an optional part of the day before it."""
    hours = int(hour)
    if (part in AFTERNOON and hours < 12) or (part == "中午" and hours < 6) or (part is None and 1 <= hours <= 6):
        hours += 12
    return hours * 60 + int(minute or 0)


def clock(minutes: int) -> str:
    """Minutes after midnight as HH:MM; the last minute of a day is 23:59."""
    minutes = min(minutes, 1439)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _possible(hour: str, minute: str | None) -> bool:
    return int(hour) <= 24 and int(minute or 0) < 60
