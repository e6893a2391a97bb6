"""Finding people: characters, pinyin, initials and the tail of a phone, by an index, on both databases."""

import pytest
from django.db import connection

from classes.queries import learners
from people import names
from people import queries as people
from people.actions import change_contact, create_person
from people.models import Person
from tests import make
from volunteers.queries import people as volunteers

SURNAMES = [
    ("单明", "shanming", "sm"),
    ("解明", "xieming", "xm"),
    ("仇明", "qiuming", "qm"),
    ("查明", "zhaming", "zm"),
    ("区明", "ouming", "om"),
    ("翟明", "zhaiming", "zm"),
    ("覃明", "qinming", "qm"),
    ("朴明", "piaoming", "pm"),
    ("曾明", "zengming", "zm"),
    ("盖明", "geming", "gm"),
    ("阚明", "kanming", "km"),
    ("卜明", "buming", "bm"),
    ("长孙明", "zhangsunming", "zsm"),
    ("尉迟明", "yuchiming", "ycm"),
    ("万俟明", "moqiming", "mqm"),
    ("单于明", "chanyuming", "cym"),
    ("欧阳明", "ouyangming", "oym"),
]


@pytest.mark.parametrize(("name", "pinyin", "initials"), SURNAMES)
def test_surnames_are_read_as_surnames(name, pinyin, initials):
    found = names.words(name)

    assert pinyin in found
    assert initials in found


def test_sorts_by_the_surname_as_it_is_read():
    assert sorted(["单明", "曾明", "长孙明", "陈明"], key=names.key) == ["陈明", "单明", "曾明", "长孙明"]


@pytest.mark.django_db
class TestFinding:
    @pytest.mark.parametrize(
        "q",
        [
            "王秀英",
            "秀英",
            "英",
            "wangxiuying",
            "wangx",
            "xiuying",
            "wxy",
            "wang xiu",
            "WXY",
            "16000012345",
            "1600001",
            "12345",
            "2345",
            "345",
            "王 2345",
        ],
    )
    def test_finds_by_whatever_is_typed(self, q):
        wanted = create_person(name="王秀英", phone="16000012345")
        create_person(name="赵建国", phone="16000023456")

        assert self.found(q) == [wanted]

    def test_an_umlaut_is_typed_as_v_or_u(self):
        wanted = create_person(name="吕红")

        assert self.found("lvhong") == self.found("luhong") == [wanted]

    def test_the_middle_of_a_number_finds_nobody(self):
        create_person(name="王秀英", phone="16000012345")

        assert self.found("0123") == []

    def test_a_landline_is_found_with_and_without_its_dash(self):
        wanted = create_person(name="王秀英", phone="029-80000022")

        assert self.found("029-80000022") == self.found("02980000022") == self.found("0022") == [wanted]

    def test_signs_of_a_pattern_are_only_signs(self):
        create_person(name="王秀英", phone="16000012345")

        assert [self.found(q) for q in ("%", "_", "*2345x", "王%")] == [[], [], [], []]

    def test_words_follow_a_change(self):
        person = create_person(name="王秀英", phone="16000012345")

        change_contact(person=person, name="单秀英", phone="16000019999")

        assert self.found("shanxiu") == self.found("9999") == [person]
        assert self.found("wangxiu") == self.found("2345") == []

    def test_an_index_answers(self):
        for number in range(400):
            create_person(name="王秀英", phone=f"1600002{number:04d}")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

        plan = Person.objects.filter(people.found_by("zh", "pk"))

        assert "people_personword_word" in plan.explain()

    def found(self, q: str) -> list[Person]:
        rows = Person.objects.all()
        for word in people.typed(q):
            rows = rows.filter(people.found_by(word, "pk"))
        return list(rows)


@pytest.mark.django_db
class TestBothLists:
    def test_a_volunteer_by_name_number_and_organisation(self):
        wanted = make.volunteer("单晓", "16000014321")
        make.volunteer("高翔")

        for q in ("shanx", "sx", "4321", "晓"):
            rows = volunteers.listed(
                community=make.community(), filters=volunteers.Filters(q=q), now=make.at("2026-09-10")
            )
            assert list(rows) == [wanted], q

    def test_a_child_by_a_guardian(self):
        child = make.learner("李沐辰", kind="child")
        make.learner("张一诺", kind="child")
        child.guardians.create(person=make.person("解敏", "16000017777"))

        for q in ("limuc", "lmc", "xiemin", "7777", "李 7777"):
            filters = learners.Filters(kind="child", q=q)
            assert list(learners.learners(community=make.community(), filters=filters)) == [child], q
