"""考试周和放假: days on which nobody of an organisation can come."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from people.access import organiser_required
from volunteers.actions import absences as actions
from volunteers.forms.absences import ALREADY_SAID, AbsenceForm
from volunteers.models import Absence, Organisation
from volunteers.queries import absences as queries


@require_http_methods(["GET", "POST"])
@organiser_required
def absences(request: HttpRequest) -> HttpResponse:
    """What is written down, and one more."""
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_absence(**form.cleaned_data, now=timezone.now(), actor=request.user)
        except actions.AlreadySaid:
            form.add_error("starts_on", ALREADY_SAID)
        else:
            messages.success(request, f"记下了：{made}。这几天不再排他们的人。")
            return redirect("desk:absences")
    context = {
        "rows": queries.rows(since=timezone.localdate()),
        "form": form,
        "any_organisation": Organisation.objects.exists(),
        "cur": "volunteers",
    }
    return render(request, "volunteers/absences.html", context, status=422 if form.errors else 200)


@require_POST
@organiser_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """They can come after all."""
    absence = get_object_or_404(Absence.objects.select_related("organisation"), pk=pk)
    actions.remove_absence(absence=absence, now=timezone.now(), actor=request.user)
    messages.success(request, f"删掉了：{absence}。")
    return redirect("desk:absences")
