"""通知怎么写: all texts by what they are about, and one at a time with what its reader would see beside it."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.models import Community
from people import texts as kept
from people.access import manager_required
from people.channels import templates as sms
from people.wordings import LONGEST, Group, Wording, faults, filled, tidy
from volunteers.actions import texts
from volunteers.context import community_of

PAGE = "volunteers/settings_text.html"
LIST = "volunteers/settings_texts.html"


@dataclass(frozen=True, slots=True)
class Row:
    """One text in the list: `words` are those that hold now."""

    wording: Wording
    words: str
    is_own: bool


@require_GET
@manager_required
def every(request: HttpRequest) -> HttpResponse:
    """All texts under their headings; `q` keeps those in whose name, occasion or words it stands."""
    q = request.GET.get("q", "").strip()[:40]
    own = kept.own_texts()
    groups = [(group, [one for one in _rows(group, own) if _holds(one, group, q)]) for group in texts.GROUPS]
    shown = [(group, rows) for group, rows in groups if rows]
    context = {"groups": shown, "q": q, "count": sum(len(rows) for _, rows in shown), "cur": "settings"}
    return render(request, LIST, context)


def _rows(group: Group, own: dict[str, str]) -> list[Row]:
    return [Row(one, own.get(one.kind) or one.text, one.kind in own) for one in group.texts]


def _holds(row: Row, group: Group, q: str) -> bool:
    return any(q in said for said in (row.wording.word, row.wording.when, row.words, group.word))


@require_http_methods(["GET", "POST"])
@manager_required
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """One text to read and change."""
    wording = _wording(kind)
    if request.method == "GET":
        return page(request, wording, kept.current(wording))
    typed = request.POST.get("text", "")[: LONGEST * 3]
    if "preview" in request.POST:
        return page(request, wording, typed)
    try:
        kept.write_own(wording=wording, text=typed, now=timezone.now(), actor=request.user)
    except kept.BadText:
        return page(request, wording, typed, status=422)
    messages.success(request, f"“{wording.word}”以后这样说。已经写好的通知不变。")
    return redirect(f"{reverse('desk:settings-texts')}#{_group(wording).slug}")


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
    kept.reset(wording=wording, now=timezone.now(), actor=request.user)
    messages.success(request, f"“{wording.word}”恢复原文了。")
    return redirect("desk:settings-text", kind)


def _wording(kind: str) -> Wording:
    if kind not in texts.BY_KIND:
        raise Http404
    return texts.BY_KIND[kind]


def _group(wording: Wording) -> Group:
    return next(group for group in texts.GROUPS if wording in group.texts)


def page(request: HttpRequest, wording: Wording, typed: str, *, status: int = 200) -> HttpResponse:
    """The whole page; a text that was refused keeps what was typed."""
    return render(request, PAGE, _context(request, wording, typed), status=status)


def _context(request: HttpRequest, wording: Wording, typed: str) -> dict[str, object]:
    samples = samples_here(wording, community_of(request))
    shown = filled(tidy(typed), samples)
    whole = f"{shown}\n{wording.link}".strip()
    short = sms.BY_KIND.get(wording.kind, sms.BY_KIND[sms.GENERAL])
    short_text = sms.example(short, settings.LINKE_ADDRESS)
    return {
        "wording": wording,
        "group": _group(wording),
        "variables": [(f"{{{name}}}", said, name in wording.needed) for name, said in samples.items()],
        "typed": typed,
        "shown": shown,
        "faults": faults(wording, typed),
        "was_changed": bool(kept.own_text(wording)),
        "length": len(whole),
        "charged_as": sms.charged_as(whole),
        "short": short,
        "short_length": len(short_text),
        "short_charged_as": sms.charged_as(short_text),
        "cur": "settings",
    }


def samples_here(wording: Wording, community: Community | None) -> dict[str, str]:
    """What the variables usually hold, with the name and the telephone of this community where they are known."""
    if community is None:
        return wording.samples
    phone = community.help_phone
    here = {
        "社区": str(community),
        "电话": phone,
        "联系人": f"{community.help_name or community}{f'，电话 {phone}' if phone else ''}",
    }
    return {name: here.get(name) or said for name, said in wording.samples.items()}
