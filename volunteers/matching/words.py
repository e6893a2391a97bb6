"""The few phrases the engine says to organisers: weekdays, times, programmes."""

from __future__ import annotations

from datetime import date, datetime

from volunteers.matching.parts import Session

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
PROGRAMMES = {"senior": "菜鸟学堂", "child": "四点半课堂", "desk": "手机门诊"}
LEAD, HELPERS = "讲师", {"senior": "助教", "child": "辅导", "desk": "答疑"}


def span(starts_at: datetime, ends_at: datetime) -> str:
    """A period of one day, such as 周三 16:00-18:30."""
    return f"{WEEKDAYS[starts_at.weekday()]} {starts_at:%H:%M}-{ends_at:%H:%M}"


def role_name(programme: str, role: str) -> str:
    """What a role is called in a programme; a post of a session by its code."""
    return {"lead": LEAD, "helper": HELPERS[programme]}.get(role, role)


def called(session: Session, role: str) -> str:
    """What a role is called in a session."""
    post = session.post(role)
    return (post.name if post else None) or role_name(session.programme, role)


def day(moment: date) -> str:
    """A day, such as 9 月 7 日."""
    return f"{moment.month} 月 {moment.day} 日"
