"""Brings workbook rows into the database: preview, commit, undo. Nothing is dropped silently."""

from .batches import (
    UNDO_HOURS,
    AlreadyDone,
    NothingToRead,
    TooLateToUndo,
    commit,
    counts,
    decide,
    fix,
    preview,
)
from .undo import undo

__all__ = [
    "UNDO_HOURS",
    "AlreadyDone",
    "NothingToRead",
    "TooLateToUndo",
    "commit",
    "counts",
    "decide",
    "fix",
    "preview",
    "undo",
]
