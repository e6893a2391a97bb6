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
    may_undo_until,
    preview,
    settle,
)
from .places import TermUnknown, community_named, discard, receive, term_named
from .undo import undo, would_undo

__all__ = [
    "UNDO_HOURS",
    "AlreadyDone",
    "NothingToRead",
    "TermUnknown",
    "TooLateToUndo",
    "commit",
    "community_named",
    "counts",
    "decide",
    "discard",
    "fix",
    "may_undo_until",
    "preview",
    "receive",
    "settle",
    "term_named",
    "undo",
    "would_undo",
]
