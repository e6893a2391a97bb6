"""Lines about who came, and chains of people who write themselves into one session."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from classes import actions as classes
from classes.models import Programme, Session
from people.workbooks import Row
from volunteers import rules
from volunteers.actions import seats, shifts
from volunteers.models import Assignment, CheckIn, Shift, Volunteer

from .outcome import Intake, Outcome, attention, merged, say_day, within
from .volunteer_rows import by_name, like_name, series_named

ROLE_OF = {"senior": "helper", "child": "tutor", "desk": "desk"}
BEFORE_CLASS = timedelta(hours=1)


def take_attendance(row: Row, intake: Intake) -> Outcome:
    """One volunteer at one meeting; without a departure it is kept but does not count yet."""
    fields = row.fields
    series = series_named(fields["series"], intake)
    if series is None:
        return attention(f"课表里没有“{fields['series']}”这个班，先导入课表或改班名。", "series")
    who = _one(fields["person"], "")
    if isinstance(who, Outcome):
        return who
    on = within(fields["on"], intake.term)
    known = CheckIn.objects.filter(volunteer=who, series=series, on_date=on).first()
    if known:
        done = merged(f"{who} {say_day(on)}这一次已经登记过。", f"checkin:{known.pk}")
        _complete(known, done, on, fields, intake)
        return done
    if not fields["arrived"] and not fields["left"]:
        return attention(
            f"{who} {say_day(on)}没有签到也没有签退时间"
            + (f"（写着“{fields['note']}”）" if fields["note"] else "")
            + "，请补上至少一个时间。",
            "arrived",
            "left",
        )
    done = Outcome()
    done.makes(
        CheckIn.objects.create(
            volunteer=who,
            series=series,
            session=Session.objects.filter(series=series, on_date=on).first(),
            on_date=on,
            arrived_at=_moment(on, fields["arrived"]),
            left_at=_moment(on, fields["left"]),
            source=row.file[:60],
            note=fields["note"][:120],
            changed_at=intake.now,
        )
    )
    if not fields["arrived"] or not fields["left"]:
        done.why = "少了签到时间，暂不计时长。" if not fields["arrived"] else "没有签退，暂不计时长。"
    return done


def _complete(known: CheckIn, done: Outcome, on: date, fields: dict[str, str], intake: Intake) -> None:
    """Fill a missing time; hours that are in the ledger stay, and a changed visit stays open for a day."""
    if known.records.exists():
        return
    if done.fills(known, arrived_at=_moment(on, fields["arrived"]), left_at=_moment(on, fields["left"])):
        CheckIn.objects.filter(pk=known.pk).update(changed_at=intake.now)


def take_chain(row: Row, intake: Intake) -> Outcome:
    """One line of a 接龙: the person agreed by writing it, so the place is accepted."""
    facts = intake.facts
    series = series_named(facts.get("series") or "", intake)
    if series is None or not facts.get("on"):
        return attention(
            f"接龙说的是“{facts.get('series') or '没写班名'}”，课表里没有这个班或没写日期，先导入课表或改接龙第一行。"
        )
    who = _one(row.fields["name"], row.fields["phone"])
    if isinstance(who, Outcome):
        return who
    on = within(facts["on"], intake.term)
    known = Session.objects.filter(series=series, on_date=on).exists()
    try:
        session = classes.session_on(series=series, on_date=on, now=intake.now)
    except classes.RoomTaken as taken:
        return attention(str(taken))
    done = _line(row, who, session, intake)
    if not known:
        done.made.insert(0, [session._meta.label, session.pk])
    return done


def _line(row: Row, who: Volunteer, session: Session, intake: Intake) -> Outcome:
    """One line, once its person and session are known."""
    here = Assignment.objects.filter(session=session, volunteer=who, status__in=Assignment.ACTIVE).first()
    if row.fields["cancelled"]:
        return _cancelled(row, who, session, here, intake)
    if here:
        done = merged(f"{who}已经在{say_day(session.on_date)}这一场。", f"volunteer:{who.pk}")
        done.keeps(who.person, row.notes, row)
        return done
    return _seat(row, who, session, intake)


def _cancelled(row: Row, who: Volunteer, session: Session, here: Assignment | None, intake: Intake) -> Outcome:
    done = merged(f"{who}写了取消，{say_day(session.on_date)}这一场不算。", f"volunteer:{who.pk}")
    if here:
        done.changed.append([here._meta.label, here.pk, {"status": here.status}, {"status": "declined"}])
        seats.move(here, to=Assignment.Status.DECLINED, now=intake.now, note="接龙里取消", only_from=Assignment.ACTIVE)
    done.keeps(who.person, row.notes, row)
    return done


def _seat(row: Row, who: Volunteer, session: Session, intake: Intake) -> Outcome:
    done = Outcome(why=f"排进{say_day(session.on_date)} {session.series}。")
    if not session.shifts.exists():
        shifts.set_demand(sessions=[session], now=min(intake.now, session.starts_at - BEFORE_CLASS))
        for fresh in session.shifts.all():
            done.makes(fresh)
    kind = Programme.Kind(session.series.programme.kind)
    shift = Shift.objects.filter(session=session, role__code=ROLE_OF[kind]).select_related("role").first()
    if shift is None:
        return attention(f"{say_day(session.on_date)}这一场还没有要助教，先在课表里写好要几位。")
    shift.session = session
    try:
        made = seats.take(
            shift=shift,
            volunteer=who,
            status=Assignment.Status.ACCEPTED,
            source="import",
            now=min(intake.now, session.starts_at - BEFORE_CLASS),
            overlooking=rules.WISHES,
        )
    except seats.ShiftFull:
        return attention(f"{say_day(session.on_date)}这一场已经满了（要 {shift.needed} 位），没有再排。")
    except seats.Refused as refusal:
        return attention(str(refusal))
    done.makes(made)
    done.keeps(who.person, row.notes, row)
    return done


def _one(name: str, phone: str) -> Volunteer | Outcome:
    """The one volunteer who is meant, or the sentence that says why it is not clear."""
    found = by_name(name, phone)
    if len(found) == 1:
        return found[0]
    if found:
        tails = "、".join(f"尾号 {volunteer.mobile[-4:]}" for volunteer in found)
        return attention(f"叫{name}的志愿者有 {len(found)} 位（{tails}），请写上手机号。", "name")
    return attention(f"志愿者名单里没有“{name}”，请写全名或先把这位加进名单。{_like(name)}", "name")


def near(row: Row) -> str:
    """Who may be meant by a name in a chain that is not a full name, or nothing."""
    return _like(row.fields["name"]) if row.kind == "jielong" and row.fields.get("nickname") else ""


def _like(name: str) -> str:
    found = "、".join(str(volunteer) for volunteer in like_name(name)) if name else ""
    return f"名单里姓一样的有{found}。" if found else ""


def _moment(on: date, clock: str | None) -> datetime | None:
    if not clock:
        return None
    return timezone.make_aware(datetime.combine(on, time.fromisoformat(clock)))
