"""课表: the term, its classes, the days that ask, and one class."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from classes import actions
from classes.actions import opening
from classes.actions import series as series_actions
from classes.actions.changing import Refused
from classes.actions.series import Pattern
from classes.calendar import day_in
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
from classes.queries import clashes, days
from classes.queries import term as queries
from classes.views.place import community_of, term_of
from people.access import organiser_required, staff_required

LINES = 5
"""So many classes without a free room are named."""


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
    """The form of a new term: the next one by the season and the schools' days, with the latest term's classes."""
    earlier = queries.terms_to_copy(community)
    first = f"term:{earlier[0][0].pk}" if earlier else "usual"
    return TermForm(data, earlier=earlier, initial=queries.term_to_plan(timezone.localdate()) | {"like": first})


def opened_page(request: HttpRequest, opened: opening.Opened) -> HttpResponse:
    """To the term, which says what was made and what was not."""
    if opened.series:
        messages.success(request, f"学期 {opened.term} 排好了：{opened.in_words()}")
        say_taken(request, opened.generated, opened.term)
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


def say_taken(request: HttpRequest, done: actions.Generated, chosen: Term) -> None:
    """Name the classes that found their room taken: one line a class, with where to find it another time."""
    taken: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in done.skipped:
        if "占用" in row["why"]:
            taken[row["series"]].append(row)
    held = set(Series.objects.filter(term=chosen, sessions__isnull=False).values_list("name", flat=True))
    for name, rows in list(taken.items())[:LINES]:
        first = day_in(rows[0]["date"])
        number = f"有 {len(rows)} 场" if name in held else f" {len(rows)} 场都"
        text = f"{name}{number}没排上，最早 {first:%-m月%-d日}：{rows[0]['why']}。"
        address = f"{reverse('desk:timetable')}?new=1&term={chosen.pk}"
        messages.warning(request, format_html('{}<a href="{}">去排时间</a>', text, address))
    if len(taken) > LINES:
        messages.warning(request, f"还有 {len(taken) - LINES} 个班也因为教室被占用没排全。")


def term_address(chosen: Term) -> str:
    """The page of that term."""
    return f"{reverse('desk:term')}?term={chosen.pk}"


def next_week() -> str:
    """Where the week after this one is filled."""
    today = timezone.localdate()
    return f"{reverse('desk:week')}?w={today + timedelta(days=7 - today.weekday())}"


@require_POST
@organiser_required
def generate(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the sessions that are not there yet."""
    chosen = get_object_or_404(Term, pk=pk)
    done = actions.generate_term(term=chosen, community=community_of(request), now=timezone.now())
    there = sum(done.by_programme.values())
    if done.created:
        made = f"新生成 {done.created} 场，原有 {there - done.created} 场没有动。"
        messages.success(request, format_html('{}<a href="{}">接着排下一周</a>', made, next_week()))
    elif not any("占用" in row["why"] for row in done.skipped):
        messages.success(request, f"没有要补的，{there} 场都在。")
    say_taken(request, done, chosen)
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
    form = series_form(request, kind, community, initial=usual_in(chosen, community, kind))
    looked = look(form, chosen, community, kind)
    if request.htmx:
        return render(request, "classes/series_form.html#where", {"looked": looked})
    is_agreed = looked is None or not looked.found.taken or request.POST.get("anyway") == looked.key
    if request.method == "POST" and form.is_valid() and is_agreed and "look" not in request.POST:
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
            return added(request, made, looked)
    context = {"form": form, "term": chosen, "programme": kind, "looked": looked}
    refused = form.errors or not (is_agreed or "look" in request.POST)
    return render(request, "classes/series_form.html", context, status=422 if refused else 200)


def usual_in(chosen: Term, community: Community, kind: Programme) -> dict:
    """What a new class usually looks like, under a name that no other class of the term has."""
    usual = usual_of(kind)
    return {**usual, "name": clashes.free_name(chosen, community, usual["name"])} if usual else usual


@dataclass(frozen=True, slots=True)
class Looked:
    """What the form says about the room, and the text that tells one pattern from another."""

    pattern: Pattern
    found: clashes.Look

    @property
    def key(self) -> str:
        """What is agreed to by adding the class all the same."""
        days = "".join(map(str, sorted(self.pattern.weekdays)))
        return f"{days} {self.pattern.starts:%H%M}-{self.pattern.ends:%H%M} {self.pattern.room_name} {self.found.taken}"


def look(form: SeriesForm, chosen: Term, community: Community, kind: Programme) -> Looked | None:
    """Whether the room is free at the times in the form, as soon as they can be read."""
    shown = form if form.is_bound else SeriesForm(form.initial, programme=kind, rooms=[])
    pattern = shown.asked()
    if pattern is None:
        return None
    room = Room.objects.filter(venue__community=community, name=pattern.room_name).first()
    wanted = Series(
        programme=kind,
        term=chosen,
        community=community,
        room=room,
        starts=pattern.starts,
        ends=pattern.ends,
        capacity=pattern.capacity,
        needs=list(pattern.needs),
        **pattern.rhythm(),
    )
    return Looked(pattern, clashes.look(wanted, pattern.weekdays))


def added(request: HttpRequest, made: Series, looked: Looked | None) -> HttpResponse:
    """To the term; a class whose room is taken goes to 排时间, where a time is found for it."""
    if looked is None or not looked.found.taken:
        messages.success(request, f"{made}加好了。都加完以后，点“生成这学期的场次”。")
        return redirect(term_address(made.term))
    messages.warning(request, f"{made}加好了，{made.room}有 {looked.found.taken} 场被占。在这里给它另排一个时间。")
    return redirect(f"{reverse('desk:timetable')}?new=1&term={made.term_id}")


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
