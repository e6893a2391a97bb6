"""结对: settle who sits with whom, change a pair by hand, start afresh."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from classes import demand
from classes.models import Learner, Programme, Session
from people import audit
from people.models import User
from volunteers import planning
from volunteers.matching.pairing.problem import Pair
from volunteers.models import Pairing, Volunteer


class CannotPair(Exception):
    """A pair cannot be settled; the message is the sentence for the screen."""


class NotForPairs(CannotPair):
    """The session is cancelled, over, or not a senior one."""


class NotComing(CannotPair):
    """The learner or the helper does not come to this session."""


class HelperFull(CannotPair):
    """The helper has as many learners as the lesson allows."""


class PairedMeanwhile(CannotPair):
    """Somebody at another desk settled one of these pairs first."""


MEANWHILE = "刚才有人在别处改了这一场的结对，这次没有保存。下面是现在的样子。"


@transaction.atomic
def settle_pairs(*, session: Session, now: datetime, actor: User | None) -> int:
    """Store the proposed seating as it stands, around the pairs that are settled; answers how many are new.

    Stored pairs of people who do not come any more go. Raises NotForPairs, PairedMeanwhile.
    """
    _expect_open(session, now)
    seating = planning.seat(session)
    _keep_only(session, seating)
    stored = {Pair(row.learner_id, row.volunteer_id) for row in seating.kept}
    fresh = [pair for pair in seating.answer.pairs if pair not in stored]
    _store(session, fresh, by_hand=False, now=now)
    _write(session, actor, "定下结对", f"{len(seating.answer.pairs)} 对", now)
    return len(fresh)


@transaction.atomic
def pair_by_hand(
    *,
    session: Session,
    learner: Learner,
    volunteer: Volunteer,
    exchange: Learner | None = None,
    now: datetime,
    actor: User | None,
) -> None:
    """Seat a learner with a helper; with `exchange` that helper's learner takes the learner's old seat.

    If the learner had none, the other one is left to the engine. Both pairs count as made by hand.
    Raises NotForPairs, NotComing, HelperFull, PairedMeanwhile.
    """
    _expect_open(session, now)
    seating = planning.seat(session)
    _expect_coming(seating, learner, volunteer)
    before = {pair.learner: pair.helper for pair in seating.answer.pairs}
    if exchange is not None and before.get(exchange.pk) != volunteer.pk:
        raise PairedMeanwhile(MEANWHILE)
    wanted = [Pair(learner.pk, volunteer.pk)]
    if exchange is not None and learner.pk in before:
        wanted.append(Pair(exchange.pk, before[learner.pk]))
    _keep_only(session, seating)
    moved = {learner.pk, *([exchange.pk] if exchange else ())}
    Pairing.objects.filter(session=session, learner__in=moved).delete()
    _store(session, wanted, by_hand=True, now=now)
    summary = f"{learner} ↔ {volunteer}" + (f"，和{exchange}对换" if exchange else "")
    _write(session, actor, "手工结对", summary, now)


@transaction.atomic
def release_pair(*, session: Session, learner: Learner, now: datetime, actor: User | None) -> None:
    """Leave a settled learner to the engine again. Raises NotForPairs, NotComing when nothing was settled."""
    _expect_open(session, now)
    if not Pairing.objects.filter(session=session, learner=learner).delete()[0]:
        raise NotComing(f"{learner}这一场没有定下的结对。")
    _write(session, actor, "不再手工结对", str(learner), now)


@transaction.atomic
def clear_pairs(*, session: Session, now: datetime, actor: User | None) -> int:
    """Forget every settled pair of a session; answers how many there were. Raises NotForPairs."""
    _expect_open(session, now)
    gone = Pairing.objects.filter(session=session).delete()[0]
    if gone:
        _write(session, actor, "重新结对", f"{gone} 对不算了", now)
    return gone


def _expect_open(session: Session, now: datetime) -> None:
    """The row is locked, so that one desk after the other changes the pairs of a session."""
    Session.objects.select_for_update().get(pk=session.pk)
    if session.series.programme.kind != Programme.Kind.SENIOR:
        raise NotForPairs("只有教老人的课要结对。")
    if session.status == Session.Status.CANCELLED:
        raise NotForPairs("这一场停课了，不用结对。")
    if session.ends_at <= now:
        raise NotForPairs("这一场已经上完，结对不能再改。")


def _expect_coming(seating: planning.Seating, learner: Learner, volunteer: Volunteer) -> None:
    if learner.pk not in seating.problem.learner:
        raise NotComing(f"{learner}这一场不来。")
    if volunteer.pk not in seating.problem.helper:
        raise NotComing(f"{volunteer}这一场不来，或者是讲师。")


def _keep_only(session: Session, seating: planning.Seating) -> None:
    """Stored pairs that do not stand any more free their seats."""
    Pairing.objects.filter(session=session).exclude(pk__in=[row.pk for row in seating.kept]).delete()


def _store(session: Session, pairs: Iterable[Pair], *, by_hand: bool, now: datetime) -> None:
    """Give every pair the lowest free seat of its helper; the database has the last word."""
    ratio = demand.ratio_of(session)
    taken: dict[int, set[int]] = {}
    for volunteer, seat in Pairing.objects.filter(session=session).values_list("volunteer_id", "seat"):
        taken.setdefault(volunteer, set()).add(seat)
    rows = []
    for pair in pairs:
        used = taken.setdefault(pair.helper, set())
        free = [number for number in range(1, ratio + 1) if number not in used]
        if not free:
            raise HelperFull(f"这一课每位带 {ratio} 人，这位已经带满了；可以和其中一位对换。")
        used.add(free[0])
        rows.append(
            Pairing(
                session=session,
                learner_id=pair.learner,
                volunteer_id=pair.helper,
                seat=free[0],
                by_hand=by_hand,
                made_at=now,
            )
        )
    try:
        with transaction.atomic():
            Pairing.objects.bulk_create(rows)
    except IntegrityError as error:
        raise PairedMeanwhile(MEANWHILE) from error


def _write(session: Session, actor: User | None, verb: str, summary: str, now: datetime) -> None:
    audit.write(actor=actor, verb=verb, thing=f"session:{session.pk}", now=now, summary=summary)
