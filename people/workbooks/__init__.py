"""Reads the files that organisers keep and returns neutral rows. No Django, no clock, no database."""

from .availability import read_availability
from .phones import Phone, read_phone
from .read import KINDS, read, read_text, reread
from .sheet import Contact, Ignored, Kind, PartialDate, Problem, Row, Sheet, UnreadableFile
from .windows import Availability, Window

__all__ = [
    "KINDS",
    "Availability",
    "Contact",
    "Ignored",
    "Kind",
    "PartialDate",
    "Phone",
    "Problem",
    "Row",
    "Sheet",
    "UnreadableFile",
    "Window",
    "read",
    "read_availability",
    "read_phone",
    "read_text",
    "reread",
]
