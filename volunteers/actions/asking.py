"""先问问: a question to some people about one place; nothing is planned by it, and no answer is no."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from classes.models import Session
from people import audit, outbox
from people.models import Message, User
from volunteers.actions import notes
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
    written = [_question(shift, one, now) for one in asked]
    names = "、".join(str(one) for one in asked)
    audit.write(actor=actor, verb="先问问", thing=f"session:{session.pk}", now=now, summary=names)
    return written


def _question(shift: Shift, volunteer: Volunteer, now: datetime) -> Message:
    session, place = shift.session, shift.session.community
    where = f"，{session.room.name}" if session.room else ""
    call = f"，或者打 {place.help_phone}" if place.help_phone else ""
    body = [
        f"{volunteer}，您好。{place}有一场还缺{shift.role.name}，想先问问您能不能来：",
        f"{notes.when(session.starts_at)} {session.series.name}{where}",
        *([f"请留意：{session.series.programme.risk_note}"] if session.series.programme.risk_note else []),
        f"能来就回社区一声{call}，社区给您排上；来不了不用回。",
    ]
    return outbox.write(
        person=volunteer.person,
        kind="ask",
        about=f"shift:{shift.pk}",
        subject=f"{notes.when(session.starts_at)} 能来吗",
        body="\n".join(body),
        link=f"/me/{volunteer.token}/",
        now=now,
        happens_at=session.starts_at,
        useless_after=session.starts_at,
    )
