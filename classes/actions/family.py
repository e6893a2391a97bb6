"""What somebody who answers for a child says by themselves: not today, and who comes for it this once."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from classes import demand
from classes.actions.attending import Refused
from classes.models import Attendance, Delegate, FamilyLink, Guardian, Learner, Session
from classes.models.feeds import new_token
from classes.queries import family as queries
from people import audit
from people.models import Person, User

LONGEST_NAME = 20
State = Attendance.State


class NoSuchDay(Refused):
    """The child is not expected there, or the session is over, called off or more than a day ahead."""


class AlreadySaid(Refused):
    """The child is there, was marked, or has gone: the desk says the rest."""


class NoName(Refused):
    """A delegate has a name that can be read out."""


class WrongCode(Refused):
    """Not the four digits that the guardian passed on."""


class Locked(Refused):
    """Too many wrong digits, or taken back meanwhile: only a call helps."""


@transaction.atomic
def open_link(*, person: Person, now: datetime, actor: User | None) -> FamilyLink:
    """A new secret link for a guardian; one given earlier answers no more."""
    link, _ = FamilyLink.objects.update_or_create(person=person, defaults={"token": new_token(), "made_at": now})
    audit.write(actor=actor, verb="给了家长的链接", thing=f"person:{person.pk}", now=now)
    return link


@transaction.atomic
def close_link(*, person: Person, now: datetime, actor: User | None) -> None:
    """The link answers no more; closing it again changes nothing."""
    if FamilyLink.objects.filter(person=person).delete()[0]:
        audit.write(actor=actor, verb="收回了家长的链接", thing=f"person:{person.pk}", now=now)


@transaction.atomic
def name_delegate(*, by: Person, learner: Learner, session: Session, name: str, now: datetime) -> Delegate:
    """This adult fetches the child that day; one named before is not let in any more.

    Raises NoSuchDay, AlreadySaid when the child has gone, NoName.
    """
    name = " ".join(name.split())
    if not 2 <= len(name) <= LONGEST_NAME:
        raise NoName("请写来接的人的姓名，2 到 20 个字。")
    _hold(by, learner, session, now)
    if Attendance.objects.filter(session=session, learner=learner, left_at__isnull=False).exists():
        raise AlreadySaid(f"{learner}已经接走了。")
    here = Delegate.objects.filter(learner=learner, on_date=session.on_date, withdrawn_at=None)
    here.update(withdrawn_at=now)
    made = Delegate.objects.create(learner=learner, on_date=session.on_date, name=name, named_by=by, named_at=now)
    _wrote(learner, "家长说了换人接", by, now)
    return made


@transaction.atomic
def withdraw_delegate(*, by: Person, delegate: Delegate, now: datetime) -> None:
    """Nobody else after all. Raises AlreadySaid when the child has gone with this adult."""
    list(Delegate.objects.select_for_update().filter(pk=delegate.pk))
    if Attendance.objects.filter(delegate=delegate).exists():
        raise AlreadySaid(f"{delegate}已经把{delegate.learner}接走了。")
    if Delegate.objects.filter(pk=delegate.pk, withdrawn_at=None).update(withdrawn_at=now):
        _wrote(delegate.learner, "家长收回了换人接", by, now)


@transaction.atomic
def excuse(*, by: Person, learner: Learner, session: Session, now: datetime) -> Attendance:
    """请假. Raises NoSuchDay, AlreadySaid when somebody has said already whether the child is there."""
    _hold(by, learner, session, now)
    try:
        with transaction.atomic():
            made = Attendance.objects.create(session=session, learner=learner, state=State.EXCUSED, marked_at=now)
    except IntegrityError as error:
        raise AlreadySaid(f"{learner}这一场已经点过名了，有出入请打社区电话。") from error
    _wrote(learner, "家长请了假", by, now)
    return made


@transaction.atomic
def come_after_all(*, by: Person, learner: Learner, session: Session, now: datetime) -> None:
    """The guardian's own 请假 is taken back; what the desk has said stays. Raises NoSuchDay."""
    _hold(by, learner, session, now)
    said = Attendance.objects.filter(session=session, learner=learner, state=State.EXCUSED, marked_by=None)
    if said.delete()[0]:
        _wrote(learner, "家长说还是来", by, now)


def try_code(*, delegate: Delegate, code: str, now: datetime) -> None:
    """Compare the digits that somebody says at the door. Counted before it is compared, whatever follows.

    Raises Locked, WrongCode.
    """
    mine = Delegate.objects.filter(pk=delegate.pk, withdrawn_at=None, tries__lt=Delegate.MOST_TRIES)
    if not mine.update(tries=F("tries") + 1):
        raise Locked(f"不能再对码了：试错了 {Delegate.MOST_TRIES} 次，或者家长收回了。请给监护人打电话。")
    if not delegate.is_code(code):
        raise WrongCode(f"四个数和家长收到的对不上，先别让{delegate}接走。请看一眼再输，或者给监护人打电话。")
    Delegate.objects.filter(pk=delegate.pk).update(tries=0)


def _hold(by: Person, learner: Learner, session: Session, now: datetime) -> None:
    """Wait for others at the session, then raise NoSuchDay unless this guardian's child is expected at it."""
    if not Guardian.objects.filter(person=by, learner=learner).exists():
        raise NoSuchDay("这个孩子不在您名下，请打社区电话。")
    held = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if not queries.is_near(held, now):
        raise NoSuchDay("这一场已经过了、停课了，或者还早：上课前一天起才能说。")
    if learner.pk not in demand.expected_learners(held):
        raise NoSuchDay(f"{learner}不在这一场的名单上，请打社区电话。")


def _wrote(learner: Learner, verb: str, by: Person, now: datetime) -> None:
    audit.write(actor=None, label=f"监护人 {by.pk} 号", verb=verb, thing=f"learner:{learner.pk}", now=now)
