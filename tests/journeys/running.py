"""A term under way, made with the product's own actions, and the address of every page on it."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Task as Outcome
from playwright.sync_api import Page

from classes import actions as classes
from classes.actions import days, family, feeds
from classes.demand import expected_learners
from classes.models import Attendance, Community, FamilyLink, Guardian, Learner, Request, Room, Series, Session
from classes.seasons import term_around
from classes.seeds import seed_reference
from classes.views import family as family_views
from config import background
from people import outbox
from people.models import Channel, Message, User
from tests import make
from tests.volunteers.imports import samples
from volunteers import demo, demo_clubs, demo_desk, intake
from volunteers.actions import absences, certificates, ledger, tradeoffs
from volunteers.actions import timetables as actions
from volunteers.models import (
    Assignment,
    Certificate,
    CheckIn,
    Exchange,
    Hold,
    ImportBatch,
    NoShow,
    Organisation,
    Placement,
    Proposal,
    ServiceRecord,
    Shift,
    SubstituteAsk,
    SubstituteSearch,
    TimetableProposal,
    Volunteer,
)
from volunteers.rules import wall
from volunteers.seeds import seed_roles
from volunteers.tasks import run_timetable, run_tradeoff
from volunteers.views import device


def live(now: datetime) -> None:
    """This week is served, next week half way, the week after is proposed, and one import waits."""
    demo.accounts()
    seed_reference(now)
    seed_roles()
    chen = User.objects.get(username="chen")
    community, term = demo.bring_in(now, chen, term_around(timezone.localdate(now)))
    classes.generate_term(term=term, community=community, now=now)
    this_week = demo.monday_of(timezone.localdate(now))
    chance = random.Random(demo.SEED)
    demo.spend(community, this_week, this_week + timedelta(days=6), chen, chance, attended=True)
    demo.drop_out(this_week, now)
    demo.coming(community, this_week + demo.WEEK, now, chen, chance)
    demo.strangers(now)
    demo.changed(community, now, chen)
    demo_clubs.meet(now=now)
    after = this_week + 2 * demo.WEEK
    proposed = demo.matched(community, after, after + timedelta(days=6), now, chen)
    price = tradeoffs.request_tradeoff(proposal=proposed, upper="faces", lower="uneven", now=now, actor=chen)
    run_tradeoff.call(price.pk)
    timetables(community, term, now)
    intake.receive(files=samples(), text="", community="海棠社区", term=term.name, now=now, actor=chen)
    gateways_and_calls(now)
    change_days(now)
    demo_desk.asked(community, now, chen)
    served(now, chen)
    answering = Guardian.objects.exclude(person__phone="").select_related("person").order_by("pk").first()
    family.open_link(person=answering.person, now=now, actor=chen)


def served(now: datetime, chen: User) -> None:
    """Two volunteers have hours in the ledger: one has a certificate, the other waits for it."""
    placed = agreed(now)
    others = Assignment.objects.filter(status="accepted", starts_at__gt=now).exclude(volunteer=placed.volunteer)
    yesterday = now - timedelta(days=2)
    for volunteer in (placed.volunteer, others.first().volunteer):
        visit = CheckIn.objects.create(
            volunteer=volunteer,
            series=placed.session.series,
            on_date=timezone.localdate(yesterday),
            arrived_at=yesterday,
            left_at=yesterday + timedelta(minutes=90),
        )
        ledger.line_of(visit, now).save()
        asked = certificates.request_certificate(volunteer=volunteer, community=placed.session.community, now=now)
        if volunteer == placed.volunteer:
            certificates.issue(certificate=asked, now=now, actor=chen)


def change_days(now: datetime) -> None:
    """Snow closes a day, a club sits its examinations, and the community gives its calendar away."""
    day = demo.monday_of(timezone.localdate(now)) + 3 * demo.WEEK + timedelta(days=2)
    days.set_day(
        said=days.DaySaid(day, "closed", "暴雪", Community.objects.get(name=demo.COMMUNITY)), now=now, actor=None
    )
    feeds.open_feed(of=Community.objects.get(name=demo.COMMUNITY), now=now, actor=None)
    club = Organisation.objects.first()
    absences.set_absence(
        organisation=club, kind="exam", starts_on=day, ends_on=day + timedelta(days=12), now=now, actor=None
    )


def timetables(community, term, now: datetime) -> None:
    """Three timetables for the classes of the term wait for a choice."""
    every = Series.objects.filter(term=term, community=community).values_list("pk", flat=True)
    asked = actions.request_timetable(term=term, community=community, series=list(every), gives=0, now=now, actor=None)
    run_timetable.call(asked.pk)


def closing(now: datetime) -> str:
    """A week in which a venue may be shut."""
    first = demo.monday_of(timezone.localdate(now)) + 2 * demo.WEEK
    return f"first={first}&last={first + timedelta(days=6)}"


def desk_pages(now: datetime) -> dict[str, str]:
    """Path and query of the pages for staff."""
    monday = demo.monday_of(timezone.localdate(now)) + demo.WEEK
    gap = wanting(now).filter(session__on_date__gte=monday).first()
    placed = agreed(now)
    series = Series.objects.filter(programme__kind="child").first()
    child = Learner.objects.filter(kind="child").first()
    senior = Session.objects.filter(series__programme__kind="senior", starts_at__gt=now, shifts__taken__gt=1).first()
    week, learners = reverse("desk:week"), reverse("desk:learners")
    plain = [
        "today",
        "call-list",
        "week",
        "volunteers",
        "volunteer-add",
        "learners",
        "term",
        "term-add",
        "room-week",
        "absences",
        "caught",
        "feeds",
        "clubs",
        "exchanges",
        "calendar",
        "notice",
        "import",
        "more",
        "notes",
        "notes-next",
        "notes-group",
        "calls",
        "call-sheet",
        "report",
        "certificates",
        "work",
        "tiers",
        "searches",
        "search-plan",
        "changes",
        "rooms",
        "requests",
        "start",
    ]
    return {name: reverse(f"desk:{name}") for name in plain} | {
        "timetable": f"{reverse('desk:timetable')}?new=1",
        "week-gap": f"{week}?w={monday}&gap={gap.pk}",
        "week-paper": f"{week}?w={monday}&paper=a4",
        "import-paste": f"{reverse('desk:import')}?paste=child",
        "week-who": f"{week}?w={placed.session.on_date}&who={placed.pk}",
        "publish": f"{reverse('desk:publish')}?w={monday}",
        "match": f"{reverse('desk:match')}?new=1",
        "review": reverse("desk:proposal", args=[Proposal.objects.get(status="ready").pk]),
        "price": reverse("desk:proposal-price", args=[Proposal.objects.get(status="ready").pk, "faces", "uneven"]),
        "why": why_not(),
        "accepted": reverse("desk:proposal", args=[Proposal.objects.filter(status="accepted").first().pk]),
        "club-desk": reverse("desk:club", args=[held().organisation_id]),
        "search": reverse("desk:search", args=[SubstituteSearch.objects.earliest("pk").pk]),
        "floor": reverse("desk:floor", args=[child_session(now).pk]),
        "session": reverse("desk:session", args=[placed.session_id]),
        "roll": reverse("desk:session-roll", args=[rolled(now)]),
        "roll-not-yet": reverse("desk:session-roll", args=[placed.session_id]),
        "wall": f"{reverse('desk:wall')}?session={placed.session_id}",
        "series-list": reverse("desk:series-list", args=[series.pk]),
        "venue-close": reverse("desk:venue-close", args=[series.room.venue_id]) + f"?look=1&reason=装修&{closing(now)}",
        "sheets": f"{reverse('desk:sheets')}?week={placed.session.on_date}",
        "report-rows": reverse("desk:report-rows", args=["minutes"]),
        "record": reverse("desk:record", args=[ServiceRecord.objects.first().pk]),
        "checkin-times": reverse("desk:checkin-times", args=[visited(now, placed)]),
        "certificate": reverse("desk:certificate", args=[Certificate.objects.get(status="issued").pk]),
        "certificate-refuse": reverse("desk:certificate", args=[Certificate.objects.get(status="requested").pk]),
        "session-slots": reverse("desk:session-slots", args=[placed.session_id]),
        "session-move": f"{reverse('desk:session-change', args=[placed.session_id, 'move'])}?{moved(placed.session)}",
        "session-cancel": reverse("desk:session-change", args=[placed.session_id, "cancel"]),
        "session-split": reverse("desk:session-change", args=[placed.session_id, "split"]),
        "session-merge": reverse("desk:session-change", args=[placed.session_id, "merge"]),
        "session-lesson": reverse("desk:session-change", args=[placed.session_id, "lesson"]),
        "day": reverse("desk:day", args=[placed.session.on_date.isoformat()]),
        "volunteer": reverse("desk:volunteer", args=[placed.volunteer_id]),
        "same": reverse("desk:same", args=["volunteer"]),
        "merge-choose": reverse("desk:merge-choose", args=["volunteer", placed.volunteer_id]),
        "merge": reverse("desk:merge", args=["volunteer", *Volunteer.objects.values_list("pk", flat=True)[:2]]),
        "volunteer-edit": reverse("desk:volunteer-edit", args=[placed.volunteer_id]),
        "learners-children": f"{learners}?kind=child",
        "learner": reverse("desk:learner", args=[child.pk]),
        "learner-edit": reverse("desk:learner-edit", args=[child.pk]),
        "learner-senior-edit": reverse("desk:learner-edit", args=[expected_learners(senior)[0]]),
        "learner-add": reverse("desk:learner-add", args=["senior"]),
        "series": reverse("desk:series", args=[series.pk]),
        "calendar-guess": f"{reverse('desk:calendar')}?year={now.year + 1}",
        "series-times": reverse("desk:series-times", args=[series.pk]),
        "timetables": reverse("desk:timetable-run", args=[TimetableProposal.objects.get().pk]),
        "series-plan": reverse("desk:series-plan", args=[Series.objects.filter(stages__contains="A").first().pk]),
        "room": reverse("desk:room", args=[Room.objects.first().pk]),
        "series-edit": reverse("desk:series-edit", args=[series.pk]),
        "series-add": reverse("desk:series-add", args=[series.term_id, series.programme_id]),
        "pairing": reverse("desk:pairing", args=[senior.pk]),
        "pairing-change": reverse("desk:pairing-change", args=[senior.pk, expected_learners(senior)[0]]),
        "request": reverse("desk:request", args=[Request.objects.filter(status="submitted").first().pk]),
        "preview": reverse("desk:import-batch", args=[ImportBatch.objects.get(status="preview").pk]),
        "imported": reverse("desk:import-batch", args=[ImportBatch.objects.get(status="done").pk]),
    }


def rolled(now: datetime) -> int:
    """A children's session that is being held: two helpers are there, one did not come, a child is fetched."""
    of_children = Shift.objects.filter(session__series__programme__kind="child", session__starts_at__gt=now)
    shift = of_children.order_by("-session__starts_at", "-pk").first()
    session = shift.session
    starts = make.began(now, 20)
    Assignment.objects.filter(session=session).delete()
    Session.objects.filter(pk=session.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=2), room=None)
    session.refresh_from_db()
    busy = Assignment.objects.filter(starts_at__lt=session.ends_at, ends_at__gt=starts).values("volunteer")
    people = Volunteer.objects.filter(clearances__result="clear", status="active").exclude(pk__in=busy).distinct()
    for number, volunteer in enumerate(people.order_by("pk")[:3]):
        placed = Assignment(shift=shift, session=session, volunteer=volunteer, status="accepted", created_at=now)
        placed.starts_at, placed.ends_at, placed.changed_at = session.starts_at, session.ends_at, now
        placed.save()
        if number:
            CheckIn.objects.create(
                volunteer=volunteer,
                series=session.series,
                session=session,
                on_date=session.on_date,
                arrived_at=starts,
                how="staff",
                changed_at=now,
            )
        else:
            NoShow.objects.create(assignment=placed, said_at=now)
    children = Learner.objects.filter(pk__in=expected_learners(session)).order_by("pk")
    for number, child in enumerate(children[:3]):
        Attendance.objects.create(
            session=session,
            learner=child,
            state="present",
            arrived_at=starts,
            marked_at=now,
            left_at=None if number else now,
            collected_text="" if number else "奶奶张桂兰",
        )
    return session.pk


def visited(now: datetime, placed: Assignment) -> int:
    """A visit whose times can still be changed."""
    return CheckIn.objects.filter(session__ends_at__gt=now).exclude(volunteer=placed.volunteer).first().pk


def moved(session: Session) -> str:
    """The query of a move to the evening in no room, to be looked at first."""
    return f"on_date={session.on_date}&time=19:00-20:30&room=&scope=one&reason=停电&look=1"


def manager_pages() -> dict[str, str]:
    """Path of the pages that only a 站长 opens."""
    channel = Channel.objects.get(kind="aliyun")
    return {
        "channels": reverse("desk:channels"),
        "settings": reverse("desk:settings"),
        "settings-log": reverse("desk:settings-log"),
        "settings-texts": reverse("desk:settings-texts"),
        "settings-text": reverse("desk:settings-text", args=["offer"]),
        "password": reverse("desk:password"),
        "channel": reverse("desk:channel", args=[channel.pk]),
        "channel-add": reverse("desk:channel-add", args=["dingtalk"]),
    }


def gateways_and_calls(now: datetime) -> None:
    """A bot whose test failed, an SMS account, two people to call, and a task that did not succeed."""
    error = "93000 invalid webhook url, hint: [1764115200], more info at https://open.work.weixin.qq.com/devtool/query"
    Channel.objects.create(kind="wecom", name="志愿者群", tested_at=now, test_error=error, created_at=now)
    Channel.objects.create(kind="aliyun", name="社区短信", open={"sign": "梧桐社区"}, is_on=False, created_at=now)
    for status, volunteer in zip(("call", "unsure"), Volunteer.objects.select_related("person")[:2], strict=True):
        message = outbox.write(
            person=volunteer.person,
            kind="release",
            about="here",
            subject="有一场不用来了",
            body=f"{volunteer}，您好。下面这一场不用来了，谢谢您：\n周六 9月19日 14:30–16:00 菜鸟学堂（助教）",
            link=f"/me/{volunteer.token}/",
            now=now,
        )
        Message.objects.filter(pk=message.pk).update(status=status)
    Outcome.objects.create(
        id="failed",
        name="failed",
        func=background.RUN,
        group="volunteers.tasks.mark_gaps",
        args=("volunteers.tasks.mark_gaps", [], {}),
        kwargs={},
        success=False,
        attempt_count=3,
        started=now,
        stopped=now,
        result="Traceback\ndjango.db.utils.OperationalError: database is locked",
    )
    background.install_schedules()


def why_not() -> str:
    """Why somebody else is proposed for the first place that has an alternative."""
    row = Placement.objects.filter(proposal__status="ready").exclude(alternatives=[]).first()
    return (
        f"{reverse('desk:proposal-why', args=[row.proposal_id, row.shift_id])}?who={row.alternatives[0]['volunteer']}"
    )


def public_pages(now: datetime) -> dict[str, str]:
    """Path and query of the pages for everybody."""
    placed = agreed(now)
    me = reverse("public:me", args=[placed.volunteer.token])
    ask = SubstituteAsk.objects.select_related("volunteer").filter(state="asked").earliest("pk")
    helpers = Shift.objects.filter(session__starts_at__gt=now, role__is_lead=False)
    return {
        "list": reverse("public:list"),
        "list-children": f"{reverse('public:list')}?p=child&week=1",
        "sign-up": sign_up(wanting(now).filter(role__code="helper").first()),
        "full": sign_up(helpers.filter(taken=F("needed")).first()),
        "wait": reverse("public:wait", args=[helpers.filter(taken=F("needed")).first().session_id]),
        "hand": reverse("public:hand", args=[Exchange.objects.filter(kind="hand_over", status="open").first().token]),
        "swap": swap(),
        "my-calendar": reverse("public:my-calendar", args=[placed.volunteer.token]),
        "swap-choose": reverse("public:swap-choose", args=[placed.volunteer.token, placed.pk]),
        "club": reverse("public:club", args=[held().organisation.token]),
        "club-hold": reverse("public:club-hold", args=[held().organisation.token, held().pk]),
        "over": sign_up(Shift.objects.filter(session__starts_at__lt=now).first()),
        "me": me,
        "me-new": f"{me}?new={placed.pk}",
        "cover": reverse("public:cover", args=[ask.volunteer.token, ask.pk]),
        "me-asked": reverse("public:me", args=[ask.volunteer.token]),
        "in": reverse("public:in", args=[placed.session_id]),
        "in-scanned": f"{reverse('public:in', args=[placed.session_id])}?k={wall.code_of(placed.session)}",
        "certificate-ask": reverse("public:certificate-ask", args=[placed.volunteer.token]),
        "certificate-check": reverse("public:certificate-check"),
        "certificate-true": checked(),
        "decline": reverse("public:decline", args=[placed.volunteer.token, placed.pk]),
        "ask": reverse("public:ask"),
        "ask-here": f"{reverse('public:ask')}?community={Community.objects.first().pk}",
        "privacy": reverse("public:privacy"),
        "family": reverse("public:family", args=[FamilyLink.objects.get().token]),
        "missing": "/nowhere/",
        "login": reverse("desk:login"),
    }


def checked() -> str:
    """What somebody sees who scans a certificate."""
    paper = Certificate.objects.get(status="issued")
    return f"{reverse('public:certificate-check', args=[paper.number])}?k={paper.code}"


def wanting(now: datetime):
    """Places to come that want somebody, the next first."""
    rows = Shift.objects.filter(session__starts_at__gt=now, taken__lt=F("needed"), session__status="planned")
    return rows.order_by("session__starts_at", "pk")


def agreed(now: datetime) -> Assignment:
    """The next place whose volunteer agreed."""
    rows = Assignment.objects.filter(starts_at__gt=now, status="accepted").select_related("session", "volunteer")
    return rows.order_by("starts_at", "pk").first()


def swap() -> str:
    """Where somebody answers who is asked to swap."""
    asked = Exchange.objects.select_related("taker").filter(kind="swap", status="open").first()
    return reverse("public:swap", args=[asked.taker.token, asked.pk])


def held() -> Hold:
    """Places that a club holds."""
    return Hold.objects.select_related("organisation").filter(ended_at=None).first()


def child_session(now: datetime) -> Session:
    """The next session of children."""
    return Session.objects.filter(series__programme__kind="child", starts_at__gt=now).order_by("starts_at").first()


def sign_up(shift: Shift) -> str:
    """Where one signs up for it."""
    return reverse("public:sign-up", args=[shift.session_id])


def as_staff(page: Page, url: str, username: str = "chen") -> Page:
    """The page with somebody of the staff logged in."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return page


def as_volunteer(page: Page, url: str, volunteer: Volunteer) -> Page:
    """The page on a phone that is known to be the volunteer's."""
    client = Client()
    make.known_phone(client, volunteer)
    page.context.add_cookies([{"name": device.COOKIE, "value": client.cookies[device.COOKIE].value, "url": url}])
    return page


def as_guardian(page: Page, url: str) -> Page:
    """The page on a phone that is known to be the guardian's."""
    client, link = Client(), FamilyLink.objects.select_related("person").get()
    client.post(reverse("public:family", args=[link.token]), {"tail": link.person.phone[-4:]})
    cookie = client.cookies[family_views.COOKIE].value
    page.context.add_cookies([{"name": family_views.COOKIE, "value": cookie, "url": url}])
    return page
