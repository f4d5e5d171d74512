# ruff: noqa: N803, N806  # textbook names
"""The multiple-membership model against lme4's published fits, and against dense algebra on the rows themselves."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from appraise.errors import InvalidInput, NotEnough
from appraise.statistics import multiple_membership, shrinkage
from appraise.statistics.arrays import FloatArray
from appraise.statistics.group_sums import GroupSums
from appraise.statistics.multiple_membership import MembershipSums, random_effects
from appraise.statistics.refusals import NotEnoughGroups
from appraise.statistics.within import case_mix

Read = Callable[[str], dict[str, FloatArray]]
Build = Callable[..., GroupSums]


def summed(W: FloatArray, y: FloatArray, X: FloatArray | None = None) -> MembershipSums:
    x = np.zeros((y.size, 0)) if X is None else X
    shared = W.T @ W
    return MembershipSums(
        outcomes=y.size,
        ww=sparse.csr_array(0.5 * (shared + shared.T)),
        weight=W.sum(axis=0),
        wy=W.T @ y,
        y=float(y.sum()),
        yy=float(y @ y),
        wx=W.T @ x,
        x=x.sum(axis=0),
        xx=x.T @ x,
        xy=x.T @ y,
    )


def rows(seed: int, *, employees: int = 9, outcomes: int = 120) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Credit of one to three employees per outcome, outcomes with effects of sd .8, and two case-mix columns."""
    rng = np.random.default_rng(seed)
    W = np.zeros((outcomes, employees))
    for row in W:
        touched = rng.choice(employees, rng.integers(1, 4), replace=False)
        row[touched] = rng.dirichlet(np.ones(touched.size))
    X = np.column_stack([rng.random(outcomes) < 0.3, rng.standard_normal(outcomes)]).astype(float)
    y = W @ (0.8 * rng.standard_normal(employees)) + X @ [0.5, -0.2] + rng.standard_normal(outcomes)
    return W, y - y.mean(), X


def membership(group: FloatArray) -> FloatArray:
    return (group[:, None] == np.unique(group)).astype(float)


def test_sleepstudy_is_as_lme4_prints_it(data: Read) -> None:
    """lmer(Reaction ~ Days + (1|Subject), sleepstudy), whole outcomes: REML 1786.465; 1378.18, 960.46."""
    table = data("sleepstudy")
    fit = random_effects(summed(membership(table["Subject"]), table["Reaction"], table["Days"][:, None]))

    assert fit.criterion == pytest.approx(1786.4651, abs=1e-3)
    assert (fit.between, fit.residual) == (pytest.approx(1378.18, rel=1e-5), pytest.approx(960.46, rel=1e-5))
    assert fit.beta == pytest.approx([251.4051, 10.4673], abs=1e-4)


@pytest.mark.parametrize("restricted", [True, False])
def test_shared_credit_is_fitted_as_by_hendersons_equations_on_the_rows(restricted: bool) -> None:
    """Likelihood of y ~ N(Xβ, σ²I + τ²WW') maximised densely; effects from the mixed-model equations."""
    W, y, columns = rows(1)
    X = np.column_stack([np.ones(y.size), columns])

    def deviance(log_sds: FloatArray) -> float:
        V = np.exp(2 * log_sds[0]) * np.eye(y.size) + np.exp(2 * log_sds[1]) * W @ W.T
        inverse = np.linalg.inv(V)
        information = X.T @ inverse @ X
        r = y - X @ np.linalg.solve(information, X.T @ inverse @ y)
        freedom = y.size - restricted * X.shape[1]
        extra = np.linalg.slogdet(information)[1] if restricted else 0.0
        return float(freedom * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + extra + r @ inverse @ r)

    best = optimize.minimize(deviance, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11})
    sigma2, tau2 = np.exp(2 * best.x)
    both = np.column_stack([X, W])
    equations = both.T @ both / sigma2
    equations[3:, 3:] += np.eye(W.shape[1]) / tau2
    solution = np.linalg.solve(equations, both.T @ y / sigma2)
    fit = random_effects(summed(W, y, columns), restricted=restricted)

    assert fit.criterion == pytest.approx(best.fun, abs=1e-7)
    assert (fit.between, fit.residual) == (pytest.approx(tau2, rel=1e-5), pytest.approx(sigma2, rel=1e-5))
    assert np.concatenate([fit.beta, fit.effects]) == pytest.approx(solution, abs=1e-5)
    assert fit.covariance == pytest.approx(np.linalg.inv(equations)[:3, :3], rel=1e-4)


@pytest.mark.parametrize("share", [1.0, 0.6])
@pytest.mark.parametrize("unattributed", [False, True])
def test_the_posterior_is_that_of_dense_algebra_integrated_over_the_spread(share: float, unattributed: bool) -> None:
    """τ by Gauss and Legendre's rule; case mix and σ² by regression on W and X, as ordinary least squares has it."""
    W, y, columns = rows(2)
    if unattributed:  # the credit of somebody unknown in every third outcome
        W[::3] *= 0.6
    design = np.column_stack([columns, W, np.ones((y.size, 1 if unattributed else 0))])
    ols, (residual,), rank, _ = np.linalg.lstsq(design, y)
    sigma2 = residual / (y.size - rank)
    covariance = sigma2 * np.linalg.inv(design.T @ design)[:2, :2]
    r, one, J = y - columns @ ols[:2], np.ones(y.size), W.shape[1]
    nodes, node_weights = np.polynomial.legendre.leggauss(60)
    pieces = [(0.0, 1.0), (1.0, 3.0), (3.0, 12.0), (12.0, 60.0)]
    taus = np.concatenate([low + (high - low) * (nodes + 1) / 2 for low, high in pieces])
    lengths = np.concatenate([(high - low) * node_weights for low, high in pieces])
    density, means, variances, levels = np.empty(taus.size), *(np.empty((taus.size, J)) for _ in range(3))
    for at, tau in enumerate(taus):
        V = sigma2 * np.eye(y.size) + tau**2 * W @ W.T
        inverse = np.linalg.inv(V)
        of_mean = 1.0 / (one @ inverse @ one)
        P = inverse - of_mean * np.outer(inverse @ one, one @ inverse)
        density[at] = -0.5 * (np.linalg.slogdet(V)[1] - np.log(of_mean) + r @ P @ r)
        pull = tau**2 * W.T @ P
        about = tau**2 * np.eye(J) - pull @ W * tau**2 + pull @ columns @ covariance @ (pull @ columns).T
        means[at] = pull @ r
        variances[at] = share**2 * np.diag(about) + share * (1 - share) * tau**2
        levels[at] = of_mean * (one @ inverse @ r) + share * means[at]
    weight = lengths * np.exp(density - density.max())
    weight /= weight.sum()
    mean = share * weight @ means
    variance = weight @ (variances + (share * means) ** 2) - mean**2
    found = multiple_membership.normal(summed(W, y, columns), attributable_share=share)

    assert found.deviation.mean() == pytest.approx(mean, abs=2e-6)
    assert found.deviation.sd() == pytest.approx(np.sqrt(variance), rel=2e-5)
    assert found.mean == pytest.approx(weight @ levels, abs=2e-6)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(1.0, 3.0), st.floats(0.3, 1.0))
def test_of_whole_outcomes_it_is_the_shrinkage_of_each_employees_mean(
    seed: int, inflation: float, share: float
) -> None:
    rng = np.random.default_rng(seed)
    group = np.concatenate([np.arange(6), rng.integers(6, size=60)])
    y = (rng.standard_normal(6) * rng.uniform(0, 1))[group] + rng.standard_normal(66)
    W = membership(group)
    adjusted = case_mix(
        GroupSums(W.sum(0), W.sum(0), W.T @ y, W.T @ y**2, np.zeros((6, 0)), np.zeros((0, 0)), np.zeros(0)),
        design_effect=inflation,
    )
    one = shrinkage.normal(adjusted.adjusted, adjusted.variance, attributable_share=share)
    joint = multiple_membership.normal(summed(W, y), design_effect=inflation, attributable_share=share)

    for name in ("mean", "sd", "lower", "upper", "reliability"):
        assert getattr(joint, name) == pytest.approx(getattr(one, name), rel=1e-7, abs=1e-9)
    assert joint.deviation.sd() == pytest.approx(one.deviation.sd(), rel=1e-7)


def test_two_who_share_everything_are_told_from_others_and_not_from_each_other() -> None:
    W, y, _ = rows(3, employees=8)
    together = np.zeros((60, 2))
    together[:] = 0.5
    rng = np.random.default_rng(9)
    W = np.block([[W, np.zeros((y.size, 2))], [np.zeros((60, 8)), together]])
    y = np.concatenate([y, 2.0 + rng.standard_normal(60)])
    found = multiple_membership.normal(summed(W, y))
    effect, sd = found.deviation.mean(), found.deviation.sd()

    assert effect[8] == pytest.approx(effect[9])
    assert effect[8] > 0.5
    assert sd[8] > 1.5 * sd[:8].max()  # whose doing it was stays open


def test_what_cannot_be_estimated_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    W, y, columns = rows(4)
    with pytest.raises(NotEnoughGroups, match="4 employees to compare"):
        multiple_membership.normal(summed(W[:, :4] + 0.01, y))
    with pytest.raises(NotEnough, match="9 outcomes of 9 employees with 0 case-mix columns"):
        multiple_membership.normal(summed(np.eye(9), y[:9]))
    with pytest.raises(NotEnough, match="do not vary"):
        multiple_membership.normal(summed(W, W @ np.arange(9.0)))
    with pytest.raises(InvalidInput, match="collinear"):
        random_effects(summed(W, y, columns[:, [0, 0]]))
    with pytest.raises(InvalidInput, match=r"ww has shape \(8, 8\)"):
        MembershipSums(**{**fields(summed(W, y)), "ww": sparse.csr_array(np.eye(8))})
    monkeypatch.setattr(multiple_membership, "MOST_LINKED", 8)
    with pytest.raises(InvalidInput, match="9 employees are linked by shared outcomes"):
        random_effects(summed(W, y))


def fields(sums: MembershipSums) -> dict[str, object]:
    return {name: getattr(sums, name) for name in MembershipSums.__slots__}


def test_a_column_that_employees_explain_adjusts_nothing() -> None:
    W, y, _ = rows(5)
    plain = multiple_membership.normal(summed(W, y))
    aliased = multiple_membership.normal(summed(W, y, (W @ np.arange(9.0))[:, None]))

    assert aliased.mean == pytest.approx(plain.mean, abs=1e-9)
