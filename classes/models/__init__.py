"""Models of what is on, where, when, and for whom."""

from .attendance import Attendance
from .changes import Change, NoticeImport, PartPlace, SessionChange
from .enrolment import Enrolment, Guardian, Learner, PickUp
from .family import Delegate, FamilyLink
from .feeds import Feed
from .places import Community, Grid, Room, RoomBooking, Venue, VenueClosing
from .plan import LessonWish, PlannedLesson
from .programme import Lesson, Programme, SchoolLevel, Series, SeriesDay
from .requests import Request, RequestStep
from .timetable import CalendarDay, DayQuestion, SchoolTerm, Session, Term

__all__ = [
    "Attendance",
    "CalendarDay",
    "Change",
    "Community",
    "DayQuestion",
    "Delegate",
    "Enrolment",
    "FamilyLink",
    "Feed",
    "Grid",
    "Guardian",
    "Learner",
    "Lesson",
    "LessonWish",
    "NoticeImport",
    "PartPlace",
    "PickUp",
    "PlannedLesson",
    "Programme",
    "Request",
    "RequestStep",
    "Room",
    "RoomBooking",
    "SchoolLevel",
    "SchoolTerm",
    "Series",
    "SeriesDay",
    "Session",
    "SessionChange",
    "Term",
    "Venue",
    "VenueClosing",
]
