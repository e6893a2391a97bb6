"""What becomes of single rows: who is the same, what is asked, what is put right, what undo leaves."""

from datetime import date, timedelta

import pytest

from classes.actions import enrol, venues
from classes.models import Enrolment, Learner, Programme, Room, Series
from classes.seeds import seed_reference
from people.models import Person, PersonNote
from tests import make
from tests.volunteers.imports import NOW, bring, preview, state, table, verdicts
from volunteers import intake
from volunteers.models import Assignment, ImportBatch, Organisation, Volunteer

pytestmark = pytest.mark.django_db

VOLUNTEERS = "姓名,手机号,出生年月,单位,有空的时间,愿意参加"
SENIORS = "姓名,年龄,网格,联系电话,会到什么程度,想学什么"
TIMETABLE = ("课程,星期,时间,教室,人数,讲师,助教", "菜鸟学堂·启蒙,周六,9:30-11:00,智慧教室,12,1,4")


def volunteers(*lines: str, **options) -> tuple[str, bytes]:
    """A volunteers' form with these lines."""
    return table(VOLUNTEERS, *lines, **options)


def seniors(*lines: str) -> tuple[str, bytes]:
    """A learners' list with these lines."""
    return table(SENIORS, *lines, name="学员.csv")


def only_row(batch: ImportBatch):
    """The one row of an import."""
    return batch.rows.get()


class TestReading:
    def test_other_headings_in_another_order(self):
        bring(
            table(
                "所属团队,联系方式,姓 名,什么时候能来,能教什么,一周最多来几次",
                "青帆社,160 0000 1111,周 远,周六全天,拍照,2",
                name="别处的表.csv",
            )
        )

        who = Volunteer.objects.get()

        assert (str(who), who.mobile, who.max_per_week, str(who.organisation)) == ("周远", "16000001111", 2, "青帆社")
        assert [(free.weekday, f"{free.starts:%H:%M}") for free in who.availability.all()] == [(5, "08:00")]

    def test_a_file_in_gb18030(self):
        bring(volunteers("单雄信,16000001111,1990-5,青帆社,周六上午,菜鸟学堂", encoding="gb18030"))

        assert str(Volunteer.objects.get()) == "单雄信"

    def test_a_table_pasted_from_a_workbook(self):
        text = "姓名\t手机号\t有空的时间\n周远\t16000001111\t周六上午"

        batch = bring(text=text)

        assert only_row(batch).file == "粘贴的内容"
        assert str(Volunteer.objects.get()) == "周远"

    def test_two_files_of_one_name_stay_apart(self):
        batch = bring(
            volunteers("周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂"),
            table("联系方式,姓名,什么时候能来", "16000002222,何晓琳,周日下午"),
        )

        assert verdicts(batch) == {"new": 2}
        assert len(set(batch.rows.values_list("file", flat=True))) == 2

    def test_a_file_that_cannot_be_read_is_listed_and_the_others_go_in(self):
        batch = bring(
            ("照片.xlsx", b"PK\x03\x04broken"), volunteers("周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂")
        )

        assert verdicts(batch) == {"new": 1}
        assert [one["file"] for one in batch.files if one["error"]] == ["照片.xlsx"]

    def test_nothing_to_read_is_refused_with_a_sentence_and_makes_no_term(self):
        before = state()

        with pytest.raises(intake.NothingToRead, match="。"):
            preview(("照片.xlsx", b"PK\x03\x04broken"))

        assert state() == before

    def test_what_is_not_understood_stays_as_a_note(self):
        bring(table(VOLUNTEERS + ",微信昵称", "周远,16000001111,1990-5,青帆社,看情况,菜鸟学堂,小远"))

        notes = PersonNote.objects.filter(person__volunteer__isnull=False)

        assert "微信昵称：小远" in set(notes.values_list("text", flat=True))
        assert any("看情况" in note.text for note in notes)


class TestPlaces:
    @pytest.mark.parametrize(
        ("name", "span"),
        [
            ("2026秋", ("2026-09-01", "2027-01-22")),
            ("2027春", ("2027-02-22", "2027-07-09")),
            ("2026年秋季学期", ("2026-09-01", "2027-01-22")),
        ],
    )
    def test_a_term_is_made_from_its_name(self, name, span):
        term = intake.term_named(name)

        assert (term.starts_on.isoformat(), term.ends_on.isoformat()) == span

    def test_the_title_of_a_file_knows_better(self):
        timetable = table("课程表(2026.9.7—2027.1.15),,,,,,", *TIMETABLE, name="课表.csv")

        term = intake.term_named("2026秋", files=[timetable])

        assert (term.starts_on.isoformat(), term.ends_on.isoformat()) == ("2026-09-07", "2027-01-15")

    def test_a_name_that_says_nothing_is_refused(self):
        with pytest.raises(intake.TermUnknown, match="2026秋"):
            intake.term_named("下学期")

    def test_known_ones_are_used(self):
        place, term = make.community(), make.term()

        batch = preview(volunteers("周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂"))

        assert (batch.community, batch.term) == (place, term)


class TestSamePerson:
    def test_same_mobile_and_name_is_merged_and_fills_what_was_empty(self):
        known = make.volunteer("周远", phone="16000001111", max_per_week=None)

        batch = bring(table(VOLUNTEERS + ",每周最多几次", "周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂,2"))

        known.refresh_from_db()
        assert verdicts(batch) == {"same": 1}
        assert known.max_per_week == 2
        assert known.availability.count() == 1

    def test_same_name_and_birth_with_another_mobile_is_asked(self):
        make.volunteer("周远", phone="16000001111", born=(1990, 5, 1))

        batch = preview(volunteers("周远,16000002222,1990-5,青帆社,周六上午,菜鸟学堂"))

        assert only_row(batch).verdict == "probably"
        assert "尾号 1111" in only_row(batch).why

    @pytest.mark.parametrize(("decision", "people"), [("same", 1), ("new", 2), ("skip", 1), ("", 1)])
    def test_an_answer_settles_it(self, decision, people):
        make.volunteer("周远", phone="16000001111", born=(1990, 5, 1))
        batch = preview(volunteers("周远,16000002222,1990-5,青帆社,周六上午,菜鸟学堂"))

        intake.decide(row=only_row(batch), decision=decision, now=NOW)
        intake.commit(batch=batch, now=NOW)

        assert Volunteer.objects.count() == people

    def test_a_new_person_needs_a_mobile_of_their_own(self):
        make.volunteer("卢淑珍", phone="16000001111")
        batch = preview(volunteers("卢淑某,16000001111,1990-5,青帆社,周六上午,菜鸟学堂"))

        row = intake.decide(row=only_row(batch), decision="new", now=NOW)
        assert (row.verdict, row.wrong_fields) == ("attention", ["phone"])

        row = intake.fix(row=row, changes={"手机号": "16000002222"}, now=NOW)
        assert row.verdict == "new"

    def test_a_senior_of_the_same_name_in_another_grid_is_somebody_else(self):
        bring(seniors("王秀英,71,01网格,,零基础,微信"))

        batch = bring(seniors("王秀英,71,02网格,,零基础,微信"))

        assert verdicts(batch) == {"new": 1}
        assert "同名还有 1 位" in only_row(batch).why

    def test_a_phone_learned_later_can_be_searched_and_undone(self):
        bring(seniors("王秀英,71,01网格,,零基础,微信"))
        before = state()

        batch = bring(seniors("王秀英,71,01网格,16000004321,零基础,微信"))
        assert "*4321" in Person.objects.get().words.values_list("word", flat=True)

        intake.undo(batch=batch, now=NOW)
        assert state() == before


class TestPuttingRight:
    def test_a_row_put_right_goes_in(self):
        batch = preview(volunteers("周远,1600000111,1990-5,青帆社,周六上午,菜鸟学堂"))
        assert only_row(batch).wrong_fields == ["phone"]

        row = intake.fix(row=only_row(batch), changes={"手机号": "16000001111"}, now=NOW)
        assert row.verdict == "new"

        intake.commit(batch=batch, now=NOW)
        assert Volunteer.objects.get().mobile == "16000001111"

    def test_a_bad_row_never_blocks_a_good_one(self):
        batch = bring(
            volunteers(
                "周远,1600000111,1990-5,青帆社,周六上午,菜鸟学堂",
                "何晓琳,16000002222,1995-5,青帆社,周日下午,菜鸟学堂",
            )
        )

        assert [str(who) for who in Volunteer.objects.all()] == ["何晓琳"]
        assert intake.counts(batch)["needs_attention"] == [
            {"file": "表.csv", "row": 2, "reason": "手机号只有 10 位，手机号要 11 位，请补全。"}
        ]

    def test_putting_one_row_right_settles_others_that_waited_for_it(self):
        chain = "#接龙\n本周六(9月12日)上午9:30 菜鸟学堂·启蒙 助教报名\n1. 周远"
        batch = preview(
            volunteers("周远,1600000111,1990-5,青帆社,周六上午,菜鸟学堂"),
            table(*TIMETABLE, name="课表.csv"),
            text=chain,
        )
        assert batch.rows.get(kind="jielong").verdict == "attention"

        intake.fix(row=batch.rows.get(kind="volunteers"), changes={"手机号": "16000001111"}, now=NOW)

        assert batch.rows.get(kind="jielong").verdict == "new"

    def test_a_row_left_out_leaves_no_trace(self):
        chain = "#接龙\n本周六(9月12日)上午9:30 菜鸟学堂·启蒙 助教报名\n1. 周远"
        make.volunteer("周远", status="paused")
        bring(table(*TIMETABLE, name="课表.csv"))
        before = state()

        batch = bring(text=chain)

        assert verdicts(batch) == {"attention": 1}
        assert state() == before

    def test_a_finished_import_cannot_be_changed_or_carried_out_again(self):
        batch = bring(volunteers("周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂"))

        with pytest.raises(intake.AlreadyDone):
            intake.fix(row=only_row(batch), changes={"姓名": "何晓琳"}, now=NOW)
        with pytest.raises(intake.AlreadyDone):
            intake.commit(batch=batch, now=NOW)
        with pytest.raises(intake.AlreadyDone):
            intake.discard(batch=batch)

        assert Volunteer.objects.count() == 1


class TestFamily:
    @pytest.mark.parametrize(
        ("said", "phone"),
        [("女儿王敏16000000031", "16000000031"), ("儿子王强16000000032", ""), ("16000000031", "16000000031")],
    )
    def test_a_number_is_not_put_beside_another_name(self, said, phone):
        learner = make.learner("王秀英", phone="16000000021", family_name="王敏", family_relation="女儿")

        batch = bring(table("姓名,联系电话,会到什么程度,家属", f"王秀英,16000000021,零基础,{said}", name="学员.csv"))

        learner.refresh_from_db()
        assert (learner.family_name, learner.family_phone) == ("王敏", phone)
        assert ("家人和已有的不一样" in only_row(batch).why) == (not phone)


class TestClasses:
    def test_learners_brought_before_the_timetable_get_places_when_it_comes(self):
        bring(seniors("王秀英,71,01网格,,零基础,微信"))
        before = state()

        batch = bring(table(*TIMETABLE, name="课表.csv"))
        assert Enrolment.objects.get().status == "confirmed"

        intake.undo(batch=batch, now=NOW)
        assert state() == before

    def test_a_session_that_is_full_says_so_with_its_number(self):
        for number in range(3):
            make.volunteer(f"周远{'一二三'[number]}")
        bring(table(TIMETABLE[0], TIMETABLE[1].replace("1,4", "1,2"), name="课表.csv"))

        batch = bring(text="#接龙\n9月12日 9:30 菜鸟学堂·启蒙 助教报名\n1. 周远一\n2. 周远二\n3. 周远三")

        seats = Assignment.objects.count()
        last = batch.rows.get(number=5)
        assert last.why == f"9月12日这一场已经满了（要 {seats} 位），没有再排。"

    def test_classes_go_into_a_programme_that_has_another_name_by_now(self):
        seed_reference(NOW)
        Programme.objects.filter(name="菜鸟学堂").update(name="周末学手机")

        bring(table(*TIMETABLE, name="课表.csv"))

        assert Series.objects.get().programme.name == "周末学手机"

    @pytest.mark.parametrize(("said", "has"), [("投影坏了", []), ("", ["投影"])])
    def test_what_a_room_has_goes_with_the_words_it_was_read_in(self, said, has):
        room = make.room("智慧教室", equipment=said)

        bring(table("教室,楼层,座位,设备", "智慧教室,1,20,投影", name="场地.csv"))

        room.refresh_from_db()
        assert (room.floor, room.has) == (1, has)

    def test_a_room_brought_into_a_venue_that_is_shut_is_shut_too(self):
        shut = {"first": date(2026, 9, 12), "last": date(2026, 9, 12), "reason": "装修", "now": NOW, "actor": None}
        venues.close_venue(venue=make.room("智慧教室").venue, **shut)

        batch = bring(table("教室,楼层,座位,设备", "新教室,1,20,投影", name="场地.csv"))
        assert Room.objects.get(name="新教室").bookings.get().who == "停用：装修"

        intake.undo(batch=batch, now=NOW)
        assert Room.objects.get().bookings.count() == 1

    def test_a_date_without_a_year_belongs_to_the_term(self):
        make.volunteer("周远")
        bring(table(*TIMETABLE, name="课表.csv"))

        bring(text="#接龙\n1月9日 9:30 菜鸟学堂·启蒙 助教报名\n1. 周远")

        assert Assignment.objects.get().session.on_date.isoformat() == "2027-01-09"


class TestUndo:
    def line(self, name: str = "周远", phone: str = "16000001111") -> tuple[str, bytes]:
        return volunteers(f"{name},{phone},1990-5,青帆社,周六上午,菜鸟学堂")

    def test_is_refused_after_a_day(self):
        batch = bring(self.line())

        with pytest.raises(intake.TooLateToUndo, match="24 小时"):
            intake.undo(batch=batch, now=NOW + timedelta(hours=24, seconds=1))

        assert Volunteer.objects.count() == 1

    def test_works_up_to_the_last_second_and_once(self):
        batch = bring(self.line())

        intake.undo(batch=batch, now=NOW + timedelta(hours=24))

        assert not Volunteer.objects.exists()
        with pytest.raises(intake.AlreadyDone):
            intake.undo(batch=batch, now=NOW)

    def test_a_preview_cannot_be_undone(self):
        with pytest.raises(intake.AlreadyDone):
            intake.undo(batch=preview(self.line()), now=NOW)

    def test_keeps_a_volunteer_who_has_a_place_by_now_and_says_so(self):
        batch = bring(
            volunteers(
                "周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂",
                "何晓琳,16000002222,1995-5,海棠大学,周日下午,菜鸟学堂",
            )
        )
        placed = Volunteer.objects.get(person__name="周远")
        make.assignment(make.shift(), placed)

        batch = intake.undo(batch=batch, now=NOW)

        assert batch.undo_report == ["周远已经排了班，留下了。"]
        assert [str(who) for who in Volunteer.objects.all()] == ["周远"]
        assert placed.availability.exists()
        assert [str(group) for group in Organisation.objects.all()] == ["青帆社"]

    def test_keeps_a_learner_who_was_enrolled_by_hand(self):
        batch = bring(seniors("王秀英,71,01网格,,零基础,微信"))
        enrol(learner=Learner.objects.get(), series=make.series(), now=NOW)

        batch = intake.undo(batch=batch, now=NOW)

        assert batch.undo_report == ["王秀英后来又入了班，留下了。"]
        assert Enrolment.objects.get().status == "confirmed"

    def test_keeps_a_class_that_got_people(self):
        batch = bring(table(*TIMETABLE, name="课表.csv"))
        enrol(learner=make.learner(), series=Series.objects.get(), now=NOW)

        batch = intake.undo(batch=batch, now=NOW)

        assert "“菜鸟学堂·启蒙”已经有人排班或入班，留下了。" in batch.undo_report
        assert Series.objects.get().days.get().taken == 1
        assert Room.objects.exists()

    def test_leaves_what_somebody_changed_by_hand_since(self):
        known = make.volunteer("周远", phone="16000001111", max_per_week=None)
        batch = bring(table(VOLUNTEERS + ",每周最多几次", "周远,16000001111,1990-5,青帆社,周六上午,菜鸟学堂,2"))
        Volunteer.objects.filter(pk=known.pk).update(max_per_week=3)

        intake.undo(batch=batch, now=NOW)

        known.refresh_from_db()
        assert known.max_per_week == 3

    def test_a_place_given_up_in_a_chain_comes_back(self):
        who = make.volunteer("周远")
        bring(table(*TIMETABLE, name="课表.csv"))
        bring(text="#接龙\n9月12日 9:30 菜鸟学堂·启蒙 助教报名\n1. 周远")
        before = state()

        batch = bring(text="#接龙\n9月12日 9:30 菜鸟学堂·启蒙 助教报名\n1. 周远 取消")
        assert who.assignments.get().status == "declined"
        assert who.assignments.get().shift.taken == 0

        intake.undo(batch=batch, now=NOW)
        assert who.assignments.get().status == "accepted"
        assert state() == before
