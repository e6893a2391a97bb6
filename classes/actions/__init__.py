"""What people do to classes: every change with consequences is one of these functions."""

from .enrolment import (
    DAYS_UNSAID,
    AlreadyEnrolled,
    NotActive,
    WrongDays,
    confirm,
    enrol,
    promote,
    record_consent,
    withdraw,
)
from .generating import Generated, generate_term
from .lessons import plan_lessons
from .placing import Placed, place_by_level, take_back
from .timetable import (
    AlreadyAnswered,
    AlreadyCancelled,
    RoomTaken,
    answer_question,
    cancel_session,
    session_on,
)

__all__ = [
    "DAYS_UNSAID",
    "AlreadyAnswered",
    "AlreadyCancelled",
    "AlreadyEnrolled",
    "Generated",
    "NotActive",
    "Placed",
    "RoomTaken",
    "WrongDays",
    "answer_question",
    "cancel_session",
    "confirm",
    "enrol",
    "generate_term",
    "place_by_level",
    "plan_lessons",
    "promote",
    "record_consent",
    "session_on",
    "take_back",
    "withdraw",
]
