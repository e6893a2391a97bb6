"""家长: a guardian's page behind a secret link. Nothing of a child is shown before the phone is known as theirs."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_POST

from classes.actions import family as actions
from classes.models import FamilyLink, Guardian
from classes.queries import family as queries
from people import visitors
from people.access import organiser_required

COOKIE = "kid"
SALT = "classes.family"
YEAR = 365 * 24 * 60 * 60  # seconds
AN_HOUR = 60 * 60  # seconds
# Wrong last digits for one guardian in an hour, from all phones together.
WRONG_TAILS = 5


@require_http_methods(["GET", "HEAD", "POST"])
def family(request: HttpRequest, token: str) -> HttpResponse:
    """The children and what is known of their day; on a phone that is not known, the field for four digits."""
    link = get_object_or_404(FamilyLink.objects.select_related("person"), token=token)
    if _is_known(request, link):
        return _page(request, link)
    if request.method != "POST":
        return _ask(request, link, "")
    trouble = _trouble(link, request.POST.get("tail", "").strip())
    if trouble:
        return _ask(request, link, trouble)
    response = redirect("public:family", token)
    response.set_signed_cookie(
        COOKIE, token, salt=SALT, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _is_known(request: HttpRequest, link: FamilyLink) -> bool:
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=YEAR) == link.token


def _trouble(link: FamilyLink, tail: str) -> str:
    """What is wrong with the digits; nothing when they are right."""
    tried = f"family-tail:{link.pk}"
    # Counted before it is compared: guesses at one moment are all counted.
    if visitors.count(tried, seconds=AN_HOUR) > WRONG_TAILS:
        return f"试错 {WRONG_TAILS} 次了，先锁一小时。请过一小时再试，或者打社区电话。"
    known = link.person.phone[-4:]
    if len(known) == len(tail) == 4 and constant_time_compare(tail, known):
        visitors.forget(tried)
        return ""
    return "和登记的手机号对不上，请再看一眼。"


def _ask(request: HttpRequest, link: FamilyLink, trouble: str) -> HttpResponse:
    return render(request, "classes/family_whose.html", {"link": link, "trouble": trouble}, status=403)


def _page(request: HttpRequest, link: FamilyLink, *, status: int = 200, **more) -> HttpResponse:
    now = timezone.now()
    found = queries.children(person=link.person, now=now)
    context = {"link": link, "children": found, "community": found[0].learner.community if found else None}
    return render(request, "classes/family.html", context | more, status=status)


@require_POST
def say(request: HttpRequest, token: str, pk: int, verb: str) -> HttpResponse:
    """One act about the session of one child that stands on the page."""
    link = get_object_or_404(FamilyLink.objects.select_related("person"), token=token)
    if not _is_known(request, link):
        return _ask(request, link, "")
    now = timezone.now()
    child = next((one for one in queries.children(person=link.person, now=now) if one.learner.pk == pk), None)
    if child is None or child.session is None:
        raise Http404
    if request.POST.get("session") != str(child.session.pk):
        messages.warning(request, "这一页是早些时候打开的，没有记。下面是最近的一场，请看一眼再点。")
        return redirect("public:family", token)
    try:
        messages.success(request, SAYINGS[verb](request, link, child, now))
    except actions.NoName as refusal:
        return _page(request, link, status=422, wrong=pk, trouble=str(refusal), typed=request.POST.get("name", ""))
    except actions.Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect("public:family", token)


def _delegate(request: HttpRequest, link: FamilyLink, child: queries.Child, now: datetime) -> str:
    name = request.POST.get("name", "")
    made = actions.name_delegate(by=link.person, learner=child.learner, session=child.session, name=name, now=now)
    return f"记下了，请{made}来接{child.learner}。把下面四个数转给{made}。"


def _withdraw(request: HttpRequest, link: FamilyLink, child: queries.Child, now: datetime) -> str:
    if child.delegate:
        actions.withdraw_delegate(by=link.person, delegate=child.delegate, now=now)
    return "收回了，还是平时的人来接。"


def _excuse(request: HttpRequest, link: FamilyLink, child: queries.Child, now: datetime) -> str:
    actions.excuse(by=link.person, learner=child.learner, session=child.session, now=now)
    return f"好，{child.learner}这一场请假了。"


def _come(request: HttpRequest, link: FamilyLink, child: queries.Child, now: datetime) -> str:
    actions.come_after_all(by=link.person, learner=child.learner, session=child.session, now=now)
    return f"好，{child.learner}还是来。"


SAYINGS: dict[str, Callable[[HttpRequest, FamilyLink, queries.Child, datetime], str]] = {
    "delegate": _delegate,
    "withdraw": _withdraw,
    "excuse": _excuse,
    "come": _come,
}


@require_POST
@organiser_required
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk gives a guardian a link, another one, or takes it back (`close`)."""
    rows = Guardian.objects.select_related("person", "learner")
    guardian = get_object_or_404(rows, pk=pk)
    if "close" in request.POST:
        actions.close_link(person=guardian.person, now=timezone.now(), actor=request.user)
        messages.success(request, f"{guardian.person}的链接收回了，打不开了。")
    else:
        actions.open_link(person=guardian.person, now=timezone.now(), actor=request.user)
        messages.success(request, f"{guardian.person}的链接备好了，请复制发到微信。以前的打不开了。")
    return redirect(f"{reverse('desk:learner', args=[guardian.learner_id])}#family")
