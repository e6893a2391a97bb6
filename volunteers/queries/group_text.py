"""One text for the volunteers' group: who helps when, with surnames only."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils import timezone

from classes.models import Community
from people.templatetags.linke import mask_name
from volunteers.models import Assignment
from volunteers.queries import board

KNOWN = ("ok", "wait")


def of_week(*, community: Community, monday: date, now: datetime, address: str) -> str:
    """The sessions of one week that are still to come; empty when there is none. Three queries.

    Only whom an invitation has reached is named, by surname and stars; nobody's number or link is in it.
    `address` is where everybody may sign up.
    """
    sunday = monday + timedelta(days=6)
    cards = board.cards_between(community=community, first=monday, last=sunday, now=now)
    coming = [card for card in cards if card.session.starts_at > now]
    if not coming:
        return ""
    lines = [f"【{community}】志愿服务 {monday:%-m月%-d日}–{sunday:%-m月%-d日}"]
    for day, of_day in groupby(coming, key=lambda card: card.session.on_date):
        lines += ["", f"周{board.WEEKDAYS[day.weekday()]} {day:%-m月%-d日}", *(line(card) for card in of_day)]
    lines += ["", "能来、来不了，请打开发给您本人的链接点一下。"]
    if any(card.gaps and not card.is_cancelled for card in coming):
        lines.append(f"还缺人的场次可以在这里报名：{address}/")
    return "\n".join(lines)


def line(card: board.Card) -> str:
    """16:30–18:30 四点半课堂（童趣活动室）：辅导 王**、李**（待回）；还缺 1 人"""
    session = card.session
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    where = f"（{session.room}）" if session.room else ""
    what = f"{starts:%H:%M}–{ends:%H:%M} {session.series.name}{where}"
    if card.is_cancelled:
        return f"{what}：停课"
    parts = [*_roles(card), *([f"还缺 {card.gaps} 人"] if card.gaps else [])]
    return f"{what}：{'；'.join(parts)}" if parts else what


def _roles(card: board.Card) -> Iterator[str]:
    """Each role with the people in it."""
    known = [(place, place.assignment) for place in card.places if place.assignment and place.state in KNOWN]
    for role, places in groupby(known, key=lambda one: one[0].shift.role):
        names = [_name(assignment, place.state) for place, assignment in places]
        yield f"{role} {'、'.join(names)}"


def _name(assignment: Assignment, state: str) -> str:
    return f"{mask_name(str(assignment.volunteer))}{'（待回）' if state == 'wait' else ''}"
