"""Shifted beta-geometric model of contract renewals (Fader & Hardie 2007, J. Interactive Marketing 21:76).

At every renewal a customer leaves with an own constant probability, Beta(α, β) across customers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.domain.language import counted
from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, finite, vector
from appraise.statistics.hypergeometric import unit_hyp2f1
from appraise.statistics.maximum_likelihood import maximise
from appraise.statistics.refusals import NotConverged

_STARTS = ((0.0, 0.0), (-0.5, 1.0), (1.0, 2.5))
_FEWEST_RENEWALS = 2


@dataclass(frozen=True, slots=True)
class BetaGeometric:
    """A fitted model; renewals are counted from 1.

    Results have the shape of `renewals`. Every method raises `NotConverged` without a fit.
    """

    alpha: float
    beta: float
    log_likelihood: float
    converged: bool

    def survival(self, renewals: npt.ArrayLike) -> FloatArray:
        """P(still a customer after this many renewals) = B(α, β + n)/B(α, β)."""
        self._refuse()
        n = finite("renewals", renewals)
        survival: FloatArray = np.exp(special.betaln(self.alpha, self.beta + n) - special.betaln(self.alpha, self.beta))
        return survival

    def retention(self, renewal: npt.ArrayLike) -> FloatArray:
        """P(renews at this renewal | customer until then) = (β + n − 1)/(α + β + n − 1); rises with n."""
        self._refuse()
        n = finite("renewal", renewal)
        return (self.beta + n - 1.0) / (self.alpha + self.beta + n - 1.0)

    def expected_remaining(self, renewals: npt.ArrayLike, discount: float) -> FloatArray:
        """Discounted number of renewals to come, of a customer who has renewed this many times (DERL).

        `discount` per renewal period, above 0. The next renewal, the n-th, counts in full (Fader & Hardie 2010,
        Marketing Science 29:85): retention(n)·₂F₁(1, β + n; α + β + n; 1/(1 + discount)).
        """
        self._refuse()
        if not discount > 0.0:
            raise InvalidInput(f"discount is {discount!r}", expected="above 0 per renewal period")
        n = finite("renewals", renewals) + 1.0
        rest = unit_hyp2f1(self.beta + n, self.alpha + self.beta + n, 1.0 / (1.0 + discount))
        return self.retention(n) * rest

    def _refuse(self) -> None:
        if not self.converged:
            raise NotConverged(
                "the renewal model has no interior maximum on these counts",
                hint="use more renewals, or the observed retention",
            )


def fit(lost_by_renewal: npt.ArrayLike, survivors: float) -> BetaGeometric:
    """Maximum likelihood from the customers lost at renewals 1, 2, …, n and those still there after the n-th.

    A fit that does not converge (as when all customers have one churn rate) is returned as such, and refuses to
    predict. Raises `NotEnough` with fewer than two renewals or nobody lost, `InvalidInput` for negative counts.
    """
    lost = at_least("lost_by_renewal", vector("lost_by_renewal", lost_by_renewal), 0.0)
    if not survivors >= 0.0:
        raise InvalidInput(f"survivors is {survivors!r}", expected="a number that is not negative")
    if lost.size < _FEWEST_RENEWALS or lost.sum() <= 0.0:
        raise NotEnough(
            f"{counted(lost.sum(), 'customer', 'customers')} lost over {counted(lost.size, 'renewal', 'renewals')}",
            expected="losses over at least two renewals",
        )
    n = np.arange(1.0, lost.size + 1.0)

    def objective(log_parameters: FloatArray) -> tuple[float, FloatArray]:
        a, b = np.exp(log_parameters)
        last = float(n[-1])
        base, base_a, base_b = special.betaln(a, b), special.psi(a), special.psi(b)
        both = special.psi(a + b)
        value = lost @ (special.betaln(a + 1.0, b + n - 1.0) - base)
        value += survivors * (special.betaln(a, b + last) - base)
        later = special.psi(a + b + n)
        d_a = lost @ (special.psi(a + 1.0) - later - base_a + both) + survivors * (both - later[-1])
        d_b = lost @ (special.psi(b + n - 1.0) - later - base_b + both)
        d_b += survivors * (special.psi(b + last) - later[-1] - base_b + both)
        return float(value), np.array([a * d_a, b * d_b])

    found = maximise(objective, _STARTS, observations=float(lost.sum() + survivors))
    alpha, beta = np.exp(found.log_parameters)
    return BetaGeometric(float(alpha), float(beta), found.log_likelihood, found.converged)
