"""日历: days of a year, the yearly notice, closures, and the school year."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from classes import notices, seeds
from classes.actions import days as actions
from classes.actions.changing import Refused
from classes.actions.notices import standing, undo_import
from classes.forms.days import MEANWHILE, OVERLAP, YEARS, DayForm, FollowsForm, NoticeForm, SchoolTermForm
from classes.models import CalendarDay, Community, NoticeImport, SchoolTerm
from classes.queries import days as queries
from classes.views.place import community_of
from people.access import organiser_required

PAGE = "classes/calendar.html"


def calendar(request: HttpRequest, **more: Any) -> HttpResponse:
    """One year of the calendar; `more` goes to the template."""
    community = community_of(request)
    if community is None:
        return render(request, "classes/no_community.html")
    return page(request, community, **more)


def page(
    request: HttpRequest,
    community: Community,
    *,
    day_form: DayForm | None = None,
    part_form: SchoolTermForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page with whichever form was wrong."""
    year, now = year_of(request), timezone.now()
    context = {
        "imported": standing(year=year, now=now) if request.user.may_organise else None,
        "school_year": seeds.school_parts(year),
        "page": queries.year_page(year=year, community=community, now=now),
        "day_form": day_form or DayForm(),
        "part_form": part_form or SchoolTermForm(),
        "follows": FollowsForm().fields["follows"].choices,
        "may_organise": request.user.may_organise,
        "today": timezone.localdate(now),
        "cur": "term",
        **more,
    }
    return render(request, PAGE, context, status=status)


def year_of(request: HttpRequest) -> int:
    """`?year=`, else this one."""
    asked = request.GET.get("year", "")
    known = asked.isdecimal() and YEARS[0] <= int(asked) <= YEARS[1]
    return int(asked) if known else timezone.localdate().year


def address(year: int) -> str:
    """The page of that year."""
    return f"{reverse('desk:calendar')}?year={year}"


@require_POST
@organiser_required
def day_add(request: HttpRequest) -> HttpResponse:
    """Write one day by hand."""
    community = community_of(request)
    form = DayForm(request.POST)
    if community is None or not form.is_valid():
        return page(request, community, day_form=form, status=422)
    day = actions.set_day(said=form.said(community), now=timezone.now(), actor=request.user)
    messages.success(request, f"{day.date:%-m月%-d日}记下了：{day.get_day_type_display()}。")
    return redirect(address(day.date.year))


@require_POST
@organiser_required
def day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one day back."""
    day = get_object_or_404(CalendarDay.objects.select_related("community"), pk=pk)
    actions.remove_day(day=day, now=timezone.now(), actor=request.user)
    messages.success(request, f"{day.date:%-m月%-d日}不再另算。")
    return redirect(address(day.date.year))


@require_POST
@organiser_required
def day_follows(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whose timetable schools run on a make-up day."""
    day = get_object_or_404(CalendarDay.objects.select_related("community"), pk=pk, day_type=CalendarDay.Type.MAKEUP)
    form = FollowsForm(request.POST)
    if form.is_valid():
        weekday = form.cleaned_data["follows"]
        actions.set_followed(day=day, weekday=weekday, now=timezone.now(), actor=request.user)
        word = "还不知道按周几的课表" if weekday is None else f"按周{'一二三四五'[weekday]}的课表"
        messages.success(request, f"{day.date:%-m月%-d日}{word}。到课表点“生成这学期的场次”，该补的会补上。")
    return redirect(address(day.date.year))


@require_POST
@organiser_required
def school_term_add(request: HttpRequest) -> HttpResponse:
    """Add weeks of term or of a break."""
    form = SchoolTermForm(request.POST)
    if form.is_valid():
        try:
            actions.set_school_term(**form.cleaned_data, now=timezone.now(), actor=request.user)
        except actions.PartsOverlap:
            form.add_error("starts_on", OVERLAP)
        else:
            messages.success(request, "学校的日子记下了。")
            return redirect(address(form.cleaned_data["starts_on"].year))
    return page(request, community_of(request), part_form=form, status=422)


@require_POST
@organiser_required
def school_term_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a part of the school year back."""
    part = get_object_or_404(SchoolTerm, pk=pk)
    actions.remove_school_term(part=part, now=timezone.now(), actor=request.user)
    messages.success(request, f"{part}删掉了。")
    return redirect(address(part.starts_on.year))


@require_http_methods(["GET", "POST"])
@organiser_required
def notice(request: HttpRequest) -> HttpResponse:
    """Paste a notice, look at what was read, bring it in. Nothing is kept in between."""
    form = NoticeForm(request.POST or None, request.FILES or None)
    if request.method == "GET" or not form.is_valid():
        return render(request, "classes/notice.html", {"form": form, "cur": "term"}, status=422 if form.errors else 200)
    now = timezone.now()
    read = notices.read(form.said(), form.cleaned_data["year"])
    if "apply" in request.POST and not read.faults:
        try:
            number = actions.import_year(notice=read, source=f"{read.year} 年放假通知", now=now, actor=request.user)
        except actions.ImportedMeanwhile:
            messages.warning(request, MEANWHILE.format(read.year))
        else:
            messages.success(request, f"{read.year} 年的 {number} 天导入了，这一年现在是官方的。24 小时内可以撤销。")
        return redirect(address(read.year))
    # What was in the file stands in the box from now on: a browser sends no file a second time.
    form = NoticeForm(initial={"text": form.said(), "year": form.cleaned_data["year"]})
    context = {"form": form, "preview": actions.preview_year(notice=read, now=now), "cur": "term"}
    return render(request, "classes/notice.html", context, status=422 if read.faults else 200)


@require_POST
@organiser_required
def notice_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The days are again what they were before the notice."""
    record = get_object_or_404(NoticeImport, pk=pk)
    try:
        number = undo_import(record=record, now=timezone.now(), actor=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"撤销了：{record}。{number} 天回到导入以前的样子。")
    return redirect(address(record.year))


@require_POST
@organiser_required
def school_year(request: HttpRequest) -> HttpResponse:
    """Fill in what is known or estimated of the school year."""
    year = year_of(request)
    made = actions.take_school_year(year=year, now=timezone.now(), actor=request.user)
    messages.success(request, f"填上了 {len(made)} 段。标着“预测”的是推算的，公布以后请改。" if made else "都写过了。")
    return redirect(address(year))
