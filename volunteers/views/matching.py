"""匹配: ask for a proposal, watch it, review it, accept, publish."""

from datetime import date, timedelta
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from classes.calendar import day_in
from classes.models import Community
from people.access import organiser_required, staff_required
from volunteers import planning
from volunteers.actions import asking, roster
from volunteers.actions import proposals as actions
from volunteers.context import community_of, desk_of
from volunteers.matching.preferences import TIERS
from volunteers.models import Assignment, Placement, Proposal, Shift, Volunteer
from volunteers.queries import board, publishing, running
from volunteers.queries import proposals as queries
from volunteers.tasks import run_proposal
from volunteers.views import notes

Status = Proposal.Status
START = "volunteers/matching.html"
PROGRESS = "volunteers/matching_progress.html"
REVIEW = "volunteers/matching_review.html"
ACCEPTED = "volunteers/matching_accepted.html"
LATE_AFTER = timedelta(minutes=2)
UNDER_WAY = (Status.WAITING, Status.RUNNING, Status.READY, Status.ACCEPTED)
FOUR_WEEKS = timedelta(days=27)


@require_GET
@staff_required
def match(request: HttpRequest) -> HttpResponse:
    """The proposal under way, else the form that asks for one. `?new=1` always shows the form."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    latest = _about(community).first()
    if latest and latest.status in UNDER_WAY and "new" not in request.GET:
        return redirect("desk:proposal", latest.pk)
    return _start_page(request, latest)


@require_POST
@organiser_required
def start(request: HttpRequest) -> HttpResponse:
    """补齐: write the waiting proposal and start its task once it is committed."""
    now = timezone.now()
    span = presets(timezone.localdate(now)).get(request.POST.get("span", ""))
    first = day_in(request.POST.get("from")) if span is None else span[1]
    last = day_in(request.POST.get("to")) if span is None else span[2]
    if first is None or last is None:
        messages.error(request, "请选好从哪天到哪天。")
        return redirect(f"{reverse('desk:match')}?new=1")
    try:
        with transaction.atomic():
            proposal = actions.request_proposal(
                **_where(request), from_on=first, until_on=last, now=now, actor=request.user
            )
            transaction.on_commit(partial(run_proposal.enqueue, proposal.pk))
    except actions.RangeTooLong:
        messages.error(request, "一次最多排两个月，结束不能早于开始。请改一下日期。")
        return redirect(f"{reverse('desk:match')}?new=1")
    return redirect("desk:proposal", proposal.pk)


@require_GET
@staff_required
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal in whatever state it is; while the engine works, htmx asks for the fragment."""
    found = _proposal(pk)
    now = timezone.now()
    if found.status in (Status.WAITING, Status.RUNNING):
        fragment = "#progress" if request.htmx else ""
        late = found.status == Status.WAITING and now - found.created_at > LATE_AFTER
        context = {"proposal": found, "is_late": late, "so_far": running.so_far(proposal=found, now=now)}
        return render(request, PROGRESS + fragment, _may(request) | context)
    if request.htmx:
        return HttpResponseClientRefresh()
    if found.status in (Status.DISCARDED, Status.FAILED):
        return _start_page(request, found)
    rows = queries.outcome(proposal=found)
    if found.status == Status.READY and (Placement.Status.ACCEPTED not in rows or "rest" in request.GET):
        review = queries.review(proposal=found, now=now, week=day_in(request.GET.get("week")))
        done = len(rows.get(Placement.Status.ACCEPTED, []))
        context = {"review": review, "proposal": found, "done": done} | _order(found)
        return render(request, REVIEW, _may(request) | context)
    return render(request, ACCEPTED, _may(request) | _accepted(found, rows))


@require_POST
@organiser_required
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a run: `keep=1` looks at the best plan so far, otherwise it is thrown away."""
    found = _proposal(pk)
    try:
        if request.POST.get("keep"):
            actions.stop_proposal(proposal=found)
        else:
            actions.discard_proposal(proposal=found, now=timezone.now(), actor=request.user)
    except actions.NotReady:
        waiting = found.status == Status.WAITING
        messages.info(request, "还没开始排，等几秒再看。" if waiting else "刚好排完了。")
    return redirect("desk:proposal", pk)


@require_POST
@organiser_required
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the ticked rows: they become drafts on the board, still nobody is told."""
    found = _proposal(pk)
    ids = [int(value) for value in request.POST.getlist("placement") if value.isdecimal()]
    if not ids:
        messages.error(request, "一项都没选。请先打勾，再采纳。")
        return redirect("desk:proposal", pk)
    try:
        roster.accept_placements(proposal=found, placement_ids=ids, now=timezone.now(), actor=request.user)
    except roster.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:proposal", pk)


@require_POST
@organiser_required
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """全部不要, or what is left of it: nothing changes on the board."""
    found = _proposal(pk)
    try:
        actions.discard_proposal(proposal=found, now=timezone.now(), actor=request.user)
    except actions.NotReady:
        messages.error(request, "这次建议已经采纳或撤掉了。")
        return redirect("desk:proposal", pk)
    if found.status == Status.ACCEPTED:
        messages.success(request, "剩下的不要了，采纳的还在。")
        return redirect("desk:proposal", pk)
    messages.success(request, "这次的建议都不要了，排班表一点没动。")
    return redirect(f"{reverse('desk:match')}?new=1")


@require_POST
@organiser_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """发消息问: one question to the people of one way out of a gap."""
    shifts = Shift.objects.select_related("role", "session__series__programme", "session__community", "session__room")
    shift_id, _, people = request.POST.get("ask", "").partition(":")
    shift = get_object_or_404(shifts, pk=int(shift_id) if shift_id.isdecimal() else 0)
    numbers = [int(one) for one in people.split(",") if one.isdecimal()]
    try:
        written = asking.ask_about(shift=shift, people=numbers, now=timezone.now(), actor=request.user)
    except roster.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, notes.asked(len(written)))
    return redirect(f"{reverse('desk:proposal', args=[pk])}?rest=1#gap-{shift.pk}")


@require_POST
@organiser_required
def ask_first(request: HttpRequest, pk: int, placement_pk: int) -> HttpResponse:
    """先问问: the question to the person of one row whose wish it bends. The row stays unticked until staff tick it."""
    placement = _row_of(pk, placement_pk)
    try:
        asking.ask_about(shift=placement.shift, people=[placement.volunteer_id], now=timezone.now(), actor=request.user)
    except roster.Refused as refusal:
        return _row_answer(request, placement, refused=("没问", str(refusal)))
    return _row_answer(request, placement, told=notes.asked(1))


@require_POST
@organiser_required
def swap(request: HttpRequest, pk: int, placement_pk: int) -> HttpResponse:
    """换成…: another person on one row."""
    placement = _row_of(pk, placement_pk)
    volunteer = get_object_or_404(Volunteer, pk=request.POST.get("to") or 0)
    try:
        actions.swap_placement(placement=placement, volunteer=volunteer, now=timezone.now(), actor=request.user)
    except actions.CannotSwap as obstacle:
        return _row_answer(request, placement, refused=("没换", f"换不成{volunteer}：{obstacle}。"))
    except actions.NotReady:
        return _row_answer(request, placement, refused=("没换", "这一项已经采纳或撤掉了，请刷新页面。"))
    return _row_answer(request, placement)


def _row_of(proposal: int, placement: int) -> Placement:
    related = ("proposal", "shift__role", "shift__session__series__programme", "shift__session__community")
    rows = Placement.objects.select_related(*related, "shift__session__room")
    return get_object_or_404(rows, pk=placement, proposal=proposal)


def _row_answer(
    request: HttpRequest, placement: Placement, *, refused: tuple[str, str] | None = None, told: str = ""
) -> HttpResponse:
    """The row as it stands now, with what was refused (what did not happen, and why) or done; else its page."""
    if request.htmx:
        context = {"row": queries.row(placement=placement, now=timezone.now()), "proposal": placement.proposal}
        context |= _may(request) | {"refused": refused, "told": told}
        return render(request, "volunteers/matching_row.html", context, status=409 if refused else 200)
    if refused:
        messages.error(request, refused[1])
    elif told:
        messages.success(request, told)
    monday = board.monday_of(placement.shift.session.on_date)
    return redirect(f"{reverse('desk:proposal', args=[placement.proposal_id])}?week={monday}#p-{placement.pk}")


@require_POST
@organiser_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite everybody whose place was accepted; from here on they know."""
    found = _proposal(pk)
    try:
        told = roster.publish_proposal(
            proposal=found, now=timezone.now(), actor=request.user, guess_seen="guess_seen" in request.POST
        )
    except roster.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, notes.published(len({one.volunteer_id for one in told})))
    return redirect("desk:proposal", pk)


# --- what the pages are made of -----------------------------------------------------------------


def presets(today: date) -> dict[str, tuple[str, date, date]]:
    """The usual ranges: name, first and last day."""
    sunday = today + timedelta(days=6 - today.weekday())
    return {
        "this": ("这周", today, sunday),
        "next": ("下周", sunday + timedelta(days=1), sunday + timedelta(days=7)),
        "four": ("四周", today, today + FOUR_WEEKS),
    }


def _about(community: Community) -> QuerySet[Proposal]:
    """The proposals of a community and those of its whole street, the latest first."""
    whole = Q(street=community.street, community=None) if community.street else Q(pk__in=[])
    return Proposal.objects.filter(Q(community=community) | whole)


def _where(request: HttpRequest) -> dict:
    """What is planned: the community on screen, or with `where=street` its whole street."""
    community = community_of(request)
    if community and community.street and request.POST.get("where") == "street":
        return {"community": None, "street": community.street}
    return {"community": community}


def _start_page(request: HttpRequest, latest: Proposal | None) -> HttpResponse:
    now = timezone.now()
    community = community_of(request)
    spans = [
        {
            "value": value,
            "name": name,
            "first": first,
            "last": last,
            "gaps": queries.open_places(community=community, first=first, last=last, now=now),
        }
        for value, (name, first, last) in presets(timezone.localdate(now)).items()
    ]
    chosen = next((span["value"] for span in spans if span["gaps"]), spans[-1]["value"])
    street = [one for one in desk_of(request).communities if community.street and one.street == community.street]
    context = {
        "spans": spans,
        "chosen": chosen,
        "latest": latest,
        "any_gap": len(street) > 1 or any(span["gaps"] for span in spans),
        "street": street if len(street) > 1 else [],
    }
    return render(request, START, _may(request) | context)


def _order(found: Proposal) -> dict:
    """The order of wishes that the proposal was made in: tier, tolerance, and how much it weighs in a picture."""
    order = planning.Order.read(found.tiers)
    ranks = [(TIERS[tier], give, len(order.ranks) - at) for at, (tier, give) in enumerate(order.ranks)]
    return {"ranks": ranks, "neighbours": order.neighbours}


def _accepted(found: Proposal, rows: dict[str, list[Placement]]) -> dict:
    accepted = rows.get(Placement.Status.ACCEPTED, [])
    now = timezone.now()
    drafts = list(publishing.drafts_of(found, now=now))
    return {
        "proposal": found,
        "accepted": accepted,
        "known": sum(p.assignment is not None and p.assignment.status != Assignment.Status.DRAFT for p in accepted),
        "stale": rows.get(Placement.Status.STALE, []),
        "open": rows.get(Placement.Status.PROPOSED, []),
        "refused": rows.get(Placement.Status.REFUSED, []),
        "drafts": drafts,
        "told": publishing.publish_preview(drafts),
        "guessed": publishing.guessed(drafts),
        "others": publishing.others_than(found, now=now),
        "weeks": _weeks(found),
    }


def _weeks(found: Proposal) -> int:
    """How many weeks of 周排班 a proposal touches: each is published by itself there."""
    return (board.monday_of(found.until_on) - board.monday_of(found.from_on)).days // 7 + 1


def _proposal(pk: int) -> Proposal:
    return get_object_or_404(Proposal.objects.select_related("community"), pk=pk)


def _may(request: HttpRequest) -> dict:
    return {"may_organise": request.user.may_organise}
