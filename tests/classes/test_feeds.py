"""Calendar feeds: read by an expansion of our own, and by khal, a calendar program."""

import os
import random
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rruleset, rrulestr
from django.urls import reverse

from classes import actions
from classes.actions import calling_off, feeds, moving
from classes.actions.changing import Refused
from classes.models import Feed, Programme, Series, Session
from classes.queries.feeds import feed_text
from classes.seeds import seed_reference
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.at("2026-09-01", "08:00")
HOST = "linke.example"
KHAL = Path(sys.executable).with_name("khal")
CONFIG = """
[calendars]
[[linke]]
path = {folder}/calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


@pytest.fixture(autouse=True)
def reference(db):
    """Programmes, lessons and the calendar."""
    seed_reference(NOW)


def term_of(**fields) -> Series:
    """A class with the sessions of the autumn term."""
    made = make.series(**fields)
    actions.generate_term(term=made.term, now=NOW)
    return made


def text_of(now=NOW, **of) -> str:
    """The feed of a class, room or community with its long lines joined."""
    feed = feeds.open_feed(of=next(iter(of.values())), now=NOW, actor=None)
    raw = feed_text(feed=Feed.objects.get(pk=feed.pk), now=now, host=HOST).decode()
    return raw.replace("\r\n ", "")


def events(text: str) -> list[dict[str, str]]:
    """Each event as its properties; the value with the zone in front where it has one."""
    found = []
    for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, flags=re.S):
        lines = [line.split(":", 1) for line in block.strip().split("\r\n")]
        found.append({name.split(";")[0]: value for name, value in lines})
    return found


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")


def expanded(text: str) -> dict[datetime, str]:
    """Start and status of every meeting, as RFC 5545 says to work it out. Wall-clock times."""
    found: dict[datetime, str] = {}
    every = events(text)
    for event in every:
        if "RECURRENCE-ID" in event:
            continue
        dates = rruleset()
        start = moment(event["DTSTART"])
        if "RRULE" in event:
            until = re.search(r"UNTIL=(\w+)Z", event["RRULE"])
            local = moment(until[1]) + timedelta(hours=8)
            rule = event["RRULE"].replace(until[0], f"UNTIL={local:%Y%m%dT%H%M%S}")
            dates.rrule(rrulestr(rule, dtstart=start))
        else:
            dates.rdate(start)
        for name, add in (("RDATE", dates.rdate), ("EXDATE", dates.exdate)):
            for one in filter(None, event.get(name, "").split(",")):
                add(moment(one))
        meetings = {one: (one, event["STATUS"]) for one in dates}
        for other in every:
            if other["UID"] == event["UID"] and "RECURRENCE-ID" in other:
                assert moment(other["RECURRENCE-ID"]) in meetings, other
                meetings[moment(other["RECURRENCE-ID"])] = (moment(other["DTSTART"]), other["STATUS"])
        found |= dict(meetings.values())
    return found


def real(**which) -> dict[datetime, str]:
    """The same from the database."""
    return {
        session.starts_at.astimezone(make.SHANGHAI).replace(tzinfo=None): (
            "CANCELLED" if session.status == "cancelled" else "CONFIRMED"
        )
        for session in Session.objects.filter(**which)
    }


PATTERNS = {
    "weekly, with lessons": {"weekdays": (5,), "stages": "A"},
    "all school days": {"kind": "child", "weekdays": range(5)},
    "several days": {"weekdays": (1, 3)},
    "every second week": {"weekdays": (2,), "every_weeks": 2, "week_offset": 1},
    "second of the month": {"weekdays": (5,), "month_weeks": "2,4"},
    "last of the month": {"weekdays": (6,), "month_weeks": "-1"},
    "between two dates": {"weekdays": (0,), "from_on": date(2026, 10, 1), "until_on": date(2026, 11, 30)},
}


class TestSeries:
    @pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
    def test_a_rule_with_exceptions_gives_exactly_the_sessions(self, pattern):
        series = term_of(**pattern)

        text = text_of(series=series)

        assert expanded(text) == real() != {}
        assert text.count("RRULE:") == 1

    def test_make_up_days_are_dates_of_their_own_and_holidays_exceptions(self):
        programme = Programme.objects.get(name="四点半课堂")
        series = term_of(name="四点半课堂", kind="child", weekdays=range(5), programme=programme)

        (event,) = events(text_of(series=series))

        assert event["RDATE"] == "20260920T163000,20261010T163000"
        assert event["EXDATE"].split(",")[0] == "20260925T163000"
        assert len(expanded(text_of(series=series))) == 99

    def test_called_off_moved_and_split_sessions(self):
        series = term_of(weekdays=(5,))
        off, moved, later = series.sessions.order_by("on_date")[:3]
        actions.cancel_session(session=off, reason="暴雨", now=NOW)
        Session.objects.filter(pk=moved.pk).update(
            on_date=date(2026, 9, 13), starts_at=make.at("2026-09-13", "14:00"), ends_at=make.at("2026-09-13", "15:30")
        )
        make.session(
            f"{later.on_date}",
            of=series,
            split_from=later,
            starts_at=make.at(f"{later.on_date}", "14:00"),
            ends_at=make.at(f"{later.on_date}", "15:30"),
        )
        actions.session_on(series=series, on_date=date(2026, 9, 12), now=NOW)

        text = text_of(series=series)

        assert expanded(text) == real()
        assert "SUMMARY:停课：菜鸟学堂·启蒙" in text
        assert "DESCRIPTION:停课原因：暴雨" in text

    def test_a_class_without_sessions_is_an_empty_calendar(self):
        assert events(text_of(series=make.series())) == []

    def test_sessions_outside_every_pattern(self):
        series = make.series(weekdays=())
        for day in ("2026-09-08", "2026-09-10"):
            actions.session_on(series=series, on_date=date.fromisoformat(day), now=NOW)

        assert expanded(text_of(series=series)) == real()

    def test_times_are_in_shanghai_with_the_zone_written_out(self):
        text = text_of(series=term_of(weekdays=(5,)))

        assert "DTSTART;TZID=Asia/Shanghai:20260905T093000" in text
        assert re.search(r"BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai\r\n", text)


class TestAfterEdits:
    """Whatever organisers do to a class, its feed gives exactly its sessions."""

    @pytest.mark.parametrize("scope", [moving.ONE, moving.FOLLOWING, moving.ALL])
    @pytest.mark.parametrize(
        "edit", [moving.Edit(days=1, starts=make.time(14), anyway=True), moving.Edit(starts=make.time(8))]
    )
    def test_after_a_move_of_one_or_more(self, scope, edit):
        series = term_of(weekdays=(2,), stages="B")
        session = series.sessions.order_by("on_date")[4]

        moving.move_sessions(session=session, scope=scope, edit=edit, reason="换时间", now=NOW, actor=None)

        assert expanded(text_of(series=Series.objects.get())) == real()

    @pytest.mark.parametrize("seed", range(4))
    def test_after_many_edits(self, seed):
        chance = random.Random(seed)
        series = term_of(**chance.choice(list(PATTERNS.values())))

        for _ in range(8):
            self.edit(series, chance)

        text = text_of(series=Series.objects.get())
        assert expanded(text) == real()
        assert len({(event["UID"], event.get("RECURRENCE-ID")) for event in events(text)}) == len(events(text))

    def edit(self, series: Series, chance: random.Random) -> None:
        """Call one off, move one, or hold one more; what is refused is left."""
        session = chance.choice(list(series.sessions.order_by("on_date")))
        days = chance.randint(-3, 3)
        starts = make.time(chance.randint(7, 19), chance.choice([0, 30]))
        try:
            match chance.choice(["cancel", "move", "following", "more"]):
                case "cancel":
                    calling_off.cancel_sessions(sessions=[session], reason="暴雨", now=NOW, actor=None)
                case "more":
                    day = session.on_date + timedelta(days=days)
                    actions.session_on(series=series, on_date=day, now=NOW)
                case scope:
                    moving.move_sessions(
                        session=session,
                        scope=moving.ONE if scope == "move" else moving.FOLLOWING,
                        edit=moving.Edit(days=days, starts=starts),
                        reason="换时间",
                        now=NOW,
                        actor=None,
                    )
        except Refused as refusal:
            assert str(refusal)


class TestChanges:
    """A calendar program takes a change only under the same UID with a higher SEQUENCE."""

    def of(self, community, day: str) -> dict[str, str]:
        return next(e for e in events(text_of(community=community)) if e["DTSTART"].startswith(day))

    def test_cancelling_keeps_the_uid_and_raises_the_sequence(self):
        series = term_of(weekdays=(5,))
        before = self.of(series.community, "20260905")

        actions.cancel_session(session=series.sessions.order_by("on_date")[0], reason="暴雨", now=NOW)

        after = self.of(series.community, "20260905")
        assert (before["UID"], before["STATUS"], before["SEQUENCE"]) == (after["UID"], "CONFIRMED", "0")
        assert (after["STATUS"], after["SEQUENCE"]) == ("CANCELLED", "1")

    def test_what_nobody_sees_changes_nothing(self):
        series = term_of(weekdays=(5,))
        before = text_of(community=series.community)

        series.sessions.update(expected=7)
        actions.generate_term(term=series.term, now=NOW)

        assert text_of(community=series.community) == before

    def test_the_recurring_event_counts_its_changes(self):
        series = term_of(weekdays=(5,))
        first = int(events(text_of(series=series))[0]["SEQUENCE"])

        actions.cancel_session(session=series.sessions.order_by("on_date")[0], reason="暴雨", now=NOW)

        assert int(events(text_of(series=series))[0]["SEQUENCE"]) == first + 1


class TestRoomsAndCommunities:
    def test_a_room_has_what_is_held_in_it(self):
        room = make.room()
        term_of(weekdays=(5,), room=room)
        term_of(name="别处", weekdays=(6,))

        assert expanded(text_of(room=room)) == real(room=room)
        assert "LOCATION:智慧教室 梧桐社区" in text_of(room=room)

    def test_a_community_has_its_own(self):
        series = term_of(weekdays=(5,))
        term_of(name="别处", weekdays=(6,), community=make.community("兴园社区"))

        assert expanded(text_of(community=series.community)) == real(community=series.community)

    def test_what_is_long_over_is_left_out(self):
        series = term_of(weekdays=(5,))

        text = text_of(now=make.at("2026-12-30"), community=series.community)

        assert min(expanded(text)).date() >= date(2026, 10, 31)

    @pytest.mark.parametrize("kind", ["series", "room", "community"])
    @pytest.mark.parametrize("weeks", [1, 3])
    def test_the_same_queries_for_any_number_of_sessions(self, kind, weeks, django_assert_num_queries):
        room = make.room()
        series = make.series(weekdays=(5,), room=room, until_on=date(2026, 9, 5) + timedelta(weeks=weeks - 1))
        actions.generate_term(term=series.term, now=NOW)
        of = {"series": series, "room": room, "community": series.community}[kind]
        feed = feeds.open_feed(of=of, now=NOW, actor=None)
        found = Feed.objects.select_related("series__term", "series__room__venue", "room", "community").get(pk=feed.pk)

        with django_assert_num_queries(2 if kind == "series" else 1):
            feed_text(feed=found, now=NOW, host=HOST)


class TestKhal:
    """A calendar program that has nothing to do with us shows exactly the sessions."""

    def shows(self, folder: Path, text: str, zone: str = "Asia/Shanghai") -> list[str]:
        config, file = folder / "khal.conf", folder / "feed.ics"
        (folder / "calendar").mkdir()
        config.write_text(CONFIG.format(folder=folder, zone=zone), encoding="utf-8")
        file.write_text(text, encoding="utf-8", newline="")
        self.khal(folder, "import", "--batch", "-a", "linke", str(file))
        form = "{start-date} {start-time} {status}{title}"
        listed = self.khal(folder, "list", "--day-format", "", "--format", form, "2026-09-01", "2027-02-01")
        return sorted(line.strip() for line in listed.splitlines() if line.strip())

    def khal(self, folder: Path, *arguments: str) -> str:
        command = [str(KHAL), "--no-color", "-c", str(folder / "khal.conf"), *arguments]
        home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **home}, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def changed(self) -> Series:
        """A class with a holiday, a make-up day, one session called off and one moved."""
        programme = Programme.objects.get(name="四点半课堂")
        series = term_of(name="四点半课堂", kind="child", weekdays=range(5), programme=programme, room=make.room())
        first, second = series.sessions.order_by("on_date")[:2]
        actions.cancel_session(session=first, reason="暴雨", now=NOW)
        Session.objects.filter(pk=second.pk).update(
            on_date=date(2026, 9, 5), starts_at=make.at("2026-09-05", "09:00"), ends_at=make.at("2026-09-05", "11:00")
        )
        return series

    @pytest.mark.parametrize("kind", ["series", "room", "community"])
    def test_shows_exactly_the_sessions(self, tmp_path, kind):
        series = self.changed()
        text = text_of(**{kind: getattr(series, kind, series)})

        shown = self.shows(tmp_path, text.replace("\r\n", "\n").replace("\n", "\r\n"))

        assert [line[:16] for line in shown] == sorted(f"{start:%Y-%m-%d %H:%M}" for start in real())
        assert [line for line in shown if "停课" in line] == [shown[0]]
        assert "停课：四点半课堂" in shown[0]

    def test_a_computer_in_another_zone_shows_the_same_moments(self, tmp_path):
        series = self.changed()

        shown = self.shows(tmp_path, text_of(series=series), zone="Europe/Berlin")

        berlin = ZoneInfo("Europe/Berlin")  # its summer time ends in between
        starts = [session.starts_at.astimezone(berlin) for session in series.sessions.all()]
        assert [line[:16] for line in shown] == sorted(f"{start:%Y-%m-%d %H:%M}" for start in starts)
        assert {line[11:16] for line in shown} == {"03:00", "09:30", "10:30"}


class TestAddress:
    def test_is_made_once_and_closed_for_good(self, client):
        series = term_of(weekdays=(5,))
        feed = feeds.open_feed(of=series, now=NOW, actor=None)
        address = reverse("public:feed", args=[feed.token])

        answer = client.get(address)

        assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert feeds.open_feed(of=series, now=NOW, actor=None) == feed
        feeds.close_feed(feed=feed, now=NOW, actor=None)
        assert client.get(address).status_code == 404
        assert feeds.open_feed(of=series, now=NOW, actor=None).token != feed.token

    def test_a_guessed_address_is_not_there(self, client):
        assert client.get(reverse("public:feed", args=["x" * 22])).status_code == 404

    def test_holds_no_names_of_people(self, client):
        series = term_of(weekdays=(5,), name="长者班")
        who = make.volunteer("单雄信")
        make.assignment(series.sessions.first().shifts.first(), who)
        actions.enrol(learner=make.learner("王秀英"), series=series, weekdays=[], now=NOW)

        text = text_of(community=series.community)

        assert not {"单雄信", "王秀英", who.mobile} & set(re.findall(r"\w+", text))

    def test_organisers_give_and_take_back_on_the_page(self, client):
        series = term_of(weekdays=(5,))
        client.force_login(make.user())

        page = client.post(reverse("desk:feed-open", args=["series", series.pk]), follow=True).content.decode()

        feed = Feed.objects.get()
        assert f"/feeds/{feed.token}.ics" in page
        client.post(reverse("desk:feed-close", args=[feed.pk]))
        assert Feed.objects.get().closed_at

    def test_whoever_may_only_look_gives_none(self, client):
        series = term_of(weekdays=(5,))
        client.force_login(make.user(role="viewer"))

        assert client.get(reverse("desk:feeds")).status_code == 200
        assert client.post(reverse("desk:feed-open", args=["series", series.pk])).status_code == 403


def test_two_at_once_give_one_address(together):
    series = make.series()

    made = together(4, lambda _: feeds.open_feed(of=series, now=NOW, actor=None).token)

    assert len(set(made)) == Feed.objects.count() == 1
