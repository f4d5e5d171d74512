"""Observed over expected per employee, by nested case mix, for outcomes with shared credit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.scoring.case_mix import IntArray
from appraise.statistics.survival import nelson_aalen, two_way_rates

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
    """

    observed: FloatArray
    expected: FloatArray
    rate: FloatArray
    exposed: FloatArray
    parts: int

    @property
    def ratio(self) -> FloatArray:
        return self.observed / self.expected


def compared(cells: Cells, stratum: IntArray, *, floor: float | None) -> Compared:
    """Observed and expected by the score form of the multiple-membership model.

    E* = Σ w²Λ and O* = E* + Σ w(d − Λ): the plain ratio Σwd/Σwd would credit everybody with part of what colleagues
    did. Strata are separated from employees by iterative proportional fitting first. `floor` bounds O* from below.
    """
    observed, expected = [], []
    rate, parts = np.ones(stratum.shape[1]), 1
    for k, groups in enumerate(stratum):
        membership = (groups[:, None] == np.arange(groups.max() + 1)).astype(np.float64)
        fitted = two_way_rates(cells.observed @ membership, cells.expected[k] @ membership)
        rate, parts = membership @ fitted.stratum_rate, fitted.parts
        surplus = (cells.observed - cells.expected[k] * rate).sum(axis=1)
        own = cells.squared[k] @ rate
        total = own + surplus
        expected.append(own)
        observed.append(total if floor is None else np.maximum(total, floor))
    return Compared(np.array(observed), np.array(expected), rate, cells.expected[-1] @ rate, parts)


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
