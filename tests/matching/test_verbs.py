"""The commands that advise, from a file to a sentence."""

import json

import pytest

from tests.matching.small import problem, session, volunteer
from volunteers.matching import document
from volunteers.matching import problem as problems
from volunteers.matching.__main__ import main
from volunteers.matching.solve import solve


@pytest.fixture
def files(tmp_path):
    """A desk with one of two places filled; the other person has not named the time."""
    people = [volunteer(0, name="周远"), volunteer(1, name="钱薇", availability=())]
    question = problem([session()], people)
    paths = tmp_path / "problem.json", tmp_path / "answer.json"
    for path, data in zip(
        paths, (problems.to_dict(question), document.to_dict(question, solve(question))), strict=True
    ):
        path.write_text(json.dumps(data), encoding="utf-8")
    return [str(path) for path in paths]


def said(capsys, *arguments):
    assert main(arguments) == 0
    return capsys.readouterr().out.splitlines()


def test_ways_out(files, capsys):
    lines = said(capsys, "ways-out", *files, "--session", "0")

    assert lines[0] == "ask: 问钱薇周一 14:00-16:00能不能来，补上 1 个名额"
    assert [line.split(":")[0] for line in lines] == ["ask", "lower", "recruit"]


def test_a_way_out_is_taken_and_the_files_it_leads_to_break_no_rule(files, capsys, tmp_path):
    folder = tmp_path / "taken"
    for number, kind in enumerate(("ask", "lower", "recruit"), 1):
        lines = said(capsys, "ways-out", *files, "--session", "0", "--take", str(number), "--into", str(folder))

        assert [line.split(":")[0] for line in lines] == [kind]
        assert main(["check", str(folder / "problem.json"), str(folder / "answer.json")]) == 0
        answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
        assert answer["unfilled"] == []


@pytest.mark.parametrize("options", [("--take", "9", "--into", "taken"), ("--take", "1")])
def test_a_way_out_that_is_not_there_is_refused(files, capsys, options):
    assert main(["ways-out", *files, "--session", "0", *options]) == 2
    assert "--take: expected a number up to 3, and a folder with --into" in capsys.readouterr().err


def test_recruit(files, capsys):
    assert said(capsys, "recruit", *files) == [
        "缺 1 个名额，请到 1 位就都能补上",
        "9 月 7 日周一下午缺 1 位答疑：再请 1 位周一下午能来、愿意来手机门诊的人，可以补上 1 个名额",
    ]


def test_why_not(files, capsys):
    lines = said(capsys, "why-not", *files, "--volunteer", "1", "--session", "0")

    assert lines == ["钱薇：这个时间没空。整场都有空才安排。"]


def test_fairness(files, capsys):
    assert said(capsys, "fairness", *files) == ["1 人平均 1.0 次，最多 1 次，最少 1 次，基尼系数 0.00"]


def test_tradeoff(files, capsys):
    assert said(capsys, "tradeoff", files[0], "uneven", "strange") == ["1 2: 公平最好"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("ways-out", "--session", "0"),
        ("recruit",),
        ("why-not", "--volunteer", "1", "--session", "0"),
        ("fairness",),
    ],
)
def test_json_is_one_object(files, capsys, arguments):
    verb, *options = arguments

    assert main([verb, *files, *options, "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("ways-out", "--session", "7"), "--session: there is no session with id 7"),
        (("why-not", "--session", "0", "--volunteer", "9"), "--volunteer: there is no volunteer with id 9"),
    ],
)
def test_an_unknown_id_is_named(files, capsys, arguments, complaint):
    verb, *options = arguments

    assert main([verb, *files, *options]) == 2
    assert complaint in capsys.readouterr().err


def test_tiers_that_are_no_neighbours_are_refused(files, capsys):
    assert main(["tradeoff", files[0], "unheld", "wishes"]) == 2
    assert "does not follow" in capsys.readouterr().err
