"""The answers of people who are asked to take over: 能来 and 来不了. Only a POST comes here."""

from datetime import datetime

from django.db import transaction

from people import audit
from volunteers.actions import notes, seats, substitutes
from volunteers.actions.seats import Refused
from volunteers.models import Assignment, Shift, SubstituteAsk, SubstituteSearch
from volunteers.queries import publishing
from volunteers.queries import substitutes as queries
from volunteers.rules import WISHES

__all__ = ["Refused", "say_no", "say_yes"]

State, Status = SubstituteAsk.State, SubstituteSearch.Status


def say_yes(*, ask: SubstituteAsk, now: datetime) -> SubstituteAsk:
    """能来: the first to say so has the place, whoever comes later is too late, and that is no error.

    Answers the invitation as it is then: yes or too late. Saying it twice is saying it once. Raises
    InTwoPlaces and RuleBroken when the person cannot come by now; then nothing has changed.
    """
    ask = _fresh(ask)
    # Cheap and outside the transaction: most who come too late never wait for the lock of the place.
    if not _is_on(ask) and not queries.is_free(ask, now):
        with transaction.atomic():
            return _answered(ask, State.TOO_LATE, now)
    return _take(ask, now)


@transaction.atomic
def _take(ask: SubstituteAsk, now: datetime) -> SubstituteAsk:
    """Have the place, unless somebody was quicker while this one waited for the lock."""
    seats.lock([ask.volunteer_id])
    ask = _fresh(ask)
    if _is_on(ask):
        return ask if ask.state == State.YES else _answered(ask, State.YES, now)
    if not queries.is_free(ask, now):
        return _answered(ask, State.TOO_LATE, now)
    try:
        assignment = seats.take(
            shift=ask.search.shift,
            volunteer=ask.volunteer,
            status=Assignment.Status.ACCEPTED,
            source="substitute",
            now=now,
            reasons=ask.reasons,
            overlooking=WISHES,
        )
    except (seats.ShiftFull, seats.NotHeld):
        return _answered(ask, State.TOO_LATE, now)
    told = publishing.for_telling(Assignment.objects.filter(pk=assignment.pk)).get()
    notes.signed_up(assignment=told, now=now)
    _wrote(ask, "接替", now, assignment)
    answered = _answered(ask, State.YES, now)
    _credit(ask.search.shift, now)
    return answered


@transaction.atomic
def say_no(*, ask: SubstituteAsk, now: datetime) -> SubstituteAsk:
    """来不了: no reason is asked for. When too few are left to answer the next wave is due at once.

    After 能来 this changes nothing: the place is given back on one's own page.
    """
    ask = _answered(_fresh(ask), State.NO, now, only_from=[State.ASKED])
    if ask.state != State.NO or ask.answered_at != now:
        return ask
    _wrote(ask, "不接", now)
    plan = queries.plan_of(ask.search.shift.session.community_id)
    if ask.search.asks.filter(state=State.ASKED).count() < plan.enough_silent:
        early = SubstituteSearch.objects.filter(pk=ask.search_id, status=Status.SEARCHING, next_wave_at__gt=now)
        early.update(next_wave_at=now)
    return ask


def _fresh(ask: SubstituteAsk) -> SubstituteAsk:
    found = queries.ask_of(volunteer=ask.volunteer, pk=ask.pk)
    assert found is not None
    return found


def _is_on(ask: SubstituteAsk) -> bool:
    """Whether the person comes already, by this way or by another one."""
    agreed = Assignment.objects.filter(
        session=ask.search.shift.session_id, volunteer=ask.volunteer_id, status=Assignment.Status.ACCEPTED
    )
    return agreed.exists()


def _answered(ask: SubstituteAsk, state: str, now: datetime, only_from: list[str] | None = None) -> SubstituteAsk:
    """Keep the answer; the search's row first, so that an answer and the end of the search never cross."""
    list(SubstituteSearch.objects.select_for_update().filter(pk=ask.search_id).values("pk"))
    allowed = only_from or [State.ASKED, State.NO, State.TOO_LATE, State.TOLD, State.YES]
    rows = SubstituteAsk.objects.filter(pk=ask.pk, state__in=allowed).exclude(state=state)
    rows.update(state=state, answered_at=now)
    ask.refresh_from_db(fields=["state", "answered_at", "told_at"])
    return ask


def _credit(shift: Shift, now: datetime) -> None:
    """Count the find for the open search of this shift, and end it when it has found enough."""
    search = SubstituteSearch.objects.open().select_for_update().filter(shift=shift).first()
    if search is None:
        return
    found = min(search.wanted, search.found + 1)
    SubstituteSearch.objects.filter(pk=search.pk).update(found=found)
    shift.refresh_from_db(fields=["taken", "needed"])
    if found == search.wanted or shift.taken >= shift.needed:
        search.shift = shift
        substitutes.close(search=search, status=Status.FILLED, now=now)


def _wrote(ask: SubstituteAsk, verb: str, now: datetime, assignment: Assignment | None = None) -> None:
    session = ask.search.shift.session
    audit.write(
        actor=None,
        label=str(ask.volunteer),
        verb=verb,
        thing=f"session:{session.pk}",
        now=now,
        summary=f"{ask.volunteer} {notes.when(session.starts_at)} {session.series.name}",
        data={"search": ask.search_id, "ask": ask.pk, "assignment": assignment.pk if assignment else None},
    )
