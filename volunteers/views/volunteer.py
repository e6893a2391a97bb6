"""A volunteer's own pages behind their secret link. Opening one changes nothing; every act is a POST."""

from datetime import UTC, date, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classes.models import Session
from volunteers.actions import answers, signup
from volunteers.actions import exchanges as handing
from volunteers.models import Assignment, Volunteer
from volunteers.queries import exchanges, mine, opening, own_time, substitutes, waiting
from volunteers.rules.persons import cleared_until
from volunteers.views import device, wechat

OTHERS_TO_OFFER = 4


@require_safe
@wechat.silently
def me(request: HttpRequest, token: str) -> HttpResponse:
    """我的: next, later, whom I help, when I am free, what I gave. On a phone not known as theirs: less."""
    volunteer = device.of_token(token)
    now = timezone.now()
    is_mine = device.token_of(request) == token
    found = mine.places(volunteer=volunteer, now=now, since=now - mine.SEEN_AFTER if is_mine else now)
    places = mine.with_helped(found, volunteer=volunteer, now=now) if is_mine else found
    ahead = [one for one in places if not one.is_declined and one.assignment.ends_at > now]
    context = {
        "volunteer": volunteer,
        "community": volunteer.home,
        "is_mine": is_mine,
        "next": ahead[0] if ahead else None,
        "later": [one for one in places if one is not (ahead[0] if ahead else None) and one.assignment.ends_at > now],
        "over": [one for one in places if one.helped and one.assignment.ends_at <= now],
        "fresh": next((one for one in ahead if str(one.assignment.pk) == request.GET.get("new")), None),
        "covers": substitutes.waiting_for(volunteer=volunteer, now=now),
        "next_day": _day_word(ahead[0].session.on_date, timezone.localdate(now)) if ahead else "",
    }
    if is_mine:
        context |= _for_them_alone(request, volunteer, now)
    response = render(request, "volunteers/me.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _for_them_alone(request: HttpRequest, volunteer: Volunteer, now: datetime) -> dict:
    """What a forwarded link does not show."""
    return {
        "exchanges": exchanges.of_volunteer(volunteer_id=volunteer.pk, now=now),
        "waits": waiting.of_volunteer(volunteer=volunteer, now=now),
        "free": own_time.said(volunteer=volunteer, now=now),
        "undo": request.GET.get("undo", ""),
        "limits": own_time.limits(volunteer),
        "skills": own_time.skills(volunteer),
        "company": list(volunteer.company.all()),
        "given": mine.given(volunteer=volunteer, now=now),
        "address": request.build_absolute_uri(request.path),
    }


@require_POST
@device.theirs
def mine_now(request: HttpRequest, token: str) -> HttpResponse:
    """是我: this phone is known as theirs."""
    return redirect("public:me", token=token)


@require_POST
@device.theirs
def answer(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """我能来, or 还是能来 after 来不了."""
    assignment = _assignment(token, pk)
    now = timezone.now()
    try:
        if hasattr(assignment, "offer"):
            answers.accept_offer(offer=assignment.offer, now=now, about=_about(request))
        else:
            answers.come_back(assignment=assignment, now=now)
        messages.success(request, "好，记下了。到时候见。")
    except answers.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("public:me", token=token)


def _about(request: HttpRequest) -> datetime | None:
    """The time that stood on the page on which the button was pressed."""
    said = request.POST.get("at", "")
    return datetime.fromtimestamp(int(said), UTC) if said.isdecimal() and len(said) < 11 else None


@require_http_methods(["GET", "POST"])
@device.theirs
def decline(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """来不了: the community looks for somebody, or another session instead. POST says it."""
    assignment = _assignment(token, pk)
    if request.method == "POST":
        return _decline(request, assignment)
    now = timezone.now()
    places = mine.places(volunteer=assignment.volunteer, now=now)
    others = opening.next_open(now=now, besides=[one.assignment.session_id for one in places], limit=12)
    is_cleared = assignment.volunteer_id in cleared_until([assignment.volunteer_id])
    staying = [one for one in places if one.assignment.pk != pk]
    context = {
        "assignment": assignment,
        "opening": opening.Opening(assignment.session, assignment.shift),
        "others": mine.fitting(others, staying, is_cleared=is_cleared)[:OTHERS_TO_OFFER],
        "community": assignment.session.community,
        "my_token": token,
    }
    return render(request, "volunteers/decline.html", context)


def _decline(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    now = timezone.now()
    token = assignment.volunteer.token
    wanted = request.POST.get("instead", "find")
    if wanted == "swap":
        return redirect("public:swap-choose", token, assignment.pk)
    try:
        if wanted == "friend":
            return redirect("public:hand", handing.offer_hand_over(assignment=assignment, now=now).token)
        if wanted.isdecimal():
            session = get_object_or_404(Session.objects.select_related("series__programme", "community"), pk=wanted)
            placed = signup.switch(assignment=assignment, session=session, now=now)
            return redirect(f"/me/{token}/?new={placed.pk}")
        answers.withdraw(assignment=assignment, now=now)
        messages.success(request, "没关系，谢谢早说。社区马上找人。")
    except answers.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("public:me", token=token)


@require_POST
def not_me(request: HttpRequest) -> HttpResponse:
    """不是我: this phone forgets whose it was."""
    return device.forget(request, redirect("public:list"))


def _assignment(token: str, pk: int) -> Assignment:
    """A place of this volunteer that they know of; drafts are nobody's business yet."""
    rows = Assignment.objects.select_related(
        "offer",
        "volunteer__person",
        "shift__role",
        "session__series__programme",
        "session__lesson",
        "session__room",
        "session__community",
    )
    found = get_object_or_404(rows, pk=pk, volunteer__token=token)
    if found.status == Assignment.Status.DRAFT:
        raise Http404
    return found


def _day_word(day: date, today: date) -> str:
    """今天, 明天, 后天, else the date."""
    near = {0: "今天", 1: "明天", 2: "后天"}
    return near.get((day - today).days, f"{day.month}月{day.day}日")
