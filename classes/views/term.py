"""课表: the term, its classes, the days that ask, and one class."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes import actions
from classes.actions import opening
from classes.actions import series as series_actions
from classes.actions.changing import Refused
from classes.forms.term import (
    HAS_CLASSES,
    NO_SUCH_LIKE,
    SERIES_TAKEN,
    TERM_TAKEN,
    TERM_TOO_LONG,
    LikeForm,
    SeriesForm,
    TermForm,
    usual_of,
)
from classes.models import Community, DayQuestion, Enrolment, Programme, Room, Series, SeriesDay, Term
from classes.queries import days
from classes.queries import term as queries
from classes.views.place import community_of, term_of
from people.access import organiser_required, staff_required


@require_GET
@staff_required
def term(request: HttpRequest) -> HttpResponse:
    """The page of a term."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    terms, chosen = term_of(request)
    context = {
        "terms": terms,
        "term": chosen,
        "programmes": Programme.objects.all(),
        "may_organise": request.user.may_organise,
    }
    if chosen:
        context["page"] = page = queries.term_page(term=chosen, community=community, now=timezone.now())
        context["caught"] = len(days.caught(community=community, now=timezone.now()))
        if not page.rows:
            context["like_form"] = LikeForm(earlier=queries.terms_to_copy(community))
    else:
        context["form"] = term_form(community)
    return render(request, "classes/term.html", context)


@require_http_methods(["GET", "POST"])
@organiser_required
def add(request: HttpRequest) -> HttpResponse:
    """A new term, with its classes and their sessions."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    form = term_form(community, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "starts_on", "ends_on")}
        try:
            opened = opening.open_term(
                **said, **form.classes(), community=community, now=timezone.now(), actor=request.user
            )
        except series_actions.NameTaken:
            form.add_error("name", TERM_TAKEN)
        except series_actions.TermTooLong:
            form.add_error("ends_on", TERM_TOO_LONG)
        else:
            return opened_page(request, opened)
    return render(request, "classes/term_add.html", {"form": form}, status=422 if form.errors else 200)


def term_form(community: Community, data=None) -> TermForm:
    """The form of a new term; the latest term's classes are chosen to begin with."""
    earlier = queries.terms_to_copy(community)
    first = f"term:{earlier[0][0].pk}" if earlier else "usual"
    return TermForm(data, earlier=earlier, initial={"like": first})


def opened_page(request: HttpRequest, opened: opening.Opened) -> HttpResponse:
    """To the term, which says what was made and what was not."""
    if opened.series:
        messages.success(request, f"学期 {opened.term} 排好了：{opened.in_words()}")
        say_taken(request, opened.generated)
    else:
        messages.success(request, f"学期 {opened.term} 建好了。下一步：加班，或者导入课表。")
    return redirect(term_address(opened.term))


@require_POST
@organiser_required
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Classes for a term that another community has made already."""
    chosen, community = get_object_or_404(Term, pk=pk), community_of(request)
    form = LikeForm(request.POST, earlier=queries.terms_to_copy(community))
    if not form.is_valid():
        messages.warning(request, NO_SUCH_LIKE)
        return redirect(term_address(chosen))
    try:
        opened = opening.fill_term(
            term=chosen, community=community, **form.classes(), now=timezone.now(), actor=request.user
        )
    except opening.HasClasses:
        messages.warning(request, HAS_CLASSES)
        return redirect(term_address(chosen))
    return opened_page(request, opened)


def say_taken(request: HttpRequest, done: actions.Generated) -> None:
    """Name sessions that found their room taken."""
    taken = [row for row in done.skipped if "占用" in row["why"]]
    for row in taken[:3]:
        messages.warning(request, f"{row['date']} {row['series']}没排上：{row['why']}。")
    if len(taken) > 3:
        messages.warning(request, f"还有 {len(taken) - 3} 场也因为教室被占用没排上。")


def term_address(chosen: Term) -> str:
    """The page of that term."""
    return f"{reverse('desk:term')}?term={chosen.pk}"


@require_POST
@organiser_required
def generate(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the sessions that are not there yet."""
    chosen = get_object_or_404(Term, pk=pk)
    done = actions.generate_term(term=chosen, community=community_of(request), now=timezone.now())
    if done.created:
        messages.success(request, f"新生成 {done.created} 场，原有 {done.existing} 场没有动。")
    else:
        messages.success(request, f"没有要补的，{done.existing} 场都在。")
    say_taken(request, done)
    return redirect(term_address(chosen))


@require_POST
@organiser_required
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a day that asks: 开课 or 不开."""
    asked = get_object_or_404(DayQuestion.objects.select_related("series__programme", "series__term"), pk=pk)
    answer = "run" if request.POST.get("answer") == "run" else "skip"
    day = f"{asked.on_date.month}月{asked.on_date.day}日{asked.series.name}"
    try:
        actions.answer_question(question=asked, answer=answer, now=timezone.now(), actor=request.user)
    except actions.AlreadyAnswered:
        messages.warning(request, f"{day}已经有人定过了。")
    except actions.RoomTaken as refusal:
        messages.warning(request, f"{day}没排上：{refusal}。")
    else:
        messages.success(request, f"{day}：{'开课，场次已加上' if answer == 'run' else '不开'}。")
    return redirect(term_address(asked.series.term))


@require_http_methods(["GET", "POST"])
@organiser_required
def series_add(request: HttpRequest, pk: int, programme: int) -> HttpResponse:
    """A new class of a programme, filled in with what is usual."""
    chosen, kind = get_object_or_404(Term, pk=pk), get_object_or_404(Programme, pk=programme)
    community = community_of(request)
    form = series_form(request, kind, community, initial=usual_of(kind))
    if request.method == "POST" and form.is_valid():
        try:
            made = series_actions.create_series(
                term=chosen,
                community=community,
                programme=kind,
                pattern=form.pattern(),
                now=timezone.now(),
                actor=request.user,
            )
        except series_actions.NameTaken:
            form.add_error("name", SERIES_TAKEN)
        except Refused as refusal:
            form.add_error("needs", str(refusal))
        else:
            messages.success(request, f"{made}加好了。都加完以后，点“生成这学期的场次”。")
            return redirect(term_address(chosen))
    context = {"form": form, "term": chosen, "programme": kind}
    return render(request, "classes/series_form.html", context, status=422 if form.errors else 200)


def series_form(request: HttpRequest, programme: Programme, community: Community, initial: dict) -> SeriesForm:
    """The form of a class with the community's rooms to choose from."""
    rooms = list(Room.objects.filter(venue__community=community).order_by("id"))
    return SeriesForm(request.POST or None, initial=initial, programme=programme, rooms=rooms)


@require_GET
@staff_required
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """One class: learners, waiting list, sessions to come."""
    found = series_of(pk)
    page = queries.series_page(series=found, now=timezone.now())
    context = {"page": page, "series": found, "may_organise": request.user.may_organise}
    return render(request, "classes/series.html", context)


@require_GET
@staff_required
def series_list(request: HttpRequest, pk: int) -> HttpResponse:
    """课表单: every session of one class on A4, to hang up and to hand out."""
    found = series_of(pk)
    months = queries.printed_list(found)
    others = Series.objects.filter(term=found.term_id, community=found.community_id).exclude(pk=pk)
    context = {"series": found, "months": months, "others": others, "days": [day.name for day in found.days.all()]}
    return render(request, "classes/series_list.html", context)


def series_of(pk: int) -> Series:
    """The class with what its pages need, or 404."""
    days = Prefetch("days", SeriesDay.objects.order_by("weekday"))
    found = Series.objects.select_related("programme", "room", "term", "community").prefetch_related(days)
    return get_object_or_404(found, pk=pk)


@require_POST
@organiser_required
def series_promote(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the free seat to whoever waits longest and fits."""
    found = series_of(pk)
    moved: Enrolment | None = actions.promote(series=found, now=timezone.now(), actor=request.user)
    if moved:
        messages.success(request, f"{moved.learner}已转入{found}。请打个电话告诉家里。")
    else:
        messages.warning(request, "候补的人里，没有哪位的日子正好有空位。")
    return redirect("desk:series", pk)
