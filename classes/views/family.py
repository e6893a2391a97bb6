"""家长: a guardian's page behind a secret link. Nothing of a child is shown before the phone is known as theirs."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from classes.actions import family as actions
from classes.models import FamilyLink, Guardian
from classes.queries import family as queries
from people import visitors
from people.access import organiser_required

COOKIE = "kid"
SALT = "classes.family"
YEAR = 365 * 24 * 60 * 60  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
def family(request: HttpRequest, token: str) -> HttpResponse:
    """The children and what is known of their day; on a phone that is not known, the field for four digits."""
    link = get_object_or_404(FamilyLink.objects.select_related("person"), token=token)
    if _is_known(request, link):
        return _page(request, link)
    if request.method != "POST":
        return _ask(request, link, "")
    tail = request.POST.get("tail", "").strip()
    if trouble := visitors.wrong_tail(f"family-tail:{link.pk}", tail=tail, number=link.person.phone):
        return _ask(request, link, trouble)
    response = redirect("public:family", token)
    response.set_signed_cookie(
        COOKIE, token, salt=SALT, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _is_known(request: HttpRequest, link: FamilyLink) -> bool:
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=YEAR) == link.token


def _ask(request: HttpRequest, link: FamilyLink, trouble: str) -> HttpResponse:
    of = Guardian.objects.filter(person=link.person).select_related("learner__community").first()
    context = {"link": link, "trouble": trouble, "community": of.learner.community if of else None}
    return render(request, "classes/family_whose.html", context, status=403)


def _page(request: HttpRequest, link: FamilyLink, *, status: int = 200, **more) -> HttpResponse:
    now = timezone.now()
    found = queries.children(person=link.person, now=now)
    context = {"link": link, "children": found, "now": now, "community": found[0].learner.community if found else None}
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
