"""The commands about a plan at hand: repair, ways-out, recruit, why-not, tradeoff, fairness."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from volunteers.matching import document, events, problem
from volunteers.matching.answer import Answer
from volunteers.matching.applying import apply
from volunteers.matching.arguments import count, seconds
from volunteers.matching.fairness import fairness
from volunteers.matching.preferences import TIERS, value
from volunteers.matching.problem import Placement, Problem, read_role
from volunteers.matching.reading import BadDocument, Node
from volunteers.matching.recruit import recruit
from volunteers.matching.repair import repair
from volunteers.matching.tradeoff import POINTS, tradeoff
from volunteers.matching.ways_out import WayOut, added_up, used_times, ways_out
from volunteers.matching.why_not import why_not

type Command = Callable[..., argparse.ArgumentParser]


def register(command: Command) -> None:
    """Add the commands; `command(name, run, words, *files)` makes one parser."""
    mending = command("repair", _repair, "mend a plan after drop-outs and other events", "problem", "answer", "events")
    mending.add_argument("--into", type=Path, help="folder for problem.json and answer.json as they are then")
    out = command("ways-out", _ways_out, "what would fill a session's empty places", "problem", "answer")
    out.add_argument("--session", type=int, required=True)
    out.add_argument("--take", type=count, help="do the one with this number, and write what it leads to")
    out.add_argument("--into", type=Path, help="folder for problem.json and answer.json after --take")
    inviting = command("recruit", _recruit, "whom to recruit for the empty places", "problem", "answer")
    inviting.add_argument("--most", type=count, help="recruit no more people than this")
    asking = command("why-not", _why_not, "what it would cost to place somebody", "problem", "answer")
    asking.add_argument("--volunteer", type=int, required=True)
    asking.add_argument("--session", type=int, required=True)
    asking.add_argument("--role", default="helper", help="lead, helper or a post of the session (helper)")
    asking.add_argument("--whole", action="store_true", help="let every session change")
    trading = command("tradeoff", _tradeoff, "what a tier costs in the next one", "problem")
    trading.add_argument("upper", choices=tuple(TIERS))
    trading.add_argument("lower", choices=tuple(TIERS))
    trading.add_argument("--points", type=count, default=POINTS)
    command("fairness", _fairness, "how evenly a plan shares the work", "problem", "answer")
    for one in (mending, out, inviting, asking, trading):
        one.add_argument("--seconds", type=seconds, default=10.0, help="time limit of each solve (10)")


def _read(options: argparse.Namespace) -> tuple[Problem, tuple[Placement, ...]]:
    question = problem.load(options.problem)
    for name, known in (("session", question.session), ("volunteer", question.volunteer)):
        asked = getattr(options, name, None)
        if asked is not None and asked not in known:
            raise BadDocument(f"--{name}", f"there is no {name} with id {asked}")
    return question, document.load(options.answer, question).placements


def _show(options: argparse.Namespace, data: Any, lines: list[str]) -> int:
    print(json.dumps(data, ensure_ascii=False, indent=1, default=str) if options.json else "\n".join(lines))
    return 0


def _repair(options: argparse.Namespace) -> int:
    question, plan = _read(options)
    found = repair(question, plan, events=events.load(options.events, question), seconds=options.seconds)
    if options.into:
        _keep(found.problem, found.placements, options.into)
    data = {name: [asdict(one) for one in getattr(found, name)] for name in ("placements", "added", "removed", "asks")}
    lost = [f"第 {number} 场开不了" for number in found.given_up]
    return _show(options, data | {"given_up": found.given_up}, [*(one.text for one in found.asks), *lost])


def _ways_out(options: argparse.Namespace) -> int:
    question, plan = _read(options)
    times = used_times(question, options.session)
    ways = ways_out(question, plan, options.session, times=times, need=added_up, seconds=options.seconds)
    if options.take:
        if options.take > len(ways) or not options.into:
            raise BadDocument("--take", f"expected a number up to {len(ways)}, and a folder with --into")
        _take(question, plan, ways[options.take - 1], options.into)
        ways = [ways[options.take - 1]]
    lines = [f"{way.kind}: {way.text}{'' if way.proven else '（未证明）'}" for way in ways]
    return _show(options, {"ways_out": [asdict(way) for way in ways]}, lines)


def _take(question: Problem, plan: tuple[Placement, ...], way: WayOut, folder: Path) -> None:
    """Write the problem and the answer as they are once the way out has been taken."""
    _keep(*apply(question, plan, way), folder)


def _keep(taken: Problem, after: tuple[Placement, ...], folder: Path) -> None:
    answer = Answer(after, value(taken, after))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (("problem", problem.to_dict(taken)), ("answer", document.to_dict(taken, answer))):
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _recruit(options: argparse.Namespace) -> int:
    question, plan = _read(options)
    found = recruit(question, plan, most=options.most, seconds=options.seconds)
    data = asdict(found) | {"people": found.people, "text": found.text}
    return _show(options, data, [found.text, *(one.sentence for one in found.wanted)])


def _why_not(options: argparse.Namespace) -> int:
    question, plan = _read(options)
    price = why_not(
        question,
        plan,
        options.volunteer,
        options.session,
        read_role(Node(options.role, "--role"), question.session[options.session]),
        whole=options.whole,
        seconds=options.seconds,
    )
    return _show(options, asdict(price), [price.text])


def _tradeoff(options: argparse.Namespace) -> int:
    question = problem.load(options.problem)
    try:
        points = tradeoff(question, options.upper, options.lower, points=options.points, seconds=options.seconds)
    except ValueError as error:
        raise BadDocument("tradeoff", str(error)) from error
    lines = [f"{p.upper} {p.lower}: {p.text}{'' if p.proven else '（未证明）'}" for p in points]
    return _show(options, {"points": [asdict(point) for point in points]}, lines)


def _fairness(options: argparse.Namespace) -> int:
    found = fairness(*_read(options))
    lines = [found.text, *(one.text for one in found.no_place)]
    return _show(options, asdict(found) | {"spread": found.spread}, lines)
