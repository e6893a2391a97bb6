"""Texts that an organiser copies into a group: what is missing, when, where, and the link."""

from collections.abc import Iterable

from django.utils import timezone

from classes.models import Session
from volunteers.models import Shift
from volunteers.queries.board import WEEKDAYS, Card


def for_shift(shift: Shift, *, gaps: int, address: str) -> str:
    """One call for one session. `address` is where the product answers, without a slash."""
    session = shift.session
    risk = session.series.programme.risk_note
    lines = [
        f"【{session.community.name}】还缺 {gaps} 位{shift.role.name}",
        _when(session),
        f"{session.series.name}，{session.room or session.community.name}",
        *([shift.role.what] if shift.role.what else []),
        *([f"请留意：{risk}"] if risk else []),
        f"能来的点这里：{address}/s/{session.pk}/",
    ]
    return "\n".join(lines)


def for_week(cards: Iterable[Card], *, community: str, address: str) -> str:
    """One call for everything that is missing in a week; empty when nothing is."""
    thin = [card for card in cards if card.gaps]
    if not thin:
        return ""
    gaps = sum(card.gaps for card in thin)
    lines = [f"【{community}】还缺 {gaps} 位帮手，哪一场您能来？"]
    for number, card in enumerate(thin, 1):
        lines.append(f"{number}. {_when(card.session)} {card.session.series.name}，缺 {card.gaps} 人")
    return "\n".join([*lines, f"看详情、报名：{address}/"])


def _when(session: Session) -> str:
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return f"{starts:%-m月%-d日}（周{WEEKDAYS[starts.weekday()]}） {starts:%H:%M}–{ends:%H:%M}"
