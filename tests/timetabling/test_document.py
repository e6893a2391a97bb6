"""Files in and out, the errors that name a path, and the command line."""

import copy
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classes.timetabling import document
from classes.timetabling import problem as problems
from classes.timetabling.__main__ import main
from classes.timetabling.answer import Answer, TierValue
from classes.timetabling.check import check
from classes.timetabling.generate import generate
from classes.timetabling.parts import Placement
from classes.timetabling.problem import BadDocument
from classes.timetabling.solve import solve
from tests.timetabling.small import problem, series, tiny_problem

ROOT = Path(__file__).parent.parent.parent
MADE = problems.to_dict(generate(seed=1, volunteers=5))


@pytest.mark.parametrize("seed", range(40))
def test_a_problem_survives_the_way_through_json(seed):
    for question in (tiny_problem(seed), generate(seed=seed, volunteers=3)):
        through = json.loads(json.dumps(problems.to_dict(question)))

        assert problems.from_dict(through) == question


def put(*path_and_value):
    """A change that puts a value at a path of members and places."""
    *path, last, value = path_and_value

    def change(data):
        for key in path:
            data = data[key]
        data[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("format", "other/1"), "$.format"),
        (put("series", None), "$.series"),
        (put("step_minutes", 7), "$.step_minutes"),
        (put("series", 2, "programme", "yoga"), "$.series[2].programme"),
        (put("series", 2, "venues", [99]), "$.series[2].venues[0]"),
        (put("series", 2, "venues", []), "$.series[2].venues"),
        (put("series", 2, "window", []), "$.series[2].window"),
        (put("series", 2, "window", 0, [0, "9:00", "25:00"]), "$.series[2].window[0][2]"),
        (put("series", 2, "window", 0, [7, "09:00", "10:00"]), "$.series[2].window[0][0]"),
        (put("series", 2, "window", 0, [0, "12:00", "10:00"]), "$.series[2].window[0][2]"),
        (put("series", 2, "window", 0, [0, "12:00"]), "$.series[2].window[0]"),
        (put("series", 2, "minutes", 0), "$.series[2].minutes"),
        (put("series", 2, "minutes", 2000), "$.series[2].minutes"),
        (put("series", 2, "sessions_a_week", 8), "$.series[2].sessions_a_week"),
        (put("series", 2, "learners", 0, 10**6), "$.series[2].learners[0]"),
        (put("series", 2, "lead", 99), "$.series[2].lead"),
        (put("series", 2, "id", 1), "$.series[2].id"),
        (put("series", 2, "fixed", [[0, "23:30", 0]]), "$.series[2].fixed[0]"),
        (put("series", 2, "fixed", [[0, "09:00", 77]]), "$.series[2].fixed[0][2]"),
        (put("series", 2, "starts", ["9.30"]), "$.series[2].starts[0]"),
        (put("series", 2, "needs", [{"role": "helper", "places": -1}]), "$.series[2].needs[0].places"),
        (put("series", 2, "needs", [{"role": "a", "places": 1}] * 2), "$.series[2].needs"),
        (put("series", 2, "wishes", [[0, "09:00", "10:00", "much"]]), "$.series[2].wishes[0][3]"),
        (put("series", 2, "step_free", 1), "$.series[2].step_free"),
        (put("rooms", []), "$.rooms"),
        (put("rooms", 0, "venue", 99), "$.rooms[0].venue"),
        (put("rooms", 0, "seats", 0), "$.rooms[0].seats"),
        (put("rooms", 0, "gap_minutes", 9999), "$.rooms[0].gap_minutes"),
        (put("venues", 0, "closed", [9]), "$.venues[0].closed[0]"),
        (put("volunteers", 1, "reach", [4]), "$.volunteers[1].reach[0]"),
        (put("volunteers", 1, "free", 0, "always"), "$.volunteers[1].free[0]"),
        (put("volunteers", 1, "a_week", -1), "$.volunteers[1].a_week"),
        (put("learners", 1, "once_a_day", "yes"), "$.learners[1].once_a_day"),
        (put("travel", {"base_minutes": "far"}), "$.travel.base_minutes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_error_names_the_path_of_the_wrong_value(change, path):
    data = copy.deepcopy(MADE)
    change(data)

    with pytest.raises(BadDocument) as refusal:
        problems.from_dict(data)

    assert refusal.value.path == path


def test_what_would_take_all_memory_is_refused_at_once():
    data = copy.deepcopy(MADE)
    day = [[weekday, "00:00", "24:00"] for weekday in range(7)]
    data |= {"step_minutes": 5, "series": [one | {"window": day} for one in data["series"]]}
    data["rooms"] = [data["rooms"][0] | {"id": number} for number in range(500)]
    began = time.process_time()

    with pytest.raises(BadDocument) as refusal:
        problems.from_dict(data)

    assert refusal.value.path == "$.series"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "change",
    [
        put("series", []),
        put("volunteers", []),
        lambda data: [one.update(sessions_a_week=7) for one in data["series"]],
        lambda data: [one.update(closed=list(range(7))) for one in data["venues"]],
        lambda data: [one.update(fixed=[[0, "09:00", 0]]) for one in data["series"]],
    ],
    ids=["no series", "no volunteers", "every day", "all closed", "all fixed"],
)
def test_a_problem_with_nothing_to_do_has_an_answer_too(change):
    data = copy.deepcopy(MADE)
    change(data)
    question = problems.from_dict(data)

    answer = solve(question)

    assert answer.proven
    assert check(question, answer) == []
    assert document.from_dict(document.to_dict(question, answer), question).placements == answer.placements


def test_an_answer_comes_back_as_it_went():
    question = generate(seed=2, habit=0.5)
    answer = solve(question)

    data = json.loads(json.dumps(document.to_dict(question, answer)))
    back = document.from_dict(data, question)

    assert (back.placements, back.tiers, back.proven) == (answer.placements, answer.tiers, answer.proven)
    assert len(data["series"]) == 12
    assert all(one["reasons"] and one["instead"] for one in data["series"])


class TestCheck:
    def test_finds_a_broken_rule(self):
        question = problem([series()])

        (fault,) = check(question, Answer((Placement(0, 3, 540, 0),), ()))

        assert (fault.rule, fault.series) == ("window", 0)

    def test_finds_numbers_that_are_not_so(self):
        question = problem([series()])
        answer = Answer((), (TierValue("unplaced", 0, 5),))

        assert [fault.rule for fault in check(question, answer)] == ["value", "bound"]

    def test_finds_a_placement_listed_twice(self):
        twice = Answer((Placement(0, 0, 540, 0),) * 2, ())

        assert "repeated" in [fault.rule for fault in check(problem([series()]), twice)]


class TestCommandLine:
    @pytest.fixture
    def made(self, tmp_path):
        question, answer = str(tmp_path / "problem.json"), str(tmp_path / "answer.json")
        assert main(["generate", "-o", question, "--habit", "0.5"]) == 0
        assert main(["solve", question, "-o", answer]) == 0
        return question, answer

    def test_solves_checks_and_explains(self, made, capsys):
        assert main(["solve", made[0]]) == 0
        solved = capsys.readouterr()
        assert "12 of 12 series placed" in solved.err
        assert json.loads(solved.out)["format"] == "linke-timetable-answer/1"
        assert main(["check", *made, "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"fine": True, "broken": []}
        assert main(["explain", *made]) == 0
        assert "位学员里" in capsys.readouterr().out
        assert main(["explain", *made, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["unplaced"] == []

    def test_lists_every_other_time_of_a_series(self, made, capsys):
        capsys.readouterr()
        assert main(["move", *made, "--series", "0", "--json"]) == 0
        options = json.loads(capsys.readouterr().out)["options"]
        assert sum(option["now"] for option in options) == 1
        assert main(["move", *made, "--series", "0"]) == 0
        assert "现在" in capsys.readouterr().out

    def test_forces_a_time(self, made, capsys):
        capsys.readouterr()
        assert main(["move", *made, "--series", "0", "--to", "5/09:30", "--json"]) == 0
        assert set(json.loads(capsys.readouterr().out)) == {"possible", "more"}
        assert main(["move", *made, "--series", "0", "--to", "5/09:30"]) == 0

    @pytest.mark.parametrize("to", ["9/09:30", "5", "5/soon", "soon"])
    def test_a_time_that_is_none_is_bad_input(self, made, capsys, to):
        capsys.readouterr()
        assert main(["move", *made, "--series", "0", "--to", to]) == 2
        assert capsys.readouterr().err.startswith("--to: ")

    def test_an_unknown_series_is_bad_input(self, made, capsys):
        capsys.readouterr()
        assert main(["move", *made, "--series", "99"]) == 2
        assert capsys.readouterr().err == "--series: there is no series with id 99\n"

    def test_writes_variants_beside_each_other(self, tmp_path, capsys):
        question = str(tmp_path / "p.json")
        assert main(["generate", "-o", question]) == 0
        assert main(["solve", question, "-o", str(tmp_path / "a.json"), "--variants", "3", "--give", "0.01"]) == 0
        assert {path.name for path in tmp_path.iterdir()} == {"p.json", "a.json", "a-2.json", "a-3.json"}

    def test_check_fails_for_a_broken_timetable(self, made, tmp_path, capsys):
        data = json.loads(Path(made[1]).read_text(encoding="utf-8"))
        data["placements"][0]["starts"] = "06:00"
        bad = tmp_path / "bad.json"
        bad.write_text(json.dumps(data), encoding="utf-8")
        capsys.readouterr()

        assert main(["check", made[0], str(bad), "--json"]) == 1
        assert "window" in capsys.readouterr().err

    @pytest.mark.parametrize("content", ["", "{", '{"format": "linke-timetable/1"}', "[]", '"' + "[" * 10_000])
    def test_bad_input_is_a_sentence_and_status_two_within_a_second(self, tmp_path, content):
        question = tmp_path / "problem.json"
        question.write_text(content, encoding="utf-8")
        began = time.process_time()

        done = subprocess.run(
            [sys.executable, "-m", "classes.timetabling", "solve", str(question)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 2
        assert done.stderr.startswith("$")
        assert "Traceback" not in done.stderr
        assert time.process_time() - began < 1

    @pytest.mark.parametrize(
        "arguments",
        [["generate", "--habit", "7"], ["generate", "--communities", "999"], ["solve", "nowhere.json"]],
    )
    def test_arguments_that_make_no_sense(self, arguments, capsys):
        assert main(arguments) == 2
        assert "Traceback" not in capsys.readouterr().err

    def test_measures(self, made, capsys):
        capsys.readouterr()
        assert main(["bench", made[0]]) == 0
        assert "| problem | joint | 12 of 12 |" in capsys.readouterr().out
