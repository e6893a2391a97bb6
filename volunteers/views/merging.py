"""像是同一个人: pairs that look alike, what a merge would do, the merge, and the way back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.models import Learner
from people.access import organiser_required
from people.models import Merge
from volunteers.actions import merging, unmerging
from volunteers.context import community_of
from volunteers.models import Volunteer
from volunteers.queries import people, same

PAGES = {"volunteer": "desk:volunteer", "learner": "desk:learner"}
MOST_FOUND = 8


@require_GET
@organiser_required
def pairs(request: HttpRequest, kind: str) -> HttpResponse:
    """Who may be in the list twice, and the merges of the last day."""
    community = community_of(request)
    if community is None or kind not in PAGES:
        raise Http404
    now = timezone.now()
    made = Merge.objects.filter(kind=kind, undone_at=None, at__gt=now - unmerging.UNDO_FOR)
    context = {"pairs": same.pairs(kind=kind, community=community), "kind": kind, "made": made}
    return render(request, "volunteers/same.html", context)


@require_http_methods(["GET", "POST"])
@organiser_required
def merge(request: HttpRequest, kind: str, kept: int, gone: int) -> HttpResponse:
    """The preview, and with a press the merge."""
    if kind not in PAGES:
        raise Http404
    model = Volunteer if kind == "volunteer" else Learner
    both = model.objects.select_related("person").in_bulk([kept, gone])
    if len(both) < 2:
        raise Http404
    now, why = timezone.now(), ""
    if request.method == "POST":
        try:
            made = merging.merge(
                kind=kind, kept=kept, gone=gone, now=now, actor=request.user, name=request.POST.get("name", "")
            )
        except merging.Refused as refusal:
            why = str(refusal)
        else:
            messages.success(request, f"合并好了，现在只有一位{made.name}。24 小时内可以撤销。")
            return redirect(f"{reverse('desk:same', args=[kind])}#made")
    report = None
    if not why:
        try:
            report = merging.preview(kind=kind, kept=kept, gone=gone, now=now)
        except merging.Refused as refusal:
            why = str(refusal)
    context = {
        "kind": kind,
        "kept": both[kept],
        "gone": both[gone],
        "report": report,
        "why": why,
        "page_of": PAGES[kind],
    }
    return render(request, "volunteers/merge.html", context, status=409 if why else 200)


@require_GET
@organiser_required
def choose(request: HttpRequest, kind: str, kept: int) -> HttpResponse:
    """Find the other entry of this person."""
    community = community_of(request)
    if community is None or kind not in PAGES:
        raise Http404
    model = Volunteer if kind == "volunteer" else Learner
    one = get_object_or_404(model.objects.select_related("person"), pk=kept)
    q = request.GET.get("q", one.person.name[:1]).strip()
    found = [row for row in people.alike(kind=kind, community=community, q=q) if row.pk != kept][:MOST_FOUND]
    return render(request, "volunteers/merge_choose.html", {"kind": kind, "kept": one, "found": found, "q": q})


@require_POST
@organiser_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Two of them again."""
    made = get_object_or_404(Merge, pk=pk)
    try:
        unmerging.undo(made=made, now=timezone.now(), actor=request.user)
    except merging.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"撤销了，{made.name}又是两条。")
    return redirect("desk:same", made.kind)
