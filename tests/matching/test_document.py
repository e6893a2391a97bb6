"""Files in and out, the errors that name a path, and the command line."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.matching.small import problem, rich_problem, session, volunteer
from volunteers.matching import document
from volunteers.matching import problem as problems
from volunteers.matching.__main__ import main
from volunteers.matching.answer import Answer, TierValue
from volunteers.matching.check import check
from volunteers.matching.generate import generate
from volunteers.matching.preferences import value
from volunteers.matching.problem import BadDocument, Placement
from volunteers.matching.solve import solve

COMMUNITY = Path(__file__).parent / "fixtures" / "community-1.json"
ROOT = Path(__file__).parent.parent.parent


def test_a_problem_comes_back_as_it_went():
    data = json.loads(COMMUNITY.read_text(encoding="utf-8"))

    assert problems.to_dict(problems.from_dict(data)) == data


@pytest.mark.parametrize("seed", range(5))
def test_optional_fields_survive_the_way_through_json(seed):
    for question in (rich_problem(seed), generate(seed=seed, communities=2, volunteers=20)):
        through = json.loads(json.dumps(problems.to_dict(question)))

        assert problems.from_dict(through) == question


def test_two_adults_is_the_default_for_children_only():
    for programme, expected in (("child", True), ("desk", False)):
        data = problems.to_dict(problem([session(programme=programme, two_adults=expected)], [volunteer()]))

        assert "two_adults" not in data["sessions"][0]
        assert problems.from_dict(data).sessions[0].two_adults is expected


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda data: data.update(format="other/1"), "$.format"),
        (lambda data: data.pop("sessions"), "$.sessions"),
        (lambda data: data["sessions"][3].update(starts_at="soon"), "$.sessions[3].starts_at"),
        (lambda data: data["sessions"][3].update(starts_at="2026-09-07T10:00+08:00"), "$.sessions[3].starts_at"),
        (lambda data: data["sessions"][3].update(ends_at="2020-01-01T10:00"), "$.sessions[3].ends_at"),
        (lambda data: data["sessions"][2].update(programme="yoga"), "$.sessions[2].programme"),
        (lambda data: data["sessions"][2].update(community=99), "$.sessions[2].community"),
        (lambda data: data["sessions"][2].update(minimum=9, wished=2), "$.sessions[2].wished"),
        (lambda data: data["sessions"][2].update(minimum=True), "$.sessions[2].minimum"),
        (lambda data: data["sessions"][2].update(id=0), "$.sessions[2].id"),
        (lambda data: data["volunteers"][5].pop("home"), "$.volunteers[5].home"),
        (lambda data: data["volunteers"][5].update(reach=[0, 7]), "$.volunteers[5].reach[1]"),
        (lambda data: data["volunteers"][5].update(weekday_cost=[0]), "$.volunteers[5].weekday_cost"),
        (lambda data: data["volunteers"][5].update(max_per_week=-1), "$.volunteers[5].max_per_week"),
        (
            lambda data: data["volunteers"][5]["availability"][0].__setitem__(2, "maybe"),
            "$.volunteers[5].availability[0][2]",
        ),
        (
            lambda data: data["volunteers"][5].update(child_clearance_until="2027.9"),
            "$.volunteers[5].child_clearance_until",
        ),
        (lambda data: data["history"].append([999, 1]), "$.history[44][0]"),
        (lambda data: data["locked"].append({"volunteer": 1, "session": 999}), "$.locked[0].session"),
        (lambda data: data["locked"].append({"volunteer": 1, "session": 1, "role": "boss"}), "$.locked[0].role"),
        (lambda data: data["weights"].update(beauty=3), "$.weights.beauty"),
        (lambda data: data["communities"][0].update(x_km="far"), "$.communities[0].x_km"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_error_names_the_path_of_the_wrong_value(change, path):
    data = copy.deepcopy(json.loads(COMMUNITY.read_text(encoding="utf-8")))
    change(data)

    with pytest.raises(BadDocument) as refusal:
        problems.from_dict(data)

    assert refusal.value.path == path
    assert str(refusal.value).startswith(f"{path}: ")


def test_an_answer_comes_back_as_it_went():
    question = generate(seed=2, weeks=1, volunteers=40)
    answer = solve(question)

    data = json.loads(json.dumps(document.to_dict(question, answer)))

    assert data["format"] == "linke-roster-answer/1"
    back = document.from_dict(data, question)
    assert (back.placements, back.value, back.bound) == (answer.placements, answer.value, answer.bound)
    assert back.tiers == answer.tiers
    assert all(one["reasons"] for one in data["placements"])
    assert all(sum(gap["because"].values()) == 40 for gap in data["unfilled"])


class TestCheck:
    def test_finds_a_broken_rule(self):
        question = problem([session()], [volunteer(availability=())])

        plan = (Placement(0, 0, "helper"),)
        (fault,) = check(question, Answer(plan, value(question, plan)))

        assert (fault.rule, fault.session, fault.volunteers) == ("free", 0, (0,))

    def test_finds_a_value_that_is_not_so(self):
        question = problem([session(priority=3)], [volunteer()])

        faults = check(question, Answer((), 1, bound=9_999, proven=True, tiers=(TierValue("unheld", 2),)))

        assert [fault.rule for fault in faults] == ["value", "bound", "value"]

    def test_finds_a_placement_listed_twice(self):
        question = problem([session()], [volunteer()])

        faults = check(question, Answer((Placement(0, 0, "helper"),) * 2, 0))

        assert "repeated" in [fault.rule for fault in faults]


class TestCommandLine:
    def test_solves_checks_explains_and_ranks(self, tmp_path, capsys):
        answer = str(tmp_path / "answer.json")

        assert main(["solve", str(COMMUNITY), "-o", answer, "--seed", "1", "--json"]) == 0
        solved = capsys.readouterr()
        assert json.loads(solved.out)["value"] == 11_442
        assert "value 11442 (proven), 47 of 48 sessions held" in solved.err
        assert main(["check", str(COMMUNITY), answer, "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"fine": True, "broken": []}
        assert main(["explain", str(COMMUNITY), answer, "--json"]) == 0
        assert {gap["session"] for gap in json.loads(capsys.readouterr().out)["gaps"]} >= {10}
        assert main(["rank", str(COMMUNITY), answer, "--session", "10", "--role", "helper", "--json"]) == 0
        assert len(json.loads(capsys.readouterr().out)["candidates"]) == 10

    def test_check_fails_for_a_broken_plan(self, tmp_path, capsys):
        question, answer = tmp_path / "problem.json", tmp_path / "answer.json"
        bad = problem([session()], [volunteer(availability=())])
        question.write_text(json.dumps(problems.to_dict(bad)), encoding="utf-8")
        plan = Answer((Placement(0, 0, "helper"),), 0)
        answer.write_text(json.dumps(document.to_dict(bad, plan)), encoding="utf-8")

        assert main(["check", str(question), str(answer), "--json"]) == 1

        told = capsys.readouterr()
        assert "free" in [fault["rule"] for fault in json.loads(told.out)["broken"]]
        assert "free: session 0" in told.err

    @pytest.mark.parametrize("content", ["{", '{"format": "linke-roster/1"}', "[]"])
    def test_bad_input_is_status_two(self, tmp_path, capsys, content):
        question = tmp_path / "problem.json"
        question.write_text(content, encoding="utf-8")

        assert main(["solve", str(question), "--json"]) == 2

        told = capsys.readouterr()
        assert json.loads(told.out)["error"].startswith("$")
        assert told.err.startswith("$")

    def test_a_missing_file_is_status_two(self, tmp_path):
        assert main(["solve", str(tmp_path / "nowhere.json")]) == 2

    def test_makes_a_problem_that_can_be_solved(self, tmp_path):
        question = str(tmp_path / "made.json")

        assert main(["generate", "-o", question, "--weeks", "1", "--volunteers", "40"]) == 0
        assert main(["solve", question, "-o", str(tmp_path / "answer.json"), "--form", "steps"]) == 0

    def test_needs_no_django_and_prints_one_object(self, tmp_path):
        script = (
            "import runpy, sys\n"
            f"sys.argv = ['matching', 'solve', {str(COMMUNITY)!r}, '--json']\n"
            "try:\n"
            "    runpy.run_module('volunteers.matching', run_name='__main__')\n"
            "except SystemExit as end:\n"
            "    assert end.code == 0, end.code\n"
            "assert not [name for name in sys.modules if name.split('.')[0] in ('django', 'ortools')]\n"
        )

        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["format"] == "linke-roster-answer/1"


def test_the_solver_is_not_loaded_before_it_solves():
    script = (
        "import sys, volunteers.matching.solve, volunteers.matching.explain, volunteers.matching.rank\n"
        "assert 'highspy' not in sys.modules and 'django' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
