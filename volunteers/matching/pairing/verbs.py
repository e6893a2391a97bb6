"""The commands of the pairing engine: pair, pair-check, pair-generate."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from volunteers.matching.arguments import count, seconds, seed
from volunteers.matching.pairing import document, explain
from volunteers.matching.pairing import problem as problems
from volunteers.matching.pairing.generate import generate
from volunteers.matching.pairing.solve import SECONDS, solve
from volunteers.matching.parts import PROGRAMMES

type Command = Callable[..., argparse.ArgumentParser]

FINE, BROKEN = 0, 1


def register(command: Command) -> None:
    """Add the commands; `command(name, run, words, *files)` makes one parser."""
    pairing = command("pair", _pair, "who sits with whom in one session", "problem")
    pairing.add_argument("-o", "--output", type=Path, help="write the answer here")
    pairing.add_argument("--seconds", type=seconds, default=SECONDS, help=f"time limit ({SECONDS:g})")
    pairing.add_argument("--seed", type=seed, default=0)
    command("pair-check", _check, "judge a seating by the rules alone", "problem", "answer")
    making = command("pair-generate", _generate, "make a fictional session")
    making.add_argument("-o", "--output", type=Path)
    making.add_argument("--learners", type=count, default=24)
    making.add_argument("--helpers", type=count, default=10)
    making.add_argument("--ratio", type=count, default=3, help="learners for each helper (3)")
    making.add_argument("--programme", choices=PROGRAMMES, default="senior")
    making.add_argument("--seed", type=seed, default=0)


def _hand_over(path: Path | None, data: dict[str, Any], *, show: bool) -> None:
    """Into the file, or onto stdout where there is none or it is asked for."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    if path:
        path.write_text(text + "\n", encoding="utf-8")
    if show or not path:
        print(text)


def _pair(options: argparse.Namespace) -> int:
    question = problems.load(options.problem)
    answer = solve(question, seconds=options.seconds, seed=options.seed)
    _hand_over(options.output, document.to_dict(question, answer), show=options.json)
    proof = "proven" if answer.proven else "not proven"
    print(
        f"{len(answer.pairs)} of {len(question.learners)} learners with a helper, value {answer.value} ({proof}), "
        f"{answer.seconds * 1000:.0f} ms",
        file=sys.stderr,
    )
    for way in explain.ways_out(question, answer.pairs):
        print(way.text, file=sys.stderr)
    return FINE


def _check(options: argparse.Namespace) -> int:
    question = problems.load(options.problem)
    faults = document.check(question, document.load(options.answer, question))
    for fault in faults:
        print(f"{fault.rule}: {fault.text}", file=sys.stderr)
    print(f"{len(faults)} broken" if faults else "every rule holds", file=sys.stderr)
    if options.json or faults:
        _hand_over(None, {"fine": not faults, "broken": [asdict(fault) for fault in faults]}, show=True)
    return BROKEN if faults else FINE


def _generate(options: argparse.Namespace) -> int:
    for key, most in (("learners", problems.MOST["learners"]), ("helpers", problems.MOST["helpers"])):
        if getattr(options, key) > most:
            raise problems.BadDocument(f"--{key}", f"expected {most} or less")
    if options.ratio > problems.HIGHEST_RATIO:
        raise problems.BadDocument("--ratio", f"expected {problems.HIGHEST_RATIO} or less")
    made = generate(
        seed=options.seed,
        learners=options.learners,
        helpers=options.helpers,
        ratio=options.ratio,
        programme=options.programme,
    )
    _hand_over(options.output, problems.to_dict(made), show=options.json)
    return FINE
