"""The calendar, terms, classes and sessions by API: the same forms and actions as the pages, the same refusals."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from classes.models import CalendarDay, DayQuestion, SchoolTerm, Series, Session
from people.models import AuditEntry
from tests import make

pytestmark = pytest.mark.django_db
NOTICE = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。"


@pytest.fixture
def api(client):
    """Calls as an organiser: api.get("/rooms?community=1")."""
    return caller(client, make.user())


def caller(client, user):
    """A client of the API."""
    client.force_login(user)

    class Caller:
        def __getattr__(self, method):
            def call(address, body=None, **more):
                data = {"data": body, "content_type": "application/json"} if body is not None else {}
                return getattr(client, method)(f"/api/v1{address}", **data, **more)

            return call

    return Caller()


def queries_of(api, address: str) -> int:
    """How many queries a call takes."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert api.get(address).status_code == 200
    return len(caught)


class TestCalendar:
    """Days, notices, school terms."""

    def test_a_closure_is_written_and_taken_back(self, api):
        here = make.community()

        made = api.post(
            "/calendar/days", {"community": here.pk, "date": "2026-11-02", "day_type": "closed", "name": "暴雨"}
        )

        assert made.status_code == 201, made.content
        day = CalendarDay.objects.get()
        assert made.json() == {
            "id": day.pk,
            "date": "2026-11-02",
            "day_type": "closed",
            "name": "暴雨",
            "follows_weekday": None,
            "status": "local",
            "source": "chen手动填写",
            "community": here.pk,
        }
        assert api.get(f"/calendar/years/2026?community={here.pk}").json()["days"] == [made.json()]
        assert AuditEntry.objects.get().verb == "改了日历"

        assert api.delete(f"/calendar/days/{day.pk}").status_code == 204
        assert not CalendarDay.objects.exists()

    def test_a_notice_is_looked_at_and_then_brought_in(self, api):
        here = make.community()
        body = {"text": NOTICE, "year": 2027}

        looked = api.post("/calendar/notice/preview", body)

        assert looked.status_code == 200, looked.content
        assert [change["verdict"] for change in looked.json()["changes"]] == ["new"] * 3
        assert not CalendarDay.objects.exists()
        assert api.post("/calendar/notice", body).json() == {"year": 2027, "days": 3}
        assert api.get(f"/calendar/years/2027?community={here.pk}").json()["official"] is True

    @pytest.mark.parametrize("address", ["/calendar/notice", "/calendar/notice/preview"])
    def test_a_notice_with_a_fault_says_its_line_and_changes_nothing(self, api, address):
        answer = api.post(address, {"text": NOTICE.replace("周五", "周四"), "year": 2027})

        assert answer.status_code == 422
        assert "第 1 行" in answer.json()["detail"]
        assert not CalendarDay.objects.exists()

    def test_a_make_up_day_follows_a_weekday(self, api):
        day = CalendarDay.objects.create(date=date(2026, 10, 10), day_type="makeup_workday", status="official")

        answer = api.put(f"/calendar/days/{day.pk}/follows", {"follows": 2})

        assert answer.json()["follows_weekday"] == 2
        wrong = api.put(f"/calendar/days/{day.pk}/follows", {"follows": 6})
        assert wrong.status_code == 422
        day.refresh_from_db()
        assert day.follows_weekday == 2

    def test_school_terms_do_not_overlap_and_the_page_says_the_same(self, api, client):
        make.community()
        body = {"level": "primary", "kind": "winter", "starts_on": "2027-01-23", "ends_on": "2027-02-20"}
        first = api.post("/calendar/school-terms", body | {"official": True})
        assert first.status_code == 201, first.content

        again = api.post("/calendar/school-terms", body | {"official": False})

        page = client.post(reverse("desk:school-term-add"), body | {"official": "0"})
        assert (again.status_code, page.status_code) == (422, 422)
        assert again.json()["fields"]["starts_on"][0] in page.content.decode()
        assert api.delete(f"/calendar/school-terms/{first.json()['id']}").status_code == 204
        assert not SchoolTerm.objects.exists()


class TestTerms:
    """Terms, their sessions, the days that ask."""

    def test_a_term_begins_with_the_usual_classes(self, api):
        here = make.community()
        body = {
            "name": "2027春",
            "starts_on": "2027-03-01",
            "ends_on": "2027-07-10",
            "like": "usual",
            "community": here.pk,
        }

        made = api.post("/terms", body)

        assert made.status_code == 201, made.content
        assert len(made.json()["series"]) == 4
        assert made.json()["generated"]["created"] == Session.objects.count() > 100
        again = api.post("/terms", body)
        assert again.status_code == 422
        assert again.json()["fields"] == {"name": ["已经有这个名字的学期，换一个名字。"]}

    def test_generating_twice_changes_nothing(self, api):
        one = make.series(kind="child", weekdays=(0, 1))
        address, body = f"/terms/{one.term_id}/generate", {"community": one.community_id}

        first, second = api.post(address, body).json(), api.post(address, body).json()

        assert first["created"] == second["existing"] > 30
        assert second["created"] == 0

    def test_a_day_that_asks_is_answered_once(self, api):
        CalendarDay.objects.create(date=date(2026, 10, 3), day_type="holiday", name="国庆节", status="official")
        one = make.series()
        api.post(f"/terms/{one.term_id}/generate", {"community": one.community_id})
        address = f"/terms/{one.term_id}/questions?community={one.community_id}"
        asked = api.get(address).json()["items"][0]

        answer = api.post(f"/questions/{asked['id']}", {"answer": "run"})

        assert answer.json()["answer"] == "run", answer.content
        again = api.post(f"/questions/{asked['id']}", {"answer": "skip"})
        assert again.status_code == 409
        assert again.json()["detail"] == "10月3日菜鸟学堂·启蒙已经有人定过了。"
        assert DayQuestion.objects.get().answer == "run"


class TestSeries:
    """Classes."""

    def test_a_class_is_made_and_changed(self, api):
        term, here, kind = make.term(), make.community(), make.programme()
        body = {
            "community": here.pk,
            "term": term.pk,
            "programme": kind.pk,
            "name": "隔周班",
            "weekdays": [2],
            "time": "9:30-11:00",
            "room_name": "智慧教室",
            "capacity": 10,
            "stages": "B",
            "rhythm": "even",
        }

        made = api.post("/series", body)

        assert made.status_code == 201, made.content
        told = made.json()
        assert (told["weekdays"], told["every_weeks"], told["week_offset"]) == ([2], 2, 1)
        changed = api.patch(f"/series/{told['id']}", {"capacity": 12})
        assert changed.json() == told | {"capacity": 12}

    def test_what_is_wrong_is_said_by_field_and_nothing_is_made(self, api):
        body = {
            "community": make.community().pk,
            "term": make.term().pk,
            "programme": make.programme().pk,
            "name": "甲班",
            "weekdays": [9],
            "time": "随便",
            "capacity": 0,
        }

        answer = api.post("/series", body)

        assert answer.status_code == 422
        assert set(answer.json()["fields"]) == {"weekdays", "time", "capacity"}
        assert "名额至少 1 个。" in answer.json()["detail"]
        assert not Series.objects.exists()

    def test_times_are_fixed_once_there_are_sessions(self, api, client):
        one = make.series()
        make.session(of=one)

        answer = api.patch(f"/series/{one.pk}", {"time": "10:00-11:30"})

        assert answer.status_code == 422
        assert "reshape" in answer.json()["fields"]["time"][0]


class TestReading:
    """Lists: filters, pages, queries."""

    def test_sessions_by_filter(self, api):
        one, other = make.series(), make.series("长者班", weekdays=(2,))
        make.session("2026-09-12", of=one)
        make.session("2026-09-19", of=one)
        make.session("2026-09-16", of=other)

        found = api.get(f"/sessions?series={one.pk}&from=2026-09-13").json()

        assert [row["on_date"] for row in found["items"]] == ["2026-09-19"]
        paged = api.get("/sessions?limit=1&offset=1").json()
        assert (paged["count"], [row["on_date"] for row in paged["items"]]) == (3, ["2026-09-16"])

    def test_a_list_takes_as_many_queries_for_three_as_for_one(self, api):
        one = make.series("班一", room=make.room())
        make.session("2026-09-12", of=one)
        addresses = [
            "/sessions",
            "/series",
            "/terms",
            "/programmes",
            "/communities",
            f"/rooms?community={one.community_id}",
        ]
        addresses += ["/lessons", f"/series/{one.pk}/plan", f"/calendar/years/2026?community={one.community_id}"]
        before = {address: queries_of(api, address) for address in addresses}

        for number, name in enumerate(("班二", "班三")):
            more = make.series(name, room=make.room(f"教室{name}"))
            make.session("2026-09-19", of=more)
            make.session(f"2026-09-2{number + 6}", of=one)
            make.community(f"社区{name}")
            make.term(f"2027{name}")
            CalendarDay.objects.create(date=date(2026, 5, 1 + number), day_type="holiday", status="official")

        assert {address: queries_of(api, address) for address in addresses} == before
        assert before["/sessions"] == 4

    def test_what_is_not_there_and_what_is_not_understood(self, api):
        assert api.get("/sessions/987654").json() == {"detail": "没有找到。", "fields": {}}
        wrong = api.get("/sessions?from=gestern&limit=0")
        assert wrong.status_code == 422
        assert wrong.json()["fields"] == {"from": ["日期写成 2026-09-13 这样。"], "limit": ["太小了。"]}
        assert api.post("/terms", "[").status_code == 422
