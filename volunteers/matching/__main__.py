"""The command line of the roster engine; `docs/matching.md` shows every command.

solve, check, explain, rank, repair, ways-out, recruit, why-not, tradeoff, fairness, generate, bench;
city; pair, pair-check, pair-generate.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engines.command import BROKEN, FINE, as_process, run, say, show, write
from volunteers.matching import document, explain, problem, rank, verbs
from volunteers.matching.answer import Answer
from volunteers.matching.arguments import count, seconds, seed
from volunteers.matching.bench import measure, table
from volunteers.matching.check import check
from volunteers.matching.city import verbs as city
from volunteers.matching.enrich import enrich
from volunteers.matching.generate import generate
from volunteers.matching.pairing import verbs as pairing
from volunteers.matching.problem import Problem, read_role
from volunteers.matching.reading import BadDocument, Node
from volunteers.matching.solve import IN_ORDER, TWO_STEPS, Tiers, solve

PAIRS = 100_000_000
"""Of people and sessions in one solve: a hundred communities for four weeks have half of that."""
FORMS: dict[str, Tiers | None] = {"sum": None, "steps": TWO_STEPS, "order": IN_ORDER}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 fine, 1 rules broken, 2 bad input."""
    return run(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m volunteers.matching", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Any, words: str, *files: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words)
        for file in files:
            one.add_argument(file, type=Path)
        one.add_argument("--json", action="store_true", help="one JSON object on stdout")
        one.set_defaults(run=run)
        return one

    solving = command("solve", _solve, "find the best roster", "problem")
    solving.add_argument("-o", "--output", type=Path, help="write the answer here")
    solving.add_argument("--seconds", type=seconds, default=20.0, help="time limit (20)")
    solving.add_argument("--seed", type=seed, default=0)
    solving.add_argument("--form", choices=FORMS, default="sum", help="add tiers up, two steps, or strict order")
    command("check", _check, "judge a roster by the rules alone", "problem", "answer")
    command("explain", _explain, "say why people are placed and places empty", "problem", "answer")
    ranking = command("rank", _rank, "who could take one place", "problem", "answer")
    ranking.add_argument("--session", type=int, required=True)
    ranking.add_argument("--role", default="helper", help="lead, helper or a post of the session (helper)")
    ranking.add_argument("--limit", type=count, default=10)
    verbs.register(command)
    pairing.register(command)
    city.register(command)
    making = command("generate", _generate, "make a fictional problem")
    making.add_argument("-o", "--output", type=Path)
    making.add_argument("--communities", type=count, default=1)
    making.add_argument("--weeks", type=count, default=4)
    making.add_argument("--volunteers", type=count, help="per community (as many as --per-place says)")
    making.add_argument("--per-place", type=float, default=0.38, help="volunteers for each place: 0.25 is short (0.38)")
    making.add_argument("--mobile", type=float, default=0.4, help="share who serve more than one community (0.4)")
    making.add_argument("--streets", type=count, default=1, help="streets the communities belong to (1)")
    making.add_argument("--crossing", type=float, default=0.03, help="share who also go to another street (0.03)")
    making.add_argument("--rich", action="store_true", help="with roles, skills, absences, pairs and more")
    making.add_argument("--seed", type=seed, default=0)
    timing = command("bench", _bench, "solve problem files and measure")
    timing.add_argument("problems", type=Path, nargs="+")
    timing.add_argument("--seconds", type=seconds, default=60.0)
    return parser


def _in_one_piece(question: Problem) -> Problem:
    """The problem, if its table of people by sessions fits into memory; raises BadDocument."""
    people, sessions = len(question.volunteers), len(question.sessions)
    if people * sessions > PAIRS:
        text = (
            f"{people:,} volunteers times {sessions:,} sessions are too many for one solve; plan fewer streets at once"
        )
        raise BadDocument("$", f"{text} (the limit is {PAIRS:,})")
    return question


def _solve(options: argparse.Namespace) -> int:
    question = _in_one_piece(problem.load(options.problem))
    answer = solve(question, seconds=options.seconds, seed=options.seed, tiers=FORMS[options.form])
    data = document.to_dict(question, answer)
    if options.output:
        write(options.output, data)
    say(_summary(question, answer))
    if options.json:
        show(data if not options.output else data | {"placements": len(answer.placements)})
    elif not options.output:
        show(data)
    return FINE


def _summary(question: Problem, answer: Answer) -> str:
    held = len({placement.session for placement in answer.placements})
    proof = "proven" if answer.proven else f"bound {answer.bound}"
    if answer.gap and not answer.proven:
        proof += f", gap {answer.gap:.2%}"
    lines = [
        f"value {answer.value} ({proof}), {held} of {len(question.sessions)} sessions held, "
        f"{len(answer.placements)} placements, {answer.seconds:.1f} s"
    ]
    lines += [
        f"lock of volunteer {c.lock.volunteer} at session {c.lock.session} cannot stand: {c.text}"
        for c in answer.conflicts
    ]
    return "\n".join(lines)


def _check(options: argparse.Namespace) -> int:
    question = problem.load(options.problem)
    faults = check(question, document.load(options.answer, question))
    for fault in faults:
        say(f"{fault.rule}: {fault.text}")
    say(f"{len(faults)} broken" if faults else "every rule holds")
    if options.json or faults:
        show({"fine": not faults, "broken": [asdict(fault) for fault in faults]})
    return BROKEN if faults else FINE


def _explain(options: argparse.Namespace) -> int:
    question = problem.load(options.problem)
    answer = document.load(options.answer, question)
    placed = explain.placements(question, answer)
    empty = explain.gaps(question, answer)
    if options.json:
        show({"placements": [asdict(one) for one in placed], "gaps": [asdict(g) for g in empty]})
        return FINE
    for one in placed:
        facts = "；".join(f"{reason.label} {reason.text}" for reason in one.reasons)
        print(f"{one.placement.session} {one.placement.role} {one.placement.volunteer}: {facts}")
    for gap in empty:
        causes = "，".join(f"{cause.label} {cause.count}" for cause in gap.because)
        print(f"{gap.session} {gap.role}: {gap.text}（{causes}）")
    return FINE


def _rank(options: argparse.Namespace) -> int:
    question = problem.load(options.problem)
    if options.session not in question.session:
        raise BadDocument("--session", f"there is no session with id {options.session}")
    plan = document.load(options.answer, question).placements
    role = read_role(Node(options.role, "--role"), question.session[options.session])
    ranking = rank.rank(question, plan, options.session, role, options.limit)
    if options.json:
        show(asdict(ranking))
        return FINE
    for candidate in ranking.candidates:
        facts = "；".join(f"{reason.label} {reason.text}" for reason in candidate.reasons)
        print(f"{candidate.volunteer}: {facts}")
    for group in ranking.excluded:
        print(f"{group.label} {group.count}")
    return FINE


def _generate(options: argparse.Namespace) -> int:
    each = options.volunteers
    try:
        made = generate(
            seed=options.seed,
            communities=options.communities,
            weeks=options.weeks,
            volunteers=None if each is None else each * options.communities,
            per_place=options.per_place,
            mobile=options.mobile,
            streets=options.streets,
            crossing=options.crossing,
        )
    except ValueError as error:
        raise BadDocument("generate", str(error)) from error
    if options.rich and len(made.volunteers) > 1:
        made = enrich(made, seed=options.seed)
    data = problem.to_dict(made)
    if options.output:
        write(options.output, data)
        say(f"{len(made.sessions)} sessions, {len(made.volunteers)} volunteers")
    else:
        show(data)
    return FINE


def _bench(options: argparse.Namespace) -> int:
    rows = [measure(path, seconds=options.seconds) for path in options.problems]
    if options.json:
        say(table(rows))
        show({"runs": rows})
    else:
        print(table(rows))
    return FINE


if __name__ == "__main__":
    sys.exit(as_process(main))
