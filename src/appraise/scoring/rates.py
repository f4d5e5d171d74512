"""Observed over expected per employee, by nested case mix, for outcomes with shared credit."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from appraise.errors import NotEnough
from appraise.scoring.case_mix import IntArray
from appraise.statistics.survival import TwoWayRates, nelson_aalen, stratum_doubt, two_way_rates

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums over the outcomes of employee e in profile p, for baselines by the first k = 0..K factors.

    `observed` (J, P) is Σ w·outcome, `expected` (K+1, J, P) Σ w·foretold, `squared` the same with w² for w.
    """

    observed: FloatArray
    expected: FloatArray
    squared: FloatArray


@dataclass(frozen=True, slots=True)
class Compared:
    """Per level of nesting k and employee: `observed` and `expected` of the score form; `rate` (P,) of the profiles.

    `exposed` (J,) is Σ w·expected of the last level: what an average employee would have had of these outcomes.
    `part` (J,) numbers the employees who have strata in common, directly or through others: at every level they are
    compared with each other alone. `idle[k]` says that the factor k tells nothing apart within any part.
    `doubt` (J,) is the variance of the logarithm of the last level's `expected`, by the strata's rates being estimates,
    per unit of the outcomes' variance over their expectation.
    """

    observed: FloatArray
    expected: FloatArray
    rate: FloatArray
    exposed: FloatArray
    part: IntArray
    idle: tuple[bool, ...]
    doubt: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """1 where nothing was expected, of which nothing is told."""
        return np.divide(self.observed, self.expected, out=np.ones_like(self.observed), where=self.expected > 0)


def compared(cells: Cells, stratum: IntArray, *, floor: float | None) -> Compared:
    """Observed and expected by the score form of the multiple-membership model.

    E* = Σ w²Λ and O* = E* + Σ w(d − Λ): the plain ratio Σwd/Σwd would credit everybody with part of what colleagues
    did. Strata are separated from employees by iterative proportional fitting first. `floor` bounds O* from below.

    Raises `NotEnough` without events, and where the fit does not come to an end.
    """
    finest = (stratum[-1][:, None] == np.arange(stratum[-1].max() + 1)).astype(np.float64)
    whole = _fitted(cells.observed @ finest, cells.expected[-1] @ finest)
    nested = _within(stratum, whole.stratum_part[stratum[-1]])
    observed, expected = [], []
    rate = np.ones(stratum.shape[1])
    for k, groups in enumerate(nested):
        membership = (groups[:, None] == np.arange(groups.max() + 1)).astype(np.float64)
        last = k == len(nested) - 1
        fitted = whole if last else _fitted(cells.observed @ membership, cells.expected[k] @ membership)
        rate = membership @ fitted.stratum_rate
        surplus = (cells.observed - cells.expected[k] * rate).sum(axis=1)
        own = cells.squared[k] @ rate
        total = own + surplus
        expected.append(own)
        observed.append(total if floor is None else np.maximum(total, floor))
    counts = [groups.max(initial=-1) for groups in nested]
    idle = tuple(bool(finer == coarser) for coarser, finer in pairwise(counts))
    # Whoever has no exposure is told nothing of either way.
    usual = np.bincount(whole.part[whole.part >= 0]).argmax()
    part = np.where(whole.part >= 0, whole.part, usual)
    exposed = cells.expected[-1] @ rate
    # Of shared outcomes the surplus depends on what is foretold of all, and is put over the part that is weighed.
    sharing = np.divide(exposed, expected[-1], out=np.ones_like(exposed), where=expected[-1] > 0)
    doubt = sharing**2 * stratum_doubt(whole, cells.expected[-1] @ finest)
    return Compared(np.array(observed), np.array(expected), rate, exposed, part, idle, doubt)


def _within(stratum: IntArray, part: IntArray) -> IntArray:
    """The strata of each level, numbered anew so that none reaches over several parts (P,)."""
    return np.array([np.unique([groups, part], axis=1, return_inverse=True)[1] for groups in stratum], np.int64)


def _fitted(observed: FloatArray, expected: FloatArray) -> TwoWayRates:
    fitted = two_way_rates(observed, expected)
    if not fitted.converged:
        raise NotEnough(
            f"kinds of cases and employees cannot be told apart in {fitted.iterations} rounds of fitting",
            expected="more employees who have cases of several kinds",
        )
    return fitted


def foretold(
    profile: IntArray, day: IntArray, events: FloatArray, censored: FloatArray, stratum: IntArray
) -> FloatArray:
    """Cumulative hazard that a spell leaving in each row (profile, day) was exposed to, by level of nesting: (K+1, R).

    Actuarial life tables in whole days, one per stratum of each level.
    """
    result = np.zeros((stratum.shape[0], profile.size))
    for k, groups in enumerate(stratum):
        group = groups[profile]
        for number in np.unique(group):
            rows = np.flatnonzero(group == number)
            days, position = np.unique(day[rows], return_inverse=True)
            table = nelson_aalen(
                days, np.bincount(position, events[rows]), np.bincount(position, censored[rows]), actuarial=True
            )
            result[k, rows] = table.expected[position]
    return result
