"""Time to an event, right-censored, from life tables: counts of who left at each time, and why.

A life table is three arrays over increasing times: the time, the number of events at it, the number censored at it.
Two conventions, each exact in its own way:

* for times known precisely: whoever is censored at t was still at risk at t;
* `actuarial` for times in whole days or months: whoever leaves within an interval was at risk for half of it,
  n = N(≥t) − c/2 for a survival probability and N(≥t) − c/2 − d/2 for a hazard rate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from appraise.domain.language import counted
from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, IntArray, at_least, matrix, vector

_MOST_ROUNDS = 500
_REMEMBERED = 8  # steps from which the next is extrapolated
_FARTHER = 2.0
_RANK = 1e-12
_RANK_OF_LINKS = 1e-11
_TINY = 1e-12
_DIGITS = 12  # of a survival probability; beyond is rounding


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """S(t) just after each time, with Greenwood's standard error and a log(−log) interval; all (K,).

    Where S is 0 or 1 the interval has no width that the data could give: it is that value (1) or [0, 0].
    """

    time: FloatArray
    at_risk: FloatArray
    survival: FloatArray
    standard_error: FloatArray
    lower: FloatArray
    upper: FloatArray

    def at(self, time: npt.ArrayLike) -> FloatArray:
        """S at given times: 1 before the first, constant between and beyond tabulated times."""
        return _step(self.time, self.survival, time, before=1.0)

    def median(self) -> float:
        """The first time at which S ≤ ½; infinite if it is never reached."""
        reached = np.flatnonzero(np.round(self.survival, _DIGITS) <= 0.5)  # noqa: PLR2004  # a half
        return float(self.time[reached[0]]) if reached.size else np.inf


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeHazard:
    """Nelson–Aalen estimate; all (K,).

    `cumulative` is Λ at the end of each time or interval. `expected` is what a unit that leaves at the time had
    been exposed to: Λ itself for exact times, Λ at mid-interval for actuarial ones. With it the events expected
    of all units sum exactly to the events observed: Σ (events + censored)·expected = Σ events.
    """

    time: FloatArray
    at_risk: FloatArray
    increment: FloatArray
    cumulative: FloatArray
    expected: FloatArray
    variance: FloatArray

    def at(self, time: npt.ArrayLike) -> FloatArray:
        """Λ at given times: 0 before the first, constant between and beyond tabulated times."""
        return _step(self.time, self.cumulative, time, before=0.0)


def kaplan_meier(
    time: npt.ArrayLike,
    events: npt.ArrayLike,
    censored: npt.ArrayLike,
    *,
    actuarial: bool = False,
    level: float = 0.95,
) -> SurvivalCurve:
    """Product-limit estimate (Kaplan & Meier 1958); actuarial: the life-table estimate (Cutler & Ederer 1958).

    Counts may be fractional (shared credit). Raises `InvalidInput` for times that do not increase or negative counts.
    """
    t, d, c, n = _life_table(time, events, censored)
    if actuarial:
        n = n - 0.5 * c
    with np.errstate(divide="ignore", invalid="ignore"):
        factor: FloatArray = np.where(n > 0, 1.0 - d / n, 1.0)
        survival = np.multiply.accumulate(factor)
        greenwood = np.cumsum(np.where(d > 0, d / (n * (n - d)), 0.0))
        z = float(special.ndtri(0.5 + level / 2))
        # The variance of log(−log S) by the delta method (Kalbfleisch & Prentice 1980).
        width = z * np.sqrt(greenwood) / np.abs(np.log(survival))
        # 1 to whatever power, NaN too, is 1.
        lower = np.where(survival > 0, survival ** np.exp(width), 0.0)
        upper = np.where(survival > 0, survival ** np.exp(-width), 0.0)
        error = np.where(survival > 0, survival * np.sqrt(greenwood), 0.0)
    return SurvivalCurve(time=t, at_risk=n, survival=survival, standard_error=error, lower=lower, upper=upper)


def nelson_aalen(
    time: npt.ArrayLike, events: npt.ArrayLike, censored: npt.ArrayLike, *, actuarial: bool = False
) -> CumulativeHazard:
    """Λ(t) = Σ d/n (Nelson 1969; Aalen 1978) with variance Σ d/n².

    Counts may be fractional (shared credit). Raises `InvalidInput` for times that do not increase or negative counts.
    """
    t, d, c, n = _life_table(time, events, censored)
    if actuarial:
        n = n - 0.5 * (c + d)
    with np.errstate(invalid="ignore"):
        increment = np.where(d > 0, d / n, 0.0)
        variance = np.cumsum(np.where(d > 0, d / n**2, 0.0))
    cumulative = np.cumsum(increment)
    expected = cumulative - 0.5 * increment if actuarial else cumulative
    return CumulativeHazard(
        time=t, at_risk=n, increment=increment, cumulative=cumulative, expected=expected, variance=variance
    )


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """Mantel's log-rank test of G groups; `observed` and `expected` events are (G,)."""

    statistic: float
    degrees_of_freedom: int
    p_value: float
    observed: FloatArray
    expected: FloatArray


def log_rank(time: npt.ArrayLike, events: npt.ArrayLike, censored: npt.ArrayLike) -> LogRank:
    """Test that G groups share one hazard (Mantel 1966; Peto & Peto 1972), as R's survdiff(rho = 0).

    `time` is (K,), `events` and `censored` are (G, K) on the same times.
    Raises `NotEnough` without an event at a time when two groups were at risk.
    """
    t = _increasing(vector("time", time))
    d = at_least("events", matrix("events", events), 0.0)
    c = at_least("censored", matrix("censored", censored, shape=d.shape), 0.0)
    if d.shape[1] != t.size:
        raise InvalidInput(f"events has {counted(d.shape[1], 'column', 'columns')}", expected=f"{t.size}, one per time")
    n = np.cumsum((d + c)[:, ::-1], axis=1)[:, ::-1]
    all_d, all_n = d.sum(axis=0), n.sum(axis=0)
    used = all_n > 1
    share = n[:, used] / all_n[used]
    any_left = all_n > 0
    expected = n[:, any_left] / all_n[any_left] @ all_d[any_left]
    spread = all_d[used] * (all_n[used] - all_d[used]) / (all_n[used] - 1.0)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    observed = d.sum(axis=1)
    rank = int(np.linalg.matrix_rank(covariance))
    if rank == 0:
        raise NotEnough(
            "no event happened while two groups were at risk", expected="events in groups that overlap in time"
        )
    difference = observed - expected
    statistic = float(difference @ np.linalg.pinv(covariance) @ difference)
    return LogRank(statistic, rank, float(special.chdtrc(rank, statistic)), observed, expected)


@dataclass(frozen=True, slots=True, eq=False)
class TwoWayRates:
    """Multiplicative rates: events in cell (e, s) have mean employee_rate_e · stratum_rate_s · expected_es.

    `expected` (J,) is Σ_s stratum_rate_s · expected_es: what an average employee would have had with the same
    cases; in each part it sums to what was observed. `part` (J,) and `stratum_part` (S,) number, from 0, the employees
    that share strata with each other, directly or through others: between parts the data cannot separate employees from
    strata. −1 is a stratum that nobody serves and an employee without exposure, of whom nothing can be said.
    """

    employee_rate: FloatArray
    stratum_rate: FloatArray
    expected: FloatArray
    iterations: int
    converged: bool
    part: IntArray
    stratum_part: IntArray

    @property
    def parts(self) -> int:
        return int(self.part.max(initial=-1)) + 1


def two_way_rates(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    pseudo_count: float = 0.5,
    max_iterations: int = _MOST_ROUNDS,
    tolerance: float = 1e-10,
) -> TwoWayRates:
    """Separate employees from the strata they happen to serve, by iterative proportional fitting on (J, S) tables.

    θ_e = (O_e. + k)/(Σ_s γ_s E_es + k), γ_s = (O_.s + k)/(Σ_e θ_e E_es + k) with k the `pseudo_count`, which keeps
    thin rows near 1; with k = 0 both margins of the fit equal the observed ones (Deming & Stephan 1940). γ is
    calibrated in each part by itself. Employees are no random effect here: where good ones get the kinds of case that
    pay, strata would take up part of what is theirs.

    Raises `NotEnough` without observed or expected events; `InvalidInput` for negative cells or shapes that differ.
    """
    O = at_least("observed", matrix("observed", observed), 0.0)
    E = at_least("expected", matrix("expected", expected, shape=O.shape), 0.0)
    if O.sum() <= 0.0 or E.sum() <= 0.0:
        raise NotEnough(
            f"{counted(float(O.sum()), 'event', 'events')} observed and {E.sum():g} expected",
            expected="events to compare",
        )
    by_employee, by_stratum = O.sum(axis=1) + pseudo_count, O.sum(axis=0) + pseudo_count
    part, stratum_part = _parts(E)
    level = _Levels(O, E, part, stratum_part)

    def improved(gamma: FloatArray) -> FloatArray:
        theta = _ratio(by_employee, E @ gamma + pseudo_count)
        return level.calibrated(_ratio(by_stratum, E.T @ theta + pseudo_count))

    gamma, iterations, converged = _fixed_point(
        improved, level.calibrated(np.ones(O.shape[1])), max_iterations=max_iterations, tolerance=tolerance
    )
    gamma = level.calibrated(gamma)
    return TwoWayRates(
        employee_rate=_ratio(by_employee, E @ gamma + pseudo_count),
        stratum_rate=gamma,
        expected=E @ gamma,
        iterations=iterations,
        converged=converged,
        part=part,
        stratum_part=stratum_part,
    )


def stratum_doubt(fitted: TwoWayRates, expected: npt.ArrayLike, *, pseudo_count: float = 0.5) -> FloatArray:
    """Var(ln of what is expected of an employee) (J,) by the strata's rates being estimates; counts are Poisson.

    With μ = θγE, D its margins and k the `pseudo_count` of the fit, the log rates of the strata have the information
    D_s − μ'(D_e + k)⁻¹μ, in which the employees' rates are taken out (the Schur complement). What is expected of e
    depends on them by the shares of its strata, beside those of all in its part, at which the level is calibrated. It
    is 0 where all serve the same mix, and large where an employee's strata are shared by few.
    """
    E = at_least("expected", matrix("expected", expected), 0.0)
    cells = fitted.stratum_rate * E
    mu = fitted.employee_rate[:, None] * cells
    served = mu.sum(axis=0) > 0.0
    cells, mu, part = cells[:, served], mu[:, served], fitted.stratum_part[served]
    by_stratum = mu.sum(axis=0)
    scale = np.sqrt(by_stratum)  # by which the information has eigenvalues between 0 and 1
    shared = (mu.T @ (mu / np.maximum(mu.sum(axis=1) + pseudo_count, _TINY)[:, None])) / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(np.eye(scale.size) - shared)
    told = values > _RANK_OF_LINKS
    share = _ratio(cells, cells.sum(axis=1, keepdims=True) + np.zeros_like(cells)) * (cells > 0.0)
    usual = np.array([np.where(part == number, by_stratum, 0.0) for number in range(fitted.parts)])
    usual /= np.maximum(usual.sum(axis=1, keepdims=True), _TINY)
    beside = np.where(cells.sum(axis=1, keepdims=True) > 0.0, share - usual[fitted.part], 0.0)
    doubt: FloatArray = ((beside / scale @ vectors[:, told]) ** 2 / values[told]).sum(axis=1)
    return doubt


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """Only θγ is identified, in each part by itself: γ is put at the level where expected and observed agree."""

    observed: FloatArray
    expected: FloatArray
    part: IntArray
    stratum_part: IntArray

    def calibrated(self, gamma: FloatArray) -> FloatArray:
        served = np.flatnonzero(self.part >= 0)
        number = self.part[served]
        above = np.bincount(number, self.observed[served].sum(axis=1))
        below = np.bincount(number, (self.expected @ gamma)[served])
        # A part without events keeps its level: its rates say nothing, and 0 would hide that.
        scale = np.where((above > 0) & (below > 0), above / np.where(below > 0, below, 1.0), 1.0)
        level: FloatArray = gamma * np.append(scale, 1.0)[self.stratum_part]
        return level


def _fixed_point(
    improved: Callable[[FloatArray], FloatArray], start: FloatArray, *, max_iterations: int, tolerance: float
) -> tuple[FloatArray, int, bool]:
    """Where `improved` changes nothing, in the rounds it took, by Anderson's acceleration of its logarithm.

    Between strata that hardly share an employee plain rounds take thousands, as each only halves a difference that the
    few common cases must carry (Anderson 1965, J. ACM 12:547; Walker & Ni 2011, SIAM J. Numerical Analysis 49:1715).
    A step that leads further away is taken back for a plain one.
    """
    gamma, least = start, np.inf
    points: list[FloatArray] = []
    steps: list[FloatArray] = []
    for iteration in range(1, max_iterations + 1):
        updated = improved(gamma)
        change = float(np.max(np.abs(updated - gamma) / np.maximum(gamma, _TINY)))
        if change <= tolerance:
            return updated, iteration, True
        with np.errstate(divide="ignore"):
            point, step = np.log(updated), np.log(updated) - np.log(gamma)
        step = np.where(np.isfinite(step), step, 0.0)  # a stratum without events stays at 0
        if change > _FARTHER * least:
            points, steps = [], []
        least = min(least, change)
        points, steps = [*points[-_REMEMBERED:], point], [*steps[-_REMEMBERED:], step]
        gamma = np.exp(_extrapolated(points, steps))
    return gamma, max_iterations, False


def _extrapolated(points: Sequence[FloatArray], steps: Sequence[FloatArray]) -> FloatArray:
    """The combination of the last `points` whose steps come nearest to cancelling."""
    if len(points) == 1:
        return points[0]
    finite = np.isfinite(points[-1])
    turns = np.diff(np.array(steps), axis=0)[:, finite].T
    weights = np.linalg.lstsq(turns, steps[-1][finite], rcond=_RANK)[0]
    found = points[-1].copy()
    found[finite] -= np.diff(np.array(points)[:, finite], axis=0).T @ weights
    return found


def _parts(E: FloatArray) -> tuple[IntArray, IntArray]:
    """Of employees and strata, numbered in order of the first employee."""
    J, S = E.shape
    employee, stratum = np.nonzero(E > 0)
    graph = sparse.csr_array((np.ones(employee.size), (employee, J + stratum)), shape=(J + S, J + S))
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    used = np.zeros(J + S, bool)
    used[employee], used[J + stratum] = True, True
    number = {first: place for place, first in enumerate(dict.fromkeys(label[:J][used[:J]].tolist()))}
    found = np.array([number[one] if is_used else -1 for one, is_used in zip(label.tolist(), used, strict=True)])
    return found[:J].astype(np.int64), found[J:].astype(np.int64)


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.divide(above, below, out=np.ones_like(above), where=below > 0)


def _life_table(
    time: npt.ArrayLike, events: npt.ArrayLike, censored: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    t = _increasing(vector("time", time))
    d = at_least("events", vector("events", events, length=t.size), 0.0)
    c = at_least("censored", vector("censored", censored, length=t.size), 0.0)
    return t, d, c, np.cumsum((d + c)[::-1])[::-1]


def _increasing(time: FloatArray) -> FloatArray:
    wrong = np.flatnonzero(np.diff(time) <= 0)
    if wrong.size:
        raise InvalidInput(
            f"time {time[wrong[0] + 1]:g} follows {time[wrong[0]]:g}", expected="times that increase, each once"
        )
    return time


def _step(times: FloatArray, values: FloatArray, at: npt.ArrayLike, *, before: float) -> FloatArray:
    position = np.searchsorted(times, at, side="right")
    return np.concatenate([[before], values])[position]
