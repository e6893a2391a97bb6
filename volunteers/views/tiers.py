"""排班偏好: in which order the wishes of a roster count here, and how far each may give way."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from classes.models import Community
from people.access import organiser_required, staff_required
from volunteers.actions import tiers as actions
from volunteers.context import community_of
from volunteers.matching.preferences import TIERS
from volunteers.models import TierOrder
from volunteers.models.tiers import FIXED_TIERS, MOST_TOLERANCE
from volunteers.planning import Order, WrongOrder, order_of
from volunteers.planning.tiers import ONE_POINT
from volunteers.queries import tiers as queries

PAGE = "volunteers/tiers.html"
MEANWHILE = "刚才有人在别处改了排班偏好，这次没有保存。下面是现在的样子。"


@require_GET
@staff_required
def tiers(request: HttpRequest) -> HttpResponse:
    """The order in force, with up and down buttons for organisers."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html")
    return _page(request, community, order_of(community))


@require_POST
@organiser_required
def change(request: HttpRequest) -> HttpResponse:
    """One button of the form: `up` or `down` a tier, `usual`, or keep the tolerances alone."""
    community = community_of(request)
    if community is None:
        return render(request, "volunteers/no_community.html", status=409)
    before = order_of(community)
    try:
        after = _asked(request, before)
        actions.rank_tiers(
            community=community,
            ranks=after.ranks,
            seen=_number(request.POST.get("seen", ""), "偏好的版本"),
            summary=_summary(before, after),
            now=timezone.now(),
            actor=request.user,
        )
    except WrongOrder as refusal:
        return _page(request, community, before, refused=str(refusal), status=400)
    except actions.ChangedMeanwhile:
        return _page(request, community, order_of(community), refused=MEANWHILE, status=409)
    messages.success(request, f"记下了：{_summary(before, after)}。下一次补齐就照这样排。")
    return redirect("desk:tiers")


@require_POST
@organiser_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销 the last change within a day."""
    order = get_object_or_404(TierOrder.objects.select_related("community"), pk=pk)
    try:
        actions.undo_tiers(order=order, now=timezone.now(), actor=request.user)
    except actions.TooLateToUndo:
        messages.error(request, "撤不回了：后来又改过，或者过了 24 小时。可以直接再改一次。")
    else:
        messages.success(request, f"撤销了：{order.summary}。")
    return redirect("desk:tiers")


# --- what the page is made of -------------------------------------------------------------------


def _asked(request: HttpRequest, before: Order) -> Order:
    """The order that the form asks for. Raises WrongOrder with a sentence about the wrong field."""
    if "usual" in request.POST:
        return Order()
    rows = [
        (tier, _number(request.POST.get(f"give-{tier}", str(kept)), f"“{TIERS[tier].label}”可以让的分数"))
        for tier, kept in before.ranks
    ]
    order = Order.read(rows)
    if "up" in request.POST:
        return order.moved(request.POST["up"], -1)
    return order.moved(request.POST.get("down", ""), 1)


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise WrongOrder(f"{what}要写一个整数，0 到 {MOST_TOLERANCE}。")
    return int(text)


def _summary(before: Order, after: Order) -> str:
    """What is different, such as 先熟悉，再公平，再方便；公平可以让 10 分."""
    if after == Order() != before:
        return "恢复默认"
    parts = []
    if before.soft != after.soft:
        parts.append("，再".join(["先" + TIERS[after.soft[0]].label, *(TIERS[t].label for t in after.soft[1:])]))
    kept = dict(before.ranks)
    parts += [f"{TIERS[tier].label}可以让 {give} 分" for tier, give in after.ranks if give != kept[tier]]
    return "；".join(parts) or "没有变"


def _page(request: HttpRequest, community: Community, order: Order, refused: str = "", status: int = 200):
    standing = queries.in_force(community)
    rows = [
        {
            "tier": TIERS[tier],
            "give": request.POST.get(f"give-{tier}", give) if status == 400 else give,
            "one_point": ONE_POINT[tier],
        }
        for tier, give in order.ranks
    ]
    context = {
        "fixed": [TIERS[tier] for tier in FIXED_TIERS],
        "rows": rows,
        "most": MOST_TOLERANCE,
        "standing": standing,
        "seen": standing.number if standing else 0,
        "is_usual": order == Order(),
        "may_undo": queries.may_undo(standing, timezone.now()),
        "may_organise": request.user.may_organise,
        "refused": refused,
    }
    return render(request, PAGE, context, status=status)
