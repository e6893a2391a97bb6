"""Models of what is on, where, when, and for whom."""

from .enrolment import Enrolment, Guardian, Learner, PickUp
from .places import Community, Grid, Room, Venue
from .programme import Lesson, Programme, Series, SeriesDay
from .timetable import CalendarDay, DayQuestion, Session, Term

__all__ = [
    "CalendarDay",
    "Community",
    "DayQuestion",
    "Enrolment",
    "Grid",
    "Guardian",
    "Learner",
    "Lesson",
    "PickUp",
    "Programme",
    "Room",
    "Series",
    "SeriesDay",
    "Session",
    "Term",
    "Venue",
]
