"""Not this session: full, over, or not for this volunteer; each says why and shows what one can take instead."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from classes.models import Session
from volunteers.matching.gates import OfAge
from volunteers.models import Volunteer
from volunteers.queries import instead
from volunteers.rules import ONE_PLACE, Refusal
from volunteers.views import device

# Why somebody may not come: the heading, whether another session would do, and the status.
BARRED = {
    ONE_PLACE: ("这个时间您有别的场次", True, 409),
    OfAge.code: ("这一场要大一点才能来", True, 403),
    "guardian": ("还等监护人同意", False, 403),
    "inactive": ("您的服务现在是停着的", False, 403),
    instead.ONE_AT_FIRST.code: ("您已经报了一场", False, 409),
}
# Where the sentence of the rule is one for the staff.
OWN_WORDS = {"inactive": "想接着来，打社区电话说一声就行。"}


def full(request: HttpRequest, session: Session) -> HttpResponse:
    """409, with the next sessions that want somebody; whoever pressed the button hears that it was a moment ago."""
    title = "这一场刚刚满了" if request.method == "POST" else "这一场人齐了"
    return _elsewhere(request, session, title, "谢谢您想来。", status=409)


def over(request: HttpRequest, session: Session) -> HttpResponse:
    """410: it is gone and will not come back."""
    if session.status == Session.Status.CANCELLED:
        title, text = "这一场停课了", session.cancel_reason
    else:
        title, text = "这一场已经过了", ""
    return _elsewhere(request, session, title, text, status=410)


def barred(request: HttpRequest, session: Session, me: Volunteer, why: Refusal) -> HttpResponse:
    """Somebody we know may not take this one: why, and what they can take instead."""
    title, can_change, status = BARRED.get(why.code, ("这一场您暂时来不了", True, 403))
    text = OWN_WORDS.get(why.code, why.sentence if can_change else f"{why.sentence}有疑问，打社区电话。")
    return _elsewhere(request, session, title, text, status=status, me=me, may_wait=False, offers=can_change)


def _elsewhere(
    request: HttpRequest,
    session: Session,
    title: str,
    text: str,
    *,
    status: int,
    me: Volunteer | None = None,
    may_wait: bool = True,
    offers: bool = True,
) -> HttpResponse:
    """Not this one: why, and the next ones that this phone's volunteer can take."""
    now = timezone.now()
    me = me or (None if request.GET.get("new") else device.volunteer_of(request))
    context = {
        "title": title,
        "text": text,
        "session": session,
        "may_wait": may_wait and status == 409,
        "offers": offers,
        "is_barred": not may_wait,
        "openings": instead.instead_of(session, volunteer=me, now=now) if offers else [],
        "me": me,
        # Of what wants a check, somebody we know is shown only what theirs is good for.
        "is_cleared": me is not None,
        "community": session.community,
        "my_token": device.token_of(request),
    }
    return render(request, "volunteers/full.html", context, status=status)
