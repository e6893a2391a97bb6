"""志愿者: the list, one person's page, and the small acts on it."""

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.access import organiser_required, staff_required
from people.workbooks.phones import read_phone
from volunteers.actions import people as actions
from volunteers.context import community_of
from volunteers.forms.people import ClearanceForm, NoteForm, PauseForm, TrainingForm, VolunteerForm
from volunteers.models import Volunteer
from volunteers.queries import hours, own_time, places
from volunteers.queries import people as queries

PAGE = "volunteers/volunteer.html"


@require_GET
@staff_required
def volunteers(request: HttpRequest) -> HttpResponse:
    """The list with search and filters; everything lives in the query string."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    filters = queries.Filters(**{name: request.GET.get(name, "").strip() for name in queries.Filters.__slots__})
    now = timezone.now()
    found = queries.listed(community=community, filters=filters, now=now)
    page = Paginator(found, queries.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": filters,
        "organisations": queries.organisations(),
        "occupations": Volunteer.Occupation.choices[:-1],
        "programmes": queries.PROGRAMMES.items(),
        "clearances": queries.CLEARANCES.items(),
        "today": timezone.localdate(now),
        "soon": timezone.localdate(now) + queries.EXPIRES_WITHIN,
        "query": _query_without_page(request),
    }
    only_rows = request.htmx and request.htmx.target == "found"
    return render(request, "volunteers/volunteers.html" + ("#found" if only_rows else ""), context)


def _query_without_page(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


@require_http_methods(["GET", "POST"])
@organiser_required
def add(request: HttpRequest) -> HttpResponse:
    """Enter a volunteer by hand; while somebody types, only say who is in the list under this name or number."""
    if request.htmx and request.htmx.target == "alike":
        return _alike(request)
    form = VolunteerForm(request.POST or None, initial={"name": request.GET.get("name", "")})
    taken = None
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_volunteer(
                **form.cleaned_data, home=community_of(request), now=timezone.now(), actor=request.user
            )
        except actions.MobileTaken as refusal:
            taken = refusal.volunteer
            form.add_error("mobile", str(refusal))
        else:
            messages.success(request, f"已登记{made}。")
            return redirect("desk:volunteer", made.pk)
    context = {"form": form, "taken": taken}
    return render(request, "volunteers/volunteer_form.html", context, status=422 if form.errors else 200)


def _alike(request: HttpRequest) -> HttpResponse:
    name, number = request.POST.get("name", ""), read_phone(request.POST.get("mobile", "")).number
    found = queries.known_as(name=name, number=number)
    context = {"alike": found, "is_asked": len(name.strip()) > 1 or bool(number)}
    return render(request, "volunteers/volunteer_form.html#alike", context)


@require_http_methods(["GET", "POST"])
@organiser_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the basics."""
    volunteer = _volunteer(pk)
    form = VolunteerForm(request.POST or None, initial=_initial(volunteer))
    taken = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_volunteer(volunteer=volunteer, **form.cleaned_data, now=timezone.now(), actor=request.user)
        except actions.MobileTaken as refusal:
            taken = refusal.volunteer
            form.add_error("mobile", str(refusal))
        else:
            messages.success(request, "已保存。")
            return redirect("desk:volunteer", pk)
    context = {"form": form, "volunteer": volunteer, "taken": taken}
    return render(request, "volunteers/volunteer_form.html", context, status=422 if form.errors else 200)


def _initial(volunteer: Volunteer) -> dict:
    names = ("mobile", "programmes", "occupation", "max_per_week", "experienced", "dialect")
    return {name: getattr(volunteer, name) for name in names} | {
        "name": volunteer.person.name,
        "gender": volunteer.person.gender,
        "reach": volunteer.person.reach,
        "email": volunteer.person.email,
        "birth_year": volunteer.person.birth_year,
        "organisation": volunteer.organisation.name if volunteer.organisation else "",
    }


@require_GET
@staff_required
def volunteer(request: HttpRequest, pk: int) -> HttpResponse:
    """One person."""
    return profile(request, _volunteer(pk))


@require_POST
@organiser_required
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the whole number, and write down who looked."""
    found = _volunteer(pk)
    phone = actions.reveal_phone(volunteer=found, now=timezone.now(), actor=request.user)
    if request.htmx:
        return render(request, f"{PAGE}#phone", {"volunteer": found, "phone": phone})
    return profile(request, found, phone=phone)


@require_POST
@organiser_required
def clearance(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a background check."""
    found = _volunteer(pk)
    form = ClearanceForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        try:
            kept = actions.record_clearance(
                volunteer=found, **form.cleaned_data, now=timezone.now(), actor=request.user
            )
        except actions.ClearanceTooLong:
            form.add_error("valid_until", "有效期最长是查询日期起 12 个月。")
        else:
            messages.success(request, f"已登记：{kept}。")
            return redirect("desk:volunteer", pk)
    return profile(request, found, clearance_form=form, status=422)


@require_POST
@organiser_required
def training(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a training."""
    found = _volunteer(pk)
    form = TrainingForm(request.POST, auto_id="t-%s")
    if not form.is_valid():
        return profile(request, found, training_form=form, status=422)
    kept = actions.record_training(volunteer=found, **form.cleaned_data, now=timezone.now(), actor=request.user)
    messages.success(request, f"已登记培训：{kept}。")
    return redirect("desk:volunteer", pk)


@require_POST
@organiser_required
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """暂停排班, until a day if one is said."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["until"][0])
        return redirect("desk:volunteer", pk)
    until = form.cleaned_data["until"]
    if until and until <= timezone.localdate():
        messages.error(request, "暂停到的日子要在今天以后。")
        return redirect("desk:volunteer", pk)
    actions.pause(volunteer=_volunteer(pk), until=until, now=timezone.now(), actor=request.user)
    messages.success(request, "已暂停，不再排新的课。已排好的课没有动。")
    return redirect("desk:volunteer", pk)


@require_POST
@organiser_required
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note."""
    found = _volunteer(pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return profile(request, found, note_form=form, status=422)
    actions.add_note(volunteer=found, text=form.cleaned_data["text"], now=timezone.now(), actor=request.user)
    return redirect("desk:volunteer", pk)


@require_POST
@organiser_required
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret link."""
    actions.renew_link(volunteer=_volunteer(pk), now=timezone.now(), actor=request.user)
    messages.success(request, "已换成新链接，旧链接打不开了。请把新链接发给本人。")
    return redirect("desk:volunteer", pk)


ACTS = {
    "seen": (actions.mark_seen, "已记下：见过本人。"),
    "lead": (actions.let_lead, "可以当讲师了。"),
    "no-lead": (actions.stop_leading, "以后不再排讲师。"),
    "resume": (actions.resume, "已恢复排班。"),
}


@require_POST
@organiser_required
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """见过本人, 当讲师, 暂停, 恢复: one button each."""
    action, told = ACTS[verb]
    try:
        action(volunteer=_volunteer(pk), now=timezone.now(), actor=request.user)
    except actions.NotALead as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect("desk:volunteer", pk)


def _volunteer(pk: int) -> Volunteer:
    return get_object_or_404(Volunteer.objects.select_related("person", "organisation", "home"), pk=pk)


def profile(request: HttpRequest, found: Volunteer, *, status: int = 200, **extra) -> HttpResponse:
    """The page of one person, with what a refused form said in `extra`."""
    now = timezone.now()
    proposal = places.proposal_for(found)
    address = f"{settings.LINKE_ADDRESS}/me/{found.token}/"
    context = {
        "profile": queries.profile(volunteer=found, now=now),
        "volunteer": found,
        "proposal": proposal,
        "elsewhere": places.elsewhere(volunteer=found, proposal=proposal),
        "clearance_form": ClearanceForm(today=timezone.localdate(now), initial={"checked_on": timezone.localdate(now)}),
        "note_form": NoteForm(),
        "training_form": TrainingForm(auto_id="t-%s"),
        "rights": queries.rights(found, now),
        "unreached": queries.unreached(found),
        "today": timezone.localdate(now),
        "soon": timezone.localdate(now) + queries.EXPIRES_WITHIN,
        "service": hours.service(found),
        "may_organise": request.user.may_organise,
    }
    if request.user.may_organise:
        context |= {"free": own_time.said(volunteer=found, now=now)}
        context |= {"wishes": queries.wishes(found), "wants_guardian": queries.wants_guardian(found, now)}
        # The picture is drawn from our own address only, so it holds no foreign markup.
        context |= {"address": address, "qr": mark_safe(segno.make(address).svg_inline(border=2, omitsize=True))}
    return render(request, PAGE, context | extra, status=status)
