"""Outcomes shared by colleagues, judged jointly by the multiple-membership model.

Browne, Goldstein & Rasbash 2001, Statistical Modelling 1:103: y_i = μ + Σ_e w_ie u_e + ε_i with u_e ~ N(0, τ²) and
ε_i ~ N(0, σ²). The score form Σwr/Σw² looks at each employee alone, so what two colleagues always do together is
counted for both; here it is divided between them.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from appraise.statistics.mixtures import NormalMixture
from appraise.statistics.shrinkage import Shrunk, summary
from appraise.statistics.spreads import grid, sd_scales

Floats = npt.NDArray[np.float64]
_TOLD_APART = 1e-9


def normal(credit: sparse.csr_array, y: Floats) -> Shrunk:
    """Posterior of each employee's μ + u_e: what `shrinkage.normal` does one employee at a time, jointly.

    `credit` w is (N, J) with rows that sum to 1, `y` (N,). σ² with the employees as fixed effects, as far as their
    work together lets them be told apart; then a flat prior on μ and Jeffreys' on τ, the root of the information in the
    likelihood without μ. The eigenvalues of W'W cost the cube of J.
    """
    value, q = np.linalg.eigh((credit.T @ credit).toarray())
    value = np.maximum(value, 0.0)
    weight, wy = credit.sum(axis=0), credit.T @ y
    qh, qz = q.T @ weight, q.T @ wy
    told = value > _TOLD_APART * value.max()
    outcomes, total, squares = y.size, float(y.sum()), float(y @ y)
    sigma2 = (squares - float((qz[told] ** 2 / value[told]).sum())) / (outcomes - int(told.sum()))

    def given(tau: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """1/(Λ + σ²/τ²) (J, G); 1'V⁻¹1, 1'V⁻¹y and y'V⁻¹y, times σ²."""
        ratio = tau**2 / sigma2
        d = ratio / (1.0 + value[:, None] * ratio)
        return d, outcomes - qh**2 @ d, total - (qh * qz) @ d, squares - qz**2 @ d

    def log_density(tau: Floats) -> Floats:
        _, hh, hy, yy = given(tau)
        left = 1.0 / (1.0 + value[:, None] * tau**2 / sigma2)
        told, of_mean = value[:, None] * left, (qh[:, None] * left) ** 2 / hh
        information = (told**2 - 2.0 * told * of_mean).sum(axis=0) + of_mean.sum(axis=0) ** 2
        with np.errstate(divide="ignore"):
            prior = np.log(tau) + 0.5 * np.log(information)
        return np.asarray(prior + 0.5 * (np.log(left).sum(axis=0) - np.log(hh) - (yy - hy**2 / hh) / sigma2))

    own = np.asarray((credit.multiply(credit)).sum(axis=0))
    tau, weights = grid(log_density, sd_scales((wy - weight * total / outcomes) / own, sigma2 / own), own.size)
    d, hh, hy, _ = given(tau)
    mu = hy / hh
    effect = q @ (d * (qz[:, None] - qh[:, None] * mu))
    left, pull = sigma2 * q**2 @ d, q @ (d * qh[:, None])  # Var(u | μ); what u gives back of μ
    return summary(
        posterior=NormalMixture(weights, mu + effect, np.sqrt(left + (1.0 - pull) ** 2 * sigma2 / hh)),
        deviation=NormalMixture(weights, effect, np.sqrt(left + pull**2 * sigma2 / hh)),
        reliability=np.clip(1.0 - (left / tau**2) @ weights, 0.0, 1.0),
        population_mean=float(mu @ weights),
        spread=(tau, weights),
        level=1.0,
    )
