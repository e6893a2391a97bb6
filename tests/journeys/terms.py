"""A term that is still running when the tests are run, whatever the date."""

from datetime import date, timedelta

from volunteers.intake.places import span_of

ROOM = timedelta(weeks=3)


def term_around(day: date) -> str:
    """The name of the first term that has three weeks left on this day: 2026秋 in November 2026."""
    names = [f"{year}{season}" for year in (day.year - 1, day.year) for season in "春暑秋寒"]
    spans = {name: span_of(name) for name in names}
    return next(name for name, (_, last) in spans.items() if last >= day + ROOM)
