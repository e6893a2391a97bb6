"""A city street by street: sound whatever happens, bounded from below, the same for the same seed."""

import json
from dataclasses import replace
from random import Random

import pytest

from tests.matching.reading_of_rules import faults, prices
from tests.matching.small import at, problem, rich_problem, session, volunteer
from volunteers.matching import problem as problems
from volunteers.matching.__main__ import main
from volunteers.matching.check import check
from volunteers.matching.city import crew, merging, owners, streets
from volunteers.matching.city.crew import Crew, work
from volunteers.matching.city.shard import finding_dict, finding_from, shard_dict, shard_from
from volunteers.matching.city.streets import City
from volunteers.matching.city.whole import solve_city
from volunteers.matching.document import load
from volunteers.matching.enrich import enrich
from volunteers.matching.generate import generate
from volunteers.matching.problem import Community, Lock, Placement
from volunteers.matching.rules import broken
from volunteers.matching.solve import solve

STREETS = (Community(0, 0, 0, street=0), Community(1, 3, 4, street=1))


def tiny_city(seed):
    """Four sessions in two streets, six people most of whom serve in both; every rule matters somewhere."""
    return replace(rich_problem(seed), communities=STREETS)


def rich_city(seed, *, weeks=1):
    """Four streets of one community, half the people in several, with all that files may leave out."""
    made = enrich(generate(seed=seed, communities=4, weeks=weeks, streets=4, crossing=0.5), seed=seed)
    chance = Random(seed)
    known = solve(made, seconds=0.01).placements
    locked = chance.sample(known, min(8, len(known)))
    return replace(
        made,
        previous=tuple(p for p in known if chance.random() < 0.8),
        locked=tuple(Lock(p.volunteer, p.session) for p in locked),
    )


def judge(question, found):
    """Nothing is broken, and what the answer says of itself is so."""
    answer = found.answer
    assert faults(question, list(answer.placements)) == set()
    assert broken(question, answer.placements) == []
    cost = prices(question, list(answer.placements))
    assert {tier.tier: tier.value for tier in answer.tiers} == cost
    assert answer.value == sum(question.weight[tier] * cost[tier] for tier in cost)
    assert answer.bound is None or answer.bound <= answer.value
    assert not answer.proven or answer.bound == answer.value


class TestSound:
    def test_tiny_cities_are_sound_and_bounded_by_the_optimum(self):
        proven = 0
        for seed in range(40):
            question = replace(tiny_city(seed), locked=())
            whole = solve(question, seconds=60)

            found = solve_city(question, workers=1, seconds=60)

            judge(question, found)
            assert found.answer.bound is not None
            assert found.answer.bound <= whole.value <= found.answer.value, seed
            proven += found.answer.proven
        assert proven == 40

    def test_tiny_cities_with_agreed_sessions_are_sound(self):
        for seed in range(40):
            question = tiny_city(seed)

            found = solve_city(question, workers=1, seconds=60)

            judge(question, found)
            assert found.answer.bound <= solve(question, seconds=60).value, seed

    @pytest.mark.parametrize("seed", range(3))
    def test_rich_cities_are_sound(self, seed):
        question = rich_city(seed)

        found = solve_city(question, workers=1, seconds=60)

        judge(question, found)
        assert found.travellers > 20
        assert found.answer.bound <= solve(question, seconds=60).value

    @pytest.mark.parametrize("limit", [0.001, 0.3, 1, 2])
    def test_a_time_limit_leaves_a_sound_plan(self, limit):
        question = rich_city(7)

        judge(question, solve_city(question, workers=1, seconds=limit))

    @pytest.mark.parametrize("call", [1, 2, 5, 7, 9, 12])
    def test_cancelled_at_any_moment_a_city_has_a_sound_plan(self, call):
        question, calls = rich_city(8), []

        def stop(step, share, best, bound):
            calls.append(step)
            return len(calls) < call

        found = solve_city(question, workers=1, seconds=60, on_progress=stop)

        judge(question, found)
        assert found.answer.cancelled
        assert not found.answer.proven

    def test_regions_smaller_than_the_city_bound_it_too(self, monkeypatch):
        monkeypatch.setattr(streets, "REGION_SESSIONS", 20)
        for seed in range(4):
            question = generate(seed=seed, communities=4, weeks=1, streets=4, crossing=0.5)

            found = solve_city(question, workers=1, seconds=60)

            judge(question, found)
            assert found.regions == 4
            assert found.answer.bound <= solve(question, seconds=60).value


class TestTheSame:
    def test_a_seed_has_one_answer_whatever_the_number_of_workers(self):
        question = generate(seed=3, communities=4, weeks=1, streets=2, crossing=0.4)

        alone, together = (solve_city(question, seed=5, workers=workers, seconds=120).answer for workers in (1, 2))

        assert alone.placements == together.placements
        assert (alone.value, alone.bound) == (together.value, together.bound)

    def test_a_shard_done_twice_and_by_way_of_json_has_the_same_finding(self):
        seen = []

        def twice(shard):
            finding = work(shard)
            data = json.loads(json.dumps(shard_dict(shard)))
            assert shard_from(data) == shard
            assert work(shard_from(data)) == finding
            assert finding_from(json.loads(json.dumps(finding_dict(finding)))) == finding
            seen.append(shard.task)
            return finding

        solve_city(rich_city(2), seconds=120, workers=1, crew=lambda workers: Crew(workers, twice))

        assert {*seen} == {*crew.TASKS}

    def test_the_order_of_streets_does_not_matter(self):
        question = generate(seed=4, communities=6, weeks=2, streets=3, crossing=0.6)
        city = City(question)
        plans = {street: solve(city.part([street]), seconds=20).placements for street in city.streets}

        merged = [merging.merge(city, dict(order), {}) for order in (plans.items(), reversed(plans.items()))]

        assert merged[0] == merged[1]
        assert len(merged[0].dropped) > 5


class TestMerge:
    def test_travellers_planned_twice_are_in_one_place_and_the_rest_is_mended(self):
        """Every street takes every traveller: nothing of that survives the merging."""
        for seed in range(6):
            question = generate(seed=seed, communities=4, weeks=2, streets=4, crossing=0.6)
            city = City(question)
            plans = {street: solve(city.part([street]), seconds=20).placements for street in city.streets}

            merged = merging.merge(city, plans, {})

            assert broken(question, merged.placements) == []
            assert faults(question, list(merged.placements)) == set()
            assert merged.dropped

    def test_a_rest_across_two_weeks_is_mended_with_somebody_else(self):
        sunday = session(0, starts_at=at(6, 18), ends_at=at(6, 20), wished=1)
        monday = session(1, community=1, starts_at=at(7, 9), ends_at=at(7, 11), wished=1)
        tired, fresh = volunteer(0, reach=(0, 1), rest_minutes=1200), volunteer(1, home=1, reach=(1,))
        question = problem([sunday, monday], [tired, fresh], communities=STREETS)
        plans = {0: (Placement(0, 0, "helper"),), 1: (Placement(0, 1, "helper"),)}

        merged = merging.merge(City(question), plans, {(0, 0): 9, (0, 1): 3})

        assert merged.dropped == (Placement(0, 1, "helper"),)
        assert merged.placements == (Placement(0, 0, "helper"), Placement(1, 1, "helper"))

    def test_where_nobody_else_has_time_the_session_is_given_up(self):
        sunday = session(0, starts_at=at(6, 18), ends_at=at(6, 20))
        monday = session(1, community=1, starts_at=at(7, 9), ends_at=at(7, 11))
        question = problem([sunday, monday], [volunteer(0, reach=(0, 1), max_total=1)], communities=STREETS)
        plans = {0: (Placement(0, 0, "helper"),), 1: (Placement(0, 1, "helper"),)}

        merged = merging.merge(City(question), plans, {(0, 1): 1})

        assert merged.placements == (Placement(0, 1, "helper"),)


class TestOwners:
    def test_a_week_belongs_to_one_street_and_quotas_keep_the_limit(self):
        question = generate(seed=6, communities=6, weeks=4, streets=3, crossing=0.6)
        city, chance = City(question), Random(6)
        shares = [
            (number, meeting.id, chance.random())
            for number in city.travellers
            for meeting in chance.sample(question.sessions, 20)
            if city.street(meeting.id) in city.streets_of[number]
        ]

        owned = owners.owners(city, shares)

        for number, ownership in owned.items():
            quota = sum(ownership.quota.values())
            assert quota == question.volunteer[number].max_total
            assert {*ownership.weeks.values()} <= {*ownership.quota}
        for street in city.streets:
            part = owners.street_problem(city, street, owned)
            for placement in solve(part, seconds=20).placements:
                ownership = owned.get(placement.volunteer)
                assert ownership is None or ownership.weeks[question.session[placement.session].week] == street

    def test_an_agreed_session_decides_the_week(self):
        here, there = session(0), session(1, community=1, starts_at=at(1, 9), ends_at=at(1, 11))
        question = problem([here, there], [volunteer(0, reach=(0, 1))], communities=STREETS, locked=(Lock(0, 1),))

        owned = owners.owners(City(question), [(0, 0, 1.0)])

        assert owned[0].weeks == {here.week: 1}


class TestStreets:
    def test_parts_hold_every_session_once_and_everybody_who_reaches_them(self):
        question = rich_city(3)
        city = City(question)

        parts = [city.part([street]) for street in city.streets]

        assert sorted(s.id for part in parts for s in part.sessions) == [s.id for s in question.sessions]
        for part in parts:
            places = {meeting.community for meeting in part.sessions}
            assert {v.id for v in question.volunteers if places & {*v.reach}} <= part.volunteer.keys()
            assert problems.from_dict(json.loads(json.dumps(problems.to_dict(part)))) == part

    def test_without_streets_a_city_is_one_street(self):
        question = problem([session()], [volunteer(0), volunteer(1)])

        found = solve_city(question, workers=1)

        assert (found.streets, found.answer.proven) == (1, True)
        assert len(found.answer.placements) == 2

    def test_nothing_to_plan_is_a_plan(self):
        found = solve_city(problem([], []), workers=1)

        assert (found.answer.placements, found.answer.value) == ((), 0)

    def test_somebody_who_reaches_no_session_waits_and_is_counted(self):
        waits = volunteer(0, reach=(1,), home=1, first_by=at(0, 0).date())
        question = problem([session()], [waits, volunteer(1)], communities=STREETS)

        found = solve_city(question, workers=1)

        judge(question, found)
        assert found.answer.proven


class TestCommand:
    def test_a_city_from_file_to_file(self, tmp_path, capsys):
        question = generate(seed=1, communities=2, weeks=1, streets=2, crossing=0.3)
        file, out = tmp_path / "city.json", tmp_path / "answer.json"
        file.write_text(json.dumps(problems.to_dict(question)), encoding="utf-8")

        status = main(["city", str(file), "-o", str(out), "--workers", "1", "--seconds", "30", "--json"])

        assert status == 0
        assert check(question, load(out, question)) == []
        said = json.loads(capsys.readouterr().out)
        assert said["streets"] == 2
        assert said["proven"]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--workers", "0"], "--workers"),
            (["--seconds", "0"], "--seconds"),
            (["--seed", "-1"], "--seed"),
        ],
    )
    def test_wrong_numbers_are_refused(self, tmp_path, capsys, arguments, words):
        with pytest.raises(SystemExit) as stop:
            main(["city", str(tmp_path / "city.json"), *arguments])

        assert stop.value.code == 2
        assert words in capsys.readouterr().err

    def test_a_wrong_street_is_named(self, tmp_path, capsys):
        data = problems.to_dict(problem([session()], [volunteer()], communities=STREETS))
        data["communities"][1]["street"] = "east"
        file = tmp_path / "city.json"
        file.write_text(json.dumps(data), encoding="utf-8")

        assert main(["city", str(file)]) == 2
        assert "$.communities[1].street: expected a whole number, found 'east'" in capsys.readouterr().err

    def test_a_street_too_large_for_one_piece_is_refused(self, tmp_path, capsys, monkeypatch):
        monkeypatch.setattr("volunteers.matching.city.verbs.PAIRS", 3)
        data = problems.to_dict(problem([session(0), session(1)], [volunteer(0), volunteer(1)]))
        file = tmp_path / "city.json"
        file.write_text(json.dumps(data), encoding="utf-8")

        assert main(["city", str(file)]) == 2
        assert "which street" in capsys.readouterr().err


def test_tiny_cities_have_travellers():
    assert sum(len(City(tiny_city(seed)).travellers) for seed in range(40)) > 80
