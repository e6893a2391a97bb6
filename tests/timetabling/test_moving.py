"""What every other time would gain and cost, and why some series have none."""

from dataclasses import replace

from classes.timetabling.explain import explain
from classes.timetabling.generate import generate
from classes.timetabling.moving import Moving, force, why_not
from classes.timetabling.parts import Lead, Learner, Need, Placement, Room, Slot
from classes.timetabling.preferences import TIERS, costs
from classes.timetabling.solve import JOINT, solve
from tests.timetabling.reading_of_rules import faults, prices
from tests.timetabling.small import problem, series, tiny_problem, volunteer, window


def test_each_option_is_what_it_says():
    tried = {True: 0, False: 0}
    for seed in range(150):
        question = tiny_problem(seed)
        plan = solve(question).placements
        for one in question.open:
            others = [place for place in plan if place.series != one.id]
            for option in Moving(question, plan, one.id).options():
                moved = [*others, *option.placements]
                wrong = faults(question, moved)

                assert bool(option.obstacle) == bool(wrong), (seed, option, wrong)
                tried[bool(wrong)] += 1
                if not wrong:
                    after = prices(question, moved)
                    wanted = sum(s.places * (len(s.fixed) or s.sessions) for s in question.series)
                    assert option.filled == wanted - after["short"]
                    before = prices(question, others)
                    assert option.reached == before["unreached"] - after["unreached"]
                elif option.obstacle.rule.code not in ("room-taken", "lead-place", "once-a-day", "learner-place"):
                    assert option.obstacle.rule.code in wrong
    assert all(tried.values())


def test_the_time_it_has_is_one_of_the_options():
    question = generate(seed=2, habit=0.5)
    plan = solve(question).placements
    for one in question.open:
        own = sorted(place for place in plan if place.series == one.id)

        (now,) = [option for option in Moving(question, plan, one.id).options() if option.now and not option.obstacle]

        assert now.placements == tuple(own)


def test_forcing_says_what_everybody_else_pays():
    question = generate(seed=3, habit=0.5)
    answer = solve(question)
    pinned = question.open[0]
    options = [option for option in Moving(question, answer.placements, 0).options() if not option.obstacle]

    for option in options[:3]:
        found = force(question, answer, 0, option.slot)

        assert [place.slot for place in found.answer.of(0)] == [option.slot]
        after = [TIERS[tier].cost(question, found.answer.placements) for tier in JOINT]
        assert after == [answer.cost(tier) + more for tier, more in found.more]
        assert after >= [answer.cost(tier) for tier in JOINT]
        still = [place for place in answer.placements if place.series != pinned.id]
        assert after <= [costs(question, (*still, *option.placements))[tier] for tier in JOINT]


def test_what_no_rule_allows_cannot_be_forced():
    question = problem([series(programme="senior", window=(window(0, 8, 11),))])

    assert force(question, solve(question), 0, Slot(0, 8 * 60)).answer is None


def test_a_fixed_series_can_be_looked_at_too():
    fixed = series(0, needs=(Need("helper", 1),), fixed=(Placement(0, 0, 9 * 60, 0),), window=(window(0), window(1)))
    question = problem([fixed, series(1)], volunteers=(volunteer(free=(window(1),)),))

    options = Moving(question, (Placement(1, 0, 10 * 60 + 30, 0),), 0).options()

    assert [(o.slot.weekday, o.filled) for o in options if o.obstacle is None][:1] == [(1, 1)]
    assert [o.slot for o in options if o.now] == [Slot(0, 9 * 60)]


class TestWhyNot:
    def test_counts_the_first_rule_in_the_way_of_each_time(self):
        lead = Lead(0, (window(0, 9, 10.5),))
        question = problem(
            [series(0, lead=0), series(1, lead=0), series(2, people=9)], rooms=(Room(0, 0, seats=8),), leads=(lead,)
        )
        plan = (Placement(0, 0, 9 * 60, 0),)

        assert why_not(question, plan, 1) == {"lead-free": 3, "room-taken": 1}
        assert why_not(question, plan, 2) == {"room-needs": 4}

    def test_says_it_in_words(self):
        question = problem([series(0, people=9)], rooms=(Room(0, 0, seats=8),))

        _, (unplaced,) = explain(question, ())

        assert unplaced.text == "4 个时间教室不合适"

    def test_a_class_longer_than_its_window(self):
        _, (unplaced,) = explain(problem([series(minutes=240)]), ())

        assert unplaced.text == "开课时段里放不下这么长的课"


def test_reasons_say_who_comes_and_what_was_given_up():
    learners = (Learner(0, (window(1),)), Learner(1, (window(1),)), Learner(2, (window(0),)))
    question = problem(
        [
            series(
                learners=(0, 1, 2), last=(Slot(0, 9 * 60),), needs=(Need("helper", 2),), window=(window(0), window(1))
            )
        ],
        learners=learners,
        volunteers=(volunteer(),),
    )

    (placed,), _ = explain(question, solve(question).placements)

    texts = {reason.code: reason.text for reason in placed.reasons}
    assert texts["learners"] == "3 位学员里 2 位来得了，没有更多人能来的时间"
    assert texts["helpers"] == "2 个名额预计排得上 1 个"
    assert texts["last"] == "原来是周一 09:00，这次换了"
    assert placed.instead[0].slot.weekday == 1


def test_a_better_time_that_a_rule_forbids_is_named():
    learners = (Learner(0, (window(0),)),)
    one = series(0, learners=(0,), window=(window(0), window(1)))
    booked = replace(Room(0, 0), booked=(window(0),))

    (placed,), _ = explain(problem([one], learners=learners, rooms=(booked,)), (Placement(0, 1, 540, 0),))

    assert placed.reasons[0].text == "1 位学员里 0 位来得了；周一 09:00能来 1 位，但教室那时不能用"
