"""Notes to volunteers. Every note says what, when, where and who asks.

`words` is the text that holds now (`texts.current`): whoever writes many notes reads it once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone

from classes.actions import families
from classes.models import Change, Session
from people import outbox
from people.models import Message
from volunteers.actions import texts
from volunteers.models import Assignment, Exchange, Offer, Role, Volunteer, Wait

WEEKDAYS = "一二三四五六日"
RELEASED, CHANGED = "release", "change"


def when(moment: datetime) -> str:
    """周六 9月19日 14:30"""
    local = timezone.localtime(moment)
    return f"周{WEEKDAYS[local.weekday()]} {local:%-m月%-d日 %H:%M}"


def line(assignment: Assignment) -> str:
    """One place in a note: when, what, as what, where."""
    return place_line(assignment.session, assignment.shift.role)


def place_line(session: Session, role: Role) -> str:
    """The same of a place that is nobody's yet."""
    ends = timezone.localtime(session.ends_at)
    where = f"，{session.room.name}" if session.room else ""
    return f"{when(session.starts_at)}–{ends:%H:%M} {session.series.name}（{role.name}）{where}"


def offered(*, assignments: Sequence[Assignment], words: str, answer_by: datetime, now: datetime) -> Message:
    """Invite one volunteer to some places, with what the law asks to be said (志愿服务条例 art. 12)."""
    first = assignments[0]
    body = texts.say(
        "offer",
        words,
        称呼=str(first.volunteer),
        社区=str(first.session.community),
        场次="\n".join(line(one) for one in assignments),
        留意=risks(one.session for one in assignments),
        答复期限=when(answer_by),
    )
    facts = {"count": str(len(assignments))}
    useless_after = max(one.starts_at for one in assignments)
    subject = f"{len(assignments)} 场排班等您回"
    return _write(first, "offer", subject, body, now, useless_after, facts)


def risks(sessions: Iterable[Session]) -> str:
    """What has to be said of the risk at these sessions, each thing once."""
    found = dict.fromkeys(session.series.programme.risk_note for session in sessions)
    return "\n".join(f"请留意：{risk}" for risk in found if risk)


def released(*, assignment: Assignment, now: datetime, change: Change | None = None) -> Message:
    """A place that was asked for or agreed is not needed any more. `change` is the step that can be taken back."""
    what = line(assignment)
    body = texts.say(RELEASED, 称呼=str(assignment.volunteer), 场次=what)
    about = f"change:{change.pk}" if change else None
    return _write(assignment, RELEASED, "有一场不用来了", body, now, about=about, facts={families.LINES: what})


def cancelled(*, assignment: Assignment, words: str, now: datetime) -> Message:
    """The session is not held."""
    reason = assignment.session.cancel_reason
    body = texts.say("cancel", words, 称呼=str(assignment.volunteer), 场次=line(assignment), 原因=reason)
    return _write(assignment, "cancel", "有一场停课", body, now)


def signed_up(*, assignment: Assignment, now: datetime, words: str = "") -> Message:
    """The place is held; the link is theirs alone."""
    code = assignment.arrival_code
    body = texts.say("sign-up", words, 称呼=str(assignment.volunteer), 场次=line(assignment), 签到码=code)
    return _write(assignment, "sign-up", "名额留好了", body, now)


def reminder(*, assignment: Assignment, words: str, now: datetime) -> Message:
    """The day before. It names the date and not 明天, so that it is true whenever it is read."""
    is_agreed = assignment.status == Assignment.Status.ACCEPTED
    ask = "到时候见。临时来不了，请早点打开链接说一声。" if is_agreed else "您还没回，能来、来不了，打开链接点一下。"
    body = texts.say("reminder", words, 称呼=str(assignment.volunteer), 场次=line(assignment), 回不回=ask)
    return _write(assignment, "reminder", f"{when(assignment.starts_at)} 有您一场", body, now)


def soon(*, assignment: Assignment, words: str, now: datetime) -> Message:
    """Two hours before: where to go, what to say at the door, whom to ring."""
    body = texts.say(
        "soon",
        words,
        称呼=str(assignment.volunteer),
        场次=line(assignment),
        签到码=assignment.arrival_code,
        电话=assignment.session.community.help_phone,
    )
    return _write(assignment, "soon", f"{when(assignment.starts_at)} 有您一场", body, now)


def unanswered(*, offers: Sequence[Offer], words: str, now: datetime) -> Message:
    """The day before some invitations run out: one note for all of them."""
    places = [one.assignment for one in offers]
    answer_by = min(one.expires_at for one in offers)
    body = texts.say(
        "unanswered",
        words,
        称呼=str(places[0].volunteer),
        几场=str(len(places)),
        场次="\n".join(line(one) for one in places),
        答复期限=when(answer_by),
    )
    return outbox.write(
        person=places[0].volunteer.person,
        kind="unanswered",
        about=f"until:{timezone.localdate(answer_by)}",
        subject=f"{len(places)} 场还等您回",
        body=body,
        link=f"/me/{places[0].volunteer.token}/",
        now=now,
        useless_after=max(one.expires_at for one in offers),
    )


def clearance(*, volunteer: Volunteer, until: date, words: str, now: datetime) -> Message:
    """Their background check runs out: what that means and whom to ask."""
    body = texts.say("clearance", words, 称呼=str(volunteer), 到期日=on_day(until))
    return _runs_out(volunteer, "clearance", f"until:{until}", "背景查询快到期了", body, now)


def training(*, volunteer: Volunteer, what: str, until: date, words: str, now: datetime) -> Message:
    """One of their trainings runs out; its next one starts anew."""
    body = texts.say("training", words, 称呼=str(volunteer), 培训=what, 到期日=on_day(until))
    return _runs_out(volunteer, "training", f"{what}:until:{until}", f"培训“{what}”快到期了", body, now)


def on_day(day: date) -> str:
    """2026年10月8日"""
    return f"{day:%Y年%-m月%-d日}"


def _runs_out(volunteer: Volunteer, kind: str, about: str, subject: str, body: str, now: datetime) -> Message:
    return outbox.write(
        person=volunteer.person,
        kind=kind,
        about=about,
        subject=subject,
        body=body,
        link=f"/me/{volunteer.token}/",
        now=now,
    )


def place_free(*, wait: Wait, assignment: Assignment, words: str, answer_by: datetime, now: datetime) -> Message:
    """A place came free for the first who waits; it is kept for them until `answer_by`."""
    values = {"称呼": str(wait.volunteer), "场次": line(assignment), "答复期限": when(answer_by)}
    body = texts.say("place-free", words, **values)
    return _write(assignment, "place-free", "空出一个名额，给您留着", body, now)


def places_free(*, wait: Wait, line: str, words: str, now: datetime) -> Message:
    """A place came free close to the session: everybody who waits is told, the first to answer has it."""
    session = wait.session
    return outbox.write(
        person=wait.volunteer.person,
        kind="places-free",
        about=f"session:{session.pk}:{wait.since:%Y%m%d%H%M%S%f}",
        subject="空出了名额，先点先得",
        body=texts.say("places-free", words, 称呼=str(wait.volunteer), 场次=line),
        link=f"/me/{wait.volunteer.token}/",
        now=now,
        happens_at=session.starts_at,
        useless_after=session.starts_at,
        facts={"when": when(session.starts_at)},
    )


def named(*, assignment: Assignment, club: str, answer_by: datetime, now: datetime) -> Message:
    """Their club gave them one of the places it holds; only they can say that they come."""
    body = texts.say(
        "named",
        称呼=str(assignment.volunteer),
        社团=club,
        场次=line(assignment),
        留意=risks([assignment.session]),
        答复期限=when(answer_by),
    )
    return _write(assignment, "named", f"{club}给您报了一场", body, now)


def handed_over(*, assignment: Assignment, words: str, now: datetime) -> Message:
    """The place is somebody else's by an exchange they agreed to, or by its undoing."""
    body = texts.say("handed-over", words, 称呼=str(assignment.volunteer), 场次=line(assignment))
    return _write(assignment, "handed-over", "有一场换给别人了", body, now)


def swap_asked(*, exchange: Exchange, wanted: Assignment, now: datetime) -> Message:
    """Somebody would like to swap; opening the link changes nothing."""
    given = exchange.given
    body = texts.say(
        "swap-asked",
        称呼=str(wanted.volunteer),
        对方=str(given.volunteer),
        场次=line(wanted),
        对方的场次=line(given),
    )
    return _about_exchange(exchange, wanted.volunteer, "swap-asked", "有人想跟您换一场", body, now)


def swap_refused(*, exchange: Exchange, now: datetime) -> Message:
    """The other side keeps their place, and so do they."""
    giver = exchange.given.volunteer
    body = texts.say("swap-refused", 称呼=str(giver), 场次=line(exchange.given))
    return _about_exchange(exchange, giver, "swap-refused", "没换成，还是原来那一场", body, now)


def exchange_turned_down(*, exchange: Exchange, now: datetime) -> None:
    """An organiser did not approve: both keep what they had."""
    words = texts.current("exchange-refused")
    for who in filter(None, (exchange.given.volunteer, exchange.taker)):
        body = texts.say("exchange-refused", words, 称呼=str(who), 场次=line(exchange.given))
        _about_exchange(exchange, who, "exchange-refused", "这次没换成", body, now)


def exchange_line(exchange: Exchange) -> str:
    """Who gives what to whom, for organisers."""
    taker = exchange.taker or "朋友"
    back = f"，换 {when(exchange.wanted.starts_at)}" if exchange.wanted else ""
    return f"{exchange.given.volunteer} → {taker}：{when(exchange.given.starts_at)} {exchange.given.session.series.name}{back}"


def _about_exchange(exchange: Exchange, who: Volunteer, kind: str, subject: str, body: str, now: datetime) -> Message:
    link = f"/me/{who.token}/swaps/{exchange.pk}/" if kind == "swap-asked" else f"/me/{who.token}/"
    return outbox.write(
        person=who.person,
        kind=kind,
        about=f"exchange:{exchange.pk}",
        subject=subject,
        body=body,
        link=link,
        now=now,
        happens_at=exchange.given.starts_at,
        useless_after=exchange.given.starts_at,
    )


def changed(
    *,
    volunteer: Volunteer,
    lines: Sequence[str],
    asks: bool,
    change: Change,
    happens_at: datetime,
    words: str,
    now: datetime,
) -> Message:
    """Sessions of theirs are different; with `asks` they have to say again whether they can come."""
    what = "\n".join(lines)
    body = texts.say(
        CHANGED,
        words,
        称呼=str(volunteer),
        变动=what,
        原因=change.reason,
        回不回="请看一下新的时间，能来、来不了，打开链接点一下就行。" if asks else "",
        联系人=families.whom(change),
    )
    return outbox.write(
        person=volunteer.person,
        kind=CHANGED,
        about=f"change:{change.pk}",
        subject="场次改了，请您再看一下" if asks else "您报的场次有变动",
        body=body,
        link=f"/me/{volunteer.token}/",
        now=now,
        happens_at=happens_at,
        facts={"count": str(len(lines)), "when": when(happens_at), families.LINES: what},
    )


def _write(
    assignment: Assignment,
    kind: str,
    subject: str,
    body: str,
    now: datetime,
    useless_after: datetime | None = None,
    facts: dict[str, str] | None = None,
    about: str | None = None,
) -> Message:
    """A note to the volunteer of this place; it is of no use once the session has begun."""
    volunteer = assignment.volunteer
    return outbox.write(
        person=volunteer.person,
        kind=kind,
        about=about or _about(assignment, kind),
        subject=subject,
        body=body,
        link=f"/me/{volunteer.token}/",
        now=now,
        happens_at=assignment.session.starts_at,
        useless_after=useless_after or assignment.session.starts_at,
        facts={"when": when(assignment.session.starts_at), **(facts or {})},
    )


def _about(assignment: Assignment, kind: str) -> str:
    """A reminder is said once for a place at a time; a place given, taken back and given again is new."""
    if kind in ("reminder", "soon"):
        return f"assignment:{assignment.pk}:{assignment.starts_at:%Y%m%d%H%M}"
    return f"assignment:{assignment.pk}:{assignment.changed_at:%Y%m%d%H%M%S%f}"
