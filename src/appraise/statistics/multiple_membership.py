"""Shared outcomes judged jointly, by the multiple-membership model.

Browne, Goldstein & Rasbash 2001, Statistical Modelling 1:103:
y_i = x_i'β + Σ_e w_ie u_e + ε_i with u_e ~ N(0, τ²) and ε_i ~ N(0, σ²). The score form Σwr/Σw² looks at each employee
alone, so what two colleagues always do together is counted for both; here it is divided between them. All follows from
sums over outcomes: W'W from a join of each outcome's employees with themselves, and W'y, W'x.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, at_least, matrix, vector
from appraise.statistics.mixtures import NormalMixture
from appraise.statistics.shrinkage import Shrunk, checked_share, refuse_few, summary
from appraise.statistics.spreads import grid, sd_scales
from appraise.statistics.within import Independent, RandomIntercept, fitted_ratio, varying_columns

MOST_LINKED = 2_500
"""Employees who may be linked by shared outcomes: their matrix is dense, and its eigenvalues cost the cube."""
_SEPARABLE = 1e-9
Transform = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class MembershipSums:
    """Sums over N outcomes, w_ie ≥ 0 the credit of employee e for outcome i (Σ_e w_ie ≤ 1).

    `ww` (J, J) sparse Σ_i w_ie w_if; `weight` Σ_i w_ie and `wy` Σ_i w_ie y_i, each (J,); `wx` Σ_i w_ie x_i (J, p);
    `x` Σx (p,), `xx` Σxx' (p, p), `xy` Σxy (p,), `y` Σy, `yy` Σy². Subtract constants near the means of y and x first.
    """

    outcomes: float
    ww: sparse.csr_array
    weight: FloatArray
    wy: FloatArray
    y: float
    yy: float
    wx: FloatArray
    x: FloatArray
    xx: FloatArray
    xy: FloatArray

    def __post_init__(self) -> None:
        weight = at_least("weight", vector("weight", self.weight), 0.0, strictly=True)
        J, p = weight.size, np.shape(self.wx)[-1]
        if self.ww.shape != (J, J) or np.any(self.ww.diagonal() <= 0.0) or abs(self.ww - self.ww.T).max() > 0.0:
            raise InvalidInput(
                f"ww has shape {self.ww.shape}", expected=f"symmetric, ({J}, {J}), with Σw² > 0 on its diagonal"
            )
        checked = {
            "weight": weight,
            "wy": vector("wy", self.wy, length=J),
            "wx": matrix("wx", self.wx, shape=(J, p)),
            "x": vector("x", self.x, length=p),
            "xx": matrix("xx", self.xx, shape=(p, p)),
            "xy": vector("xy", self.xy, length=p),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True, eq=False)
class _Rotated:
    """W'W = QΛQ' by connected component: `value` is Λ (J,), and `forward`, `back`, `squared` apply Q', Q, Q∘Q."""

    value: FloatArray
    parts: list[tuple[np.ndarray, FloatArray]] = field(repr=False)

    def forward(self, columns: FloatArray) -> FloatArray:
        return self._apply(columns, lambda q: q.T)

    def back(self, columns: FloatArray) -> FloatArray:
        return self._apply(columns, lambda q: q)

    def squared(self, columns: FloatArray) -> FloatArray:
        return self._apply(columns, lambda q: q**2)

    def _apply(self, columns: FloatArray, of: Transform) -> FloatArray:
        out = np.empty_like(columns)
        for rows, q in self.parts:
            out[rows] = of(q) @ columns[rows]
        return out


def random_effects(sums: MembershipSums, *, restricted: bool = True) -> RandomIntercept:
    """Fit by REML, or by maximum likelihood: Henderson's mixed-model equations (1975, Biometrics 31:423).

    With whole outcomes, each of one employee, this is `within.random_intercept`. Case mix is estimated beside the
    effects, by generalised least squares, not within employees. Raises `InvalidInput` for collinear columns or more
    employees linked than `MOST_LINKED`, `NotEnough` with fewer outcomes than columns + 2.
    """
    x, xx, xy = _with_intercept(sums)
    rotated = _rotated(sums.ww)
    found = fitted_ratio(
        Independent(rotated.value, rotated.forward(x), rotated.forward(sums.wy), xx, xy, sums.yy, sums.outcomes),
        restricted=restricted,
    )
    return replace(found, effects=rotated.back(found.effects))


def normal(sums: MembershipSums, *, design_effect: float = 1.0, attributable_share: float = 1.0) -> Shrunk:
    """Posterior of each employee's μ + u_e, case mix taken out within employees and τ integrated over.

    What `within.case_mix` and `shrinkage.normal` do one employee at a time, jointly: β and σ² with the employees as
    fixed effects, then flat priors on μ and τ. Credit of nobody known (Σ_e w < 1) is an average employee's.
    `design_effect` and `attributable_share` are as there.

    Raises `NotEnoughGroups` below five employees, `NotEnough` without a degree of freedom or where outcomes do not
    vary, `InvalidInput` for a share outside (0, 1] or more linked employees than `MOST_LINKED`.
    """
    share = checked_share(attributable_share)
    refuse_few(sums.weight.size)
    rotated = _rotated(sums.ww)
    fitted = _within(sums, rotated)
    sigma2 = fitted.sigma2 * max(1.0, float(design_effect))
    qh, qz = rotated.forward(sums.weight), rotated.forward(sums.wy - sums.wx @ fitted.beta)
    total, squares = sums.y - float(sums.x @ fitted.beta), fitted.squares

    def given(tau: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """1/(Λ + σ²/τ²) (J, G); x'V⁻¹x, x'V⁻¹r and r'V⁻¹r of the mean, times σ²."""
        ratio = tau**2 / sigma2
        d = ratio / (1.0 + rotated.value[:, None] * ratio)
        return d, sums.outcomes - qh**2 @ d, total - (qh * qz) @ d, squares - qz**2 @ d

    def log_likelihood(tau: FloatArray) -> FloatArray:
        _, hh, hr, rr = given(tau)
        spread = np.log1p(rotated.value[:, None] * tau**2 / sigma2).sum(axis=0)
        likelihood: FloatArray = -0.5 * (spread + np.log(hh) + (rr - hr**2 / hh) / sigma2)
        return likelihood

    apart = sums.wy - sums.wx @ fitted.beta - sums.weight * total / sums.outcomes
    own = sums.ww.diagonal()
    tau, weights = grid(log_likelihood, sd_scales(apart / own, sigma2 / own), own.size)
    d, hh, hr, _ = given(tau)
    mu = hr / hh
    effect = rotated.back(d * (qz[:, None] - qh[:, None] * mu))
    left, pull = sigma2 * rotated.squared(d), rotated.back(d * qh[:, None])  # Var(u | μ); what u gives back of μ
    for column in fitted.scaled.T:  # what an error of β moves
        qx = rotated.forward(sums.wx @ column)
        level = (float(sums.x @ column) - (qh * qx) @ d) / hh
        left += rotated.back(d * (qx[:, None] - qh[:, None] * level)) ** 2
    noise = share**2 * left + share * (1.0 - share) * tau**2
    return summary(
        posterior=NormalMixture(weights, mu + share * effect, np.sqrt(noise + (1.0 - share * pull) ** 2 * sigma2 / hh)),
        deviation=NormalMixture(weights, share * effect, np.sqrt(noise + (share * pull) ** 2 * sigma2 / hh)),
        reliability=np.clip(1.0 - (left / tau**2) @ weights, 0.0, 1.0),
        population_mean=float(mu @ weights),
        spread=(tau, weights),
        level=1.0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Within:
    """β (p,), a root of its covariance (p, p), the variance of an outcome, and Σr² of r = y − x'β."""

    beta: FloatArray
    scaled: FloatArray
    sigma2: float
    squares: float


def _within(sums: MembershipSums, rotated: _Rotated) -> _Within:
    """Least squares with the employees as fixed effects, as far as their work together lets them be told apart."""
    x, xx, xy = _with_intercept(sums)
    # Columns in order of what they explain first: the intercept last, it is aliased where all credit is known.
    order = [*range(1, xy.size), 0]
    told = rotated.value > _SEPARABLE * rotated.value.max()
    inverse = np.divide(1.0, rotated.value, out=np.zeros_like(rotated.value), where=told)
    qx, qy = rotated.forward(x)[:, order], rotated.forward(sums.wy)
    A = xx[np.ix_(order, order)] - (qx * inverse[:, None]).T @ qx
    b = xy[order] - qx.T @ (inverse * qy)
    kept = varying_columns(A, np.diag(xx)[order])
    root = np.zeros(A.shape)
    beta = np.zeros(b.size)
    if kept:
        root[np.ix_(kept, kept)] = np.linalg.inv(np.linalg.cholesky(A[np.ix_(kept, kept)])).T
        beta = root @ (root.T @ b)
    residual = float(sums.yy - inverse @ qy**2 - beta @ b)
    freedom = float(sums.outcomes) - int(told.sum()) - len(kept)
    if freedom < 1.0 - 1e-9:
        raise NotEnough(
            f"{sums.outcomes:g} outcomes of {told.sum()} employees with {len(kept)} case-mix columns",
            expected="more outcomes than employees and columns together",
        )
    if residual <= 1e-12 * sums.yy:
        raise NotEnough("the outcomes do not vary within employees beyond their case mix", expected="other outcomes")
    sigma2, beta = residual / freedom, beta[:-1]
    squares = float(sums.yy - 2.0 * beta @ sums.xy + beta @ sums.xx @ beta)
    return _Within(beta, np.sqrt(sigma2) * root[:-1], sigma2, squares)


def _with_intercept(sums: MembershipSums) -> tuple[FloatArray, FloatArray, FloatArray]:
    """W'X (J, p + 1), X'X and X'y with a first column of ones."""
    x = np.column_stack([sums.weight, sums.wx])
    xx = np.block([[np.array([[sums.outcomes]]), sums.x[None, :]], [sums.x[:, None], sums.xx]])
    return x, xx, np.concatenate([[sums.y], sums.xy])


def _rotated(ww: sparse.csr_array) -> _Rotated:
    _, part = csgraph.connected_components(ww, directed=False)
    value, parts = np.empty(part.size), []
    largest = int(np.bincount(part).max())
    if largest > MOST_LINKED:
        raise InvalidInput(
            f"{largest} employees are linked by shared outcomes",
            expected=f"at most {MOST_LINKED}",
            hint="use the score form, one employee at a time",
        )
    order = np.argsort(part, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(part))[:-1]):
        block = ww[rows][:, rows].toarray()
        eigenvalues, q = np.linalg.eigh(block)
        value[rows] = np.maximum(eigenvalues, 0.0)
        parts.append((rows, q))
    return _Rotated(value, parts)
