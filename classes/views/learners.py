"""学员: seniors and children, one learner, and the small acts on their places."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes import actions
from classes.actions import enrolment
from classes.actions import learners as learner_actions
from classes.forms.learner_facts import ContactForm
from classes.forms.learners import ChildForm, ConsentForm, EnrolForm, SeniorForm, TimesForm, ticks
from classes.models import Community, Enrolment, Learner, Series
from classes.queries import learners as queries
from classes.views.place import community_of, term_of
from people.access import organiser_required, staff_required
from people.addresses import public_address
from people.models import Person
from people.workbooks.phones import read_phone

PAGE = "classes/learner.html"
STATUS_WORDS = {"confirmed": "已入班", "waiting": "在候补", "requested": "还缺材料"}


@require_GET
@staff_required
def learners(request: HttpRequest) -> HttpResponse:
    """The two lists; everything lives in the query string."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    asked = {name: request.GET.get(name, "").strip() for name in queries.Filters.__slots__}
    asked["kind"] = asked["kind"] if asked["kind"] in Learner.Kind.values else Learner.Kind.SENIOR
    filters = queries.Filters(**asked)
    _, term = term_of(request)
    found = queries.learners(community=community, filters=filters)
    context = {
        "page": Paginator(found, queries.PER_PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "choices": queries.choices(community=community, kind=filters.kind, term=term),
        "levels": queries.LEVELS.items(),
        "states": queries.STATES.items(),
        "term": term,
        "is_child": filters.kind == Learner.Kind.CHILD,
        "may_organise": request.user.may_organise,
    }
    only_rows = request.htmx and request.htmx.target == "found"
    return render(request, "classes/learners.html" + ("#found" if only_rows else ""), context)


@require_http_methods(["GET", "POST"])
@organiser_required
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """Enter one senior or one child; while somebody types, only say who is in the list under this name or number."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    child = kind == Learner.Kind.CHILD
    if request.htmx and request.htmx.target == "alike":
        return _alike(request, community, child)
    offered = queries.offered_to(community=community, kind="child" if child else "senior", term=term_of(request)[1])
    if child:
        form = ChildForm(request.POST or None, offered=offered)
    else:
        form = SeniorForm(request.POST or None, offered=offered, grids=community.grids.all())
    if request.method == "POST" and form.is_valid():
        enter = learner_actions.add_child if child else learner_actions.add_senior
        said = dict(form.cleaned_data)
        chosen = said.pop("series", None)
        series = next((one for one in offered if one.pk == chosen), None)
        made = enter(community=community, **said, now=timezone.now(), actor=request.user)
        messages.success(request, f"已登记{made}。{first_place(made, series) if series else '下一步：选一个班。'}")
        return redirect("desk:learner", made.pk)
    context = {"form": form, "is_child": child}
    return render(request, "classes/learner_form.html", context, status=422 if form.errors else 200)


def _alike(request: HttpRequest, community: Community, child: bool) -> HttpResponse:
    name = request.POST.get("name", "")
    number = read_phone(request.POST.get("guardian_phone" if child else "phone", "")).number
    kind = Learner.Kind.CHILD if child else Learner.Kind.SENIOR
    found = queries.known_as(community=community, kind=kind, name=name, number=number)
    context = {"alike": found, "is_child": child, "is_asked": len(name.strip()) > 1 or bool(number)}
    return render(request, "classes/learner_form.html#alike", context)


def first_place(made: Learner, series: Series) -> str:
    """Put somebody who has just been entered on a class, a child on the days it comes, and say what became of it."""
    days = enrolment.wanted_days(made, series)
    return tell(actions.enrol(learner=made, series=series, weekdays=days, now=timezone.now()))


@require_GET
@staff_required
def learner(request: HttpRequest, pk: int) -> HttpResponse:
    """One learner. Opening a child's page leaves a line in the audit trail."""
    found = learner_of(pk)
    if found.kind == Learner.Kind.CHILD:
        learner_actions.open_child(learner=found, now=timezone.now(), actor=request.user)
    return profile(request, found)


def learner_of(pk: int) -> Learner:
    """The learner with what the page needs, or 404."""
    return get_object_or_404(Learner.objects.select_related("person", "community", "grid"), pk=pk)


def profile(request: HttpRequest, found: Learner, *, status: int = 200, **extra) -> HttpResponse:
    """The page of one learner."""
    _, term = term_of(request)
    today = timezone.localdate()
    context = {
        "learner": found,
        "is_child": found.kind == Learner.Kind.CHILD,
        "term": term,
        "consent_form": ConsentForm(today=today, initial={"signed_on": today}),
        "may_organise": request.user.may_organise,
        "times": ticks(found.free_windows),
        "pickup_form": ContactForm(prefix="pickup"),
        "guardian_form": ContactForm(prefix="guardian", needs_phone=True),
        "origin": public_address(request),
        **queries.learner_page(learner=found, term=term),
    }
    return render(request, PAGE, context | extra, status=status)


@require_POST
@organiser_required
def reveal(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show a whole number, and write down who looked."""
    found = learner_of(pk)
    allowed = Person.objects.filter(pk__in=[found.person_id, *found.guardians.values_list("person_id", flat=True)])
    whose = get_object_or_404(allowed, pk=person)
    phone = learner_actions.reveal_phone(learner=found, person=whose, now=timezone.now(), actor=request.user)
    return profile(request, found, revealed={whose.pk: phone})


@require_POST
@organiser_required
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the guardian's signature; places that waited for it are settled."""
    found = learner_of(pk)
    now = timezone.now()
    form = ConsentForm(request.POST, today=timezone.localdate(now))
    if not form.is_valid():
        return profile(request, found, status=422, consent_form=form)
    settled = actions.record_consent(
        learner=found, signed_on=form.cleaned_data["signed_on"], now=now, actor=request.user
    )
    messages.success(request, "签字已登记。" + "".join(tell(place) for place in settled))
    return redirect("desk:learner", pk)


@require_POST
@organiser_required
def times(request: HttpRequest, pk: int) -> HttpResponse:
    """Note when the learner can come."""
    found = learner_of(pk)
    form = TimesForm(request.POST)
    if not form.is_valid():
        return profile(request, found, status=422, times_error="请在表格里打勾。")
    learner_actions.set_free_times(learner=found, windows=form.windows(), now=timezone.now(), actor=request.user)
    messages.success(
        request, "能来的时间记好了，排时间的时候会照着排。" if form.windows() else "改成没说，排时间的时候当作都能来。"
    )
    return redirect("desk:learner", pk)


def tell(place: Enrolment) -> str:
    """What became of a place, as a sentence."""
    why = f"（{place.why}）" if place.why else ""
    return f"{place.series}：{STATUS_WORDS[place.status]}{why}。"


@require_POST
@organiser_required
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the learner on a class."""
    found = learner_of(pk)
    form = EnrolForm(request.POST)
    if not form.is_valid():
        return profile(request, found, status=422, enrol_error="请选一个班。")
    series = get_object_or_404(Series, pk=form.cleaned_data["series"], community=found.community)
    chosen = form.cleaned_data["weekdays"] or (None if found.kind == Learner.Kind.CHILD else [])
    try:
        made = actions.enrol(learner=found, series=series, weekdays=chosen, now=timezone.now())
    except actions.AlreadyEnrolled:
        messages.warning(request, f"{found}已经在{series}里了。")
    except actions.WrongDays as refusal:
        return profile(request, found, status=422, enrol_error=f"{refusal}，请重新选日子。")
    else:
        messages.success(request, tell(made))
    return redirect("desk:learner", pk)


@require_POST
@organiser_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End a place."""
    place = place_of(pk)
    try:
        actions.withdraw(enrolment=place, now=timezone.now(), actor=request.user)
    except actions.NotActive:
        messages.warning(request, "这个名额已经退过了。")
    else:
        waiting = place.series.enrolments.filter(status=Enrolment.Status.WAITING).count()
        more = f"候补还有 {waiting} 人，可以去{place.series}的页面转入一位。" if waiting else ""
        messages.success(request, f"{place.learner}已退出{place.series}。{more}")
    return redirect("desk:learner", place.learner_id)


@require_POST
@organiser_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again to give a waiting place, on the days that were ticked."""
    place = place_of(pk)
    form = EnrolForm({"series": place.series_id, "weekdays": request.POST.getlist("weekdays")})
    days = form.cleaned_data["weekdays"] if form.is_valid() else []
    try:
        settled = actions.confirm(enrolment=place, weekdays=days or None, now=timezone.now(), actor=request.user)
    except (actions.NotActive, actions.WrongDays) as refusal:
        messages.warning(request, str(refusal) or "这个名额已经变了，请看一下现在的情况。")
    else:
        say = messages.success if settled.status == Enrolment.Status.CONFIRMED else messages.warning
        say(request, tell(settled))
    return redirect("desk:learner", place.learner_id)


def place_of(pk: int) -> Enrolment:
    """The enrolment with its names, or 404."""
    return get_object_or_404(Enrolment.objects.select_related("series", "learner__person"), pk=pk)


@require_POST
@organiser_required
def place(request: HttpRequest) -> HttpResponse:
    """按程度分班: everybody of the community who has no class yet."""
    community, (_, term) = community_of(request), term_of(request)
    if community is None or term is None:
        messages.warning(request, "先建学期和班，才能分班。")
        return redirect("desk:term")
    done = actions.place_by_level(term=term, community=community, now=timezone.now())
    parts = [f"入班 {done.confirmed} 人", f"候补 {done.waiting} 人", f"待补材料 {done.requested} 人"]
    messages.success(request, f"分好了：{'，'.join(parts)}。")
    if done.left:
        who = "、".join(f"{row['name']}（{row['why']}）" for row in done.left[:5])
        rest = f"等 {len(done.left)} 人" if len(done.left) > 5 else ""
        messages.warning(request, f"没有分的：{who}{rest}。请打开资料看一下。")
    return redirect("desk:learners")
