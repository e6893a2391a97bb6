"""A line about rooms or a cell of a timetable becomes a room, or a series with its weekdays."""

from datetime import time
from typing import Any

from classes.actions.venues import book_new_room
from classes.models import Room, Series, SeriesDay, Venue
from classes.seeds import programme_of
from people import names
from people.workbooks import Row
from people.workbooks.equipment import read_equipment

from .outcome import Intake, Outcome, attention, merged

PROGRAMME = {"child": "after-school", "desk": "desk"}
WEEKEND_SENIORS, WEEKDAY_SENIORS = "novices", "weekdays"
SATURDAY = 5
# Words in a class name, and the lesson stages it teaches.
STAGES = (("启蒙", "A"), ("基础", "B"), ("反诈", "CG"), ("防诈骗", "C"), ("提高", "DEF"))
SEATS_UNSAID = 12
LEARNERS_A_DESK = 6


def take_room(row: Row, intake: Intake) -> Outcome:
    """A room is the same by its name in the community; empty fields are filled."""
    fields = row.fields
    facts = {
        "floor": fields["floor"],
        "seats": fields["seats"],
        "has_lift": fields["has_lift"],
        "equipment": fields["equipment"],
        "open_text": fields["open_text"],
        "open_windows": [[w.weekday, w.starts, w.ends] for w in fields["windows"]],
    }
    known = _room(fields["name"], intake)
    # What was read goes with the words it was read in.
    if not (known and known.equipment):
        facts["has"] = read_equipment(fields["equipment"])
    if known:
        done = merged(f"{known}已经有了，只补上空着的。", f"room:{known.pk}")
        done.fills(known, **facts)
        return done
    done = Outcome()
    _make_room(fields["name"], intake, done, **facts)
    return done


def take_class(row: Row, intake: Intake) -> Outcome:
    """A cell is a series of its name; the same name at the same time on another day joins it."""
    fields = row.fields
    starts, ends = time.fromisoformat(fields["starts"]), time.fromisoformat(fields["ends"])
    weekdays = fields["weekdays"] or [fields["weekday"]]
    known = Series.objects.filter(
        term=intake.term, community=intake.community, name=names.clean(fields["name"])
    ).first()
    if known is None:
        return _create(row, intake, starts, ends, weekdays)
    if (known.starts, known.ends) != (starts, ends):
        return attention(
            f"已有一个“{known}”在 {known.starts:%H:%M}–{known.ends:%H:%M}，这一格是 {starts:%H:%M}–{ends:%H:%M}。"
            "是两个班就改个名字。",
            "name",
        )
    return _join(known, weekdays)


def _join(series: Series, weekdays: list[int]) -> Outcome:
    fresh = sorted(set(weekdays) - set(series.days.values_list("weekday", flat=True)))
    if not fresh:
        return merged(f"“{series}”这一天已经在课表里。", f"series:{series.pk}")
    said = "、".join(f"周{'一二三四五六日'[weekday]}" for weekday in fresh)
    done = merged(f"和“{series}”是同一个班，加上{said}。", f"series:{series.pk}")
    for weekday in fresh:
        done.makes(SeriesDay.objects.create(series=series, weekday=weekday, seats=series.capacity))
    return done


def _create(row: Row, intake: Intake, starts: time, ends: time, weekdays: list[int]) -> Outcome:
    fields, done = row.fields, Outcome()
    programme = programme_of(_programme(fields["kind"], weekdays))
    room = _room(fields["room"], intake) or (_make_room(fields["room"], intake, done) if fields["room"] else None)
    series = done.makes(
        Series.objects.create(
            programme=programme,
            term=intake.term,
            community=intake.community,
            name=names.clean(fields["name"])[:40],
            room=room,
            starts=starts,
            ends=ends,
            capacity=_capacity(row, room),
            stated_leads=fields["leads"] or 0,
            stated_helpers=fields["helpers"] or 0,
            stages=next((stages for word, stages in STAGES if word in fields["name"]), "")
            if fields["kind"] == "senior"
            else "",
            note="、".join(row.notes)[:200],
        )
    )
    for weekday in weekdays:
        done.makes(SeriesDay.objects.create(series=series, weekday=weekday, seats=series.capacity))
    if not fields["capacity"]:
        done.why = f"没写多少人，先按 {series.capacity} 个名额。"
    return done


def _programme(kind: str, weekdays: list[int]) -> str:
    if kind in PROGRAMME:
        return PROGRAMME[kind]
    return WEEKEND_SENIORS if all(weekday >= SATURDAY for weekday in weekdays) else WEEKDAY_SENIORS


def _capacity(row: Row, room: Room | None) -> int:
    if row.fields["capacity"]:
        return int(row.fields["capacity"])
    if row.fields["kind"] == "desk" and row.fields["helpers"]:
        return int(row.fields["helpers"]) * LEARNERS_A_DESK
    return (room.seats if room else None) or SEATS_UNSAID


def _room(name: str, intake: Intake) -> Room | None:
    if not name:
        return None
    return Room.objects.filter(venue__community=intake.community, name=names.clean(name)).first()


def _make_room(name: str, intake: Intake, done: Outcome, **facts: Any) -> Room:
    room = done.makes(Room.objects.create(venue=_venue(intake, done), name=names.clean(name), **facts))
    book_new_room(room, intake.now)
    return room


def _venue(intake: Intake, done: Outcome) -> Venue:
    venue, fresh = Venue.objects.get_or_create(community=intake.community, name=intake.community.name)
    return done.makes(venue) if fresh else venue
