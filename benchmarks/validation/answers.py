"""What a method says of the employees, and what is true of them, in one unit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appraise.statistics.composite import rate
from appraise.statistics.shrinkage import Shrunk
from validation.company import Booleans, Floats

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

    `oracle` are the answers of somebody who knows what no method can; None where nobody was asked.
    """

    truth: Floats
    spread: float
    evidence: Floats
    naive: Answers
    ours: Answers
    oracle: Answers | None = None


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


def pooled(known: Booleans, shrunk: Shrunk, deviation: Floats, variance: Floats) -> Answers:
    """`shrunk`, `deviation`, `variance` have a row per known employee; the margin of the ratings is half an sd."""
    margin = 0.5 * shrunk.population_sd

    def spread_out(values: Floats, otherwise: float = 0.0) -> Floats:
        out = np.full(known.size, otherwise)
        out[known] = values
        return out

    rating = np.zeros(known.size, np.int8)
    rating[known] = rate(
        above_margin=shrunk.probability_above_population(margin),
        above=shrunk.probability_above_population(),
        below=shrunk.probability_below_population(),
        below_margin=shrunk.probability_below_population(margin),
    )
    return Answers(
        known=known,
        value=spread_out(shrunk.deviation.mean() - shrunk.deviation_origin),
        lower=spread_out(shrunk.deviation.quantile(0.025) - shrunk.deviation_origin),
        upper=spread_out(shrunk.deviation.quantile(0.975) - shrunk.deviation_origin),
        rating=rating,
        reliability=spread_out(shrunk.reliability),
        deviation=spread_out(deviation),
        variance=spread_out(variance, np.inf),
        spread=shrunk.population_sd,
    )


def refused(employees: int) -> Answers:
    nothing = np.zeros(employees)
    return Answers(
        np.zeros(employees, bool), nothing, nothing, nothing, nothing.astype(np.int8), nothing, nothing, nothing
    )
