"""A volunteer hands a place to a friend, or swaps it with another volunteer's; the organiser is told.

Nothing moves before the other side says yes. Every hard rule is checked again at that moment; both
places move in one transaction, so each always has one person. Volunteers are locked first, then
sessions, as everywhere.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from classes.models import Community
from people import audit, outbox
from people.models import User
from volunteers.actions import notes, seats, signup, texts
from volunteers.actions.briefing import organisers
from volunteers.actions.seats import NotHeld, NotPlaced, Refused
from volunteers.models import Assignment, Exchange, ExchangeRule, Offer, Volunteer
from volunteers.queries import publishing
from volunteers.rules import WISHES

__all__ = [
    "ClubsPlace",
    "Gone",
    "NotHeld",
    "NotPlaced",
    "OwnPlace",
    "Refused",
    "TooLate",
    "agree",
    "approve",
    "close",
    "offer_hand_over",
    "propose_swap",
    "refuse",
    "set_rule",
    "take_over",
    "take_over_as",
    "turn_down",
    "undo",
]

Status = Exchange.Status
TAKEN = (Assignment.Status.OFFERED, Assignment.Status.ACCEPTED)


class Gone(Refused):
    """Somebody was quicker, or the offer was taken back."""


class OwnPlace(Refused):
    """One does not hand a place to oneself."""


class ClubsPlace(Refused):
    """A place that a club holds is for the club's leader to give."""


class TooLate(Refused):
    """An exchange can be taken back for 24 hours and until the session begins."""


# --- offering ---------------------------------------------------------------------------------


@transaction.atomic
def offer_hand_over(*, assignment: Assignment, now: datetime) -> Exchange:
    """A link for a friend; asked for twice it is the same one. Raises NotHeld, NotPlaced, ClubsPlace, Gone."""
    seats.lock([assignment.volunteer_id])
    _require_movable(assignment, now)
    running = Exchange.objects.filter(given=assignment, status__in=Exchange.RUNNING).first()
    if running is None:
        return Exchange.objects.create(kind=Exchange.Kind.HAND_OVER, given=assignment, made_at=now)
    if running.kind == Exchange.Kind.SWAP:
        raise Gone("这一场正在跟别人换，先点“不换了”，再转给朋友。")
    return running


@transaction.atomic
def propose_swap(*, assignment: Assignment, wanted: Assignment, now: datetime) -> Exchange:
    """Ask another volunteer to swap places. Raises NotHeld, NotPlaced, ClubsPlace, OwnPlace, Gone and rules."""
    seats.lock([assignment.volunteer_id])
    for place in (assignment, wanted):
        _require_movable(place, now)
    if assignment.volunteer_id == wanted.volunteer_id:
        raise OwnPlace("这也是您自己的一场。")
    if Exchange.objects.filter(given=assignment, status__in=Exchange.RUNNING).exists():
        raise Gone("这一场已经在问别人了，先点“不换了”，再问下一位。")
    seats.require_rules(shift=assignment.shift, volunteer=wanted.volunteer, now=now, overlooking=WISHES)
    seats.require_rules(shift=wanted.shift, volunteer=assignment.volunteer, now=now, overlooking=WISHES)
    made = Exchange.objects.create(
        kind=Exchange.Kind.SWAP, given=assignment, wanted=wanted, taker=wanted.volunteer, made_at=now
    )
    notes.swap_asked(exchange=made, wanted=wanted, now=now)
    return made


@transaction.atomic
def close(*, exchange: Exchange, now: datetime) -> None:
    """不换了: the offer is taken back before it is settled. Raises Gone."""
    _turn(exchange, to=Status.CLOSED, only_from=Exchange.RUNNING, now=now)


def _require_movable(place: Assignment, now: datetime) -> None:
    if place.status not in TAKEN:
        raise NotPlaced("这个安排刚刚变过了，刷新看看现在的样子。")
    if place.starts_at <= now:
        raise NotHeld("这一场已经开始了，请直接打社区电话。")
    if hasattr(place, "held_as"):
        raise ClubsPlace("这是社团留的名额，换人请找社团负责人。")


# --- saying yes or no -------------------------------------------------------------------------


@transaction.atomic
def take_over(*, exchange: Exchange, volunteer: Volunteer, now: datetime) -> Exchange:
    """The friend takes the place; where a rule says so, an organiser approves first.

    Raises Gone, OwnPlace, NotHeld, NotPlaced and the refusals of `seats.require_rules`.
    """
    if exchange.given.volunteer_id == volunteer.pk:
        raise OwnPlace("这是您自己的一场，把链接发给朋友就行。")
    return _answer(exchange, volunteer, now)


@transaction.atomic
def take_over_as(
    *, exchange: Exchange, name: str, phone: str, occupation: str, consent: bool, now: datetime
) -> tuple[Volunteer, bool]:
    """The same for a friend by name and mobile number; answers who it is and whether they were here before.

    Nobody is entered unless the place is taken. Raises what `signup.enter` and `take_over` raise.
    """
    volunteer, is_known = signup.enter(
        session=exchange.given.session, name=name, phone=phone, occupation=occupation, consent=consent, now=now
    )
    take_over(exchange=exchange, volunteer=volunteer, now=now)
    return volunteer, is_known


@transaction.atomic
def agree(*, exchange: Exchange, now: datetime) -> Exchange:
    """The other side of a swap says yes. Raises Gone, NotHeld, NotPlaced and rules."""
    return _answer(exchange, _taker(exchange), now)


@transaction.atomic
def refuse(*, exchange: Exchange, now: datetime) -> None:
    """The other side of a swap would rather not; no reason is asked for. Raises Gone."""
    _turn(exchange, to=Status.REFUSED, only_from=[Status.OPEN], now=now)
    notes.swap_refused(exchange=exchange, now=now)


def _answer(exchange: Exchange, taker: Volunteer, now: datetime) -> Exchange:
    if not ExchangeRule.objects.filter(community=exchange.given.session.community_id).exists():
        return _settle(exchange, taker, only_from=Status.OPEN, now=now, actor=None)
    seats.lock([exchange.given.volunteer_id, taker.pk])
    _turn(exchange, to=Status.ASKED, only_from=[Status.OPEN], now=now, taker=taker)
    _require_movable(Assignment.objects.get(pk=exchange.given_id), now)
    seats.require_rules(shift=exchange.given.shift, volunteer=taker, now=now, overlooking=WISHES)
    _tell_organisers(exchange, "等您点头", now)
    return exchange


# --- the organiser ----------------------------------------------------------------------------


@transaction.atomic
def approve(*, exchange: Exchange, now: datetime, actor: User | None) -> Exchange:
    """One click: the exchange happens. Raises Gone, NotHeld, NotPlaced and rules."""
    return _settle(exchange, _taker(exchange), only_from=Status.ASKED, now=now, actor=actor)


@transaction.atomic
def turn_down(*, exchange: Exchange, now: datetime, actor: User | None) -> None:
    """Everybody keeps the place they have, and both are told. Raises Gone."""
    _turn(exchange, to=Status.REFUSED, only_from=[Status.ASKED], now=now, settled_by=actor)
    notes.exchange_turned_down(exchange=exchange, now=now)
    _wrote(exchange, "没同意换班", now, actor)


@transaction.atomic
def set_rule(*, community: Community, asks: bool, now: datetime, actor: User | None) -> None:
    """Whether an organiser approves exchanges of this community; what waits already still waits."""
    if asks:
        ExchangeRule.objects.get_or_create(community=community)
    else:
        ExchangeRule.objects.filter(community=community).delete()
    verb = "换班要点头" if asks else "换班不用点头"
    audit.write(actor=actor, verb=verb, thing=f"community:{community.pk}", now=now, summary=str(community))


@transaction.atomic
def undo(*, exchange: Exchange, now: datetime, actor: User | None) -> None:
    """Everybody is back where they were. Raises TooLate, Gone, NotPlaced and rules."""
    if exchange.settled_at is None or exchange.settled_at + Exchange.UNDO_WITHIN < now:
        raise TooLate("换好超过 24 小时了，不能撤销。")
    seats.lock([exchange.given.volunteer_id, _taker(exchange).pk])
    _turn(exchange, to=Status.UNDONE, only_from=[Status.DONE], now=now, settled_by=actor)
    made = [place for place in (exchange.took, exchange.gave) if place]
    for place in made:
        seats.move(place, to=Assignment.Status.RELEASED, now=now, note="撤销了换班", only_from=TAKEN)
    for place in filter(None, (exchange.given, exchange.wanted)):
        _put_back(place, now)
    _tell_both(made, [exchange.given, *([exchange.wanted] if exchange.wanted else [])], now)
    _wrote(exchange, "撤销了换班", now, actor)


def _taker(exchange: Exchange) -> Volunteer:
    """The other side; an exchange nobody has answered has none. Raises Gone."""
    if exchange.taker is None:
        raise Gone("还没有人接。")
    return exchange.taker


def _put_back(place: Assignment, now: datetime) -> None:
    """A place that was given away is its owner's again."""
    seats.require_rules(shift=place.shift, volunteer=place.volunteer, now=now, overlooking=WISHES)
    if not seats.claim(place.shift):
        raise Gone("位子后来有人补上了，先撤下那位再撤销。")
    try:
        with transaction.atomic():
            seats.move(place, to=Assignment.Status.ACCEPTED, now=now, only_from=[Assignment.Status.DECLINED])
    except IntegrityError as error:
        raise seats.named(error, place.volunteer) from error


# --- how it happens ---------------------------------------------------------------------------


def _settle(exchange: Exchange, taker: Volunteer, *, only_from: str, now: datetime, actor: User | None) -> Exchange:
    """Both places change hands, or nothing does."""
    seats.lock([exchange.given.volunteer_id, taker.pk])
    _turn(exchange, to=Status.DONE, only_from=[only_from], now=now, taker=taker, settled_by=actor)
    moves = [(exchange.given, taker)]
    if exchange.wanted:
        moves.append((exchange.wanted, exchange.given.volunteer))
    for place, _ in sorted(moves, key=lambda move: move[0].session_id):
        seats.lock_session(place.session)
    for place, new in moves:
        place.refresh_from_db(fields=["status", "starts_at", "ends_at"])
        _require_movable(place, now)
        # Both are out before either goes in: the two sessions may well be at one time.
        seats.move(place, to=Assignment.Status.DECLINED, now=now, note=f"换给{new}", only_from=TAKEN)
        Offer.objects.filter(assignment=place).update(answer=Offer.Answer.NO, answered_at=now)
    made = [_take(place, new, now) for place, new in moves]
    exchange.took, exchange.gave = made[0], made[1] if exchange.wanted else None
    exchange.save(update_fields=["took", "gave"])
    _tell_both([place for place, _ in moves], made, now)
    _tell_organisers(exchange, "换好了", now)
    _wrote(exchange, exchange.get_kind_display(), now, actor)
    return exchange


def _take(place: Assignment, volunteer: Volunteer, now: datetime) -> Assignment:
    place.shift.session = place.session
    return seats.take(
        shift=place.shift,
        volunteer=volunteer,
        status=Assignment.Status.ACCEPTED,
        source="exchange",
        now=now,
        overlooking=WISHES,
    )


def _turn(exchange: Exchange, *, to: str, only_from: Sequence[str], now: datetime, **fields: Any) -> None:
    """Change the status of a running exchange: the row count is the lock."""
    settled = {} if to == Status.ASKED else {"settled_at": now}
    mine = Exchange.objects.filter(pk=exchange.pk, status__in=only_from)
    if not mine.update(status=to, **settled, **fields):
        raise Gone("已经有人接了，或者对方不换了。")
    for name, value in {"status": to, **settled, **fields}.items():
        setattr(exchange, name, value)


def _tell_both(left: Sequence[Assignment], got: Sequence[Assignment], now: datetime) -> None:
    """Everybody hears what they have no longer, and what they have now."""
    rows = publishing.for_telling(Assignment.objects.filter(pk__in=[one.pk for one in (*left, *got)]))
    told = {one.pk: one for one in rows}
    gone, held = texts.current("handed-over"), texts.current("sign-up")
    for one in left:
        notes.handed_over(assignment=told[one.pk], words=gone, now=now)
    for one in got:
        notes.signed_up(assignment=told[one.pk], words=held, now=now)


def _tell_organisers(exchange: Exchange, what: str, now: datetime) -> None:
    body = notes.exchange_line(exchange)
    for user in organisers():
        outbox.write(
            user=user,
            kind="exchange",
            about=f"exchange:{exchange.pk}:{exchange.status}",
            subject=f"{exchange.get_kind_display()}：{what}",
            body=f"{body}\n{what}。",
            link="/desk/exchanges/",
            now=now,
            happens_at=exchange.given.starts_at,
            useless_after=exchange.given.starts_at,
        )


def _wrote(exchange: Exchange, verb: str, now: datetime, actor: User | None) -> None:
    audit.write(
        actor=actor,
        label="" if actor else str(exchange.given.volunteer),
        verb=verb,
        thing=f"session:{exchange.given.session_id}",
        now=now,
        summary=notes.exchange_line(exchange),
        data={"exchange": exchange.pk},
    )
