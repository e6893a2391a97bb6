"""A made-up term for the demonstration, lived through with the product's own actions.

Everything goes the way an organiser would go: the sample files are imported, the term is made,
each past month is matched, published, answered and attended. All people are invented.
"""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from classes import actions as classes
from classes.actions import days, lessons, rooms, series
from classes.models import Community, DayQuestion, Learner, Lesson, Series, Session, Term
from classes.seasons import term_around
from people.models import Message, User
from volunteers import demo_attendance, demo_clubs, demo_desk, demo_substitutes, intake
from volunteers.actions import answers, changing, people, proposals, roster, signup, timetables
from volunteers.actions.pairing import settle_pairs
from volunteers.models import Assignment, CheckIn, Offer, Placement, Proposal, Volunteer
from volunteers.tasks import find_claimed, solve_claimed

PASSWORD = "linke-demo-2026"
LOGINS = [
    ("chen", PASSWORD, "社工：排班、名单、报表，除了设置"),
    ("zhan", PASSWORD, "站长：全部功能，包括设置和通道"),
    ("kan", PASSWORD, "只看"),
]
STAFF = {
    "chen": ("陈社工", User.Role.ORGANISER),
    "zhan": ("詹站长", User.Role.MANAGER),
    "kan": ("街道办", User.Role.VIEWER),
}
COMMUNITY = "梧桐社区"
SAMPLES = Path(__file__).parent / "samples"
SEED = 20260901
FOUR_WEEKS = timedelta(days=28)
WEEK = timedelta(days=7)
# A second sheet, as neighbouring groups hand it in: mostly people who are free after school.
MORE_FILE = "邻近团队报名.csv"
MORE_HEADINGS = "姓名,手机号,性别,出生年月,所属团队,身份,有空的时间,愿意参加,每周最多几次,是否带过,背景查询有效期"
SURNAMES, GIVEN = (
    "郑冯蒋韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹",
    ("春梅", "国庆", "建业", "丽华", "志远", "淑兰", "海燕", "文彬"),
)
FREE_TIMES = (
    "周一到周五16:30-18:30",
    "周一、三、五 16:00以后",
    "周二、四 16:00以后",
    "周三上午、周四上午",
    "周六、周日全天",
    "工作日下午4点后",
)
MORE = 26
# Of those asked for next week, one in so many has not answered yet.
SLOW = 4
# The share of next week's proposal that is taken; the rest is left for the visitor to fill.
KEPT = 0.82
WHY_ASKED = ("下旬要答辩，排之前先问一声", "家里有事，排之前先打个招呼")
# What a few of the seniors said about who should teach them.
PAIR_WISHES = ("要熟面孔", "要女的教", "要熟面孔", "要男的教")
# People who cannot come this weekend, so that a stranger finds an open place.
DROPPED = 3


def accounts() -> None:
    """The staff logins, for a demonstration or to begin with an empty database."""
    for username, (name, role) in STAFF.items():
        if not User.objects.filter(username=username).exists():
            User.objects.create_user(username=username, password=PASSWORD, first_name=name, role=role)


def live(*, now: datetime, say: Callable[[str], object]) -> None:
    """Fill the database with a term as it stands at `now`."""
    chance = random.Random(SEED)
    chen = User.objects.get(username="chen")
    community, term = bring_in(now, chen)
    say("名单、课表导入好了。")
    for year in sorted({term.starts_on.year, term.ends_on.year}):
        days.take_school_year(year=year, now=now, actor=chen)
    equip(community, term, now, chen)
    classes.generate_term(term=term, community=community, now=now)
    answer_questions(term, now, chen)
    this_week = monday_of(timezone.localdate(now))
    start = monday_of(term.starts_on)
    while start < this_week:
        until = min(start + FOUR_WEEKS, this_week)
        spend(community, start, until - timedelta(days=1), chen, chance, attended=True)
        say(f"{start:%m-%d} 到 {until:%m-%d} 排好了。")
        start = until
    spend(community, this_week, this_week + WEEK - timedelta(days=1), chen, chance, attended=True)
    pair_up(community, now)
    demo_attendance.close_books(community, now, chen)
    drop_out(this_week, now)
    coming(community, this_week + WEEK, now, chen, chance)
    strangers(now)
    demo_clubs.meet(now=now)
    changed(community, now, chen)
    demo_desk.asked(community, now, chen)
    times_to_compare(community, term, now, chen)
    settle_messages(now)


def equip(community: Community, term: Term, now: datetime, chen: User) -> None:
    """One of the seniors' classes cannot do without a projector and Wi-Fi, the children not without a near toilet."""
    needs = {"senior": ["投影", "无线网"], "child": ["同层厕所"]}
    for kind, things in needs.items():
        found = Series.objects.filter(community=community, term=term, programme__kind=kind).select_related("room")
        for one in [one for one in found.order_by("id") if one.room and not one.room.lacks(things)][:1]:
            series.set_needs(series=one, needs=things, now=now, actor=chen)


def times_to_compare(community: Community, term: Term, now: datetime, chen: User) -> None:
    """Timetables for the seniors' classes wait in 排时间 to be looked at."""
    chosen = Series.objects.filter(community=community, term=term).exclude(programme__kind="child")
    asked = timetables.request_timetable(
        term=term,
        community=community,
        series=list(chosen.values_list("pk", flat=True)),
        gives=5,
        now=now,
        actor=chen,
    )
    claimed = timetables.claim_timetable(pk=asked.pk, now=now)
    if claimed:
        find_claimed(claimed)


def changed(community: Community, now: datetime, chen: User) -> None:
    """In two weeks and more a session is called off, others need a room, and learners ask for a lesson."""
    coming = Session.objects.filter(community=community, status=Session.Status.PLANNED, starts_at__gt=now + 2 * WEEK)
    session = coming.exclude(series__programme__kind="child").order_by("starts_at", "id").first()
    if session is None:  # the term is almost over
        return
    changing.cancel_sessions(sessions=[session], reason="社区选举借用教室", now=now, actor=chen)
    if session.room:
        period = {"starts_at": session.starts_at, "ends_at": session.ends_at}
        rooms.book_room(room=session.room, who="社区选举", **period, now=now, actor=chen)
    lesson = Lesson.objects.get(code="B03")
    for learner in Learner.objects.filter(community=community, kind="senior").order_by("id")[:3]:
        lessons.wish(lesson=lesson, learner=learner, now=now, actor=chen)


def bring_in(now: datetime, chen: User, term: str = "") -> tuple[Community, Term]:
    """Import the sample files and the second sheet into that term, or the one around today."""
    today = timezone.localdate(now)
    name = term or term_around(today)
    files = [(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir()) if path.is_file()]
    files.append((MORE_FILE, more_volunteers(today).encode()))
    batch = intake.receive(files=files, text="", community=COMMUNITY, term=name, now=now, actor=chen)
    intake.commit(batch=batch, now=now, actor=chen)
    Community.objects.filter(pk=batch.community_id).update(
        street="春晓街道", help_name="陈老师", help_phone="029-80000001", help_hours="周一到周五 9:00–17:00"
    )
    return batch.community, batch.term


def more_volunteers(today: date) -> str:
    """The second sheet as the text of a CSV file."""
    chance = random.Random(SEED + 1)
    lines = [MORE_HEADINGS]
    for number in range(MORE):
        row = (
            SURNAMES[number % len(SURNAMES)] + GIVEN[number * 3 % len(GIVEN)],
            f"1600002{number:04d}",
            chance.choice("男女"),
            f"{chance.randint(1958, 1996)}年{chance.randint(1, 12)}月",
            chance.choice(("银龄互助中心", "退休教师协会", "悦读会", "春晓街道在职党员")),
            chance.choice(("退休", "退休", "在职")),
            FREE_TIMES[number % len(FREE_TIMES)],
            "都可以",
            str(chance.randint(2, 4)),
            "第一次" if number % 9 == 8 else "是",
            (today + timedelta(days=chance.randint(100, 280))).isoformat(),
        )
        lines.append(",".join(row))
    return "\n".join(lines)


def answer_questions(term: Term, now: datetime, chen: User) -> None:
    """Days before today that were asked about: make-up days ran, holidays did not."""
    asked = DayQuestion.objects.filter(series__term=term, answer="", on_date__lt=timezone.localdate(now))
    for question in asked:
        answer = DayQuestion.Answer.RUN if "调休" in question.why else DayQuestion.Answer.SKIP
        classes.answer_question(question=question, answer=answer, now=now, actor=chen)


def spend(community: Community, start: date, until: date, chen: User, chance: random.Random, *, attended: bool) -> None:
    """One stretch of days: match, accept, publish, answer, and attend what is over."""
    before = at(start, 8) - timedelta(days=5)
    proposal = matched(community, start, until, before, chen)
    ids = proposal.placements.values_list("pk", flat=True)
    roster.accept_placements(proposal=proposal, placement_ids=ids, now=before, actor=chen)
    roster.publish_proposal(proposal=proposal, now=before, actor=chen, guess_seen=True)
    for offer in Offer.objects.filter(assignment__placement__proposal=proposal).select_related("assignment"):
        if chance.random() < 0.02:
            answers.decline_offer(offer=offer, now=before + timedelta(hours=5))
        else:
            answers.accept_offer(offer=offer, now=before + timedelta(hours=chance.randint(1, 9)))
    if attended:
        demo_attendance.attend(community, start, until, chance)


def matched(community: Community, start: date, until: date, as_of: datetime, chen: User) -> Proposal:
    """A proposal for the days, solved as things stood at `as_of`."""
    waiting = proposals.request_proposal(community=community, from_on=start, until_on=until, now=as_of, actor=chen)
    proposals.claim_proposal(pk=waiting.pk, now=as_of)
    waiting.refresh_from_db()
    return solve_claimed(waiting, seconds=10, as_of=as_of)


def coming(community: Community, start: date, now: datetime, chen: User, chance: random.Random) -> None:
    """Next week is half way: most are placed, some have not answered, some are drafts, gaps stay."""
    proposal = matched(community, start, start + WEEK - timedelta(days=1), now, chen)
    ids = list(proposal.placements.values_list("pk", flat=True))
    leads = set(proposal.placements.filter(shift__role__is_lead=True).values_list("pk", flat=True))
    wanted = [pk for pk in ids if pk in leads or chance.random() < KEPT]
    roster.accept_placements(proposal=proposal, placement_ids=wanted, now=now, actor=chen)
    roster.publish(
        community=community, from_on=start, until_on=start + timedelta(days=4), now=now, actor=chen, guess_seen=True
    )
    made = Offer.objects.filter(assignment__placement__proposal=proposal).select_related("assignment")
    for number, offer in enumerate(made.order_by("pk")):
        if number % SLOW:
            answers.accept_offer(offer=offer, now=now)
    busy_soon(proposal.placements.exclude(pk__in=wanted), now, chen)
    Placement.objects.filter(proposal=proposal, status="proposed").update(status="refused")
    Proposal.objects.filter(pk=proposal.pk, status="ready").update(status="accepted")


def busy_soon(left: QuerySet[Placement], now: datetime, chen: User) -> None:
    """Some who will be proposed again have said that they are better asked first."""
    for placement, why in zip(left.select_related("volunteer", "shift__session"), WHY_ASKED, strict=False):
        text = f"{placement.shift.session.on_date.month} 月{why}"
        people.add_note(volunteer=placement.volunteer, text=text, now=now, actor=chen)


def pair_up(community: Community, now: datetime) -> None:
    """Seats settled at the last senior sessions, so that who sat with whom last time is known."""
    seniors = Learner.objects.filter(community=community, kind=Learner.Kind.SENIOR).order_by("pk")
    for learner, wish in zip(seniors[:: len(PAIR_WISHES)], PAIR_WISHES * 3, strict=False):
        learner.needs = [*learner.needs, wish]
        learner.save(update_fields=["needs"])
    held = Session.objects.filter(community=community, series__programme__kind="senior")
    last = (
        held.exclude(status=Session.Status.CANCELLED)
        .filter(starts_at__range=(now - 2 * WEEK, now))
        .select_related("series__programme", "lesson")
    )
    for session in last.order_by("starts_at"):
        settle_pairs(session=session, now=session.starts_at, actor=None)


def drop_out(this_week: date, now: datetime) -> None:
    """Some helpers of the weekend's senior classes say that they cannot come."""
    weekend = Assignment.objects.filter(
        session__on_date__range=(this_week + timedelta(days=5), this_week + timedelta(days=6)),
        session__series__programme__kind="senior",
        shift__role__is_lead=False,
        starts_at__gt=now,
        status=Assignment.Status.ACCEPTED,
    ).order_by("-pk")
    for assignment in weekend.select_related("volunteer__person")[:DROPPED]:
        answers.withdraw(assignment=assignment, now=now)
    demo_substitutes.look(now)


def strangers(now: datetime) -> None:
    """Two people came by the poster's QR code; nobody has met them yet."""
    senior = Session.objects.filter(
        starts_at__gt=now, series__programme__kind="senior", shifts__taken__lt=F("shifts__needed")
    ).order_by("starts_at", "id")
    for name, phone, session in zip(
        ("许晓雨", "高文静"), ("16000030001", "16000030002"), senior.distinct(), strict=False
    ):
        signup.sign_up(session=session, name=name, phone=phone, occupation="student", consent=True, now=now)


def settle_messages(now: datetime) -> None:
    """What was written while the past was lived through has long been read."""
    Message.objects.filter(status=Message.Status.WAITING, created_at__lt=now - timedelta(days=1)).update(
        status=Message.Status.SENT, sent_at=F("created_at"), handed_on_at=F("created_at")
    )
    last = CheckIn.objects.aggregate(last=Max("on_date", filter=Q(left_at__isnull=False)))["last"]
    Volunteer.objects.filter(checkins__on_date__lte=last, seen_at=None).update(seen_at=now)


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def at(day: date, hour: int) -> datetime:
    """That hour of the day in Shanghai."""
    return timezone.make_aware(datetime.combine(day, time(hour)))
