"""Sessions with further roles beside lead and helper, and the skills they ask for."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.matching.small import at, problem, session, volunteer
from volunteers.matching import document, explain
from volunteers.matching import problem as problems
from volunteers.matching.__main__ import main
from volunteers.matching.preferences import Short
from volunteers.matching.problem import BadDocument, Lock, Placement, Post
from volunteers.matching.rank import rank
from volunteers.matching.repair import repair
from volunteers.matching.rules import broken
from volunteers.matching.solve import solve

GREETER = Post("greeter", 1, 1, 1)
TUTOR = Post("tutor", 0, 2, 2, ("maths",), "数学辅导")
ORDER = ("unheld", "short")


def faults(question, *placements):
    return [fault.rule for fault in broken(question, placements)]


def roles(question):
    return sorted(placement.role for placement in solve(question, tiers=ORDER).placements)


class TestPosts:
    def test_every_role_is_filled(self):
        question = problem(
            [session(posts=(GREETER, TUTOR))], [volunteer(n, skills=(("maths", None),)) for n in range(9)]
        )

        assert roles(question) == ["greeter", "helper", "helper", "tutor", "tutor"]

    def test_a_post_under_its_floor_closes_the_session(self):
        question = problem([session(posts=(GREETER,))], [volunteer(0)])

        assert roles(question) == []
        assert faults(question, Placement(0, 0, "helper")) == ["staffed"]

    def test_one_person_has_one_role(self):
        question = problem([session(posts=(GREETER,))], [volunteer(0)])

        assert "one-place" in faults(question, Placement(0, 0, "helper"), Placement(0, 0, "greeter"))

    def test_a_role_the_session_does_not_have_breaks_the_rule(self):
        question = problem(
            [session(0, posts=(GREETER,)), session(1, starts_at=at(1, 9))], [volunteer(n) for n in (0, 1)]
        )

        plan = Placement(0, 1, "helper"), Placement(1, 1, "greeter")
        assert faults(question, *plan) == ["staffed"]

    def test_a_person_short_in_a_post_costs_as_much_as_a_helper(self):
        question = problem(
            [session(minimum=1, wished=1, posts=(Post("tutor", 0, 3, 3),))], [volunteer(n) for n in range(4)]
        )
        helper = Placement(0, 0, "helper")
        tutors = [Placement(n, 0, "tutor") for n in (1, 2, 3)]

        assert [Short().cost(question, [helper, *tutors[:n]]) for n in (3, 2, 1, 0)] == [0, 2, 5, 8]
        assert Short().cost(question, []) == 3 + 8

    def test_two_cleared_adults_may_have_any_role(self):
        child = session(programme="child", two_adults=True, minimum=0, wished=1, posts=(GREETER,))
        question = problem([child], [volunteer(0), volunteer(1)])

        assert faults(question, Placement(0, 0, "greeter")) == ["two-adults"]
        assert faults(question, Placement(0, 0, "greeter"), Placement(1, 0, "helper")) == []

    def test_a_lock_may_name_a_post_and_without_a_role_any_will_do(self):
        question = problem(
            [session(minimum=0, wished=0, maximum=0, posts=(GREETER,))],
            [volunteer(0), volunteer(1)],
        )
        for role in ("greeter", None):
            locked = replace(question, locked=(Lock(1, 0, role),))

            assert solve(locked).placements == (Placement(1, 0, "greeter"),)


class TestSkills:
    def test_a_post_takes_only_who_has_its_skill(self):
        question = problem([session(posts=(TUTOR,))], [volunteer(0), volunteer(1)])

        assert faults(question, Placement(0, 0, "helper"), Placement(1, 0, "tutor")) == ["skills"]

    def test_a_training_runs_out(self):
        first_aid = session(requires=("first-aid",), minimum=1)
        for until, expected in ((date(2026, 9, 7), []), (date(2026, 9, 6), ["skills"]), (None, [])):
            question = problem([first_aid], [volunteer(skills=(("first-aid", until),))])

            assert faults(question, Placement(0, 0, "helper")) == expected

    def test_what_the_session_requires_everybody_has(self):
        lesson = session(requires=("first-aid",), needs_lead=True, lesson="pay", posts=(GREETER,))
        question = problem([lesson], [volunteer(n, leads=("pay",)) for n in range(4)])

        everybody = [Placement(n, 0, role) for n, role in enumerate(("lead", "helper", "greeter"))]
        assert faults(question, *everybody) == ["skills"] * 3


class TestAroundThePlan:
    def test_an_empty_post_is_told_as_a_gap_of_its_own(self):
        question = problem([session(posts=(TUTOR,))], [volunteer(n) for n in range(3)])

        (gap,) = explain.gaps(question, solve(question, tiers=ORDER))

        assert (gap.role, gap.missing, gap.text) == ("tutor", 2, "数学辅导还缺 2 位，想要 2 位")
        assert {cause.rule: cause.count for cause in gap.because} == {"here": 2, "skills": 1}

    def test_says_why_somebody_fits_and_when_the_training_runs_out(self):
        question = problem([session(posts=(TUTOR,))], [volunteer(skills=(("maths", date(2026, 9, 20)),))])

        (best,) = rank(question, [], 0, "tutor").candidates

        told = {reason.code: reason.text for reason in best.reasons}
        assert told["skill"] == "有“maths”这一项"
        assert told["skill-ends"] == "“maths”9 月 20 日到期，这一场后 13 天"

    def test_ranks_people_for_a_post(self):
        question = problem([session(posts=(TUTOR,))], [volunteer(0), volunteer(1, skills=(("maths", None),))])

        assert [one.volunteer for one in rank(question, [], 0, "tutor").candidates] == [1]
        assert rank(question, [], 0, "tutor").excluded[0].rule == "skills"

    def test_nobody_can_take_a_role_the_session_does_not_have(self):
        found = rank(problem([session()], [volunteer()]), [], 0, "tutor")

        assert found.candidates == ()
        assert [group.rule for group in found.excluded] == ["staffed"]

    def test_repairs_a_post(self):
        able = [volunteer(n, skills=(("maths", None),)) for n in (2, 3)]
        question = problem([session(wished=1, posts=(Post("tutor", 1, 1, 1, ("maths",)),))], [volunteer(0), *able])
        plan = [Placement(0, 0, "helper"), Placement(2, 0, "tutor")]

        assert repair(question, plan, {(2, 0)}).added == (Placement(3, 0, "tutor"),)

    def test_the_command_line_ranks_for_a_post_and_refuses_an_unknown_one(self, tmp_path, capsys):
        question = problem([session(posts=(GREETER,))], [volunteer(0), volunteer(1)])
        plan = document.to_dict(question, solve(question, tiers=ORDER))
        files = [str(tmp_path / name) for name in ("problem.json", "answer.json")]
        for path, data in zip(files, (problems.to_dict(question), plan), strict=True):
            Path(path).write_text(json.dumps(data), encoding="utf-8")

        assert main(["rank", *files, "--session", "0", "--role", "greeter", "--json"]) == 0
        assert main(["rank", *files, "--session", "0", "--role", "boss"]) == 2
        assert "--role: session 0 has no role 'boss'; it has lead, helper, greeter" in capsys.readouterr().err

    def test_comes_back_from_a_document(self):
        question = problem(
            [session(posts=(GREETER, TUTOR), requires=("first-aid",))],
            [volunteer(skills=(("maths", None), ("first-aid", date(2027, 1, 1))))],
            locked=(Lock(0, 0, "tutor"),),
        )

        assert problems.from_dict(problems.to_dict(question)) == question

    @pytest.mark.parametrize(
        ("change", "path", "words"),
        [
            (
                lambda data: data["locked"].append({"volunteer": 0, "session": 0, "role": "tutor"}),
                "$.locked[0].role",
                "session 0 has no role 'tutor'; it has lead, helper, greeter",
            ),
            (
                lambda data: data["sessions"][0]["posts"].append({"role": "helper", "minimum": 0, "wished": 0, "maximum": 0}),
                "$.sessions[0].posts[1].role",
                "is there already",
            ),
            (
                lambda data: data["sessions"][0]["posts"][0].update(minimum=3),
                "$.sessions[0].posts[0].wished",
                "minimum <= wished <= maximum",
            ),
            (
                lambda data: data["volunteers"][0].update(skills=[["maths", "soon"]]),
                "$.volunteers[0].skills[0][1]",
                "expected a date",
            ),
        ],
    )  # fmt: skip
    def test_a_wrong_role_or_skill_is_named(self, change, path, words):
        data = problems.to_dict(problem([session(posts=(GREETER,))], [volunteer()]))
        change(data)

        with pytest.raises(BadDocument, match=words) as refusal:
            problems.from_dict(data)

        assert refusal.value.path == path
