"""What a method says of the employees, and what is true of them, in one unit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from appraise.errors import NotEnough
from appraise.statistics.composite import rate
from appraise.statistics.shrinkage import Shrunk
from validation.company import Booleans, Floats, Integers

FORCED = (0.1, 0.3, 0.7, 0.9)
"""The customary forced distribution, 10/20/40/20/10 per cent."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Deviations from the average employee with intervals, and ratings 1..5; rows of `known` employees only count.

    `deviation`, `variance` are unshrunk and `spread` is the estimated sd between employees; the composite needs them.
    """

    known: Booleans
    value: Floats
    lower: Floats
    upper: Floats
    rating: npt.NDArray[np.int8]
    reliability: Floats
    deviation: Floats
    variance: Floats
    spread: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One indicator in one simulated organisation: the truth (J,) with the sd it was drawn with, evidence, answers.

    `oracle` are the answers of somebody who knows what no method can, `usual` those of another plain method; None where
    nobody was asked.
    """

    truth: Floats
    spread: float
    evidence: Floats
    naive: Answers
    ours: Answers
    oracle: Answers | None = None
    usual: Answers | None = None


def plain(known: Booleans, value: Floats, error: Floats) -> Answers:
    """A figure as it stands, ± 1.96 standard errors, rated by a forced distribution of z."""
    value, error = np.where(known, value, 0.0), np.where(known, error, 1.0)
    rating = np.zeros(known.size, np.int8)
    z = value[known] / error[known]
    rating[known] = 1 + np.digitize(z, np.quantile(z, FORCED))
    return Answers(
        known=known,
        value=value,
        lower=value - 1.96 * error,
        upper=value + 1.96 * error,
        rating=rating,
        reliability=np.ones(known.size),
        deviation=value,
        variance=np.where(known, error**2, np.inf),
    )


class Figures(NamedTuple):
    """Of employees who are compared with each other, with the deviations and variances before shrinking."""

    shrunk: Shrunk
    deviation: Floats
    variance: Floats


def pooled(known: Booleans, part: Integers, figures: Callable[[Integers], Figures]) -> Answers:
    """The `figures` of each part's rows that are `known`; of parts that are too small nothing is.

    The margin of the ratings is half an sd, and `spread` that of the largest part.
    """
    told = refused(known.size)
    most = 0
    for number in np.unique(part[known]):
        rows = np.flatnonzero(known & (part == number))
        try:
            found = figures(rows)
        except NotEnough:
            continue
        _write(told, rows, found)
        if rows.size > most:
            most, told = rows.size, replace(told, spread=found.shrunk.population_sd)
    if not most:
        raise NotEnough("nobody can be compared", expected="employees who have kinds of cases in common")
    return told


def _write(told: Answers, rows: Integers, found: Figures) -> None:
    shrunk = found.shrunk
    margin = 0.5 * shrunk.population_sd
    told.known[rows] = True
    told.value[rows] = shrunk.deviation.mean() - shrunk.deviation_origin
    told.lower[rows] = shrunk.deviation.quantile(0.025) - shrunk.deviation_origin
    told.upper[rows] = shrunk.deviation.quantile(0.975) - shrunk.deviation_origin
    told.reliability[rows] = shrunk.reliability
    told.deviation[rows], told.variance[rows] = found.deviation, found.variance
    told.rating[rows] = rate(
        above_margin=shrunk.probability_above_population(margin),
        above=shrunk.probability_above_population(),
        below=shrunk.probability_below_population(),
        below_margin=shrunk.probability_below_population(margin),
    )


def refused(employees: int) -> Answers:
    """Nothing is said of anybody."""
    value, lower, upper, reliability, deviation = (np.zeros(employees) for _ in range(5))
    return Answers(
        known=np.zeros(employees, bool),
        value=value,
        lower=lower,
        upper=upper,
        rating=np.zeros(employees, np.int8),
        reliability=reliability,
        deviation=deviation,
        variance=np.full(employees, np.inf),
    )
