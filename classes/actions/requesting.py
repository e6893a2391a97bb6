"""点单: asking, deciding, placing, and taking back. Every step leaves who, when and a word about it."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from classes.actions import holding, lessons
from classes.actions.enrolment import AlreadyEnrolled, NotActive, WrongDays, enrol, withdraw
from classes.actions.series import NameTaken, Pattern, create_series
from classes.actions.timetable import SHANGHAI, RoomTaken, session_on
from classes.models import (
    Community,
    Enrolment,
    Learner,
    Lesson,
    LessonWish,
    Programme,
    Request,
    RequestStep,
    Session,
    Term,
)
from classes.models.requests import NEXT
from classes.queries import requests as queries
from people import audit, names
from people.actions import create_person
from people.models import Consent, User

CONSENT_VERSION = "2026-11"
CONSENT_PURPOSE = "用姓名和电话安排学手机的课"
UNDO_FOR = timedelta(hours=24)
ENDS = ("rejected", "done", "closed", "cancelled")


class Refused(Exception):
    """A request that cannot take this step; the message says why."""


class ConsentMissing(Refused):
    """Nothing is kept about anybody who has not agreed (PIPL art. 13)."""


class ChangedMeanwhile(Refused):
    """Somebody else was faster."""


class NotPossible(Refused):
    """This state does not follow the one it is in."""


class NoFreeSeat(Refused):
    """The session has filled up since it was suggested."""


class SlotTaken(Refused):
    """The room is not free any more."""


class TooLateToUndo(Refused):
    """More than a day has passed, or the session has begun."""


@transaction.atomic
def ask(
    *,
    community: Community,
    name: str,
    phone: str,
    wish: str,
    lesson: Lesson | None,
    times: list[str],
    consent: bool,
    channel: str,
    now: datetime,
    actor: User | None = None,
) -> Request:
    """Keep what somebody would like to learn; the same words from the same phone are one request.

    Raises ConsentMissing.
    """
    if not consent:
        raise ConsentMissing("请先勾选同意，我们才能记下姓名和电话。")
    name, wish = names.clean(name), (wish or (lesson.short_title if lesson else "")).strip()[:80]
    known = Request.objects.filter(
        community=community, name=name, phone=phone, wish=wish, status__in=Request.OPEN
    ).order_by("pk")
    try:
        with transaction.atomic():
            made = Request.objects.create(
                community=community,
                name=name,
                phone=phone,
                wish=wish,
                lesson=lesson or queries.guess(wish, Lesson.objects.order_by("code")),
                times=times,
                channel=channel,
                asked_at=now,
                consent_at=now,
            )
    except IntegrityError:
        return known[:1].get()
    step(made, "", Request.Status.SUBMITTED, "", now, actor)
    return made


def step(request: Request, before: str, after: str, note: str, now: datetime, actor: User | None) -> None:
    """Write down one step, for the request and for the trail."""
    RequestStep.objects.create(request=request, at=now, by=actor, before=before, after=after, note=note[:200])
    word = Request.Status(after).label
    audit.write(actor=actor, verb=f"点单：{word}", thing=f"request:{request.pk}", now=now, summary=note)


@transaction.atomic
def move(*, request: Request, to: str, note: str = "", now: datetime, actor: User | None) -> Request:
    """The next state of the machine. Raises NotPossible, ChangedMeanwhile; a refusal wants its reason."""
    before = request.status
    if to not in NEXT[before] or to in Request.PLACED:
        raise NotPossible(f"“{request.get_status_display()}”的点单不能变成“{Request.Status(to).label}”。")
    if to == Request.Status.REJECTED and not note.strip():
        raise Refused("办不了要写一句为什么，好跟人家说。")
    claim(request, to, closed_at=now if to in ENDS else None)
    step(request, before, to, note.strip(), now, actor)
    return request


def claim(request: Request, to: str, **values: object) -> None:
    """Write the state on a request that is still as it was seen. The row count is the lock."""
    try:
        with transaction.atomic():
            rows = Request.objects.filter(pk=request.pk, status=request.status).update(status=to, **values)
    except IntegrityError as error:
        raise NotPossible("这个人同样的点单已经有一条在等了。") from error
    if not rows:
        raise ChangedMeanwhile("这条点单刚刚被别人动过，刷新看看现在的样子。")
    request.refresh_from_db()


@transaction.atomic
def place(*, request: Request, session: Session, now: datetime, actor: User | None) -> Request:
    """Seat the resident in a session that is there: a learner of the class from then on.

    Raises NoFreeSeat, ChangedMeanwhile, NotPossible.
    """
    return _place(request, session, {}, now, actor)


def _place(request: Request, session: Session, made: dict[str, int], now: datetime, actor: User | None) -> Request:
    before = request.status
    if before not in Request.OPEN:
        raise ChangedMeanwhile("这条点单刚刚被别人动过，刷新看看现在的样子。")
    session.refresh_from_db()
    if session.status != Session.Status.PLANNED or session.starts_at <= now:
        raise NoFreeSeat("这一场已经不开了，换一场。")
    claim(request, Request.Status.SCHEDULED, session=session, placed_at=now)
    learner = learner_of(request, made, now, actor)
    seat(learner, session, made, now)
    if request.lesson and not LessonWish.objects.filter(lesson=request.lesson, learner=learner).exists():
        lessons.wish(lesson=request.lesson, learner=learner, now=now, actor=actor)
        made["wish"] = request.lesson.pk
    Request.objects.filter(pk=request.pk).update(learner=learner, made=made)
    step(request, before, Request.Status.SCHEDULED, say(session), now, actor)
    request.refresh_from_db()
    return request


def say(session: Session) -> str:
    """菜鸟学堂·启蒙，12月5日 09:30。"""
    starts = session.starts_at.astimezone(SHANGHAI)
    return f"{session.series.name}，{starts.month}月{starts.day}日 {starts:%H:%M}"


def learner_of(request: Request, made: dict[str, int], now: datetime, actor: User | None) -> Learner:
    """The senior of that name and number here, or a new one with the consent they gave."""
    holding.hold_community(request.community_id)
    whose = Q(person__phone=request.phone) & Q(person__name=request.name)
    known = Learner.objects.filter(whose, community=request.community, kind=Learner.Kind.SENIOR).order_by("pk").first()
    if known:
        return known
    person = create_person(name=request.name, phone=request.phone)
    Consent.objects.create(
        person=person,
        version=CONSENT_VERSION,
        purpose=CONSENT_PURPOSE,
        channel=request.get_channel_display(),
        given_at=request.consent_at,
    )
    learner = Learner.objects.create(
        person=person,
        kind=Learner.Kind.SENIOR,
        community=request.community,
        wishes=request.wish,
        enrolled_by="点单",
    )
    made["learner"] = learner.pk
    return learner


def seat(learner: Learner, session: Session, made: dict[str, int], now: datetime) -> None:
    """A confirmed place on the day of the session; nothing to take where people just drop in. Raises NoFreeSeat."""
    if session.series.programme.kind == Programme.Kind.DESK:
        return
    try:
        place = enrol(learner=learner, series=session.series, weekdays=[session.on_date.weekday()], now=now)
    except AlreadyEnrolled:
        return
    except WrongDays as error:
        raise NoFreeSeat("这一场是临时加的，不收新的人，换一场。") from error
    if place.status != Enrolment.Status.CONFIRMED:
        raise NoFreeSeat(f"这个班刚刚满了（{place.why}），换一场。")
    made["enrolment"] = place.pk


@transaction.atomic
def place_in_new(*, request: Request, slot: queries.Slot, now: datetime, actor: User | None) -> Request:
    """A session of its own in a free room, and the resident in it. Raises SlotTaken, ChangedMeanwhile, Refused."""
    starts, ends = slot.starts_at.astimezone(SHANGHAI), slot.ends_at.astimezone(SHANGHAI)
    day, title = starts.date(), request.lesson.short_title if request.lesson else request.wish[:10]
    term = Term.objects.filter(starts_on__lte=day, ends_on__gte=day).order_by("starts_on", "pk").first()
    programme = queries.programme_for(request)
    if term is None or programme is None:
        raise Refused("还没有学期，先在“课表”里建一个。")
    pattern = Pattern(
        f"点单·{title} {starts.month}月{starts.day}日 {starts:%H:%M} {slot.room}"[:40],
        [day.weekday()],
        starts.time(),
        ends.time(),
        "",
        min(queries.SEATS, slot.room.seats or queries.SEATS),
        request.lesson.code[0] if request.lesson else "",
        from_on=day,
        until_on=day,
    )
    try:
        series = create_series(
            term=term, community=request.community, programme=programme, pattern=pattern, now=now, actor=actor
        )
        series.room = slot.room
        series.save(update_fields=["room"])
        session = session_on(series=series, on_date=day, now=now)
    except (NameTaken, RoomTaken) as error:
        raise SlotTaken("这间教室那个时间刚刚被占了，换一个。") from error
    if request.lesson:
        Session.objects.filter(pk=session.pk).update(lesson=request.lesson, lesson_by_hand=True)
    return _place(request, session, {"series": series.pk}, now, actor)


def may_undo(request: Request, now: datetime) -> bool:
    """Whether placing can still be taken back."""
    if request.status != Request.Status.SCHEDULED or request.placed_at is None or request.session is None:
        return False
    return now <= request.placed_at + UNDO_FOR and request.session.starts_at > now


@transaction.atomic
def undo_placing(*, request: Request, now: datetime, actor: User | None) -> Request:
    """Back among the new ones; what placing has made goes, unless others use it. Raises TooLateToUndo."""
    if not may_undo(request, now):
        raise TooLateToUndo("超过 24 小时或者已经开课了，撤不回来。请在学员页里退出这个班。")
    made, learner, session = request.made, request.learner, request.session
    claim(request, Request.Status.SUBMITTED, session=None, learner=None, placed_at=None, made={})
    place = Enrolment.objects.filter(pk=made.get("enrolment")).select_related("series", "learner").first()
    if place:
        give_up(place, now, actor)
    if learner:
        LessonWish.objects.filter(lesson=made.get("wish"), learner=learner).delete()
        forget_learner(learner, made)
    if session and "series" in made and not session.series.enrolments.exclude(status="withdrawn").exists():
        drop(session)
    step(request, Request.Status.SCHEDULED, Request.Status.SUBMITTED, "撤销了", now, actor)
    return request


def give_up(place: Enrolment, now: datetime, actor: User | None) -> None:
    """The place that placing took; one that somebody has ended already is as it should be."""
    try:
        withdraw(enrolment=place, now=now, actor=actor)
    except NotActive:
        return
    Enrolment.objects.filter(pk=place.pk).delete()


def forget_learner(learner: Learner, made: dict[str, int]) -> None:
    """Take out the learner that placing made, while nothing else is known of them."""
    used = (
        learner.enrolments.exists()
        or learner.lesson_wishes.exists()
        or Request.objects.filter(learner=learner).exists()
    )
    if made.get("learner") == learner.pk and not used:
        learner.person.delete()


def drop(session: Session) -> None:
    """Take out the class of one day that placing made; who was asked to help there keeps it."""
    if not session.series.sessions.filter(shifts__taken__gt=0).exists():
        session.series.delete()


@transaction.atomic
def serve_held(*, now: datetime) -> int:
    """Placed requests whose session is over are done; answers how many."""
    over = Request.objects.filter(status__in=Request.PLACED, session__ends_at__lte=now)
    held = over.exclude(session__status=Session.Status.CANCELLED)
    done = 0
    for request in held.order_by("pk"):
        if Request.objects.filter(pk=request.pk, status=request.status).update(status="done", closed_at=now):
            step(request, request.status, Request.Status.DONE, "上过课了", now, None)
            done += 1
    return done


@transaction.atomic
def reopen_cancelled(*, now: datetime) -> int:
    """Placed requests whose session is not held wait again, so that nobody is forgotten; answers how many."""
    lost = Request.objects.filter(status__in=Request.PLACED)
    found = lost.filter(Q(session=None) | Q(session__status=Session.Status.CANCELLED))
    opened = 0
    for request in found.order_by("pk"):
        try:
            claim(request, Request.Status.SUBMITTED, session=None, placed_at=None)
        except Refused:
            continue
        step(request, Request.Status.SCHEDULED, Request.Status.SUBMITTED, "那一场停课了，重新排", now, None)
        opened += 1
    return opened


@transaction.atomic
def rate(*, request: Request, stars: int, note: str, now: datetime, actor: User | None) -> Request:
    """评单: how content the resident was, as they told. Raises NotPossible, ChangedMeanwhile."""
    if request.status != Request.Status.DONE or not 1 <= stars <= 5:
        raise NotPossible("办完了才能评。")
    claim(request, Request.Status.RATED, stars=stars)
    step(request, Request.Status.DONE, Request.Status.RATED, f"{stars} 分 {note}".strip(), now, actor)
    return request


def reveal_phone(*, request: Request, now: datetime, actor: User) -> str:
    """The whole number; who looked is written down."""
    audit.write(actor=actor, verb="看了完整号码", thing=f"request:{request.pk}", now=now, summary=str(request))
    return request.phone
