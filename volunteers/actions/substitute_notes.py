"""The words of notes about substitutes and about children's sessions under their floor."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from people import outbox
from people.models import Message, User
from volunteers.actions import texts
from volunteers.actions.notes import place_line, risks, when
from volunteers.models import FloorAlarm, SubstituteAsk, SubstituteSearch
from volunteers.rules.floor import Floor

ASK, FILLED = "substitute", "substitute-filled"


def about(ask: SubstituteAsk) -> str:
    """What an invitation is about: asked again after it was taken back it is a new one."""
    return f"ask:{ask.pk}:{ask.wave}"


def link(ask: SubstituteAsk) -> str:
    """The page on which this person answers."""
    return f"/me/{ask.volunteer.token}/cover/{ask.pk}/"


def asked(*, ask: SubstituteAsk, search: SubstituteSearch, words: str, now: datetime) -> Message:
    """Ask one person to take over. Needs no answer from whoever cannot come."""
    session, role = search.shift.session, search.shift.role
    body = texts.say(
        ASK,
        words,
        称呼=str(ask.volunteer),
        社区=str(session.community),
        场次=place_line(session, role),
        留意=risks([session]),
    )
    return outbox.write(
        person=ask.volunteer.person,
        kind=ASK,
        about=about(ask),
        subject=f"{when(session.starts_at)} 临时缺人，您能来吗",
        body=body,
        link=link(ask),
        now=now,
        happens_at=session.starts_at,
        useless_after=session.starts_at,
        facts={"when": when(session.starts_at)},
    )


def filled(*, ask: SubstituteAsk, search: SubstituteSearch, words: str, now: datetime) -> Message:
    """Somebody else was quicker. It may wait for other notes and for the morning: nothing depends on it."""
    session = search.shift.session
    return outbox.write(
        person=ask.volunteer.person,
        kind=FILLED,
        about=f"search:{search.pk}:{ask.pk}:{ask.wave}",
        subject=f"{when(session.starts_at)} 已经有人来了",
        body=texts.say(FILLED, words, 称呼=str(ask.volunteer), 场次=place_line(session, search.shift.role)),
        link=link(ask),
        now=now,
        useless_after=session.starts_at,
    )


def exhausted(*, search: SubstituteSearch, to: Sequence[User], now: datetime) -> None:
    """Nobody is left to ask: an organiser has to think of something."""
    session = search.shift.session
    lines = [
        place_line(session, search.shift.role),
        f"合适的人都问过了，还缺 {search.wanted - search.found} 位。可以再等等他们的回话，换一天，或者发到群里问问。",
    ]
    for one in to:
        outbox.write(
            user=one,
            kind="substitute-nobody",
            about=f"search:{search.pk}:{search.wave}",
            subject=f"{when(session.starts_at)} 找替补：都问过了",
            body="\n".join(lines),
            link=reverse("desk:search", args=[search.pk]),
            now=now,
            happens_at=session.starts_at,
            useless_after=session.starts_at,
        )


def under_floor(*, alarm: FloorAlarm, floor: Floor, to: Sequence[User], step: str, now: datetime) -> None:
    """A children's session cannot be held as it stands; `step` is "at-once" or "deputy"."""
    session = alarm.session
    late = step == "deputy"
    body = [
        f"{when(session.starts_at)} {session.series.name}：查过背景的大人只有 {floor.here} 位，至少要 {floor.needed} 位。",
        "到现在还没补上，请您接手：找到人，或者打电话通知家长。" if late else "正在找替补。补不上这一场不能开。",
    ]
    for one in to:
        outbox.write(
            user=one,
            kind=f"floor-{step}",
            about=f"alarm:{alarm.pk}",
            subject=f"{when(session.starts_at)} 孩子的课缺 {floor.lacking} 位大人",
            body="\n".join(body),
            link=reverse("desk:floor", args=[session.pk]),
            now=now,
            happens_at=session.starts_at,
            useless_after=session.ends_at,
        )
