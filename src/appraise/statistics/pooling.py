"""What several employees' unshrunk figures say together: a mean by precision, a sum, or where their like lie.

For means and sums nothing is shrunk and no spread between employees is guessed: the errors are those of sampling, for
these employees. That is the "fixed effects" (plural) reading of meta-analysis: Rice, Higgins & Lumley 2018, J R Statist
Soc A 181:205.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.errors import NotEnough
from appraise.statistics.arrays import FloatArray, at_least, vector
from appraise.statistics.mixtures import NormalMixture
from appraise.statistics.shrinkage import refuse_few
from appraise.statistics.spreads import sd_posterior


@dataclass(frozen=True, slots=True)
class Pooled:
    """`standard_error` in the unit of `value`."""

    value: float
    standard_error: float

    def interval(self, probability: float = 0.95) -> tuple[float, float]:
        """The central interval, by the normal distribution."""
        reach = float(special.ndtri(0.5 + probability / 2.0)) * self.standard_error
        return self.value - reach, self.value + reach


def by_precision(estimate: npt.ArrayLike, variance: npt.ArrayLike, *, overlap: npt.ArrayLike | None = None) -> Pooled:
    """Mean of (J,) estimates with sampling variances, each weighted by 1/variance.

    It estimates the average of the true values with these weights, whether or not they differ. Of rates it is all
    events over all expected ones. `overlap` as in `total`.

    Raises `NotEnough` for none, `InvalidInput` for a variance that is not above 0.
    """
    y = vector("estimate", estimate)
    v = at_least("variance", vector("variance", variance, length=y.size), 0.0, strictly=True)
    weight = 1.0 / v
    whole = total(weight * y, weight, overlap=overlap)
    return Pooled(whole.value / float(weight.sum()), whole.standard_error / float(weight.sum()))


def total(amount: npt.ArrayLike, variance: npt.ArrayLike, *, overlap: npt.ArrayLike | None = None) -> Pooled:
    """Sum of (J,) amounts with sampling variances.

    An outcome that several employees share has one error in all of theirs, so that the sum's variance is more than the
    sum of the variances. `overlap` (J,) bounds it: each one's Σw/Σw² over the shares w of outcomes, 1 where nothing is
    shared. As the shares of an outcome sum to at most 1, Var Σᵢ εᵢWᵢ = Σᵢ φᵢWᵢ² ≤ Σᵢ φᵢWᵢ: the bound is reached
    where all of the credit lies with these employees. Nor can it exceed J times the sum.

    Raises `NotEnough` for none, `InvalidInput` for an overlap below 1 or a negative variance.
    """
    a = vector("amount", amount)
    v = at_least("variance", vector("variance", variance, length=a.size), 0.0)
    if not a.size:
        raise NotEnough("there is nobody to take together", expected="at least one estimate")
    shared: FloatArray = np.ones(a.size) if overlap is None else vector("overlap", overlap, length=a.size)
    at_least("overlap", shared, 1.0)
    bound = min(float(v @ shared), float(v.sum()) * a.size)
    return Pooled(float(a.sum()), float(np.sqrt(bound)))


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Half of the true values lie between `lower` and `upper`."""

    lower: float
    middle: float
    upper: float


def quartiles(estimate: npt.ArrayLike, variance: npt.ArrayLike) -> Quartiles:
    """Of the true values of the population that (J,) estimates with their sampling variances come from.

    They are those of the predictive distribution of one more employee's true value, in the model of `shrinkage.normal`:
    chance does not widen them, and what is not known of the mean and the spread does. No quartile is anybody's figure.

    Raises `NotEnoughGroups` below five employees, `InvalidInput` for a variance that is not above 0.
    """
    y = vector("estimate", estimate)
    v = at_least("variance", vector("variance", variance, length=y.size), 0.0, strictly=True)
    refuse_few(y.size)
    tau, weights = sd_posterior(y, v)
    precision = 1.0 / (v[:, None] + tau**2)
    mu = (y @ precision) / precision.sum(axis=0)
    one_more = NormalMixture(weights, mu[None, :], np.sqrt(tau**2 + 1.0 / precision.sum(axis=0))[None, :])
    lower, middle, upper = (float(one_more.quantile(p)[0]) for p in (0.25, 0.5, 0.75))
    return Quartiles(lower, middle, upper)
