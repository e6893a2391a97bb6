"""导入: bring files, look through, put right in place, take in, undo."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from people.access import organiser_required
from volunteers import intake
from volunteers.context import community_of
from volunteers.forms.intake import ImportForm
from volunteers.intake.samples import SAMPLES, content, everything
from volunteers.models import ImportBatch, ImportRow
from volunteers.queries import chain
from volunteers.queries import imports as queries

START = "volunteers/intake.html"
PAGE = "volunteers/intake_batch.html"
ROW = "volunteers/intake_changed.html"
ASK = "volunteers/intake_ask.html"
CELL = "cell:"
TEXT = "内容"
DECISIONS = ("same", "new", "skip", "")


@require_http_methods(["GET", "POST"])
@organiser_required
def imports(request: HttpRequest) -> HttpResponse:
    """Choose files or paste text (first with `?paste=senior` or `child`); below are the imports of before."""
    now = timezone.now()
    place = community_of(request)
    first = {"community": place.name if place else "", "term": queries.likely_term(timezone.localdate(now))}
    opened = {"communities": queries.community_names(), "paste": request.GET.get("paste", "")}
    form = ImportForm(request.POST or None, request.FILES or None, initial=first, **opened)
    if request.method == "POST" and form.is_valid():
        try:
            batch = intake.receive(
                files=form.contents() + (everything() if form.cleaned_data["samples"] else []),
                text=form.cleaned_data["text"],
                community=form.cleaned_data["place"],
                term=form.cleaned_data["term"],
                now=now,
                actor=request.user,
            )
        except intake.NothingToRead as refusal:
            form.add_error("files" if form.cleaned_data["files"] else "text", str(refusal))
        except intake.TermUnknown as refusal:
            form.add_error("term", str(refusal))
        else:
            return redirect(_address_there(batch))
    context = {
        "form": form,
        "past": queries.past(now, intake.UNDO_HOURS),
        "term_names": queries.term_names(),
        "samples": SAMPLES.items(),
    }
    status = 413 if form.too_large else 400 if form.errors else 200
    return render(request, START, context, status=status)


@require_GET
@organiser_required
def sample(request: HttpRequest, name: str) -> HttpResponse:
    """One of the fictional files, to download."""
    try:
        body = content(name)
    except KeyError:
        raise Http404 from None
    answer = HttpResponse(body, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{urlencode({'': name})[1:]}"
    return answer


@require_GET
@organiser_required
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what was read, and row by row what becomes of it."""
    return render(request, PAGE, _page(request, _batch(pk)))


@require_http_methods(["GET", "POST"])
@organiser_required
def row(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Open one row for change, or change its cells, or say who it is."""
    found = get_object_or_404(ImportRow.objects.select_related("batch__community", "batch__term"), pk=row_pk, batch=pk)
    if request.method == "GET":
        return _row_page(request, found, edit=True)
    before = _said(found.batch)
    try:
        _change(request, found)
    except intake.AlreadyDone as refusal:
        return _conflict(request, found.batch, refusal)
    changed = {pk for pk, said in _said(found.batch).items() if said != before.get(pk)} - {found.pk}
    return _row_page(request, found, edit=False, changed=changed)


def _change(request: HttpRequest, found: ImportRow) -> None:
    """Carry out what the form of the row asks for."""
    now = timezone.now()
    if request.POST.get("as") in DECISIONS:
        intake.decide(row=found, decision=request.POST["as"], now=now)
        return
    cells = {name.removeprefix(CELL): text for name, text in request.POST.items() if name.startswith(CELL)}
    person = request.POST.get("person", "")
    if person and TEXT in cells:
        cells[TEXT] = chain.said_by(person, found)
    intake.fix(row=found, changes=cells, now=now)


def _said(of: ImportBatch) -> dict[int, tuple]:
    return {pk: said for pk, *said in of.rows.values_list("pk", "verdict", "why", "decision")}


def _row_page(request: HttpRequest, found: ImportRow, *, edit: bool, changed: set[int] = frozenset()) -> HttpResponse:
    """The row alone for htmx (with the numbers, and other rows that changed with it), else the page."""
    if not request.htmx:
        query = f"?edit={found.pk}" if edit else ""
        return redirect(f"{_address(found.batch)}{query}#row-{found.pk}")
    view = queries.batch_view(batch=found.batch, show="", edit=found.pk if edit else None, undo_until=None)
    lines = {line.row.pk: line for sheet in view.sheets for line in [*sheet.asked, *sheet.fine]}
    context = {
        "view": view,
        "batch": found.batch,
        "line": lines[found.pk],
        "others": [lines[pk] for pk in sorted(changed)],
        "only_row": edit,
    }
    return render(request, ROW, context)


@require_POST
@organiser_required
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring the good rows in."""
    found = _batch(pk)
    try:
        intake.commit(batch=found, now=timezone.now(), actor=request.user)
    except intake.AlreadyDone as refusal:
        return _conflict(request, found, refusal)
    return redirect(_address_there(found))


@require_POST
@organiser_required
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows left out are settled; 今天 stops asking."""
    found = _batch(pk)
    intake.settle(batch=found, now=timezone.now())
    messages.success(request, "记下了，今天页不再提醒这几行。")
    return redirect(_address(found))


@require_http_methods(["GET", "POST"])
@organiser_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what would go and what would stay; with the button, take the whole import back."""
    found = _batch(pk)
    try:
        if request.method == "GET":
            would = intake.would_undo(batch=found, now=timezone.now())
            return render(request, ASK, {"batch": found, "would": queries.undone(would)})
        intake.undo(batch=found, now=timezone.now(), actor=request.user)
    except (intake.AlreadyDone, intake.TooLateToUndo) as refusal:
        return _conflict(request, found, refusal)
    return redirect(_address(found))


@require_http_methods(["GET", "POST"])
@organiser_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, then throw a preview away; nothing was written."""
    found = _batch(pk)
    if request.method == "GET":
        return render(request, ASK, {"batch": found, "work": queries.work_in(found)})
    try:
        intake.discard(batch=found)
    except intake.AlreadyDone as refusal:
        return _conflict(request, found, refusal)
    messages.success(request, "这次没有导入，什么都没有写。")
    return redirect("desk:import")


def _batch(pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.select_related("community", "term", "made_by"), pk=pk)


def _address(of: ImportBatch) -> str:
    return reverse("desk:import-batch", args=[of.pk])


def _address_there(of: ImportBatch) -> str:
    """The same, and the desk turns to the community."""
    return f"{_address(of)}?{urlencode({'community': of.community_id})}"


def _page(request: HttpRequest, of: ImportBatch) -> dict:
    now = timezone.now()
    until = intake.may_undo_until(of)
    edit = request.GET.get("edit", "")
    view = queries.batch_view(
        batch=of,
        show=request.GET.get("show", ""),
        edit=int(edit) if edit.isdecimal() else None,
        undo_until=until if until and now <= until else None,
    )
    return {"view": view, "batch": of, "summary": of.summary, "undone": queries.undone(of)}


def _conflict(request: HttpRequest, of: ImportBatch, refusal: Exception) -> HttpResponse:
    """Somebody was faster, or it is too late: say so, and show the import as it is."""
    if request.htmx:
        messages.error(request, str(refusal))
        return HttpResponseClientRefresh()
    context = {"title": "这一步没有做", "text": str(refusal), "back": _address(of), "back_text": "看这次导入现在的样子"}
    return render(request, "linke/conflict.html", context, status=409)
