"""Models of what is on, where, when, and for whom."""

from .enrolment import Enrolment, Guardian, Learner, PickUp
from .feeds import Feed
from .places import Community, Grid, Room, Venue
from .programme import Lesson, Programme, SchoolLevel, Series, SeriesDay
from .timetable import CalendarDay, DayQuestion, SchoolTerm, Session, Term

__all__ = [
    "CalendarDay",
    "Community",
    "DayQuestion",
    "Enrolment",
    "Feed",
    "Grid",
    "Guardian",
    "Learner",
    "Lesson",
    "PickUp",
    "Programme",
    "Room",
    "SchoolLevel",
    "SchoolTerm",
    "Series",
    "SeriesDay",
    "Session",
    "Term",
    "Venue",
]
