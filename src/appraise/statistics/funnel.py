"""Funnel plots: what sampling alone would do to each unit (Spiegelhalter 2005, Stat. Med. 24:1185; QSHC 14:347)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from appraise.domain.language import counted
from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, vector


def poisson_limits(expected: npt.ArrayLike, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Funnel limits of observed/expected around 1 at each expected count (> 0), by gamma quantiles.

    They are the exact confidence limits (Garwood 1936) of a count equal to the expected one, over that count.
    """
    E = at_least("expected", vector("expected", expected), 0.0, strictly=True)
    tail = (1.0 - level) / 2
    return special.gammaincinv(E, tail) / E, special.gammaincinv(E + 1.0, 1.0 - tail) / E


@dataclass(frozen=True, slots=True, eq=False)
class Overdispersion:
    """`phi` is the mean z² of the `kept` units, `tau2` ≥ 0 the extra between-unit variance, added to each variance."""

    z: FloatArray
    phi: float
    tau2: float
    kept: int


def _ranks(z: FloatArray) -> FloatArray:
    """From 1, equal values sharing theirs: to import SciPy's takes longer than many a run."""
    _, place, count = np.unique(z, return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.cumsum(count) - (count - 1) / 2.0)[place]
    return ranks


def overdispersion(
    estimate: npt.ArrayLike,
    target: float,
    variance: npt.ArrayLike,
    *,
    tail: float = 0.1,
    extremes: Literal["winsorise", "trim"] = "winsorise",
) -> Overdispersion:
    """Additive overdispersion (DerSimonian–Laird form) of units around a common target.

    The extreme `tail` share at each end is set to its quantile, or trimmed away (by rank/(n + 1), as the NHS summary
    hospital-level mortality indicator does), before φ and τ² are taken: true outliers must not excuse themselves.
    Raises `NotEnough` with fewer than two units left.
    """
    y = vector("estimate", estimate)
    v = at_least("variance", vector("variance", variance, length=y.size), 0.0, strictly=True)
    if not 0.0 <= tail < 0.5:  # noqa: PLR2004  # both tails together must leave something
        raise InvalidInput(f"tail is {tail!r}", expected="at least 0, below 0.5")
    z = (y - target) / np.sqrt(v)
    position = _ranks(z) / (z.size + 1.0)
    inside = ((position >= tail) & (position < 1.0 - tail)) | (extremes != "trim")
    used, w = z[inside], 1.0 / v[inside]
    n = used.size
    if n < 2:  # noqa: PLR2004  # one unit has no spread
        raise NotEnough(f"{counted(n, 'unit', 'units')} to compare", expected="at least two")
    if extremes == "winsorise":
        used = np.clip(used, *np.quantile(used, [tail, 1.0 - tail]))
    phi = float(np.mean(used**2))
    tau2 = max(0.0, float((n * phi - (n - 1)) / (w.sum() - (w**2).sum() / w.sum())))
    return Overdispersion(z=z, phi=phi, tau2=tau2, kept=n)


def pearson_dispersion(
    count: npt.ArrayLike,
    total: npt.ArrayLike,
    squares: npt.ArrayLike,
    mean: npt.ArrayLike,
    *,
    parameters: int,
) -> float:
    """Multiplicative overdispersion of counts, Pearson's X²/(N − parameters): 1 under Poisson.

    McCullagh & Nelder 1989, Generalized Linear Models, §4.5.

    Outcomes y of one fitted `mean` are summed to a cell: `count` N_c, `total` Σy and `squares` Σy², each (C,);
    X² = Σ_c (Σy² − 2μΣy + N_cμ²)/μ. `parameters` is the number of fitted coefficients. It says how wrong Poisson
    limits are; `overdispersion` says how far they widen for a unit. Raises `InvalidInput` for means or counts that are
    not above 0, sums of squares that no such totals can have, and `NotEnough` without a degree of freedom.
    """
    mu = at_least("mean", vector("mean", mean), 0.0, strictly=True)
    n = at_least("count", vector("count", count, length=mu.size), 0.0, strictly=True)
    sums, yy = vector("total", total, length=mu.size), vector("squares", squares, length=mu.size)
    impossible = np.flatnonzero(yy * n < sums**2 * (1.0 - 1e-9))
    if impossible.size:
        where = impossible[0]
        raise InvalidInput(
            f"squares is {yy[where]:g} at position {where}",
            expected=f"at least total²/count, {sums[where] ** 2 / n[where]:g}",
        )
    freedom = float(n.sum()) - parameters
    if freedom <= 0.0:
        outcomes = counted(float(n.sum()), "outcome", "outcomes")
        raise NotEnough(
            f"{outcomes} and {counted(parameters, 'parameter', 'parameters')}", expected="more outcomes than parameters"
        )
    return float(((yy - 2.0 * mu * sums + n * mu**2) / mu).sum() / freedom)


def outliers(
    estimate: npt.ArrayLike, target: float, variance: npt.ArrayLike, *, tau2: float = 0.0, level: float = 0.998
) -> npt.NDArray[np.int8]:
    """−1, 0 or 1 for each unit below, within or above target ± z√(variance + τ²), z that of the two-sided `level`.

    `estimate` and `variance` are (J,), in one unit and its square. Raises `InvalidInput` where a variance is not above
    0 or the lengths differ.
    """
    y = vector("estimate", estimate)
    v = at_least("variance", vector("variance", variance, length=y.size), 0.0, strictly=True)
    limit = float(special.ndtri(0.5 + level / 2)) * np.sqrt(v + tau2)
    return np.where(y - target > limit, 1, np.where(target - y > limit, -1, 0)).astype(np.int8)
