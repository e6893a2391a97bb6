"""Another lesson for one session."""

from datetime import datetime

from django.db import transaction

from classes import demand
from classes.actions import changing, families, holding
from classes.actions.changing import Done, say_when
from classes.actions.timetable import sessions_changed
from classes.models import Change, Lesson, Session
from people.models import User


@transaction.atomic
def change_lesson(*, session: Session, lesson: Lesson | None, reason: str, now: datetime, actor: User | None) -> Done:
    """Teach this lesson at this session, or repeat (None); the plan goes on around it.

    Raises changing.NotHeld, ChangedMeanwhile, Refused when it is that lesson already.
    """
    holding.hold_community(session.community_id)
    (session,) = changing.hold([session.pk])
    changing.require_held([session], now)
    if (session.lesson, session.is_review) == (lesson, lesson is None):
        raise changing.Refused("这一场本来就教这个。")
    what = lesson.short_title if lesson else "复习"
    line = f"{session.series} {say_when(session.starts_at, session.ends_at)} 改教“{what}”"
    heads = demand.headcounts([session])
    record = changing.begin(
        kind=Change.Kind.LESSON, community=session.community, summary=line, reason=reason, now=now, actor=actor
    )
    record.write(session, lesson_id=lesson and lesson.pk, is_review=lesson is None, lesson_by_hand=True)
    record.keep()
    sessions_changed(session.series, now)
    done = Done(record.change, {session.pk: line})
    families.tell(done=done, heads=heads, now=now)
    return done
