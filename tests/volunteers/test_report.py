"""报表: the month in figures, what stands behind each, the workbook, certificates on the desk and for everybody."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from classes.models import Attendance, Community, Enrolment
from people.models import AuditEntry
from tests import make
from volunteers.actions import attendance, certificates, ledger
from volunteers.models import Certificate, CheckIn, ServiceRecord
from volunteers.queries import report as queries

pytestmark = pytest.mark.django_db
MONTH = make.at("2026-09-01").date()
NOW = make.at("2026-10-05", "10:00")
AFTER = make.at("2026-09-12", "12:00")


@pytest.fixture
def month():
    """September: a senior session with two helpers and three learners, of whom one did not come; a child session open."""
    Community.objects.filter(pk=make.community().pk).update(help_phone="029-80000001", street="春晓街道")
    session = make.session("2026-09-12")
    shift = make.shift(session, needed=4)
    for name in ("周远", "何晓琳"):
        make.assignment(shift, make.volunteer(name))
    learners = [make.learner(name) for name in ("王秀英", "李建国", "张桂兰")]
    for learner in learners:
        Enrolment.objects.create(learner=learner, series=session.series, status="confirmed", created_at=AFTER)
    attendance.mark_learners(session=session, learners=learners[:1], state="absent", now=AFTER, actor=None)
    attendance.all_came(session=session, now=AFTER, actor=None)
    open_one = make.session("2026-09-14", of=make.series("四点半", kind="child", weekdays=(0,)))
    make.assignment(make.shift(open_one, "tutor"), make.volunteer("许晓雨"))
    ledger.post_hours(now=NOW)
    return session


def figures(**more):
    found = queries.report(community=make.community(), month=MONTH, now=NOW, **more)
    return {line.name: line.values[0] for line in found.lines}, found


class TestFigures:
    def test_they_are_counted_as_defined(self, month):
        found, report = figures()

        assert found == {
            "sessions": 1,
            "learner_times": 2,
            "learners": 2,
            "helper_times": 2,
            "helpers": 2,
            "minutes": 180,
            "ratio": 1.0,
            "came": 2 / 3,
            "filled": 0.5,
        }
        assert [one.on_date.day for one in report.open_sessions] == [14]
        assert sum(week["seniors"] for week in report.weeks) == 2

    def test_a_correction_counts_and_the_first_line_stays(self, month):
        record = ServiceRecord.objects.order_by("pk").first()
        ledger.correct(record=record, minutes=60, reason="早走", now=NOW, actor=None)

        assert figures()[0]["minutes"] == 150

    def test_what_is_not_in_the_ledger_is_said_apart(self, month):
        who = make.volunteer("高文静")
        CheckIn.objects.create(
            volunteer=who,
            series=month.series,
            on_date=make.at("2026-09-19").date(),
            arrived_at=make.at("2026-09-19", "09:30"),
            left_at=make.at("2026-09-19", "11:00"),
            changed_at=NOW,
        )

        found, report = figures()

        assert (found["minutes"], report.pending, report.odd) == (180, 90, [])

    def test_times_that_cannot_be_are_listed(self, month):
        CheckIn.objects.create(
            volunteer=make.volunteer("高文静"),
            series=month.series,
            on_date=MONTH,
            arrived_at=make.at("2026-09-01", "06:00"),
            left_at=make.at("2026-09-01", "23:00"),
        )

        assert len(figures()[1].odd) == 1

    def test_another_community_has_its_own(self, month):
        other = make.community("兴园社区")

        found = queries.report(community=other, month=MONTH, now=NOW)

        assert found.is_empty
        assert [(str(place), sums.sessions) for place, sums in found.communities] == [("兴园社区", 0), ("梧桐社区", 1)]

    @pytest.mark.parametrize("name", queries.FIGURES)
    def test_the_rows_behind_add_up_to_the_figure(self, month, name):
        rows = queries.rows(community=make.community(), month=MONTH, name=name)

        value = figures()[0][name]
        if name in ("sessions", "learner_times", "helper_times"):
            assert len(rows) == value
        elif name == "minutes":
            assert sum(row.minutes for row in rows) == value
        elif name in ("learners", "helpers"):
            assert (
                len({getattr(row, f"{name.removesuffix('s').replace('helper', 'volunteer')}_id") for row in rows})
                == value
            )
        else:
            assert rows

    @pytest.mark.parametrize("many", [1, 3])
    def test_the_page_asks_as_often_for_many(self, client, many, django_assert_num_queries):
        client.force_login(make.user())
        for number in range(many):
            session = make.session(f"2026-09-{12 + number}", of=make.series(f"班{number}"))
            make.assignment(make.shift(session), make.volunteer(f"志愿者{number}"))
            attendance.all_came(session=session, now=NOW, actor=None)
            Attendance.objects.create(
                session=session, learner=make.learner(f"学员{number}"), state="present", arrived_at=NOW, marked_at=NOW
            )

        with django_assert_num_queries(14):
            client.get(f"{reverse('desk:report')}?m=2026-09")


def test_the_figures_are_read_by_api(client, month):
    client.force_login(make.user("kan", role="viewer"))

    answer = client.get(f"/api/v1/report?community={make.community().pk}&year=2026&month=9").json()

    read = {figure["name"]: figure["all"] for figure in answer["figures"]}
    assert (read["sessions"], read["minutes"], read["ratio"]) == (1, 180, 1.0)
    assert len(answer["open_sessions"]) == 1
    assert client.get("/api/v1/report?community=1&year=2026&month=13").status_code == 422
    assert client.get("/api/v1/report?community=987654&year=2026&month=9").status_code == 404


class TestPages:
    def test_the_month_says_what_it_says_and_what_is_not_closed(self, client, month):
        client.force_login(make.user())

        page = client.get(f"{reverse('desk:report')}?m=2026-09").content.decode()

        for text in ("2026年9月", "截至", "1 场没点完名", "全到了，结清", "到岗率", "50%"):
            assert text in page, text

    def test_a_month_with_nothing_says_what_will_be_here(self, client):
        make.community()
        client.force_login(make.user())

        assert "这个月还没有数" in client.get(reverse("desk:report")).content.decode()

    @pytest.mark.parametrize("asked", ["x", "2026-13", "0001-01", "9999-12", "2026-9-9"])
    def test_a_month_of_another_age_is_the_latest(self, client, month, asked):
        client.force_login(make.user())

        assert client.get(f"{reverse('desk:report')}?m={asked}").status_code == 200

    def test_one_click_closes_a_session(self, client, month):
        client.force_login(make.user())
        open_one = figures()[1].open_sessions[0]
        make.cleared(open_one.assignments.get().volunteer)

        client.post(reverse("desk:report-close", args=[open_one.pk]))

        assert figures()[1].open_sessions == []

    def test_whoever_may_only_look_sees_figures_and_closes_nothing(self, client, month):
        client.force_login(make.user("kan", role="viewer"))
        page = client.get(f"{reverse('desk:report')}?m=2026-09").content.decode()

        assert "全到了，结清" not in page
        assert client.post(reverse("desk:report-close", args=[month.pk])).status_code == 403

    @pytest.mark.parametrize("name", queries.FIGURES)
    def test_every_figure_opens(self, client, month, name):
        client.force_login(make.user())

        assert client.get(f"{reverse('desk:report-rows', args=[name])}?m=2026-09").status_code == 200
        assert client.get(reverse("desk:report-rows", args=["nonsense"])).status_code == 404

    @pytest.mark.parametrize(("role", "named"), [("organiser", True), ("viewer", False)])
    def test_the_workbook_has_the_figures_and_names_only_for_organisers(self, client, month, role, named):
        client.force_login(make.user(role=role))
        CheckIn.objects.update(note="")

        answer = client.get(f"{reverse('desk:report-xlsx')}?m=2026-09")

        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        cells = {row[0].value: row[1].value for row in book["汇总"].iter_rows()}
        assert (cells["场次"], cells["志愿者人次"], cells["服务时长"]) == (1, 2, 3)
        assert ("志愿者时长" in book.sheetnames) == named
        assert AuditEntry.objects.filter(verb="下载月报").count() == 1

    def test_a_name_that_looks_like_a_formula_stays_a_name(self, client, month):
        client.force_login(make.user())
        person = ServiceRecord.objects.first().volunteer.person
        type(person).objects.filter(pk=person.pk).update(name="=1+1")

        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{reverse('desk:report-xlsx')}?m=2026-09").content))

        cell = next(row[0] for row in book["志愿者时长"].iter_rows() if row[0].value == "=1+1")
        assert cell.data_type == "s"

    def test_hours_are_corrected_with_a_reason(self, client, month):
        client.force_login(make.user())
        record = ServiceRecord.objects.order_by("pk").first()
        page = reverse("desk:record", args=[record.pk])

        assert client.post(page, {"minutes": 60, "reason": ""}).status_code == 422
        assert client.post(page, {"minutes": 9000, "reason": "x"}).status_code == 422
        assert client.post(page, {"minutes": 60, "reason": "提前走了"}).status_code == 302
        assert ServiceRecord.objects.filter(corrects=record).get().minutes == -30
        volunteer = client.get(reverse("desk:volunteer", args=[record.volunteer_id])).content.decode()
        assert "更正过" in volunteer


class TestCertificates:
    def issued(self, month):
        who = ServiceRecord.objects.order_by("pk").first().volunteer
        asked = certificates.request_certificate(volunteer=who, community=make.community(), now=NOW)
        return certificates.issue(certificate=asked, now=NOW, actor=make.user("zhan", role="manager"))

    def check(self, client, number, code, **more):
        return client.post(reverse("public:certificate-check"), {"number": number, "code": code}, **more)

    def test_two_taps_ask_one_click_issues_and_it_prints_the_four_parts(self, client, month):
        who = make.known_phone(client, ServiceRecord.objects.order_by("pk").first().volunteer)
        mine = client.get(reverse("public:me", args=[who.token])).content.decode()
        ask = reverse("public:certificate-ask", args=[who.token])
        assert ask in mine
        client.post(ask, {"community": make.community().pk})
        client.force_login(make.user())
        asked = Certificate.objects.get()

        page = client.post(reverse("desk:certificate-issue", args=[asked.pk]), follow=True).content.decode()

        asked.refresh_from_db()
        for text in (
            "周远",
            f"{who.pk:06d}",
            "证件类型",
            "1.5 小时",
            "菜鸟学堂",
            "春晓街道梧桐社区",
            "029-80000001",
            asked.number,
            asked.code,
        ):
            assert text in page, text
        assert "编号" in client.get(ask).content.decode()

    def test_number_and_code_show_a_masked_name(self, client, month):
        paper = self.issued(month)

        page = self.check(client, paper.number, paper.code.lower()).content.decode()

        assert "这张证明是真的" in page and "周*" in page and "周远" not in page
        assert (
            client.get(f"{reverse('public:certificate-check', args=[paper.number])}?k={paper.code}").status_code == 200
        )

    def test_a_wrong_pair_says_nothing_about_either(self, client, month):
        paper = self.issued(month)

        answers = {
            self.check(client, number, code).content.decode().replace(number, "")
            for number, code in ((paper.number, "AAAAAAAA"), ("2026-999999", paper.code))
        }

        assert len({"不对" in answer for answer in answers}) == 1
        assert self.check(client, paper.number, "AAAAAAAA").status_code == 404

    def test_ten_wrong_codes_close_the_door(self, client, month):
        paper = self.issued(month)
        for _ in range(10):
            self.check(client, paper.number, "AAAAAAAA", REMOTE_ADDR="192.0.2.7")

        assert self.check(client, paper.number, paper.code, REMOTE_ADDR="192.0.2.8").status_code == 429

    def test_a_revoked_one_says_so(self, client, month):
        paper = self.issued(month)
        client.force_login(make.user())

        assert client.post(reverse("desk:certificate", args=[paper.pk]), {"reason": ""}).status_code == 422
        client.post(reverse("desk:certificate", args=[paper.pk]), {"reason": "名字写错"})

        assert "已经作废" in self.check(client, paper.number, paper.code).content.decode()

    def test_a_request_can_be_taken_back_and_refused(self, client, month):
        who = make.known_phone(client, ServiceRecord.objects.order_by("pk").first().volunteer)
        ask = reverse("public:certificate-ask", args=[who.token])
        client.post(ask, {"community": make.community().pk})
        client.post(ask, {"withdraw": Certificate.objects.get().pk})
        client.post(ask, {"community": make.community().pk})
        client.force_login(make.user())

        client.post(reverse("desk:certificate", args=[Certificate.objects.first().pk]), {"reason": "先补资料"})

        assert sorted(Certificate.objects.values_list("status", flat=True)) == ["rejected", "withdrawn"]
        assert "先补资料" in client.get(ask).content.decode()

    def test_nobody_takes_back_the_request_of_somebody_else(self, client, month):
        first, second = ServiceRecord.objects.order_by("pk")[:2]
        certificates.request_certificate(volunteer=first.volunteer, community=make.community(), now=NOW)
        ask = reverse("public:certificate-ask", args=[make.known_phone(client, second.volunteer).token])

        assert client.post(ask, {"withdraw": Certificate.objects.get().pk}).status_code == 404

    def test_the_month_of_today_is_the_default(self, client, month):
        client.force_login(make.user())
        latest = queries.latest_month(community=make.community(), now=NOW)

        assert latest == MONTH
        assert queries.end_of(latest) == make.at("2026-09-30").date()
        assert timezone.localdate(NOW) - latest > timedelta(days=28)
