"""Who sits with whom: the answer is the best of all seatings, breaks no rule, and says why."""

import json
import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.matching.pairings import DAY, RULES, WISHES, best, everything, faults, helper, learner, prices, problem, tiny
from tests.matching.test_bad_input import damage
from volunteers.matching.__main__ import main
from volunteers.matching.highs import minimise
from volunteers.matching.pairing import document, explain, rules, wishes
from volunteers.matching.pairing import problem as problems
from volunteers.matching.pairing.generate import generate
from volunteers.matching.pairing.model import Model
from volunteers.matching.pairing.problem import Pair
from volunteers.matching.pairing.solve import build, solve
from volunteers.matching.reading import BadDocument

PROBLEMS = int(os.environ.get("LINKE_TRUTH", "400")) * 8


def any_seating(chance, question):
    """Pairs at random, a learner twice now and then."""
    if not question.helpers:
        return ()
    found = [
        Pair(one.id, chance.choice(question.helpers).id)
        for one in (*question.learners, *question.learners[:1])
        if chance.random() < 0.7
    ]
    return tuple(dict.fromkeys(found))


def test_the_answer_is_the_best_of_all_seatings():
    for seed in range(PROBLEMS):
        question = tiny(seed)

        answer = solve(question)

        assert answer.proven, seed
        assert not faults(question, answer.pairs), seed
        assert (answer.unseated, answer.value) == (answer.unseated, answer.bound) == best(question), seed
        assert document.check(question, answer) == [], seed


def test_two_readings_judge_every_seating_alike():
    said = {code: Counter() for code in RULES}
    for seed in range(400):
        question, chance = tiny(seed), Random(seed)
        for pairs in (any_seating(chance, question), any_seating(chance, question), solve(question).pairs):
            judged = faults(question, pairs)

            assert {fault.rule for fault in rules.broken(question, pairs)} == judged, (seed, pairs)
            assert wishes.costs(question, pairs) == prices(question, pairs), (seed, pairs)
            for code in RULES:
                said[code][code in judged] += 1
    assert [rule.code for rule in rules.RULES] == list(RULES)
    assert all(min(said[code][True], said[code][False]) >= 10 for code in RULES), said


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.code)
def test_meaning_and_model_of_a_rule_agree(rule):
    verdicts = Counter()
    for seed in range(150):
        question = tiny(seed)
        pairs = any_seating(Random(seed), question)
        model = Model(question)
        rule.screen(model)
        model.open()
        rule.post(model)

        meaning = not rule.broken(question, pairs)

        fits = model.fix(pairs) and (not model.rows or not minimise(model, {}, seconds=10, seed=0).infeasible)
        assert fits == meaning, (seed, pairs)
        verdicts[meaning] += 1
    assert min(verdicts[True], verdicts[False]) >= 3, verdicts


@pytest.mark.parametrize("wish", wishes.TIERS.values(), ids=lambda wish: wish.code)
def test_meaning_and_model_of_a_wish_agree(wish):
    seen = set()
    for seed in range(60):
        question = tiny(seed)
        pairs = solve(question).pairs
        model = build(question)
        assert model.fix(pairs)

        objective, constant = model.objective({wish.code: 1})
        values = minimise(model, {wish.code: 1}, seconds=10, seed=0).values

        assert round(constant + float(objective @ values)) == wish.cost(question, pairs), seed
        seen.add(wish.cost(question, pairs))
    assert len(seen) > 1


def test_every_wish_decides_now_and_then():
    decided = set()
    for seed in range(300):
        question = tiny(seed)
        for wish in WISHES:
            without = replace(question, weights=tuple((k, 0 if k == wish else w) for k, w in question.weights))
            if (
                wish not in decided
                and prices(question, solve(without).pairs)[wish] > dict(solve(question).wishes)[wish]
            ):
                decided.add(wish)
    assert decided == set(WISHES)


def test_the_same_question_has_the_same_answer():
    for seed in range(5):
        question = generate(seed=seed)

        assert solve(question).pairs == solve(question).pairs
        assert generate(seed=seed) == question
        assert problems.from_dict(json.loads(json.dumps(problems.to_dict(question)))) == question


def test_a_child_sits_only_with_an_adult_cleared_on_the_day():
    people = [helper(0), helper(1, minor=True), helper(2, cleared_until=DAY - timedelta(days=1)), helper(3)]
    question = problem([learner(n) for n in range(6)], people, programme="child")

    answer = solve(question)

    assert {pair.helper for pair in answer.pairs} == {0, 3}
    assert answer.unseated == 2
    assert explain.left(question, answer.pairs)[0].text == "1 人未成年，1 人背景查询不在有效期，2 人已经带满"


def test_one_cleared_adult_alone_is_given_no_child():
    question = problem([learner()], [helper(0), helper(1, cleared_until=None)], programme="child")

    answer = solve(question)

    assert answer.pairs == ()
    assert "在场的合格成年人不到两位" in explain.left(question, answer.pairs)[0].text


def test_a_settled_pair_that_breaks_a_rule_is_reported_and_left_out():
    apart, second = Pair(0, 0), Pair(1, 1)
    question = problem([learner(0), learner(1)], [helper(0), helper(1)], apart=(apart,), locked=(apart, second))

    answer = solve(question)

    assert second in answer.pairs
    assert [(conflict.pair, conflict.rule) for conflict in answer.conflicts] == [(apart, "apart")]


def test_who_is_left_alone_hears_how_many_more_people_it_takes_and_it_is_so():
    for seed in range(300):
        question = tiny(seed)
        answer = solve(question)
        ways = {way.kind: way.numbers for way in explain.ways_out(question, answer.pairs)}
        alone = len(question.learners) - len(answer.pairs)
        assert bool(ways) == bool(alone)
        if not alone:
            continue
        for people, enough in ((ways["more"]["people"], True), (ways["more"]["people"] - 1, False)):
            joined = tuple(helper(90 + n) for n in range(people))
            more = replace(question, helpers=(*question.helpers, *joined))
            if question.programme != "child":  # there a second adult may also let the first one in
                assert (solve(more).unseated == 0) == enough, seed
        if "ratio" in ways:
            assert solve(replace(question, ratio=ways["ratio"]["ratio"])).unseated == 0, seed


def test_tables_put_as_many_newcomers_beside_experienced_people_as_the_wish_counts():
    for seed in range(300):
        question = tiny(seed)
        pairs = solve(question).pairs
        row = explain.tables(question, pairs)
        busy = {pair.helper for pair in pairs if question.helper[pair.helper].newcomer}

        assert sorted(row) == sorted(one.id for one in question.helpers)
        alone = len(busy) - len(explain.accompanied(question, pairs))
        assert alone == wishes.TIERS["newcomer"].cost(question, pairs), seed


def test_reasons_name_what_is_met_and_what_is_not():
    asked = learner(phone="小米", dialect=True, needs=("听力弱",), gender_wish="female", familiar=True)
    question = problem([asked], [helper(gender="female", newcomer=True, helps_with=("听力弱",))], last=(Pair(0, 0),))

    found = explain.explain(question, solve(question).pairs)[0].reasons

    assert [(reason.code, reason.label) for reason in found] == [
        ("need", "合适"), ("gender", "合适"), ("face", "熟悉"), ("load", "公平"),
        ("dialect-unmet", "留意"), ("phone-unmet", "留意"), ("newcomer", "留意"),
    ]  # fmt: skip


def test_an_answer_that_is_not_so_is_told_so():
    question = problem([learner(0), learner(1)], [helper(0, capacity=1), helper(1)])
    answer = solve(question)
    wrong = replace(answer, pairs=(Pair(0, 0), Pair(1, 0)), wishes=(("uneven", 2),))

    assert [fault.rule for fault in document.check(question, wrong)] == ["capacity", "value", "value"]


@pytest.mark.parametrize("size", [(0, 0), (3, 0), (0, 3)])
def test_nobody_there_is_no_error(size):
    question = problem([learner(n) for n in range(size[0])], [helper(n) for n in range(size[1])])

    answer = solve(question)

    assert answer.proven
    assert answer.unseated == size[0]
    assert document.to_dict(question, answer)["pairs"] == []


BAD = {
    "$.programme": ("programme", "dance"),
    "$.on": ("on", "soon"),
    "$.ratio": ("ratio", 0),
    "$.learners[0].id": ("learners", [{}]),
    "$.learners[0].priority": ("learners", [{"id": 1, "priority": 0}]),
    "$.learners[0].gender_wish": ("learners", [{"id": 1, "gender_wish": "any"}]),
    "$.learners[1].id": ("learners", [{"id": 1}, {"id": 1}]),
    "$.helpers[0].capacity": ("helpers", [{"id": 1, "capacity": 1.5}]),
    "$.helpers[0].cleared_until": ("helpers", [{"id": 1, "cleared_until": "never"}]),
    "$.helpers": ("helpers", [{"id": n} for n in range(201)]),
    "$.last[0][0]": ("last", [[9, 0]]),
    "$.apart[0]": ("apart", [[0]]),
    "$.weights.needs": ("weights", {"needs": -1}),
    "$.weights.luck": ("weights", {"luck": 1}),
}


@pytest.mark.parametrize("path", BAD)
def test_a_wrong_value_is_named_by_its_path(path, tmp_path, capsys):
    data = problems.to_dict(problem([learner()], [helper()]))
    key, value = BAD[path]
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(data | {key: value}), encoding="utf-8")

    assert main(["pair", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"{path}: ")


def test_damaged_documents_are_refused_or_solved():
    refused = 0
    for seed in range(400):
        data = json.loads(json.dumps(problems.to_dict(tiny(seed))))
        damage(Random(seed), data)
        try:
            question = problems.from_dict(data)
        except BadDocument as error:
            assert error.path.startswith("$")
            refused += 1
        else:
            assert not faults(question, solve(question).pairs) or question.on != DAY
    assert refused > 100


def test_the_command_line_from_a_made_session_to_a_checked_answer(tmp_path, capsys):
    question, answer = str(tmp_path / "problem.json"), str(tmp_path / "answer.json")

    assert main(["pair-generate", "-o", question, "--learners", "12", "--helpers", "3"]) == 0
    assert main(["pair", question, "-o", answer]) == 0
    assert "9 of 12 learners with a helper" in capsys.readouterr().err
    assert main(["pair-check", question, answer]) == 0

    data = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    data["pairs"].append({"learner": data["left"][0]["learner"], "helper": data["pairs"][0]["helper"]})
    (tmp_path / "answer.json").write_text(json.dumps(data), encoding="utf-8")
    assert main(["pair-check", question, answer]) == 1
    assert "capacity" in capsys.readouterr().err


def test_the_second_reading_tries_every_seating():
    question = problem([learner(0), learner(1)], [helper(0), helper(1)])

    assert len(set(everything(question))) == 9
