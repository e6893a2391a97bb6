"""The command line of the timetable engine; `docs/timetabling.md` shows every command.

solve, check, explain, move, generate, bench.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from classes.timetabling import document, problem
from classes.timetabling.answer import Answer
from classes.timetabling.bench import measure, table
from classes.timetabling.check import check
from classes.timetabling.explain import explain
from classes.timetabling.generate import generate
from classes.timetabling.members import read_clock
from classes.timetabling.moving import Moving, Option, force
from classes.timetabling.parts import Slot, spoken
from classes.timetabling.preferences import seats
from classes.timetabling.problem import Problem
from classes.timetabling.solve import MODES
from classes.timetabling.variants import variants
from engines.arguments import count, seconds, seed
from engines.command import BROKEN, FINE, as_process, run, say, show, write
from engines.reading import BadDocument, Node


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 fine, 1 rules broken, 2 bad input."""
    return run(_parser(), arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classes.timetabling", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, action: Any, words: str, *files: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words)
        for file in files:
            one.add_argument(file, type=Path)
        one.add_argument("--json", action="store_true", help="one JSON object on stdout")
        one.set_defaults(run=action)
        return one

    def limits(one: argparse.ArgumentParser) -> None:
        one.add_argument("--seconds", type=seconds, default=20.0, help="time limit (20)")
        one.add_argument("--seed", type=seed, default=0)

    solving = command("solve", _solve, "find the best timetable", "problem")
    solving.add_argument("-o", "--output", type=Path, help="write the answer here")
    solving.add_argument("--mode", choices=MODES, default="joint", help="times for learners only, or with helpers")
    solving.add_argument("--give", type=share, default=0.0, help="share of learners to give for helpers: 0.005")
    solving.add_argument("--variants", type=count, default=1, help="so many that differ; the others go beside -o")
    limits(solving)
    command("check", _check, "judge a timetable by the rules alone", "problem", "answer")
    command("explain", _explain, "say why each series is where it is", "problem", "answer")
    moving = command("move", _move, "what every other time of a series would gain and cost", "problem", "answer")
    moving.add_argument("--series", type=int, required=True)
    moving.add_argument("--to", help="a weekday from 0 and a time, such as 5/09:30: let everything else move too")
    limits(moving)
    making = command("generate", _generate, "make a fictional problem")
    making.add_argument("-o", "--output", type=Path)
    making.add_argument("--communities", type=count, default=1)
    making.add_argument("--volunteers", type=count, help="in all (80 a community)")
    making.add_argument("--habit", type=float, default=1.0, help="how often volunteers are free: 0.5 is scarce (1)")
    making.add_argument("--seed", type=seed, default=0)
    timing = command("bench", _bench, "solve problem files and measure")
    timing.add_argument("problems", type=Path, nargs="+")
    limits(timing)
    return parser


def share(text: str) -> float:
    """A share between 0 and 1."""
    found = float(text)
    if not 0 <= found <= 1:
        raise ValueError(text)
    return found


def _solve(options: argparse.Namespace) -> int:
    question = problem.load(options.problem)
    gives = int(options.give * seats(question))
    answers = variants(
        question,
        count=options.variants,
        seconds=options.seconds,
        seed=options.seed,
        tiers=MODES[options.mode],
        tolerances={"unreached": gives} if gives else None,
    )
    for number, answer in enumerate(answers):
        say(_summary(question, answer))
        data = document.to_dict(question, answer)
        if options.output:
            path = options.output
            write(path if not number else path.with_stem(f"{path.stem}-{number + 1}"), data)
        if number == 0 and (options.json or not options.output):
            show(data)
    return FINE


def _summary(question: Problem, answer: Answer) -> str:
    numbers = document.figures(question, answer)
    placed = len({place.series for place in answer.placements})
    proof = "proven" if answer.proven else f"gaps {dict(answer.gaps)}"
    return (
        f"{placed} of {len(question.open)} series placed, {numbers['reached']} of {numbers['learners']} learners, "
        f"{numbers['filled']} of {numbers['places']} places ({proof}), {answer.seconds:.1f} s"
    )


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
    if options.json:
        data = document.to_dict(question, answer)
        show({key: data[key] for key in ("series", "unplaced")})
        return FINE
    placed, unplaced = explain(question, answer.placements)
    for one in placed:
        when = "、".join(spoken(place.weekday, place.starts) for place in one.placements)
        print(f"{one.series} {when}: {'；'.join(f'{reason.label} {reason.text}' for reason in one.reasons)}")
    for none in unplaced:
        print(f"{none.series}: {none.text}")
    return FINE


def _move(options: argparse.Namespace) -> int:
    question = problem.load(options.problem)
    if options.series not in question.one:
        raise BadDocument("--series", f"there is no series with id {options.series}")
    answer = document.load(options.answer, question)
    if options.to is not None:
        return _force(options, question, answer)
    found = Moving(question, answer.placements, options.series).options()
    if options.json:
        show({"options": [document.option_dict(option) for option in found]})
        return FINE
    for option in found:
        print(_line(option))
    return FINE


def _line(option: Option) -> str:
    when = spoken(option.slot.weekday, option.slot.starts)
    if option.obstacle:
        others = sorted({place.series for place in option.obstacle.others})
        return f"{when}: {option.obstacle.rule.label}{f' {others}' if others else ''}"
    return f"{when}: 学员 {option.reached}，全部助教 {option.filled}{'，现在' if option.now else ''}"


def _force(options: argparse.Namespace, question: Problem, answer: Answer) -> int:
    weekday, _, starts = options.to.partition("/")
    if weekday not in map(str, range(7)):
        raise BadDocument("--to", f"expected a weekday from 0 and a time, such as 5/09:30, found {options.to!r}")
    own = question.one[options.series]
    if own.fixed or own.sessions > 1 or not answer.tiers:
        raise BadDocument("--to", "works for a series that is placed once a week by an answer with tiers")
    slot = Slot(int(weekday), read_clock(Node(starts, "--to")))
    found = force(question, answer, options.series, slot, seconds=options.seconds, seed=options.seed)
    if options.json:
        show({"possible": found.answer is not None, "more": dict(found.more)})
    else:
        print("不行" if found.answer is None else "，".join(f"{tier} {more:+d}" for tier, more in found.more))
    return FINE


def _generate(options: argparse.Namespace) -> int:
    try:
        made = generate(
            seed=options.seed, communities=options.communities, volunteers=options.volunteers, habit=options.habit
        )
    except ValueError as error:
        raise BadDocument("generate", str(error)) from error
    data = problem.to_dict(made)
    if options.output:
        write(options.output, data)
        say(f"{len(made.series)} series, {len(made.rooms)} rooms, {len(made.volunteers)} volunteers")
    else:
        show(data)
    return FINE


def _bench(options: argparse.Namespace) -> int:
    rows = [
        measure(path.name.split(".")[0], problem.load(path), seconds=options.seconds, seed=options.seed)
        for path in options.problems
    ]
    if options.json:
        say(table(rows))
        show({"runs": rows})
    else:
        print(table(rows))
    return FINE


if __name__ == "__main__":
    sys.exit(as_process(main))
