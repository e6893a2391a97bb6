"""The five files and the chain an organiser keeps, brought in as they are."""

from collections import Counter

from django.test import TestCase

from classes.actions import generate_term
from classes.models import CalendarDay, Enrolment, Learner, Lesson, Programme, Series, Session, Term
from people.models import PersonNote
from tests import make
from tests.volunteers.imports import NOW, bring, preview, samples, state, verdicts
from volunteers import intake
from volunteers.models import Assignment, ImportRow, Volunteer


def reasons(result: dict) -> dict[tuple[str, int], str]:
    """File and row → the sentence."""
    return {(one["file"], one["row"]): one["reason"] for one in result["needs_attention"]}


class PreviewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.batch = preview(*samples())

    def test_says_a_verdict_for_every_row(self):
        assert verdicts(self.batch) == {
            ImportRow.Verdict.NEW: 207,
            ImportRow.Verdict.SAME: 6,
            ImportRow.Verdict.PROBABLY: 1,
            ImportRow.Verdict.ATTENTION: 5,
        }

    def test_asks_about_a_name_miswritten_with_the_same_phone(self):
        row = self.batch.rows.get(kind="volunteers", verdict="probably")

        assert row.fields["name"] == "卢淑某"
        assert "卢淑珍" in row.why
        assert row.matched

    def test_brings_nobody_in(self):
        assert not Volunteer.objects.exists()
        assert not Learner.objects.exists()
        assert not Series.objects.exists()

    def test_adds_the_reference_data_that_is_missing(self):
        assert Programme.objects.count() == 5
        assert Lesson.objects.exists()
        assert CalendarDay.objects.exists()

    def test_is_what_happens_and_undo_brings_back_exactly_the_state_before(self):
        before = state()
        said = list(self.batch.rows.values_list("pk", "verdict", "why"))

        batch = intake.commit(batch=self.batch, now=NOW)

        assert list(batch.rows.values_list("pk", "verdict", "why")) == said
        assert state() != before

        batch = intake.undo(batch=batch, now=NOW)

        assert state() == before
        assert batch.undo_report == []

    def test_undo_takes_the_generated_term_with_it(self):
        before = state()
        batch = intake.commit(batch=self.batch, now=NOW)
        generate_term(term=Term.objects.get(), now=NOW)

        batch = intake.undo(batch=batch, now=NOW)

        assert batch.undo_report == []
        assert state() == before

    def test_undo_leaves_the_learners_of_a_class_that_got_helpers(self):
        batch = intake.commit(batch=self.batch, now=NOW)
        series = Series.objects.get(name="菜鸟学堂·启蒙")
        session = make.session("2026-09-19", of=series)
        make.assignment(make.shift(session), Volunteer.objects.get(person__name="张若曦"))
        seated = Learner.objects.filter(enrolments__series=series).count()

        batch = intake.undo(batch=batch, now=NOW)

        groups = {(one["kind"], one["why"]): len(one["names"]) for one in batch.summary["kept"]}
        assert seated > 0
        assert Learner.objects.count() == Learner.objects.filter(enrolments__series=series).count() == seated
        assert groups["学员", "在已经排了志愿者的班里"] == seated
        assert ["个孩子", 46] in batch.summary["taken"]


class ImportedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.batch = bring(*samples())

    def test_every_row_is_accounted_for(self):
        result = intake.counts(self.batch)

        assert (result["rows"], result["created"], result["merged"]) == (219, 207, 6)
        assert result["rows"] == result["created"] + result["merged"] + len(result["needs_attention"])
        assert reasons(result) == {
            ("志愿者报名表.xlsx", 67): "手机号和卢淑珍的一样，名字不同，像是同一个人。"
            "是同一个人选“合并”，不是就把手机号改对。",
            ("志愿者报名表.xlsx", 68): "手机号只有 7 位，手机号要 11 位，请补全。",
            ("出勤登记.csv", 2): "张若曦 9月5日没有签到也没有签退时间（写着“补签”），请补上至少一个时间。",
            ("接龙.txt", 8): "“许同学”不是全名，请选是哪一位，或写上全名。名单里姓一样的有许志强、许子涵。",
            ("接龙.txt", 11): "写了“改周日”，这一行没有排进去；要去周日就在周排班里安排。",
            ("接龙.txt", 14): "“小太阳🌞”不是全名，请选是哪一位，或写上全名。",
        }

    def test_three_women_of_one_name_stay_three(self):
        same = Learner.objects.filter(person__name="王秀英").select_related("person")

        assert len({learner.person_id for learner in same}) == 3
        assert len({(learner.grid_id, learner.person.birth_year) for learner in same}) == 3

    def test_a_couple_that_shares_a_phone_stays_two(self):
        couple = Learner.objects.filter(person__phone="16000009823").select_related("person")

        assert len({learner.person.name for learner in couple}) == 2
        assert "共用一个电话" in " ".join(self.batch.rows.values_list("why", flat=True))

    def test_a_volunteer_who_filled_in_twice_becomes_one(self):
        row = self.batch.rows.get(kind="volunteers", verdict="same")

        assert Volunteer.objects.filter(person__name="余雅文").count() == 1
        assert row.fields["name"] == "余雅文"
        assert "已经在名单里" in row.why

    def test_a_phone_of_seven_digits_is_refused_with_its_sentence(self):
        row = self.batch.rows.get(file="志愿者报名表.xlsx", number=68)

        assert (row.verdict, row.wrong_fields, row.made) == ("attention", ["phone"], [])
        assert "只有 7 位" in row.why
        assert not Volunteer.objects.filter(mobile__contains="1380000").exists()

    def test_importing_again_makes_nothing_new(self):
        before = state()

        result = intake.counts(bring(*samples()))

        assert (result["created"], result["merged"]) == (0, 213)
        assert state() == before

    def test_undoing_a_second_import_leaves_the_first(self):
        before = state()

        intake.undo(batch=bring(*samples()), now=NOW)

        assert state() == before

    def test_learners_get_classes_that_suit(self):
        places = Counter(Enrolment.objects.values_list("status", flat=True))

        assert places["confirmed"] == self.batch.summary["enrolled"]
        assert sum(places.values()) + len(self.batch.summary["left"]) == Learner.objects.count() == 118

    def test_notes_stay_with_the_person(self):
        notes = PersonNote.objects.filter(person__learner__person__name="赖一诺")

        assert {"哪几天来：看情况提前说", "还没有监护人签字日期，请补签"} <= set(notes.values_list("text", flat=True))
        assert set(notes.values_list("source", flat=True)) == {"四点半课堂报名表.xlsx 第 3 行"}

    def test_every_note_of_a_row_that_went_in_is_kept(self):
        people = ("volunteers", "seniors", "children", "jielong")
        rows = self.batch.rows.filter(kind__in=people).exclude(verdict__in=["attention", "probably"])

        wanted = {note[:500] for row in rows for note in row.notes}

        assert len(wanted) > 20
        assert wanted <= set(PersonNote.objects.values_list("text", flat=True))

    def test_the_chain_seats_those_who_wrote_their_name(self):
        seated = Assignment.objects.filter(source="import", status="accepted").select_related("volunteer__person")

        assert [str(one.volunteer) for one in seated[:3]] == ["张若曦", "秦欣妍", "贾振华"]
        assert {one.session.on_date.isoformat() for one in seated} == {"2026-09-12"}

    def test_the_term_comes_to_ninety_nine_afternoons(self):
        generate_term(term=Term.objects.get(), now=NOW)

        assert Session.objects.filter(series__name="四点半课堂").count() == 99
