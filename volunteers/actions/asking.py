"""先问问: a question to some people about one place; nothing is planned by it, and no answer is no."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from classes.models import Session
from people import audit, outbox
from people.models import Message, User
from volunteers.actions import notes, texts
from volunteers.actions.seats import NotHeld, Refused
from volunteers.models import Shift, Volunteer

MOST = 12


class NobodyToAsk(Refused):
    """None of these people may be asked: they paused, left, or are too many for one question."""


@transaction.atomic
def ask_about(*, shift: Shift, people: Iterable[int], now: datetime, actor: User | None) -> list[Message]:
    """Write the question to each of them, once for a place. Raises NotHeld, NobodyToAsk."""
    session = shift.session
    if session.status != Session.Status.PLANNED or session.starts_at <= now:
        raise NotHeld("这一场停课了，或者已经开始了，不用再问。")
    active = Volunteer.objects.filter(pk__in=list(people)[:MOST], status=Volunteer.Status.ACTIVE)
    asked = list(active.select_related("person").order_by("pk"))
    if not asked:
        raise NobodyToAsk("这几位暂停或离开了，没有问。")
    words = texts.current("ask")
    written = [_question(shift, one, words, now) for one in asked]
    names = "、".join(str(one) for one in asked)
    audit.write(actor=actor, verb="先问问", thing=f"session:{session.pk}", now=now, summary=names)
    return written


def _question(shift: Shift, volunteer: Volunteer, words: str, now: datetime) -> Message:
    session, place = shift.session, shift.session.community
    where = f"，{session.room.name}" if session.room else ""
    body = texts.say(
        "ask",
        words,
        称呼=str(volunteer),
        社区=str(place),
        岗位=shift.role.name,
        场次=f"{notes.when(session.starts_at)} {session.series.name}{where}",
        留意=notes.risks([session]),
        电话=place.help_phone,
    )
    return outbox.write(
        person=volunteer.person,
        kind="ask",
        about=f"shift:{shift.pk}",
        subject=f"{notes.when(session.starts_at)} 能来吗",
        body=body,
        link=f"/me/{volunteer.token}/",
        now=now,
        happens_at=session.starts_at,
        useless_after=session.starts_at,
    )
