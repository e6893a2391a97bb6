"""The calendar as people change it: a year's notice, single days, closures, the school year, and their page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from classes import actions, notices
from classes.actions import days
from classes.calendar import Days
from classes.models import CalendarDay, Programme, SchoolTerm, Session
from classes.queries import days as queries
from classes.seeds import seed_reference
from people.models import AuditEntry
from tests import make
from tests.classes.test_notices import OF_2026

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-26", "10:00")
OF_2027 = """关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日至11日放假调休，共7天。2月14日（周日）、2月20日（周六）上班。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日至5日放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日放假。
六、中秋节：9月15日放假。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""


@pytest.fixture(autouse=True)
def reference(db):
    """The calendar every installation starts with: 2027 is a guess."""
    seed_reference(NOW)


@pytest.fixture
def desk(client):
    """A member of staff at the desk of a community."""
    make.community()
    client.force_login(make.user())
    return client


def bring_in(text: str = OF_2027) -> int:
    return days.import_year(notice=notices.read(text), source="通知", now=NOW, actor=None)


def of(day: str) -> CalendarDay | None:
    return CalendarDay.objects.filter(community=None, date=date.fromisoformat(day)).first()


def text(response) -> str:
    return response.content.decode()


class TestImportYear:
    def test_a_guess_becomes_official(self):
        assert Days.between(date(2027, 1, 1), date(2027, 12, 31)).predicted_years() == [2027]

        number = bring_in()

        assert number == CalendarDay.objects.filter(date__year=2027, status="official").count() - 1  # and June 1
        assert Days.between(date(2027, 1, 1), date(2027, 12, 31)).predicted_years() == []
        assert of("2027-02-14").day_type == "makeup_workday"

    def test_what_was_only_guessed_is_gone(self):
        CalendarDay.objects.create(date=date(2027, 3, 1), day_type="holiday", name="猜的", status="predicted")

        bring_in()

        assert of("2027-03-01") is None
        assert (of("2027-06-01").day_type, of("2027-06-01").status) == ("half_day", "official")

    def test_what_was_made_by_hand_stays(self):
        said = days.DaySaid(date=date(2027, 2, 14), day_type="holiday", name="我们另外放假")
        days.set_day(said=said, now=NOW, actor=None)

        bring_in()

        assert (of("2027-02-14").day_type, of("2027-02-14").status) == ("holiday", "local")

    def test_again_it_is_the_same_and_keeps_whose_timetable_is_followed(self):
        bring_in()
        days.set_followed(day=of("2027-02-14"), weekday=3, now=NOW, actor=None)
        before = list(CalendarDay.objects.order_by("date").values_list("date", "day_type", "follows_weekday"))

        bring_in()

        after = list(CalendarDay.objects.order_by("date").values_list("date", "day_type", "follows_weekday"))
        assert after == before

    def test_a_new_year_that_begins_in_the_old_one(self):
        bring_in(OF_2027.replace("1月1日（周五）至3日（周日）放假，共3天", "2026年12月31日至2027年1月3日放假，共4天"))

        assert of("2026-12-31").day_type == "holiday"
        assert of("2026-10-01").day_type == "holiday"

    def test_a_notice_with_faults_changes_nothing(self):
        before = list(CalendarDay.objects.values_list("date", "status"))

        with pytest.raises(days.NotReadable):
            bring_in(OF_2027.replace("周五", "周六"))

        assert list(CalendarDay.objects.values_list("date", "status")) == before

    def test_the_preview_says_what_import_does(self):
        series = make.series(
            "四点半课堂", "child", range(5), term=make.term("2027春", date(2027, 2, 15), date(2027, 5, 31))
        )
        actions.generate_term(term=series.term, now=NOW)
        notice = notices.read(OF_2027)

        preview = days.preview_year(notice=notice, now=NOW)

        verdicts = {change.date: change.verdict for change in preview.changes}
        assert (verdicts[date(2027, 2, 11)], verdicts[date(2027, 5, 5)]) == ("new", "new")
        assert (verdicts[date(2027, 1, 1)], verdicts[date(2027, 4, 5)]) == ("same", "same")
        bring_in()
        assert preview.sessions == len(queries.caught(community=None, now=NOW)) == 1


class TestCaught:
    """Sessions whose day changed after they were made."""

    def made(self, kind="child", weekdays=range(5), name="四点半课堂", **fields):
        programme = Programme.objects.get(name=name)
        series = make.series(name, kind, weekdays, programme=programme, **fields)
        actions.generate_term(term=series.term, now=NOW)
        return series

    def whys(self) -> dict[str, tuple[str, str]]:
        return {f"{one.session.on_date:%m-%d}": (one.rule, one.why) for one in queries.caught(community=None, now=NOW)}

    def test_a_closure_of_one_community(self):
        here = self.made()
        self.made(community=make.community("兴园社区"))
        said = days.DaySaid(date(2026, 12, 1), "closed", "暴雪", community=here.community)

        days.set_day(said=said, now=NOW, actor=None)

        (one,) = queries.caught(community=None, now=NOW)
        assert (one.session.series, one.rule, one.why) == (here, "skip", "原来是工作日，现在是停课（暴雪）")

    def test_a_day_that_is_ordinary_again(self):
        self.made()
        Session.objects.filter(on_date=date(2026, 12, 2)).update(day_type="makeup_workday")

        assert self.whys() == {"12-02": ("run", "原来是调休上班，现在是工作日")}

    def test_a_break_of_schools(self):
        self.made()
        SchoolTerm.objects.create(
            level="primary", kind="winter", starts_on=date(2027, 1, 21), ends_on=date(2027, 2, 21)
        )

        assert self.whys() == {
            "01-21": ("skip", "小学寒假，四点半课堂平时不开"),
            "01-22": ("skip", "小学寒假，四点半课堂平时不开"),
        }

    def test_what_is_over_or_called_off_is_left_alone(self):
        series = self.made()
        series.sessions.filter(on_date=date(2026, 12, 2)).update(status="cancelled")
        for day in (date(2026, 11, 25), date(2026, 12, 2)):
            days.set_day(said=days.DaySaid(day, "closed", "暴雪"), now=NOW, actor=None)

        assert self.whys() == {}

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number(self, number, django_assert_num_queries):
        for at in range(number):
            self.made(kind="senior", weekdays=(at,), name="菜鸟学堂", community=make.community(f"社区{at}"))
        days.set_day(said=days.DaySaid(date(2026, 12, 1), "closed", "暴雪"), now=NOW, actor=None)

        with django_assert_num_queries(3):
            queries.caught(community=None, now=NOW)


class TestSchoolTerms:
    ROW = {"level": "primary", "kind": "winter", "starts_on": date(2027, 1, 23), "ends_on": date(2027, 2, 21)}

    def test_a_second_part_over_the_first_is_refused(self):
        days.set_school_term(**self.ROW, official=True, now=NOW, actor=None)

        with pytest.raises(days.PartsOverlap):
            days.set_school_term(**{**self.ROW, "kind": "term"}, official=True, now=NOW, actor=None)
        assert SchoolTerm.objects.get().status == "official"

    def test_one_that_is_taken_back_leaves_a_trace(self):
        part = days.set_school_term(**self.ROW, official=False, now=NOW, actor=None)

        days.remove_school_term(part=part, now=NOW, actor=None)

        assert not SchoolTerm.objects.exists()
        assert AuditEntry.objects.first().summary == "小学寒假 2027-01-23–2027-02-21"


class TestPage:
    def test_a_guessed_year_says_so(self, desk):
        page = text(desk.get(reverse("desk:calendar"), {"year": 2027}))

        assert "2027 年放假安排还没有导入" in page
        assert "2月5日" in page

    def test_an_official_year_does_not(self, desk):
        page = text(desk.get(reverse("desk:calendar"), {"year": 2026}))

        assert "还没有导入" not in page
        assert "周四 10月1日 – 周三 10月7日" in " ".join(page.split())

    @pytest.mark.parametrize("year", ["", "abc", "99999", "１２"])
    def test_a_year_that_is_none_shows_this_one(self, desk, year):
        assert desk.get(reverse("desk:calendar"), {"year": year}).status_code == 200

    def test_an_empty_year_says_when_the_notice_comes(self, desk):
        assert "这一年还没有放假的日子" in text(desk.get(reverse("desk:calendar"), {"year": 2031}))

    def test_a_day_is_added_and_taken_back(self, desk):
        next_week = timezone.localdate() + timedelta(days=7)
        made = make.session(f"{next_week}")
        Session.objects.update(day_type=Days.between(next_week, next_week).type_of(next_week))
        form = {"date": f"{next_week}", "day_type": "closed", "where": "here", "name": "暴雪停课"}

        page = text(desk.post(reverse("desk:day-add"), form, follow=True))

        day = CalendarDay.objects.get(date=next_week, community=made.community)
        assert (day.status, day.source) == ("local", "chen手动填写")
        assert "1 场排好的课，日子变了，等您定" in page
        desk.post(reverse("desk:day-remove", args=[day.pk]))
        assert not CalendarDay.objects.filter(date=next_week, community=made.community).exists()

    def test_a_day_without_a_date_keeps_what_was_written(self, desk):
        response = desk.post(
            reverse("desk:day-add"), {"date": "", "day_type": "closed", "where": "here", "name": "暴雪"}
        )

        assert (response.status_code, "请写日期。" in text(response), "暴雪" in text(response)) == (422, True, True)

    def test_whose_timetable_is_followed(self, desk):
        day = of("2026-10-10")

        page = text(desk.post(reverse("desk:day-follows", args=[day.pk]), {"follows": "1"}, follow=True))

        assert of("2026-10-10").follows_weekday == 1
        assert of("2026-10-10").status == "official"
        assert "10月10日按周二的课表" in page

    def test_a_make_up_day_that_is_over_asks_nothing(self, desk):
        past, soon = timezone.localdate() - timedelta(days=3), timezone.localdate() + timedelta(days=3)
        made = [
            CalendarDay.objects.update_or_create(
                date=day, community=None, defaults={"day_type": "makeup_workday", "name": "调休", "status": "official"}
            )[0]
            for day in (past, soon)
        ]

        pages = "".join(text(desk.get(reverse("desk:calendar"), {"year": day.year})) for day in (past, soon))

        asked = [reverse("desk:day-follows", args=[one.pk]) in pages for one in made]
        assert asked == [False, True]

    def test_school_terms_are_added_and_an_overlap_is_said(self, desk):
        form = {"level": "primary", "kind": "winter", "starts_on": "2027-01-23", "ends_on": "2027-02-21"}
        form["official"] = "0"
        desk.post(reverse("desk:school-term-add"), form)

        response = desk.post(reverse("desk:school-term-add"), form)

        assert SchoolTerm.objects.get().status == "predicted"
        assert (response.status_code, "重叠了" in text(response)) == (422, True)

    def test_a_notice_is_looked_at_and_then_brought_in(self, desk):
        page = text(desk.post(reverse("desk:notice"), {"text": OF_2027}))
        assert "读出 2027 年的" in page
        assert of("2027-01-02") is None

        page = text(desk.post(reverse("desk:notice"), {"text": OF_2027, "apply": "1"}, follow=True))

        assert of("2027-01-02").status == "official"
        assert "这一年现在是官方的" in page

    def test_days_that_a_part_of_a_notice_leaves_out_are_counted_on_the_button(self, desk):
        part = "\n".join(line for line in OF_2026.splitlines() if not line.startswith("七、"))

        page = text(desk.post(reverse("desk:notice"), {"text": part}))

        gone = CalendarDay.objects.filter(community=None, date__year=2026, name__contains="国庆").count()
        assert gone == 9
        assert f"日历里有 {gone} 天这份通知没写，导入就去掉。" in page
        assert f"天，去掉 {gone} 天" in page
        assert "去掉" not in text(desk.post(reverse("desk:notice"), {"text": OF_2026}))

    def test_a_notice_with_a_fault_is_not_brought_in_and_stays_written(self, desk):
        wrong = OF_2026.replace("1月4日（周日）", "1月4日（周一）")

        response = desk.post(reverse("desk:notice"), {"text": wrong, "apply": "1"})

        assert response.status_code == 422
        assert "第 5 行" in text(response)
        assert "写的是周一，2026年1月4日是周日，请核对。" in text(response)
        assert "一、元旦：1月1日（周四）至3日" in text(response)

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_same_queries_for_any_number_of_days(self, desk, number, django_assert_num_queries):
        for at in range(number):
            days.set_day(said=days.DaySaid(date(2026, 12, 1 + at), "closed", "暴雪"), now=NOW, actor=None)
        desk.get(reverse("desk:calendar"))

        with django_assert_num_queries(9):
            desk.get(reverse("desk:calendar"))


def test_two_who_import_at_once_leave_one_calendar(together):
    seed_reference(NOW)

    found = together(4, lambda _: bring_in())

    assert {type(one) for one in found} <= {int, days.ImportedMeanwhile}
    assert any(isinstance(one, int) for one in found)
    official = CalendarDay.objects.filter(date__year=2027, status="official")
    assert official.count() == max(one for one in found if isinstance(one, int)) + 1
