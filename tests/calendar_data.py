"""Writes the calendar that every installation starts with: python -m tests.calendar_data > classes/data/calendar.json

Days off and make-up days of 2018 to 2026 as the State Council announced them, from chinesecalendar; June 1,
half a day off for children by the rules of 1949 as amended in 2024 (全国年节及纪念日放假办法, art. 3); and
2027 by the rules of holidays, which is a guess until the notice is out. The product asks no package itself.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version

import chinese_calendar
import holidays

OFFICIAL = range(2018, 2027)
PREDICTED = 2027
NAMES = {"Tomb-sweeping Day": "清明节", "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节"}
RULE = "全国年节及纪念日放假办法"


def row(day: date, day_type: str, name: str, status: str, source: str) -> dict[str, str]:
    """One day as the file holds it."""
    return {"date": day.isoformat(), "type": day_type, "name": name, "status": status, "source": source}


def chinese(name: str) -> str:
    """What the holiday is called in the notices."""
    return NAMES.get(name) or chinese_calendar.Holiday(name).chinese


def official() -> Iterator[dict[str, str]]:
    """Days off with a name, and weekend days on which people work."""
    source = f"chinesecalendar {version('chinesecalendar')}"
    for days, day_type, ending in (
        (chinese_calendar.constants.holidays, "holiday", ""),
        (chinese_calendar.constants.workdays, "makeup_workday", "调休上班"),
    ):
        for day, name in days.items():
            if day.year in OFFICIAL:
                yield row(day, day_type, chinese(name) + ending, "official", source)


def predicted() -> Iterator[dict[str, str]]:
    """Statutory days and what falls on a weekend made up; no make-up days, nobody can know them."""
    for day, name in holidays.China(years=PREDICTED, language="zh_CN").items():
        name = name.removeprefix("农历").replace("观察日", "补假")
        yield row(day, "holiday", name, "predicted", f"holidays {version('holidays')}")


def half_days(taken: set[str]) -> Iterator[dict[str, str]]:
    """June 1 where it is a workday."""
    for year in (*OFFICIAL, PREDICTED):
        day = date(year, 6, 1)
        if day.weekday() < 5 and day.isoformat() not in taken:
            status = "official" if year in OFFICIAL else "predicted"
            yield row(day, "half_day", "儿童节", status, RULE)


def main() -> None:
    """One row a line, in order of date."""
    rows = [*official(), *predicted()]
    rows += half_days({one["date"] for one in rows})
    lines = (json.dumps(one, ensure_ascii=False) for one in sorted(rows, key=lambda one: one["date"]))
    sys.stdout.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
