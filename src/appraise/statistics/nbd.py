"""NBD and the other ends of BG/NBD and MBG/NBD: what they tend to where customers do not differ, or nobody leaves.

Where r, α → ∞ with r/α = λ all buy at one rate: a Poisson process. Where a, b → ∞ with a/(a + b) = p all leave with
one chance after a purchase: the number of purchases while alive is geometric. Where that chance tends to 0 nobody
leaves: NBD, customers who buy at a constant rate of their own (Ehrenberg 1959, Applied Statistics 8:26), or Poisson.
A likelihood without an interior maximum has its supremum at one of these ends, which is then the estimate.
"""

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.statistics.arrays import FloatArray
from appraise.statistics.histories import Histories, flattened, histories, refuse_few
from appraise.statistics.maximum_likelihood import differentiated, maximise
from appraise.statistics.refusals import NotConverged

DIFFER: Final = 2
SHARED: Final = 1
NOBODY: Final = 0
"""Numbers of parameters: of a distribution over customers, of one value that all share, of no leaving."""


class End(NamedTuple):
    """`rate` DIFFER or SHARED; `leaving` either, or NOBODY; with `mbg` that of MBG/NBD."""

    rate: int
    leaving: int
    mbg: bool = False


ENDS: Final = (
    End(DIFFER, NOBODY),
    End(SHARED, NOBODY),
    *(End(*kind, mbg) for kind in ((DIFFER, SHARED), (SHARED, DIFFER), (SHARED, SHARED)) for mbg in (False, True)),
)
_STARTS: Final = (-1.5, 1.0)
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(40)


@dataclass(frozen=True, slots=True)
class BuyingLimit:
    """`rate` is (r, α) of a gamma distribution or (λ,); `leaving` (a, b) of a beta distribution, (p,), or ().

    Times are in the unit of the histories, as of `BgNbd`. `log_likelihood` is that of the purchase times, comparable
    with BG/NBD's. With `mbg` customers may leave right after their first purchase as well.
    """

    rate: tuple[float, ...]
    leaving: tuple[float, ...]
    log_likelihood: float
    converged: bool
    mbg: bool = False

    @property
    def name(self) -> str:
        if not self.leaving:
            return "NBD" if len(self.rate) == DIFFER else "Poisson"
        shared = [("one rate of buying", self.rate), ("one chance of leaving", self.leaving)]
        words = " and ".join(what for what, parameters in shared if len(parameters) == SHARED)
        return f"{'MBG' if self.mbg else 'BG'}/NBD with {words}"

    def expected_purchases(
        self, horizon: npt.ArrayLike, frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike
    ) -> FloatArray:
        """E[purchases in (T, T + horizon] | history]; arguments broadcast. Raises `NotConverged` without a fit.

        Of somebody alive with rate λ and chance p it is (1 − e^{−λpt})/p, averaged over what of them is shared by none.
        """
        if not self.converged:
            raise NotConverged(
                "the purchase model has no maximum on these histories",
                hint="use more history, or the observed purchases",
            )
        shape, (t, x, tx, T) = flattened(horizon, frequency, recency, age)
        alive = special.expit(-_log_odds_gone(self, x, tx, T))
        return np.asarray(alive * self._while_alive(t, x, T)).reshape(shape)

    def _while_alive(self, t: FloatArray, x: FloatArray, T: FloatArray) -> FloatArray:
        match self.rate, self.leaving:
            case (rate,), (a, b):
                chances = x + 1.0 if self.mbg else x
                keys, row = np.unique(np.stack([rate * t, chances]), axis=1, return_inverse=True)
                return _averaged(keys[0], a, a + b + keys[1])[row]
            case (rate,), (p,):
                return np.asarray(-np.expm1(-rate * p * t) / p)
            case (r, alpha), (p,):
                return np.asarray(-np.expm1(-(r + x) * np.log1p(p * t / (alpha + T))) / p)
            case (r, alpha), _:
                return t * (r + x) / (alpha + T)
            case _:
                return self.rate[0] * t


def fit(
    frequency: npt.ArrayLike,
    recency: npt.ArrayLike,
    age: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    end: End,
) -> BuyingLimit:
    """Maximum likelihood of one end from histories (N,); `weight` is the number of customers with each history.

    A fit without a maximum, whose likelihood rises towards a further end, is returned as not converged.
    Raises `InvalidInput` for contradicting histories, `NotEnough` with fewer than ten repeat buyers.
    """
    past = histories(frequency, recency, age, weight)
    refuse_few(past)
    unit = float(past.weight @ past.age / past.weight.sum())
    scaled = Histories(past.frequency, past.recency / unit, past.age / unit, past.weight)
    found = maximise(
        differentiated(lambda point: _log_likelihood(_at(point, end), scaled)),
        [[start] * (end.rate + end.leaving) for start in _STARTS[: max(end.leaving, SHARED)]],
        observations=float(past.weight.sum()),
    )
    model = _at(found.log_parameters, end, unit)
    value = found.log_likelihood - float(past.weight @ past.frequency) * float(np.log(unit))
    return replace(model, log_likelihood=value, converged=found.converged)


def likeliest(
    frequency: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> BuyingLimit:
    """The end at which the likelihood is greatest; arguments and errors as of `fit`."""
    fits = [fit(frequency, recency, age, weight, end=end) for end in ENDS]
    return max(fits, key=lambda one: (one.converged, one.log_likelihood))


def _at(point: FloatArray, end: End, unit: float = 1.0) -> BuyingLimit:
    """With the parameters of which `point` has the logarithms, of a chance p those of the odds."""
    values = [float(value) for value in np.exp(point)]
    rate = (values[0], values[1] * unit) if end.rate == DIFFER else (values[0] / unit,)
    leaving = values[end.rate :]
    if end.leaving == SHARED:
        leaving = [leaving[0] / (1.0 + leaving[0])]
    return BuyingLimit(rate, tuple(leaving), 0.0, converged=True, mbg=end.mbg)


def _log_likelihood(model: BuyingLimit, past: Histories) -> float:
    bought = _log_bought(model.rate, past.frequency, past.age)
    either = np.logaddexp(0.0, _log_odds_gone(model, past.frequency, past.recency, past.age))
    return float(past.weight @ (bought + _log_stayed(model, past.frequency) + either))


def _log_bought(rate: tuple[float, ...], x: FloatArray, T: FloatArray) -> FloatArray:
    if len(rate) == SHARED:
        return np.asarray(x * np.log(rate[0]) - rate[0] * T)
    r, alpha = rate
    rising = special.gammaln(r + x) - special.gammaln(r)
    return np.asarray(rising + r * np.log(alpha) - (r + x) * np.log(alpha + T))


def _log_stayed(model: BuyingLimit, x: FloatArray) -> FloatArray:
    """Log of E[(1 − p)^chances]."""
    chances = x + 1.0 if model.mbg else x
    match model.leaving:
        case (p,):
            return np.asarray(chances * np.log1p(-p))
        case (a, b):
            return np.asarray(special.betaln(a, b + chances) - special.betaln(a, b))
        case _:
            return np.zeros_like(x)


def _log_odds_gone(model: BuyingLimit, x: FloatArray, tx: FloatArray, T: FloatArray) -> FloatArray:
    had_chance = (x > 0) | model.mbg
    chances = np.where(had_chance, x + 1.0 if model.mbg else x, 1.0)
    match model.leaving:
        case (p,):
            left = np.full(x.shape, np.log(p) - np.log1p(-p))
        case (a, b):
            left = np.log(a) - np.log(b + chances - 1.0)
        case _:
            left = np.full(x.shape, -np.inf)
    if len(model.rate) == SHARED:
        silence = model.rate[0] * (T - tx)
    else:
        r, alpha = model.rate
        silence = (r + x) * (np.log(alpha + T) - np.log(alpha + tx))
    return np.where(had_chance, left + silence, -np.inf)


def _averaged(c: FloatArray, a: float, total: FloatArray) -> FloatArray:
    """E[(1 − e^{−cp})/p] for p ~ Beta(a, total − a): ∫_0^c ₁F₁(a; total; −s) ds."""
    s = 0.5 * c[:, None] * (_NODES + 1.0)
    return np.asarray(0.5 * c * (special.hyp1f1(a, total[:, None], -s) @ _NODE_WEIGHTS))
