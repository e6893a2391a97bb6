"""通知怎么写: one text at a time, with what the volunteer would read beside it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from people.access import manager_required
from people.channels import templates as sms
from people.wordings import LONGEST, Wording, faults, filled
from volunteers.actions import texts
from volunteers.context import community_of

PAGE = "volunteers/settings_text.html"
# What is added to every note: the address of the personal page.
LINK = "…/me/…/"


@require_http_methods(["GET", "POST"])
@manager_required
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """One text to read and change."""
    wording = _wording(kind)
    if request.method == "GET":
        return page(request, wording, texts.current(kind))
    typed = request.POST.get("text", "")[: LONGEST * 3]
    if "preview" in request.POST:
        return page(request, wording, typed)
    try:
        texts.write_own(kind=kind, text=typed, now=timezone.now(), actor=request.user)
    except texts.BadText:
        return page(request, wording, typed, status=422)
    messages.success(request, f"“{wording.word}”以后这样说。已经写好的通知不变。")
    return redirect(f"{reverse('desk:settings')}#texts")


@require_POST
@manager_required
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """What it would look like, while it is typed."""
    wording = _wording(kind)
    typed = request.POST.get("text", "")[: LONGEST * 3]
    return render(request, f"{PAGE}#preview", _context(request, wording, typed))


@require_POST
@manager_required
def reset(request: HttpRequest, kind: str) -> HttpResponse:
    """Back to what is delivered."""
    wording = _wording(kind)
    texts.reset(kind=kind, now=timezone.now(), actor=request.user)
    messages.success(request, f"“{wording.word}”恢复原文了。")
    return redirect("desk:settings-text", kind)


def _wording(kind: str) -> Wording:
    if kind not in texts.BY_KIND:
        raise Http404
    return texts.BY_KIND[kind]


def page(request: HttpRequest, wording: Wording, typed: str, *, status: int = 200) -> HttpResponse:
    """The whole page; a text that was refused keeps what was typed."""
    return render(request, PAGE, _context(request, wording, typed), status=status)


def _context(request: HttpRequest, wording: Wording, typed: str) -> dict[str, object]:
    community = community_of(request)
    samples = wording.samples | ({"社区": str(community)} if community and "社区" in wording.samples else {})
    shown = filled(typed, samples)
    whole = f"{shown}\n{LINK}"
    return {
        "wording": wording,
        "typed": typed,
        "shown": shown,
        "link": LINK,
        "faults": faults(wording, typed),
        "is_own": typed.replace("\r\n", "\n").strip() != wording.text,
        "was_changed": bool(texts.own_text(wording.kind)),
        "length": len(whole),
        "charged_as": sms.charged_as(whole),
        "short": sms.BY_KIND.get(wording.kind, sms.BY_KIND[sms.GENERAL]),
        "cur": "settings",
    }
