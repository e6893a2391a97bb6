"""The tiers of learners' familiar faces, of experienced people spread out, and of preferred times."""

from dataclasses import replace

from tests.matching.small import at, problem, session, volunteer
from volunteers.matching.preferences import TIERS
from volunteers.matching.problem import Placement, Window
from volunteers.matching.solve import build, solve
from volunteers.matching.standing import Standing

FACES, BALANCE, WISHES = TIERS["faces"], TIERS["balance"], TIERS["wishes"]


def helpers(*numbers, meeting=0):
    return [Placement(number, meeting, "helper") for number in numbers]


class TestFaces:
    """Learners 1, 2 and 3 of series 0: the first knows 0, the second 0 and 1, the third nobody."""

    known = ((0, 1, 0), (0, 2, 0, 1), (0, 3))

    def test_each_learner_without_a_familiar_face_costs_one(self):
        question = problem([session()], [volunteer(n) for n in range(3)], faces=self.known)

        assert FACES.cost(question, helpers(2)) == 3
        assert FACES.cost(question, helpers(1, 2)) == 2
        assert FACES.cost(question, helpers(0)) == 1
        assert FACES.cost(question, helpers(0, 1)) == 1

    def test_a_session_not_held_has_no_strangers(self):
        assert FACES.cost(problem([session()], [volunteer()], faces=self.known), []) == 0

    def test_people_are_spread_over_those_who_know_them(self):
        desks = [session(0, series=0, wished=1, maximum=1), session(1, series=1, wished=1, maximum=1)]
        knows = (*((0, learner, 0, 1) for learner in range(3)), (1, 0, 0))
        question = problem(desks, [volunteer(0), volunteer(1)], faces=knows)

        plan = solve(question, tiers=("unheld", "short", "faces")).placements

        assert plan == (Placement(1, 0, "helper"), Placement(0, 1, "helper"))

    def test_costs_nothing_and_no_column_without_such_knowledge(self):
        assert "faces" not in build(problem([session()], [volunteer()])).prices


class TestBalance:
    def test_the_square_of_what_is_lacking(self):
        people = [volunteer(0), volunteer(1), volunteer(2, newcomer=True)]
        question = problem([session(experienced_wished=2)], people)

        assert BALANCE.cost(question, helpers(2)) == 4
        assert BALANCE.cost(question, helpers(0, 2)) == 1
        assert BALANCE.cost(question, helpers(0, 1)) == 0
        assert BALANCE.cost(question, []) == 0

    def test_the_first_to_come_brings_the_whole_lack_and_the_next_takes_of_it(self):
        question = problem([session(experienced_wished=2)], [volunteer(n, newcomer=n == 2) for n in range(3)])
        empty, begun = Standing(question), Standing(question, helpers(0))
        meeting = question.sessions[0]

        assert [BALANCE.joining(empty, one, meeting, "helper") for one in question.volunteers] == [1, 1, 4]
        assert [BALANCE.joining(begun, one, meeting, "helper") for one in question.volunteers[1:]] == [-1, 0]

    def test_experienced_people_are_spread(self):
        desks = [
            session(n, starts_at=at(n, 14), minimum=2, wished=2, maximum=2, experienced_wished=2) for n in range(2)
        ]
        seasoned = [volunteer(n, max_total=1) for n in range(3)]
        question = problem(desks, [*seasoned, volunteer(3, newcomer=True)])

        plan = solve(question, tiers=("unheld", "short", "balance")).placements

        assert len(plan) == 4
        assert BALANCE.cost(question, plan) == 1


class TestPreferredTimes:
    def test_a_time_that_is_only_possible_has_a_price_the_problem_names(self):
        preferred, possible = Window(at(0, 13), at(0, 17), True), Window(at(0, 13), at(0, 17), False)
        people = [volunteer(0, availability=(possible,)), volunteer(1, availability=(preferred,))]
        question = problem([session(wished=1, maximum=1)], people, possible_cost=3)

        assert WISHES.cost(question, helpers(0)) == 3
        assert WISHES.cost(question, helpers(1)) == 0
        assert WISHES.cost(replace(question, possible_cost=0), helpers(0)) == 0
        assert list(solve(question).placements) == helpers(1)
