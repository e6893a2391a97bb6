"""A notice from a file, a notice taken back, and the school year that the product knows of."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from classes import notices
from classes.actions import days
from classes.actions.notices import FIELDS, NotToUndo, undo_import
from classes.forms.days import NO_TEXT
from classes.models import CalendarDay, NoticeImport, SchoolTerm
from classes.seeds import school_year, seed_reference
from people.models import AuditEntry
from tests import make
from tests.classes.test_days import OF_2027
from volunteers.models import Absence, Organisation

pytestmark = pytest.mark.django_db
NOW = make.at("2026-11-26", "10:00")


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


def bring_in(now=NOW, text: str = OF_2027) -> NoticeImport:
    days.import_year(notice=notices.read(text), source="通知", now=now, actor=None)
    return NoticeImport.objects.first()


def calendar() -> set[tuple]:
    return set(CalendarDay.objects.values_list("date", "community", *FIELDS))


def text(response) -> str:
    return response.content.decode()


class TestUndo:
    def test_every_day_is_what_it_was(self):
        before = calendar()
        record = bring_in()
        assert calendar() != before

        undo_import(record=record, now=NOW + timedelta(hours=23), actor=None)

        assert calendar() == before
        assert AuditEntry.objects.filter(verb="撤销了放假通知").count() == 1

    def test_what_somebody_changed_since_stays(self):
        before = calendar()
        record = bring_in()
        days.set_day(said=days.DaySaid(date(2027, 5, 4), "closed", "停电"), now=NOW, actor=None)

        undo_import(record=record, now=NOW, actor=None)

        kept = CalendarDay.objects.get(date="2027-05-04")
        assert (kept.day_type, kept.name) == ("closed", "停电")
        assert {row for row in calendar() if row[0] != kept.date} == {row for row in before if row[0] != kept.date}

    @pytest.mark.parametrize("reason", ["again", "late", "followed"])
    def test_not_twice_nor_late_nor_under_another(self, reason):
        record = bring_in()
        if reason == "again":
            undo_import(record=record, now=NOW, actor=None)
        if reason == "followed":
            bring_in(NOW + timedelta(hours=1))
        after = calendar()

        with pytest.raises(NotToUndo):
            undo_import(record=record, now=NOW + timedelta(hours=25 if reason == "late" else 2), actor=None)

        assert calendar() == after

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_undo_once(self, together):
        before, record = calendar(), bring_in()

        done = together(3, lambda _: undo_import(record=record, now=NOW, actor=None))

        assert sum(isinstance(one, int) for one in done) == 1
        assert calendar() == before

    def test_by_the_button_and_by_api(self, desk):
        before = calendar()
        page = desk.post(reverse("desk:notice"), {"text": OF_2027, "apply": "1"}, follow=True)
        assert "撤销导入" in text(page)
        told = desk.get(f"/api/v1/calendar/years/2027?community={make.community().pk}").json()["imported"]
        assert told["id"] == NoticeImport.objects.get().pk

        page = desk.post(reverse("desk:notice-undo", args=[told["id"]]), follow=True)

        assert "回到导入以前的样子" in text(page) and "撤销导入" not in text(page)
        assert calendar() == before
        again = desk.post(f"/api/v1/calendar/notice/{told['id']}/undo")
        assert again.status_code == 409
        page = desk.post(reverse("desk:notice-undo", args=[told["id"]]), follow=True)
        assert again.json()["detail"] in text(page)


class TestFile:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_is_shown_in_the_box_and_brought_in_from_there(self, desk, encoding):
        file = SimpleUploadedFile("通知.txt", OF_2027.encode(encoding))

        looked = desk.post(reverse("desk:notice"), {"text": "", "file": file})

        assert looked.status_code == 200
        assert "读出 2027 年的" in text(looked)
        assert looked.context["form"]["text"].value() == OF_2027
        assert not NoticeImport.objects.exists()

    def test_json_of_the_state_council_kind(self, desk):
        said = '{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}'

        looked = desk.post(reverse("desk:notice"), {"file": SimpleUploadedFile("2027.json", said.encode())})

        assert "读出 2027 年的 1 天" in text(looked)

    @pytest.mark.parametrize(
        "content", [b"PK\x03\x04 word", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 doc", b" ", b"x" * 300_000]
    )
    def test_what_holds_no_text_is_refused_and_the_box_stays(self, desk, content):
        said = {"text": "元旦", "year": "2027", "file": SimpleUploadedFile("通知.docx", content)}

        page = desk.post(reverse("desk:notice"), said)

        assert page.status_code == 422
        assert NO_TEXT in text(page) and ">\n元旦</textarea>" in text(page)


class TestSchoolYear:
    def test_is_filled_in_with_what_is_published_and_what_is_guessed(self, desk):
        page = desk.post(f"{reverse('desk:school-year')}?year=2026", follow=True)

        assert "填上了 12 段" in text(page)
        winter = SchoolTerm.objects.get(level="primary", kind="winter", starts_on="2026-02-02")
        assert (winter.ends_on, winter.status) == (date(2026, 3, 4), "official")
        assert SchoolTerm.objects.get(level="senior", starts_on="2026-02-09").status == "predicted"
        desk.post(f"{reverse('desk:school-year')}?year=2026")
        assert SchoolTerm.objects.count() == 12

    def test_what_somebody_wrote_stays(self, desk):
        said = {"level": "primary", "kind": "winter", "starts_on": date(2026, 1, 30), "ends_on": date(2026, 3, 1)}
        days.set_school_term(**said, official=True, now=NOW, actor=None)

        added = desk.post("/api/v1/calendar/years/2026/school-terms").json()

        assert not [part for part in added if part["level"] == "primary" and part["kind"] == "winter"]
        assert SchoolTerm.objects.filter(level="primary", kind="winter").count() == 1

    def test_each_level_is_in_one_part_at_a_time_without_a_hole(self):
        for level in ("primary", "junior", "senior"):
            parts = [row for row in school_year() if row["level"] == level]
            assert [row["starts_on"] for row in parts[1:]] == [row["ends_on"] + timedelta(days=1) for row in parts[:-1]]


def test_the_calendar_shows_when_an_organisation_cannot_come(desk):
    club = Organisation.objects.create(name="大学青协")
    year = timezone.localdate().year
    Absence.objects.create(organisation=club, kind="exam", starts_on=date(year, 1, 4), ends_on=date(year, 1, 8))

    assert "大学青协考试周" in text(desk.get(f"{reverse('desk:calendar')}?year={year}"))
    assert "大学青协考试周" not in text(desk.get(f"{reverse('desk:calendar')}?year={year + 1}"))
