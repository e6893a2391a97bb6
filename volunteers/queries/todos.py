"""What wants a decision of the desk, most pressing first."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils import timezone

from classes.models import Community, DayQuestion, Request, Session
from people import calls
from people.models import Heartbeat
from volunteers.models import Assignment, ImportBatch, ImportRow, Offer
from volunteers.queries import board, exchanges, floors, people, roll, substitutes

GAPS_WITHIN = timedelta(hours=48)
DECLINED_WITHIN = timedelta(days=3)
MOST_NAMES = 3
OPEN_WITHIN = timedelta(days=7)
WORKER_IS_LATE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that wants a decision: a page by url name, id and query, and the button's words."""

    text: str
    detail: str
    button: str
    page: str
    query: str = ""
    is_gap: bool = False
    of: int | None = None

    @property
    def address(self) -> str:
        """Where the button leads."""
        return reverse(self.page, args=[self.of] if self.of else []) + self.query


def todos(*, community: Community, cards: list[board.Card], now: datetime, may_organise: bool = True) -> list[Todo]:
    """What wants a decision, most pressing first; `cards` are those of the next days.

    A gap is said once: by the alarm of its session, else by its search, else by when it is or who gave it up.
    Whoever may only look is not sent to pages that stay shut, and no button promises a change.
    """
    alarms = floors.of_community(community, now)
    alarmed = {one.alarm.session_id for one in alarms}
    searches = substitutes.open_in(community, now)
    searching = {one.search.shift_id for one in searches}
    found = [
        _worker(now),
        *_alarms(alarms),
        *_searches([one for one in searches if one.search.shift.session_id not in alarmed]),
        *_gaps(cards, alarmed, searching, now),
        _untold(cards, now),
        _declined(community, alarmed, searching, now),
        _calls(now) if may_organise else None,
        _clearances(community, now),
        _unanswered(community, now),
        _exchanges(community, now) if may_organise else None,
        _requests(community, now),
        _newcomers(community, now),
        _not_closed(community, now),
        _questions(community, now),
        _imports(community) if may_organise else None,
    ]
    wanted = [todo for todo in found if todo]
    return wanted if may_organise else [replace(todo, button="看看") for todo in wanted]


def _worker(now: datetime) -> Todo | None:
    last = Heartbeat.objects.filter(name="worker").aggregate(last=Max("beat_at"))["last"]
    if last and now - last <= WORKER_IS_LATE_AFTER:
        return None
    since = f"最后一次是 {timezone.localtime(last):%-m月%-d日 %H:%M}" if last else "还没有运行过"
    return Todo("后台没有动静，通知发不出去", f"{since}。请重新启动程序", "看看", "desk:work")


def _calls(now: datetime) -> Todo | None:
    """People who have to be told by telephone: the only place where a note without a receipt is not forgotten."""
    waiting = calls.open_calls(now=now).count()
    if not waiting:
        return None
    return Todo(f"{waiting} 件事要打电话说", "没有智能手机，或者发出去没有回音", "去打电话", "desk:calls")


def _alarms(found: list[floors.Alarm]) -> list[Todo]:
    """Children's sessions that cannot be held as they stand."""
    return [
        Todo(
            text=f"{_day_and_time(one.alarm.session)} {one.alarm.session.series.name}缺 {one.floor.lacking} 位查过的大人，不能开",
            detail="副手也叫了，还没补上：请打电话通知家长" if one.is_red else "正在找人；补不上要通知家长",
            button="打给家长" if one.is_red else "看怎么办",
            page="desk:floor",
            is_gap=True,
            of=one.alarm.session_id,
        )
        for one in found
    ]


def _searches(found: list[substitutes.Progress]) -> list[Todo]:
    """Searches for substitutes under way: the nearest, and how many more there are."""
    if not found:
        return []
    first, more = found[0], len(found) - 1
    shift = first.search.shift
    where = f"{_day_and_time(shift.session)} {shift.session.series.name} {shift.role}"
    return [
        Todo(
            text=f"{where}：{first.sentence}",
            detail=f"另外还有 {more} 处也在找" if more else "有人答应了就自动补上",
            button="看进展",
            page="desk:searches" if more else "desk:search",
            of=None if more else first.search.pk,
        )
    ]


def _day_and_time(session: Session) -> str:
    starts = timezone.localtime(session.starts_at)
    return f"周{board.WEEKDAYS[starts.weekday()]} {starts:%H:%M}"


def _gaps(cards: list[board.Card], alarmed: set[int], searching: set[int], now: datetime) -> list[Todo]:
    """Places of the next 48 hours that want somebody; what an alarm or a search is about is said there."""
    near = [card for card in cards if card.session.starts_at <= now + GAPS_WITHIN and card.session.pk not in alarmed]
    wanted = [(card, place) for card in near for place in card.places if place.is_gap]
    left = [(card, place) for card, place in wanted if place.shift.pk not in searching]
    if not left:
        return []
    gaps, (first, place) = len(left), left[0]
    here = sum(card is first for card, _ in left)
    starts = timezone.localtime(first.session.starts_at)
    return [
        Todo(
            text=f"48 小时内缺 {gaps} 人",
            detail=f"最近的是{_day_and_time(first.session)} {first.session.series.name}，缺 {here} 人",
            button=f"看 {gaps} 个空缺" if gaps > 1 else "补空缺",
            page="desk:week",
            query=f"?w={board.monday_of(starts.date())}"
            + (f"&day={starts:%Y-%m-%d}" if gaps > 1 else f"&gap={place.shift.pk}#side"),
            is_gap=True,
        )
    ]


def _untold(cards: list[board.Card], now: datetime) -> Todo | None:
    """Drafts of the next 48 hours: the place looks taken, and nobody has told the person."""
    near = [card for card in cards if now < card.session.starts_at <= now + GAPS_WITHIN and not card.is_cancelled]
    drafts = [(card, place) for card in near for place in card.places if place.state == "draft"]
    if not drafts:
        return None
    first = drafts[0][0].session
    people = {place.assignment.volunteer_id for _, place in drafts if place.assignment}
    return Todo(
        text=f"48 小时内有 {len(people)} 人排上了，还没通知",
        detail=f"最近的是{_day_and_time(first)} {first.series.name}，发布了本人才知道",
        button="看了再发布",
        page="desk:publish",
        query=f"?w={board.monday_of(timezone.localdate(first.starts_at))}",
    )


def _not_closed(community: Community, now: datetime) -> Todo | None:
    """Sessions of the last week of which nobody has said who came."""
    yesterday = timezone.localdate(now) - timedelta(days=1)
    found = roll.open_sessions(community=community, first=yesterday - OPEN_WITHIN, last=yesterday, now=now)
    if not found:
        return None
    last = found[-1]
    return Todo(
        text=f"{len(found)} 场没点完名，时长还没算",
        detail=f"最近的是 {last.on_date:%-m/%-d} 周{board.WEEKDAYS[last.on_date.weekday()]} {last.series.name}",
        button=f"去结清 {len(found)} 场",
        page="desk:report",
        query=f"?m={last.on_date:%Y-%m}#open",
    )


def _exchanges(community: Community, now: datetime) -> Todo | None:
    """Places that change hands once somebody says yes to it."""
    waiting = exchanges.waiting_count(community=community, now=now)
    if not waiting:
        return None
    return Todo(f"{waiting} 个换班等您同意", "两边都说好了，您点一下就换", "去看换班", "desk:exchanges")


def _declined(community: Community, alarmed: set[int], searching: set[int], now: datetime) -> Todo | None:
    """Who said 来不了 in the last days for a later session whose place is still open and not said above."""
    said = Assignment.objects.filter(
        status=Assignment.Status.DECLINED,
        changed_at__gt=now - DECLINED_WITHIN,
        starts_at__gt=now + GAPS_WITHIN,
        session__community=community,
        session__status=Session.Status.PLANNED,
        shift__taken__lt=F("shift__needed"),
    ).exclude(Q(session__in=alarmed) | Q(shift__in=searching))
    found = list(said.select_related("volunteer__person", "shift", "session__series").order_by("-changed_at", "-id"))
    if not found:
        return None
    first = min(found, key=lambda one: (one.starts_at, one.pk))
    names = list(dict.fromkeys(str(one.volunteer) for one in found))
    starts = timezone.localtime(first.starts_at)
    gaps = sum(shift.needed - shift.taken for shift in {one.shift_id: one.shift for one in found}.values())
    who = "、".join(names[:MOST_NAMES]) + (f" 等 {len(names)} 人" if len(names) > MOST_NAMES else "")
    sessions = {one.session_id for one in found}
    which = f"周{board.WEEKDAYS[starts.weekday()]} {starts:%H:%M} {first.session.series.name}"
    return Todo(
        text=f"{who}说来不了，还缺 {gaps} 人",
        detail=f"{starts:%-m月%-d日} {which}" + (f" 等 {len(sessions)} 场" if len(sessions) > 1 else ""),
        button="看空缺",
        page="desk:week",
        query=f"?w={board.monday_of(starts.date())}&gap={first.shift_id}#side",
        is_gap=True,
    )


def _unanswered(community: Community, now: datetime) -> Todo | None:
    waiting = Offer.objects.filter(
        answer="",
        assignment__status=Assignment.Status.OFFERED,
        assignment__starts_at__gt=now,
        assignment__session__community=community,
    )
    found = waiting.values_list("assignment__volunteer_id", "assignment__starts_at")
    people = {volunteer for volunteer, _ in found}
    if not people:
        return None
    first = timezone.localtime(min(starts for _, starts in found))
    return Todo(
        text=f"{len(people)} 人还没回复",
        detail=f"最早的一场在周{board.WEEKDAYS[first.weekday()]} {first:%-m/%-d %H:%M}",
        button="看是谁",
        page="desk:week",
        query=f"?w={board.monday_of(first.date())}",
    )


def _questions(community: Community, now: datetime) -> Todo | None:
    asked = DayQuestion.objects.filter(answer="", series__community=community, on_date__gte=timezone.localdate(now))
    found = list(asked.values_list("on_date", "series__name"))
    if not found:
        return None
    first, name = found[0]
    return Todo(
        text=f"{len(found)} 场课开不开还没定",
        detail=f"最近的是 {first:%-m/%-d} 周{board.WEEKDAYS[first.weekday()]} {name}",
        button=f"定下这 {len(found)} 场",
        page="desk:term",
    )


def _imports(community: Community) -> Todo | None:
    waiting = ImportRow.objects.filter(
        Q(batch__status=ImportBatch.Status.PREVIEW)
        | Q(batch__status=ImportBatch.Status.DONE, batch__seen_at=None, result=ImportRow.Result.LEFT),
        batch__community=community,
        verdict__in=(ImportRow.Verdict.ATTENTION, ImportRow.Verdict.PROBABLY),
        decision="",
    )
    found = list(waiting.values_list("batch").annotate(rows=Count("pk")).order_by("-batch"))
    if not found:
        return None
    newest, rows = found[0]
    total = sum(rows for _, rows in found)
    return Todo(
        text=f"导入的表里有 {total} 行要您看一眼",
        detail="其余的行不受影响" if len(found) == 1 else f"在 {len(found)} 次导入里，先看最近的一次",
        button=f"看这 {rows} 行",
        page="desk:import-batch",
        of=newest,
    )


def _requests(community: Community, now: datetime) -> Todo | None:
    """点单 that nobody has dealt with yet."""
    waiting = Request.objects.filter(community=community, status__in=(Request.Status.SUBMITTED, Request.Status.REVIEW))
    found = list(waiting.order_by("asked_at", "pk").values_list("asked_at", "wish"))
    if not found:
        return None
    asked_at, wish = found[0]
    days = (timezone.localdate(now) - timezone.localdate(asked_at)).days
    return Todo(
        text=f"{len(found)} 个新点单",
        detail=(f"最早的等了 {days} 天：" if days else "今天来的：") + wish,
        button="排进去",
        page="desk:requests",
    )


def _newcomers(community: Community, now: datetime) -> Todo | None:
    unseen = people.listed(community=community, filters=people.Filters(seen="no"), now=now)
    names = list(unseen.values_list("person__name", flat=True)[:100])
    if not names:
        return None
    return Todo(
        text=f"{len(names)} 位新志愿者还没见过面",
        detail="、".join(names[:3]) + (" 等" if len(names) > 3 else ""),
        button="看名单",
        page="desk:volunteers",
        query="?seen=no",
    )


def _clearances(community: Community, now: datetime) -> Todo | None:
    expiring = people.listed(community=community, filters=people.Filters(clearance="expiring"), now=now)
    found = list(expiring.order_by().values_list("cleared_until", flat=True))
    if not found:
        return None
    return Todo(
        text=f"{len(found)} 人的背景查询 30 天内到期",
        detail=f"最早的 {min(found):%-m月%-d日} 到期，到期后不能排孩子的课",
        button="看是谁",
        page="desk:volunteers",
        query="?clearance=expiring",
    )
