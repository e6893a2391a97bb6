"""找替补: start a search, ask wave after wave, stop, widen. Answers are in `covering`.

Locks are taken in one order everywhere: volunteer, session, shift (seats), then search, then ask. Nothing
is sent here: each invitation is a row with its note, and a wave is asked by whoever moves its number on.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from classes.models import Session
from people import audit, outbox
from people.models import Message, User
from volunteers import planning
from volunteers.actions import floors, notes, substitute_notes, texts
from volunteers.actions.seats import NotHeld, Refused
from volunteers.models import Assignment, Shift, SubstituteAsk, SubstitutePlan, SubstituteSearch, Volunteer, Wait
from volunteers.planning.substitutes import Choice
from volunteers.queries import substitutes as queries
from volunteers.queries import waiting

__all__ = [
    "AskedAlready",
    "NobodyToAsk",
    "NotHeld",
    "NotOpen",
    "NothingMissing",
    "Refused",
    "advance",
    "ask_next",
    "ask_person",
    "close",
    "place_given_up",
    "resume",
    "run_due",
    "start",
    "stop",
    "take_back",
]

State, Status = SubstituteAsk.State, SubstituteSearch.Status
# The waiting list of a full session is asked before anybody else, and has so long a start.
WAITERS_FIRST = timedelta(minutes=3)
LOOK_AGAIN = timedelta(minutes=10)


class NothingMissing(Refused):
    """Every place of the shift has somebody."""


class NotOpen(Refused):
    """The search has ended, or is under way already."""


class NobodyToAsk(Refused):
    """Everybody who may take the place was asked."""


class AskedAlready(Refused):
    """This person was asked by this search."""


# --- starting -----------------------------------------------------------------------------------------


def place_given_up(*, assignment: Assignment, now: datetime) -> SubstituteSearch | None:
    """What follows when somebody gives back a place: the search starts itself, and the floor is looked at.

    Inside the transaction that gave it back, after its locks. None where the community wants no search.
    """
    shift = _shift(assignment.shift_id)
    floors.check(session=shift.session, now=now)
    plan = queries.plan_of(shift.session.community_id)
    is_near = now < shift.session.starts_at <= now + timedelta(days=plan.within_days)
    if not (plan.starts_itself and is_near and shift.session.status == Session.Status.PLANNED):
        return None
    if shift.taken >= shift.needed:
        return None
    return start(shift=shift, now=now, actor=None, why=f"{assignment.volunteer}来不了", places=1)


@transaction.atomic
def start(
    *, shift: Shift, now: datetime, actor: User | None, why: str = "", places: int | None = None
) -> SubstituteSearch:
    """Look for `places` more people for a shift, or for all who are missing; answers the open search.

    A search that is open already wants those, too. Raises NotHeld, NothingMissing.
    """
    shift = _shift(shift.pk)
    if shift.session.starts_at <= now or shift.session.status != Session.Status.PLANNED:
        raise NotHeld("这一场已经开始或停课了，不用找人。")
    gaps = shift.needed - shift.taken
    if gaps <= 0:
        raise NothingMissing("这里已经不缺人了。")
    search = SubstituteSearch.objects.open().select_for_update().filter(shift=shift).first()
    if search is None:
        return _open(shift, min(places or gaps, gaps), now, actor, why)
    search.wanted = max(search.wanted, search.found + min(gaps, search.wanted - search.found + (places or gaps)))
    search.status, search.next_wave_at = Status.SEARCHING, now
    search.save(update_fields=["wanted", "status", "next_wave_at"])
    return search


def _open(shift: Shift, wanted: int, now: datetime, actor: User | None, why: str) -> SubstituteSearch:
    try:
        with transaction.atomic():
            search = SubstituteSearch.objects.create(
                shift=shift, wanted=wanted, why=why[:60], next_wave_at=now, started_at=now, started_by=actor
            )
    except IntegrityError:  # started at another desk at this moment
        return SubstituteSearch.objects.open().get(shift=shift)
    _wrote(search, "开始找替补", now, actor, why)
    return search


# --- waves --------------------------------------------------------------------------------------------


def run_due(*, now: datetime, go_on: Callable[[], bool] = lambda: True) -> int:
    """Move on every search that is due; answers how many moved. Any number of workers may do this at once.

    Once `go_on` answers False the rest is left to the next run: ranking takes a moment for each.
    """
    found = list(queries.due(now).order_by("next_wave_at", "pk").values_list("pk", flat=True))
    return sum(advance(pk=pk, now=now) for pk in takewhile(lambda _: go_on(), found))


def advance(*, pk: int, now: datetime) -> bool:
    """Do what is due for one search: ask its next wave, or end it. False when there was nothing to do."""
    search = SubstituteSearch.objects.open().for_telling().filter(pk=pk).first()
    if search is None:
        return False
    shift, session = search.shift, search.shift.session
    if session.starts_at <= now or session.status != Session.Status.PLANNED:
        return close(search=search, status=Status.OVER, now=now)
    if shift.taken >= shift.needed:
        if queries.is_kept(shift):
            return _later(search, now + LOOK_AGAIN)
        return close(search=search, status=Status.FILLED, now=now)
    if search.next_wave_at is None or search.next_wave_at > now:
        return False
    until = _not_before(search, now)
    if until > now:
        return _later(search, until)
    plan = queries.plan_of(session.community_id)
    more = min(search.wanted - search.found, shift.needed - shift.taken) - 1
    size = (plan.next_wave if search.wave else plan.first_wave) + max(0, more)
    return _ask_wave(search, _choices(search, plan, size, now), plan, now)


def _not_before(search: SubstituteSearch, now: datetime) -> datetime:
    """When the next wave may be asked: not at night, and after the waiting list was asked."""
    if search.wave == 0 and now < search.started_at + WAITERS_FIRST and waiting.waiting_for(search.shift.session):
        return search.started_at + WAITERS_FIRST
    return outbox.after_quiet_hours(now, happens_at=search.shift.session.starts_at)


def _later(search: SubstituteSearch, until: datetime) -> bool:
    mine = SubstituteSearch.objects.filter(pk=search.pk, status=Status.SEARCHING, wave=search.wave)
    return bool(mine.update(next_wave_at=until))


def _choices(search: SubstituteSearch, plan: SubstitutePlan, size: int, now: datetime) -> list[Choice]:
    """The next people; whoever stands in the waiting list hears from there."""
    asked = set(search.asks.exclude(state=State.NOT_SENT).values_list("volunteer_id", flat=True))
    waits = set(Wait.objects.filter(session=search.shift.session_id).values_list("volunteer_id", flat=True))
    return planning.to_ask(shift=search.shift, now=now, besides=asked | waits, asks_a_week=plan.asks_a_week, limit=size)


@transaction.atomic
def _ask_wave(search: SubstituteSearch, choices: list[Choice], plan: SubstitutePlan, now: datetime) -> bool:
    """Ask these people, once: whoever moves the number of the wave on is the one who asks."""
    mine = SubstituteSearch.objects.filter(
        pk=search.pk, status=Status.SEARCHING, wave=search.wave, next_wave_at=search.next_wave_at
    )
    if not choices:
        if not mine.update(status=Status.EXHAUSTED, next_wave_at=None):
            return False
        substitute_notes.exhausted(search=search, to=floors.in_charge(plan), now=now)
        _wrote(search, "替补都问过了", now, None)
        return True
    if not mine.update(wave=F("wave") + 1, next_wave_at=next_wave_at(search, plan, now)):
        return False
    _ask(search, choices, now)
    return True


def next_wave_at(search: SubstituteSearch, plan: SubstitutePlan, now: datetime) -> datetime:
    """When the wave after one that is asked now is due."""
    starts_at = search.shift.session.starts_at
    return outbox.after_quiet_hours(now + plan.wait(starts_at - now), happens_at=starts_at)


def _ask(search: SubstituteSearch, choices: Iterable[Choice], now: datetime) -> list[SubstituteAsk]:
    """Rows and notes; the caller has the row of the search."""
    search.refresh_from_db(fields=["wave"])
    last = search.asks.aggregate(last=Max("place"))["last"] or 0
    asked, words = [], texts.current(substitute_notes.ASK)
    for number, choice in enumerate(choices, last + 1):
        values = {"wave": search.wave, "reasons": choice.reasons, "state": State.ASKED, "asked_at": now}
        ask, is_new = search.asks.get_or_create(volunteer=choice.volunteer, defaults={"place": number, **values})
        if not is_new:
            SubstituteAsk.objects.filter(pk=ask.pk).update(**values)
            ask.refresh_from_db()
        substitute_notes.asked(ask=ask, search=search, words=words, now=now)
        asked.append(ask)
    names = "、".join(str(one.volunteer) for one in asked)
    _wrote(search, "问替补", now, None, names, {"asks": [one.pk for one in asked]})
    return asked


# --- the end ------------------------------------------------------------------------------------------


@transaction.atomic
def close(*, search: SubstituteSearch, status: str, now: datetime) -> bool:
    """End a search, once. Filled: everybody who has not answered is told. False when it had ended already."""
    mine = SubstituteSearch.objects.open().filter(pk=search.pk)
    if not mine.update(status=status, closed_at=now, next_wave_at=None):
        return False
    silent = search.asks.filter(state=State.ASKED).select_related("volunteer__person")
    words = texts.current(substitute_notes.FILLED) if status == Status.FILLED else ""
    for ask in silent.order_by("pk"):
        _let_go(ask, search, status, words, now)
    _wrote(
        search, {Status.FILLED: "替补找到了", Status.STOPPED: "停止找替补"}.get(Status(status), "不用再找"), now, None
    )
    floors.check(session=search.shift.session, now=now)
    return True


def _let_go(ask: SubstituteAsk, search: SubstituteSearch, status: str, words: str, now: datetime) -> None:
    """An invitation that has not left never does; whoever has it is told when the place is filled."""
    silent = SubstituteAsk.objects.filter(pk=ask.pk, state=State.ASKED)
    if drop_note(ask):
        silent.update(state=State.NOT_SENT)
    elif status == Status.FILLED and silent.update(state=State.TOLD, told_at=now):
        substitute_notes.filled(ask=ask, search=search, words=words, now=now)


def drop_note(ask: SubstituteAsk) -> bool:
    """Keep an invitation that still waits from leaving: the row count says whether it was in time."""
    waits = Message.objects.filter(
        person=ask.volunteer.person_id,
        kind=substitute_notes.ASK,
        about=substitute_notes.about(ask),
        status=Message.Status.WAITING,
    )
    return bool(waits.update(status=Message.Status.STALE))


# --- the organiser ------------------------------------------------------------------------------------


@transaction.atomic
def stop(*, search: SubstituteSearch, now: datetime, actor: User | None) -> None:
    """Ask nobody more, and take no more answers. Raises NotOpen."""
    if not close(search=search, status=Status.STOPPED, now=now):
        raise NotOpen("这次已经结束了。")
    _wrote(search, "叫停找替补", now, actor)


@transaction.atomic
def resume(*, search: SubstituteSearch, now: datetime, actor: User | None) -> SubstituteSearch:
    """接着找: undo of `stop`; who was asked stays asked. Raises NotOpen, NothingMissing, NotHeld."""
    shift = _shift(search.shift_id)
    if shift.session.starts_at <= now or shift.session.status != Session.Status.PLANNED:
        raise NotHeld("这一场已经开始或停课了，不用找人。")
    if shift.taken >= shift.needed:
        raise NothingMissing("这里已经不缺人了。")
    stopped = SubstituteSearch.objects.filter(pk=search.pk, status=Status.STOPPED)
    try:
        with transaction.atomic():
            done = stopped.update(status=Status.SEARCHING, next_wave_at=now, closed_at=None)
    except IntegrityError as error:
        raise NotOpen("这个岗位已经另外在找人了。") from error
    if not done:
        raise NotOpen("这次没有停，或者已经结束了。")
    _wrote(search, "接着找替补", now, actor)
    search.refresh_from_db()
    return search


@transaction.atomic
def ask_next(*, search: SubstituteSearch, count: int, now: datetime, actor: User | None) -> list[SubstituteAsk]:
    """Ask the next people now, before the wave is due. Raises NotOpen, NobodyToAsk."""
    plan = queries.plan_of(search.shift.session.community_id)
    choices = _choices(search, plan, count, now)
    if not choices:
        raise NobodyToAsk("能来的都问过了，没有别人可问。")
    _take_turn(search, next_wave_at=next_wave_at(search, plan, now), status=Status.SEARCHING)
    asked = _ask(search, choices, now)
    _wrote(search, "加问替补", now, actor, f"{len(asked)} 位")
    return asked


@transaction.atomic
def ask_person(*, search: SubstituteSearch, volunteer: Volunteer, now: datetime, actor: User | None) -> SubstituteAsk:
    """Ask somebody out of turn; whoever may not take the place is not asked. Raises NotOpen, AskedAlready, NobodyToAsk."""
    known = search.asks.filter(volunteer=volunteer).exclude(state__in=SubstituteAsk.UNASKED)
    if known.exists():
        raise AskedAlready(f"{volunteer}已经问过了。")
    fit = planning.to_ask(shift=search.shift, now=now, limit=planning.EVERYBODY)
    choice = next((one for one in fit if one.volunteer.pk == volunteer.pk), None)
    if choice is None:
        raise NobodyToAsk(f"{volunteer}按规则来不了这一场。")
    _take_turn(search)
    asked = _ask(search, [choice], now)
    _wrote(search, "点名问替补", now, actor, str(volunteer))
    return asked[0]


def _take_turn(search: SubstituteSearch, **more: object) -> None:
    """Move the number of the wave on, and with it keep the row until the transaction ends. Raises NotOpen."""
    if not SubstituteSearch.objects.open().filter(pk=search.pk).update(wave=F("wave") + 1, **more):
        raise NotOpen("这次已经结束了，不用再问。")


@transaction.atomic
def take_back(*, ask: SubstituteAsk, now: datetime, actor: User | None) -> None:
    """不问了: undo of asking one person. A note that has not left never does. Raises NotOpen once they answered."""
    list(SubstituteSearch.objects.select_for_update().filter(pk=ask.search_id).values("pk"))
    if not SubstituteAsk.objects.filter(pk=ask.pk, state=State.ASKED).update(state=State.TAKEN_BACK):
        raise NotOpen(f"{ask.volunteer}已经回过了。")
    drop_note(ask)
    _wrote(ask.search, "不问了", now, actor, str(ask.volunteer))


def _shift(pk: int) -> Shift:
    """The shift as the database has it now."""
    rows = Shift.objects.select_related(
        "role", "session__series__programme", "session__room", "session__community", "session__lesson"
    )
    return rows.get(pk=pk)


def _wrote(
    search: SubstituteSearch,
    verb: str,
    now: datetime,
    actor: User | None,
    more: str = "",
    data: dict[str, object] | None = None,
) -> None:
    session = search.shift.session
    audit.write(
        actor=actor,
        verb=verb,
        thing=f"session:{session.pk}",
        now=now,
        summary=f"{notes.when(session.starts_at)} {session.series.name} {more}".strip(),
        data={"search": search.pk, **(data or {})},
    )
