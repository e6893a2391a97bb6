"""报表: the month as picture and table, what stands behind each figure, the workbook, and correcting hours."""

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes.models import Community, Session
from people import audit
from people.access import organiser_required, staff_required
from people.addresses import public_address
from volunteers.actions import attendance, certificates, ledger
from volunteers.context import community_of
from volunteers.forms.attendance import CorrectionForm, ReasonForm
from volunteers.models import Certificate, ServiceRecord
from volunteers.queries import report as queries
from volunteers.views.codes import drawn
from volunteers.views.report_book import book, said

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 100


@require_GET
@staff_required
def report(request: HttpRequest) -> HttpResponse:
    """The month (`?m=2026-11`), else the latest in which something was held."""
    community, now = community_of(request), timezone.now()
    if community is None:
        return render(request, "volunteers/no_community.html")
    found = queries.report(community=community, month=_month(request, community, now), now=now)
    asked = Certificate.objects.filter(community=community, status=Certificate.Status.REQUESTED)
    context = {
        "report": found,
        "lines": [(line, [said(line, value) for value in line.values]) for line in found.lines],
        "asked": asked.select_related("volunteer__person").order_by("requested_at", "id"),
        "earlier": found.month - timedelta(days=1),
        "later": None if found.is_running else found.last + timedelta(days=1),
        "may_organise": request.user.may_organise,
        "cur": "report",
    }
    return render(request, "volunteers/report.html", context)


@require_GET
@staff_required
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """What stands behind one figure of the month."""
    community, now = community_of(request), timezone.now()
    if name not in queries.FIGURES:
        raise Http404
    if community is None:
        return render(request, "volunteers/no_community.html")
    month = _month(request, community, now)
    found = queries.rows(community=community, month=month, name=name)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "name": name,
        "model": found.model.__name__,
        "word": queries.FIGURES[name][0],
        "meaning": queries.FIGURES[name][2],
        "month": month,
        "community": community,
        "may_organise": request.user.may_organise,
        "cur": "report",
    }
    return render(request, "volunteers/report_rows.html", context)


@require_GET
@staff_required
def download(request: HttpRequest) -> HttpResponse:
    """The month as .xlsx; who took it away stays in the trail."""
    community, now = community_of(request), timezone.now()
    if community is None:
        raise Http404
    month = _month(request, community, now)
    found = queries.report(community=community, month=month, now=now)
    named = request.user.may_organise
    audit.write(
        actor=request.user,
        verb="下载月报",
        thing=f"community:{community.pk}",
        now=now,
        summary=f"{month:%Y-%m}，{'带' if named else '不带'}志愿者姓名",
    )
    response = HttpResponse(book(report=found, community=community, with_names=named), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="linke-{month:%Y-%m}.xlsx"'
    return response


@require_POST
@organiser_required
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """One session that was not closed: everybody of whom nothing is said came."""
    session = get_object_or_404(Session.objects.select_related("series__programme", "community"), pk=pk)
    try:
        came = attendance.all_came(session=session, now=timezone.now(), actor=request.user)
    except attendance.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        who = f"志愿者 {came.volunteers} 位、学员 {came.learners} 位"
        messages.success(request, f"结清了 {session.series}：{who}记作到了。没来的可以再去点名里改。")
    return redirect(f"{reverse('desk:report')}?m={session.on_date:%Y-%m}#open")


@require_http_methods(["GET", "POST"])
@organiser_required
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in the ledger counts otherwise, by a further line with a reason."""
    record = get_object_or_404(
        ServiceRecord.objects.select_related("volunteer__person", "community"), pk=pk, corrects=None
    )
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ledger.correct(record=record, **form.cleaned_data, now=timezone.now(), actor=request.user)
        except ledger.Refused as refusal:
            form.add_error("minutes", str(refusal))
        else:
            messages.success(request, f"更正了{record.volunteer} {record.on_date:%-m月%-d日}的时长。")
            return redirect(f"{reverse('desk:volunteer', args=[record.volunteer_id])}#hours")
    corrections = list(record.corrections.select_related("recorded_by").order_by("pk"))
    context = {
        "form": form,
        "record": record,
        "corrections": corrections,
        "stands": record.minutes + ledger.total(corrections),
        "cur": "volunteer",
    }
    return render(request, "volunteers/record.html", context, status=422 if form.errors else 200)


# --- certificates ------------------------------------------------------------------------------------------


@require_GET
@staff_required
def papers(request: HttpRequest) -> HttpResponse:
    """The register: who asks, what was issued, what no longer holds."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    found = Certificate.objects.filter(community=community).select_related("volunteer__person", "issued_by")
    page = Paginator(found.order_by("-requested_at", "-id"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_organise": request.user.may_organise, "cur": "report"}
    return render(request, "volunteers/certificates.html", context)


@require_POST
@organiser_required
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: numbered, and the sheet to print opens."""
    asked = get_object_or_404(Certificate, pk=pk)
    try:
        certificates.issue(certificate=asked, now=timezone.now(), actor=request.user)
    except certificates.Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:certificates")
    return redirect("desk:certificate", pk=pk)


@require_http_methods(["GET", "POST"])
@organiser_required
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of A4, or the request with the reason for a refusal; POST refuses or revokes."""
    found = get_object_or_404(Certificate.objects.select_related("volunteer__person", "community", "issued_by"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        end = certificates.revoke if found.status == Certificate.Status.ISSUED else certificates.reject
        try:
            end(certificate=found, **form.cleaned_data, now=timezone.now(), actor=request.user)
        except certificates.Refused as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, "记下了，志愿者会收到通知。")
            return redirect("desk:certificates")
    origin = public_address(request)
    address = f"{origin}{reverse('public:certificate-check', args=[found.number])}" if found.number else ""
    context = {"paper": found, "form": form, "address": address, "origin": origin, "cur": "report"}
    if address:
        context["qr"] = drawn(f"{address}?k={found.code}")
    return render(request, "volunteers/certificate.html", context, status=422 if form.errors else 200)


def _month(request: HttpRequest, community: Community, now: datetime) -> date:
    """The month asked for; nonsense and months of another age are the latest month."""
    try:
        asked = datetime.strptime(request.GET.get("m", ""), "%Y-%m").date()
    except ValueError:
        asked = None
    if asked and 2000 <= asked.year <= timezone.localdate(now).year + 1:
        return asked
    return queries.latest_month(community=community, now=now)
