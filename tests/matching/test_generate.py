"""Fictional problems: the same each time, of the shape asked for, like the kept files."""

import hashlib
import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from volunteers.matching.__main__ import main
from volunteers.matching.enrich import enrich
from volunteers.matching.generate import generate
from volunteers.matching.problem import from_dict, load, to_dict
from volunteers.matching.solve import build, solve

ROOT = Path(__file__).parent.parent.parent
STREET = ROOT / "bench" / "rosters" / "street-2.json.gz"


def fingerprint(question):
    return hashlib.sha256(json.dumps(to_dict(question), ensure_ascii=False).encode()).hexdigest()


def test_the_same_seed_makes_the_same_bytes_in_another_process(tmp_path):
    here, there = tmp_path / "here.json", tmp_path / "there.json"
    arguments = ["generate", "--seed", "5", "--communities", "2", "--weeks", "1", "--streets", "2", "-o"]

    assert main([*arguments, str(here)]) == 0
    script = [sys.executable, "-m", "volunteers.matching", *arguments, str(there)]
    subprocess.run(script, cwd=ROOT, check=True, capture_output=True)

    assert here.read_bytes() == there.read_bytes()


def test_another_seed_makes_another_problem():
    assert fingerprint(generate(seed=1, weeks=1)) != fingerprint(generate(seed=2, weeks=1))


@pytest.mark.parametrize("seed", range(3))
def test_a_street_looks_like_the_kept_one(seed):
    kept, made = load(STREET), generate(seed=seed, communities=8, volunteers=620)

    def shape(question):
        model = build(question)
        return (
            sum(session.wished for session in question.sessions),
            int((~model.leads).sum()),
            int(model.leads.sum()),
            len(question.history),
            sum(person.newcomer for person in question.volunteers),
        )

    assert len(made.sessions) == len(kept.sessions) == 384
    for name, one, other in zip(("wished", "pairs", "leads", "history", "new"), shape(made), shape(kept), strict=True):
        assert 0.6 < one / other < 1.6, name


@pytest.mark.parametrize("per_place", [0.25, 0.38, 0.6])
def test_tightness_is_volunteers_for_each_place(per_place):
    made = generate(seed=3, communities=4, weeks=4, per_place=per_place)

    places = sum(session.wished for session in made.sessions)
    assert len(made.volunteers) == round(per_place * places)


def test_more_weeks_need_no_more_people():
    two, eight = generate(seed=3, communities=4, weeks=2), generate(seed=3, communities=4, weeks=8)

    assert len(eight.sessions) == 4 * len(two.sessions)
    assert len(eight.volunteers) == len(two.volunteers)


def test_streets_lie_apart_and_few_people_cross():
    made = generate(seed=4, communities=9, streets=3, volunteers=900, weeks=1, crossing=0.1)
    street = {place.id: place.street for place in made.communities}

    assert list(street.values()) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    crossing = [person for person in made.volunteers if len({street[place] for place in person.reach}) > 1]
    mobile = [person for person in made.volunteers if len(person.reach) > 1]
    assert 0.06 < len(crossing) / 900 < 0.14
    assert 0.35 < len(mobile) / 900 < 0.55
    for one in made.communities:
        inside = [made.km(one.id, other.id) for other in made.communities if street[other.id] == street[one.id]]
        assert max(inside) < 3.6


def test_nobody_goes_about_where_nobody_is_mobile():
    made = generate(seed=4, communities=4, volunteers=100, weeks=1, mobile=0)

    assert all(person.reach == (person.home,) for person in made.volunteers)


def test_a_rich_problem_uses_everything_there_is_and_comes_back_from_json():
    made = enrich(generate(seed=6, communities=2, weeks=2, volunteers=150), seed=6)
    kinds = (made, *made.sessions, *made.volunteers)

    used = {
        one.name for part in kinds for one in fields(part) if getattr(part, one.name) not in (None, (), one.default)
    }
    everything = {one.name for part in kinds for one in fields(part)}
    assert everything - used <= {"locked", "previous", "weights"}
    assert from_dict(json.loads(json.dumps(to_dict(made)))) == made


def test_a_rich_problem_is_made_by_the_command_and_solved(tmp_path):
    file = tmp_path / "rich.json"

    assert main(["generate", "--rich", "--weeks", "1", "--seed", "7", "-o", str(file)]) == 0
    assert load(file) == enrich(generate(seed=7, weeks=1), seed=7)
    assert solve(load(file), seconds=60).proven


@pytest.mark.parametrize(
    "arguments",
    [("--communities", "2001"), ("--weeks", "9000"), ("--streets", "2"), ("--per-place", "nan"), ("--mobile", "2")],
)
def test_numbers_that_make_no_problem_are_refused(arguments, capsys):
    assert main(["generate", *arguments]) == 2
    assert capsys.readouterr().err.startswith("generate: expected ")
