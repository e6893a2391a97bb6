"""The only place that knows HiGHS: hand over the arrays, get values and a bound back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.arrays import Numbers, Programme

LOOK_EVERY = 0.2
"""Seconds between two looks at a running solve."""
TOLERANCE = 1e-6
NOTHING = 1e-9
FINE = 1e-9
"""Prices grow into the millions where tiers are in order; the usual 1e-6 would be worth whole units."""

type Bounds = tuple[Numbers, Numbers]
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


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The optimum without integrality: its value, the columns, and what one more of each costs."""

    value: float
    values: Numbers
    reduced: Numbers


def minimise(
    model: Programme,
    weights: dict[str, int],
    *,
    seconds: float,
    seed: int,
    watch: Watch | None = None,
    bounds: Bounds | None = None,
    lift: bool = False,
) -> Outcome:
    """Minimise tiers times weights over the model, or over the part of it inside `bounds`.

    All costs are whole numbers, so a gap under one is a proof. One thread and a fixed seed:
    the same question has the same answer unless the time limit cuts it short. No start is
    handed over: with one, HiGHS 1.16 was slower, and once gave the start back as optimal
    although its own bound was half of it (presolve maps the start to a better plan).
    Symmetry and the costly heuristics are off: `exact` brings good plans of its own.
    With `lift` what probing learns about pairs of columns makes the rows stronger.
    """
    import highspy

    programme = _part(model, weights, bounds)
    if programme.broken:
        return Outcome(None, float("inf"), proven=False, infeasible=True, stopped=False)
    if not len(programme.free):
        return Outcome(programme.lower, programme.offset, proven=True, infeasible=False, stopped=False)
    solver = _silent(highspy, seed, seconds)
    options = {
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.99,
        "mip_detect_symmetry": False,
        "mip_heuristic_run_rins": False,
        "mip_heuristic_run_rens": False,
        "mip_heuristic_run_root_reduced_cost": False,
    }
    if lift:
        options["mip_lifting_for_probing"] = 1
    for option, setting in options.items():
        solver.setOptionValue(option, setting)
    solver.passModel(_handed_over(highspy, programme))
    stopped = _watch(solver, watch) if watch else lambda: False
    solver.run()
    solver.clearCallbacks()
    return _outcome(highspy, solver, programme, stopped())


@dataclass(frozen=True, slots=True)
class Vertex:
    """A basic optimum: what is basic, and the rows of the inverse of the basis.

    `basic_columns[i]` is a column of the model, basic at place `basic_at[i]`.
    """

    values: Numbers
    basic_columns: Numbers
    basic_at: Numbers
    columns_basic: Numbers
    inverse_row: Callable[[int], tuple[Numbers, Numbers]]
    """By place: the rows of the model with an entry, and the entries."""


class Relaxation[M: Programme]:
    """The model without integrality, kept alive: a new objective or a new row starts from the last optimum.

    Rows marked as implied are not in it; whoever sees one broken adds it as a row of its own.
    """

    def __init__(self, model: M, seed: int) -> None:
        import highspy

        self.highspy = highspy
        self.model = model
        self.solver = _silent(highspy, seed, None)
        self.solver.setOptionValue("presolve", "off")
        self.rows = 0
        self.columns = 0
        self.kept = np.zeros(0, dtype=int)
        self.infeasible = False
        self.last = np.zeros(0), np.zeros(0), self.kept
        status = highspy.HighsModelStatus
        self.rough = (status.kUnknown, status.kSolveError, status.kNotset)

    def minimise(self, weights: dict[str, int], seconds: float, bounds: Bounds | None = None) -> Relaxed | None:
        """The optimum for these tiers, inside `bounds`.

        None where there is none (`infeasible` is set) or it could not be had: the time ran out,
        or the numbers were too rough even from scratch and with the usual tolerances.
        """
        self._update(weights, bounds or self.model.column_bounds()[:2])
        self.solver.setOptionValue("time_limit", self.solver.getRunTime() + max(0.01, seconds))
        self.solver.run()
        if self._status() in self.rough:
            self.solver.clearSolver()
            _set_tolerances(self.solver, 1e-7)
            self.solver.run()
            _set_tolerances(self.solver, FINE)
        self.infeasible = self._status() == self.highspy.HighsModelStatus.kInfeasible
        if self._status() != self.highspy.HighsModelStatus.kOptimal:
            return None
        solution = self.solver.getSolution()
        self.last = np.array(solution.col_value), np.array(solution.row_dual), self.kept
        value = float(self.solver.getInfo().objective_function_value)
        return Relaxed(value, np.array(solution.col_value), np.array(solution.col_dual))

    def _status(self) -> Any:
        return self.solver.getModelStatus()

    def vertex(self) -> Vertex:
        """The last optimum as a vertex; only right after `minimise`."""
        _, order = self.solver.getBasicVariables()
        order = np.array(order)
        at = np.nonzero(order >= 0)[0]
        basic = np.zeros(self.columns, dtype=bool)
        basic[order[at]] = True

        def inverse_row(place: int) -> tuple[Numbers, Numbers]:
            _, entries, count, rows = self.solver.getBasisInverseRowSparse(place)
            rows = np.sort(np.array(rows[:count]))
            entries = np.array(entries)[rows]
            used = np.abs(entries) > NOTHING
            return self.kept[rows[used]], entries[used]

        return Vertex(np.array(self.solver.getSolution().col_value), order[at], at, basic, inverse_row)

    def prices(self) -> Numbers:
        """What one unit of each row was worth at the last optimum; 0 for rows that were left out."""
        _, duals, kept = self.last
        prices = np.zeros(self.model.rows)
        prices[kept] = duals
        return prices

    def proof(
        self, weights: dict[str, int], bounds: Bounds | None = None, *, without: Numbers | None = None
    ) -> Relaxed:
        """The last optimum with bound and reduced costs worked out from the row prices alone.

        Whatever the solver's tolerances are, prices of the right sign bound the optimum
        (Neumaier and Shcherbina 2004). The rows in `without` are as good as not there.
        """
        prices = self.prices()
        if without is not None:
            prices[without] = 0.0
        costs, offset = self.model.objective(weights)
        lower, upper = bounds or self.model.column_bounds()[:2]
        row_lower, row_upper = self.model.row_bounds()
        prices[((prices > 0) & np.isinf(row_lower)) | ((prices < 0) & np.isinf(row_upper))] = 0.0
        starts, columns, entries = self.model.matrix()
        row_of = np.repeat(np.arange(self.model.rows), np.diff(starts))
        reduced = costs - np.bincount(columns, weights=entries * prices[row_of], minlength=self.model.columns)
        at = np.where(prices > 0, row_lower, np.where(prices < 0, row_upper, 0.0))
        value = offset + float(prices @ at) + float(np.minimum(reduced * lower, reduced * upper).sum())
        return Relaxed(value, self.last[0], reduced)

    def _update(self, weights: dict[str, int], bounds: Bounds) -> None:
        """Bring objective, bounds and new rows over; the model has no new columns after `build`."""
        if not self.columns:
            whole = _part(self.model, weights, bounds, keep_all=True)
            self.solver.passModel(_handed_over(self.highspy, whole, integral=False))
            self.columns, self.rows = self.model.columns, self.model.rows
            self.kept = whole.kept
            return
        every = np.arange(self.columns, dtype=np.int32)
        costs, offset = self.model.objective(weights)
        self.solver.changeColsCost(self.columns, every, costs)
        self.solver.changeObjectiveOffset(float(offset))
        self.solver.changeColsBounds(self.columns, every, *bounds)
        if self.rows < self.model.rows:
            starts, columns, values = self.model.matrix()
            first, last = int(starts[self.rows]), int(starts[-1])
            low, high = self.model.row_bounds()
            self.solver.addRows(
                self.model.rows - self.rows,
                low[self.rows :],
                high[self.rows :],
                last - first,
                (starts[self.rows : -1] - first).astype(np.int32),
                columns[first:last].astype(np.int32),
                values[first:last],
            )
            self.kept = np.concatenate([self.kept, np.arange(self.rows, self.model.rows)])
            self.rows = self.model.rows


@dataclass(slots=True)
class _Part:
    """A part of a model: the free columns, the rows they are in, and everything else settled."""

    free: Numbers
    lower: Numbers
    upper: Numbers
    costs: Numbers
    offset: float
    whole: Numbers
    kept: Numbers
    rows: tuple[Numbers, Numbers]
    matrix: tuple[Numbers, Numbers, Numbers]
    broken: bool


def _part(model: Programme, weights: dict[str, int], bounds: Bounds | None, *, keep_all: bool = False) -> _Part:
    """The programme of the columns that are not fixed; their values go into rows and offset.

    With `keep_all` every column and every row that is not implied stays.
    """
    costs, offset = model.objective(weights)
    lower, upper, whole = model.column_bounds()
    if bounds is not None:
        lower, upper = bounds
    starts, columns, values = model.matrix()
    row_of = np.repeat(np.arange(model.rows), np.diff(starts))
    row_lower, row_upper = model.row_bounds()
    free = np.ones(model.columns, dtype=bool) if keep_all else upper - lower > TOLERANCE
    settled = np.where(free, 0.0, lower)
    used = free[columns]
    done = np.bincount(row_of, weights=values * settled[columns], minlength=model.rows)
    row_lower, row_upper = row_lower - done, row_upper - done
    kept = np.bincount(row_of[used], minlength=model.rows) > 0
    broken = bool(((row_lower > TOLERANCE) | (row_upper < -TOLERANCE))[~kept].any())
    if keep_all:
        kept &= ~model.implied()
        used &= kept[row_of]
    columns_now, rows_now = np.cumsum(free) - 1, np.cumsum(kept) - 1
    counts = np.bincount(rows_now[row_of[used]], minlength=int(kept.sum()))
    return _Part(
        free=np.nonzero(free)[0],
        lower=lower,
        upper=upper,
        costs=costs[free],
        offset=float(offset + costs @ settled),
        whole=whole[free],
        kept=np.nonzero(kept)[0],
        rows=(row_lower[kept], row_upper[kept]),
        matrix=(np.concatenate([[0], np.cumsum(counts)]), columns_now[columns[used]], values[used]),
        broken=broken,
    )


def _silent(highspy: Any, seed: int, seconds: float | None) -> Any:
    class Silent(highspy.Highs):  # type: ignore[misc]
        """HiGHS that prints no banner: the option comes before anything that prints."""

        def enableCallbacks(self) -> None:  # noqa: N802
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()

    solver = Silent()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", seed)
    _set_tolerances(solver, FINE)
    if seconds is not None:
        solver.setOptionValue("time_limit", max(0.01, seconds))
    return solver


def _set_tolerances(solver: Any, tolerance: float) -> None:
    for kind in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_feasibility_tolerance"):
        solver.setOptionValue(kind, tolerance)


def _handed_over(highspy: Any, part: _Part, *, integral: bool = True) -> Any:
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = len(part.free), len(part.rows[0])
    programme.col_cost_, programme.offset_ = part.costs, part.offset
    programme.col_lower_, programme.col_upper_ = part.lower[part.free], part.upper[part.free]
    if integral:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        programme.integrality_ = [kinds[number] for number in part.whole.tolist()]
    programme.row_lower_, programme.row_upper_ = part.rows
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_, programme.a_matrix_.index_, programme.a_matrix_.value_ = part.matrix
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


def _outcome(highspy: Any, solver: Any, part: _Part, stopped: bool) -> Outcome:
    status, info = solver.getModelStatus(), solver.getInfo()
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    values = None
    if feasible:
        values = part.lower.astype(float)
        values[part.free] = solver.getSolution().col_value
    proven = feasible and status == highspy.HighsModelStatus.kOptimal
    # Without whole columns HiGHS solves a linear programme and leaves the bound of the search at 0.
    linear = proven and not part.whole.any()
    return Outcome(
        values=values,
        bound=float(info.objective_function_value if linear else info.mip_dual_bound),
        proven=proven,
        infeasible=status == highspy.HighsModelStatus.kInfeasible,
        stopped=stopped,
    )
