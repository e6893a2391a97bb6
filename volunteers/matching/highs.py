"""The only place that knows HiGHS: hand over the arrays, get values and a bound back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from volunteers.matching.model import Model, Numbers

LOOK_EVERY = 0.2
"""Seconds between two looks at a running solve."""

type Watch = Callable[[float | None, float | None], bool]
"""Told the best value and the bound so far (None: none yet); False stops the solve."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: values (None where nothing was found), a bound, and why it ended."""

    values: Numbers | None
    bound: float
    proven: bool
    infeasible: bool
    stopped: bool


def minimise(
    model: Model,
    weights: dict[str, int],
    *,
    seconds: float,
    seed: int,
    watch: Watch | None = None,
) -> Outcome:
    """Minimise tiers times weights over the model.

    All costs are whole numbers, so a gap under one is a proof. One thread and a fixed seed:
    the same question has the same answer unless the time limit cuts it short. No start is
    handed over: with one, HiGHS 1.16 was slower, and once gave the start back as optimal
    although its own bound was half of it (presolve maps the start to a better plan).
    """
    import highspy

    if model.columns == 0:
        constant = float(model.objective(weights)[1])
        return Outcome(np.zeros(0), constant, proven=True, infeasible=False, stopped=False)

    class Silent(highspy.Highs):
        """HiGHS that prints no banner: the option comes before anything that prints."""

        def enableCallbacks(self) -> None:  # noqa: N802
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    solver = Silent()
    options = {
        "threads": 1,
        "random_seed": seed,
        "time_limit": max(0.01, seconds),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.99,
    }
    for option, setting in options.items():
        solver.setOptionValue(option, setting)
    solver.passModel(_programme(highspy, model, weights))
    stopped = _watch(solver, watch) if watch else lambda: False
    solver.run()
    solver.clearCallbacks()
    return _outcome(highspy, solver, stopped())


def _programme(highspy: Any, model: Model, weights: dict[str, int]) -> Any:
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = model.columns, model.rows
    programme.col_cost_, offset = model.objective(weights)
    programme.offset_ = float(offset)
    programme.col_lower_, programme.col_upper_, whole = model.column_bounds()
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    programme.integrality_ = [kinds[number] for number in whole.tolist()]
    programme.row_lower_, programme.row_upper_ = model.row_bounds()
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts, columns, values = model.matrix()
    programme.a_matrix_.start_ = starts
    programme.a_matrix_.index_ = columns
    programme.a_matrix_.value_ = values
    return programme


def _watch(solver: Any, watch: Watch) -> Callable[[], bool]:
    """Let the caller look at the running solve and stop it; tells afterwards if it did."""
    seen = {"at": time.perf_counter(), "stopped": False}

    def look(event: Any) -> None:
        now = time.perf_counter()
        if now - seen["at"] < LOOK_EVERY and not seen["stopped"]:
            return
        seen["at"] = now
        best, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
        if seen["stopped"] or not watch(_finite(best), _finite(bound)):
            seen["stopped"] = True
            event.interrupt()

    solver.cbMipInterrupt += look
    return lambda: bool(seen["stopped"])


def _finite(number: float) -> float | None:
    return float(number) if abs(number) < 1e30 else None


def _outcome(highspy: Any, solver: Any, stopped: bool) -> Outcome:
    status, info = solver.getModelStatus(), solver.getInfo()
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    return Outcome(
        values=np.array(solver.getSolution().col_value) if feasible else None,
        bound=float(info.mip_dual_bound),
        proven=feasible and status == highspy.HighsModelStatus.kOptimal,
        infeasible=status == highspy.HighsModelStatus.kInfeasible,
        stopped=stopped,
    )
