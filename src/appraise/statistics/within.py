"""Case mix estimated within employees, so that who serves the hard cases does not colour what a hard case is.

The within-employee (fixed-effects) estimator is the patient-mix adjustment of HCAHPS (Elliott et al. 2009,
Health Services Research 44:501; Kalbfleisch & Wolfe 2013). A pooled regression would let the case mix absorb
part of the employees' own effect.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from appraise.domain.language import counted
from appraise.errors import InvalidInput, NotEnough
from appraise.statistics.arrays import FloatArray, IntArray
from appraise.statistics.group_sums import GroupSums

_ALIASED = 1e-9  # what is left of a column's sum of squares when earlier columns and employees explain it
_SAME = 5  # decimal places of what makes employees comparable; differences are of the order of the columns
_NO_OUTCOME = 1e-9  # rounding of a number of outcomes
_ROOTS = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 61)])  # √(ψ n̄), where it is sought


@dataclass(frozen=True, slots=True, eq=False)
class CaseMix:
    """Adjusted values of J employees in units of y.

    `raw` − Σ_columns `effect` = `adjusted`, where `effect` (J, p) is (x̄_e − x̄)'β by column: what each case-mix
    column added to the employee's raw value compared with the average case. `own` (J,) is the variance of chance in an
    employee's outcomes, and `common` (J, r) what r independent standard errors of β add to `adjusted`, of everybody at
    once: together the sampling `variance`. `sigma2` is the variance of one outcome given employee and case mix, on
    `degrees_of_freedom`.
    `dropped` names the columns that do not vary within employees once the earlier columns are known: their
    coefficient and effect are 0 and the data cannot adjust for them.
    `part` (J,) numbers the employees whom the data can compare with each other, from 0: a dropped column that differs
    between employees parts them, as what it does to outcomes and what they do cannot be told apart. The average case
    (x̄) is that of the part, so `adjusted` may be compared within a part and not between parts.
    """

    beta: FloatArray
    covariance: FloatArray
    dropped: tuple[int, ...]
    sigma2: float
    degrees_of_freedom: float
    raw: FloatArray
    effect: FloatArray
    adjusted: FloatArray
    own: FloatArray
    common: FloatArray
    part: IntArray

    @property
    def variance(self) -> FloatArray:
        variance: FloatArray = self.own + (self.common**2).sum(axis=1)
        return variance


def case_mix(sums: GroupSums, *, design_effect: float = 1.0) -> CaseMix:
    """Adjust employees' means to the average case.

    Without shared credit: a_e = ȳ_e − (x̄_e − x̄)'β, Var = deff σ²/n_e + (x̄_e − x̄)'Var(β)(x̄_e − x̄).
    With shared credit the value is the score form of the multiple-membership model (Browne, Goldstein & Rasbash
    2001), mean + Σw r/Σw² with r the case-mix residual from the overall mean, and n_e is replaced by Σw²; the
    weighted mean Σw r/Σw would credit an employee with part of what colleagues did.
    `design_effect` is that of repeated answers by one customer (see `design_effect`); below 1 it counts as 1.

    Raises `NotEnough` when there are no more outcomes than employees and case-mix columns, or when outcomes do
    not vary.
    """
    beta, bread, dropped, residual, part = _within_fit(sums)
    rank = beta.size - len(dropped)
    # Σ_e Σw²/Σw outcomes' worth of freedom goes into the employees' means: J when nothing is shared.
    freedom = float(sums.weight.sum() - (sums.weight_squared / sums.weight).sum() - rank)
    if freedom < 1.0 - _NO_OUTCOME:
        raise NotEnough(
            f"{_outcomes(sums)} with {counted(rank, 'case-mix column', 'case-mix columns')}",
            expected="more outcomes than employees and columns together",
        )
    if residual <= 1e-12 * float(sums.yy.sum()):
        raise NotEnough(
            "the outcomes do not vary within employees beyond their case mix",
            expected="outcomes that differ",
        )
    sigma2 = residual / freedom
    covariance = sigma2 * bread
    member = part[:, None] == np.arange(part.max() + 1)
    total = member.T @ sums.weight
    mean, mean_x = (member.T @ sums.y / total)[part], (member.T @ sums.x / total[:, None])[part]
    offset = (sums.x - sums.weight[:, None] * mean_x) / sums.weight_squared[:, None]
    raw = mean + (sums.y - sums.weight * mean) / sums.weight_squared
    effect = offset * beta
    inflation = max(1.0, float(design_effect))
    kept = [column for column in range(beta.size) if column not in dropped]
    return CaseMix(
        beta=beta,
        covariance=covariance,
        dropped=dropped,
        sigma2=sigma2,
        degrees_of_freedom=freedom,
        raw=raw,
        effect=effect,
        adjusted=raw - effect.sum(axis=1),
        own=inflation * sigma2 / sums.weight_squared,
        common=offset[:, kept] @ np.linalg.cholesky(covariance[np.ix_(kept, kept)]),
        part=part,
    )


def _outcomes(sums: GroupSums) -> str:
    outcomes = counted(round(float(sums.weight.sum()), 3), "outcome", "outcomes")
    return f"{outcomes} of {counted(sums.weight.size, 'employee', 'employees')}"


def design_effect(sum_of_squared_cluster_totals: float, sum_of_squares: float) -> float:
    """Variance inflation by correlated answers: Σ_clusters (Σ_i r_i)² / Σ r², never below 1.

    r are case-mix residuals, a cluster is one (employee, customer) pair; the sums run over all of them.
    """
    if sum_of_squares <= 0.0:
        raise NotEnough("the residuals are all zero", expected="outcomes that vary")
    return max(1.0, float(sum_of_squared_cluster_totals) / float(sum_of_squares))


@dataclass(frozen=True, slots=True, eq=False)
class RandomIntercept:
    """A fitted random-intercept model; `beta[0]` is the intercept, the rest follow the case-mix columns.

    `between` and `residual` are variances; a `between` of zero is a result, not a failure. `criterion` is
    −2 log (restricted) likelihood, constants included, as lme4 prints it. `effects` are the employees' BLUPs.
    """

    beta: FloatArray
    covariance: FloatArray
    between: float
    residual: float
    criterion: float
    effects: FloatArray


def random_intercept(sums: GroupSums, *, restricted: bool = True) -> RandomIntercept:
    """Fit by REML, or by maximum likelihood when not `restricted` (Bates et al. 2015, J. Stat. Software 67:1).

    Uses X'V⁻¹X = (X'X − Σ_e c_e x_e x_e')/σ² with c_e = ψ/(1 + n_e ψ), ψ = between/residual variance, x_e the
    sum of x over employee e: O(J p²) for each ψ, never a row.

    Raises `InvalidInput` for shared credit or collinear columns, `NotEnough` with fewer outcomes than columns + 2.
    """
    if sums.shared:
        raise InvalidInput(
            "the sums carry shared credit (Σw² differs from Σw)",
            expected="whole outcomes, each of one employee",
        )
    n = sums.weight
    total, columns = float(n.sum()), sums.xy.size + 1
    if total < columns + 2 or n.size < 2:  # noqa: PLR2004  # two variances need two groups
        raise NotEnough(_outcomes(sums), expected="more outcomes")
    x, y = np.column_stack([n, sums.x]), sums.y  # with a first column of ones, by employee
    first = x.sum(axis=0)
    xx = np.block([[first[:1, None], first[None, 1:]], [first[1:, None], sums.xx]])
    xy, yy = np.append(y.sum(), sums.xy), float(sums.yy.sum())
    if np.linalg.matrix_rank(xx) < columns:
        raise InvalidInput("the case-mix columns are collinear", hint="leave out the columns that others imply")
    freedom = total - columns if restricted else total

    def solve(psi: float) -> tuple[float, FloatArray, FloatArray, float]:
        c = psi / (1.0 + n * psi)
        information = xx - (x * c[:, None]).T @ x
        score = xy - x.T @ (c * y)
        beta = linalg.solve(information, score)
        squares = float(yy - c @ y**2 - score @ beta)
        criterion = freedom * (1.0 + np.log(2.0 * np.pi * squares / freedom)) + np.log1p(n * psi).sum()
        if restricted:
            criterion += np.linalg.slogdet(information)[1]
        return float(criterion), beta, information, squares / freedom

    psi = _best(lambda value: solve(value)[0], float(n.mean()))
    criterion, beta, information, residual = solve(psi)
    return RandomIntercept(
        beta=beta,
        covariance=residual * linalg.inv(information),
        between=psi * residual,
        residual=residual,
        criterion=criterion,
        effects=psi / (1.0 + n * psi) * (y - x @ beta),
    )


def _varying_columns(A: FloatArray, scale: FloatArray) -> list[int]:  # textbook name
    """Columns of the cross-products A that vary once the earlier ones are known, relative to `scale`, in order.

    Kept in order while a Cholesky pivot says that they vary, as R's lm() does, so that a kept coefficient keeps its
    meaning; a pseudo-inverse would spread it over collinear columns.
    """
    kept: list[int] = []
    for column in range(scale.size):
        left = A[column, column] - A[column, kept] @ np.linalg.solve(A[np.ix_(kept, kept)], A[kept, column])
        if left > _ALIASED * scale[column]:
            kept.append(column)
    return kept


def _within_fit(sums: GroupSums) -> tuple[FloatArray, FloatArray, tuple[int, ...], float, IntArray]:
    """β, (X'MX)⁻¹ with zeros for dropped columns, the dropped columns, the residual sum of squares, the parts."""
    share = sums.x / sums.weight[:, None]
    A = sums.xx - sums.x.T @ share
    b = sums.xy - share.T @ sums.y
    squares = float((sums.yy - sums.y**2 / sums.weight).sum())
    kept = _varying_columns(A, np.diag(sums.xx))
    dropped = tuple(column for column in range(b.size) if column not in kept)
    beta, bread = np.zeros(b.size), np.zeros(A.shape)
    bread[np.ix_(kept, kept)] = np.linalg.inv(A[np.ix_(kept, kept)])
    beta[kept] = bread[np.ix_(kept, kept)] @ b[kept]
    residual = squares - float(beta @ b)
    # Each dropped column less what the kept ones say of it is the same for all outcomes of an employee.
    constant = share[:, dropped] - share[:, kept] @ bread[np.ix_(kept, kept)] @ A[np.ix_(kept, dropped)]
    return beta, bread, dropped, residual, _alike(constant, np.abs(share[:, dropped]).max(axis=0))


def _alike(values: FloatArray, scale: FloatArray) -> IntArray:
    """Numbers of the groups of rows that agree in every column but for rounding, in order of their first rows."""
    rounded = np.round(np.divide(values, scale, out=np.zeros_like(values), where=scale > 0), _SAME)
    found: dict[tuple[float, ...], int] = {}
    return np.array([found.setdefault(tuple(row), len(found)) for row in rounded.tolist()])


def _best(criterion: Callable[[float], float], mean_size: float) -> float:
    """The variance ratio ψ ≥ 0 that minimises `criterion`: scanned, then polished in √ψ, where 0 is smooth."""

    def at(root: float) -> float:
        return criterion(root**2 / mean_size)

    best = int(np.argmin([at(root) for root in _ROOTS]))
    if best == 0:
        return 0.0
    around = _ROOTS[best - 1 : best + 2]
    return float(optimize.minimize_scalar(at, bounds=(around[0], around[-1])).x ** 2 / mean_size)
