"""The posterior of a joint covariance against algebra employee by employee, numerical Jacobians and SciPy's t."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from appraise.statistics.arrays import FloatArray
from appraise.statistics.correlated import (
    Draws,
    Measured,
    _correlations,
    _covariance,
    _log_likelihoods,
    _stratified,
    chunks,
    conditional,
    draw,
    error_correlation,
    inverted,
)
from appraise.statistics.spreads import log_jeffreys, sd_log_likelihood, sd_posterior


def measured(employees: int, *, errors: float = 0.3, missing: bool = True) -> Measured:
    """Three indicators; of the first two employees one lacks the second, the other all but the third."""
    random = np.random.default_rng(employees)
    variance = random.uniform(0.2, 1.5, (employees, 3))
    truth = random.multivariate_normal(np.zeros(3), [[1, 0.5, 0.2], [0.5, 1, 0.4], [0.2, 0.4, 1]], employees)
    deviation = random.normal(truth, np.sqrt(variance))
    if missing:
        variance[0, 1] = variance[1, :2] = np.inf
    correlation = np.array([[1, errors, 0], [errors, 1, -errors], [0, -errors, 1]])
    return Measured(np.where(np.isfinite(variance), deviation, 0.0), variance, correlation)


def test_given_a_covariance_the_rest_is_generalised_least_squares_employee_by_employee() -> None:
    """μ̂ = (Σ Zᵀ(T+V)⁻¹Z)⁻¹ Σ Zᵀ(T+V)⁻¹a over the observed indicators, and the restricted likelihood of T."""
    given_ = measured(7)
    sd = np.array([[1.0, 0.7, 1.3], [0.4, 2.0, 0.9]])
    correlation = np.array([np.eye(3), [[1, 0.6, -0.2], [0.6, 1, 0.1], [-0.2, 0.1, 1]]])

    found = conditional(given_, sd, correlation)

    for g in range(2):
        between = np.diag(sd[g]) @ correlation[g] @ np.diag(sd[g])
        information, weighted, logs = np.zeros((3, 3)), np.zeros(3), 0.0
        systems = []
        for a, v in zip(given_.deviation, given_.variance, strict=True):
            seen = np.flatnonzero(np.isfinite(v))
            Z, error = np.eye(3)[seen], np.diag(np.sqrt(v[seen]))  # noqa: N806
            total = Z @ between @ Z.T + error @ Z @ given_.error_correlation @ Z.T @ error
            systems.append((Z, total, a[seen]))
            information += Z.T @ np.linalg.solve(total, Z)
            weighted += Z.T @ np.linalg.solve(total, a[seen])
        mean = np.linalg.solve(information, weighted)
        for j, (Z, total, a) in enumerate(systems):  # noqa: N806
            away = a - Z @ mean
            logs += np.linalg.slogdet(total)[1] + away @ np.linalg.solve(total, away)
            assert found.gain[g, j] == pytest.approx(between @ Z.T @ np.linalg.solve(total, Z), abs=1e-12)
        logs += np.linalg.slogdet(information)[1]
        assert found.mean[g] == pytest.approx(mean, abs=1e-12)
        assert found.mean_covariance[g] == pytest.approx(np.linalg.inv(information), abs=1e-12)
        assert found.log_likelihood[g] == pytest.approx(-0.5 * logs, abs=1e-11)


def test_residuals_of_the_same_customers_give_the_correlation_of_errors() -> None:
    """Residuals of three customers: (1, 2, 2) and (2, 1, 0), which has none of the third, so (2 + 2) / √(9·5)."""
    assert error_correlation([[9, 4, 0], [4, 5, 0], [0, 0, 0]]) == pytest.approx(
        np.array([[1, 4 / 45**0.5, 0], [4 / 45**0.5, 1, 0], [0, 0, 1]])
    )
    assert np.diag(error_correlation([[0.5, 0.1], [0.1, 0.5]])).tolist() == [1.0, 1.0]
    assert error_correlation([[0.25, 0.1], [0.1, 0.25]])[0, 1] == pytest.approx(0.4)


@given(st.integers(1, 6), st.integers(0, 10_000), st.floats(1e-6, 1e3))
def test_swept_matrices_are_the_inverses_of_lapack(size: int, seed: int, noise: float) -> None:
    roots = np.random.default_rng(seed).standard_normal((3, 5, size, size))
    matrices = roots @ np.swapaxes(roots, -1, -2) + noise * np.eye(size)
    before = matrices.copy()
    inverse, log_determinant = inverted(matrices)

    assert np.allclose(inverse @ matrices, np.eye(size), atol=1e-12 * np.linalg.cond(matrices).max())
    assert log_determinant == pytest.approx(np.linalg.slogdet(matrices)[1], rel=1e-7, abs=1e-7)
    assert inverse.flags.c_contiguous
    assert np.array_equal(matrices, before)
    assert np.array_equal(inverted(matrices[0])[0], inverse[0])


@pytest.mark.parametrize(
    ("draws", "employees", "parts"),
    [
        (1_000, 300, [(0, 333), (333, 666), (666, 999), (999, 1_000)]),
        (1_000, 100, [(0, 1_000)]),
        (3, 200_000, [(0, 1), (1, 2), (2, 3)]),
        (2, 1, [(0, 2)]),
    ],
)
def test_draws_are_taken_in_parts_of_a_hundred_thousand_employees(
    draws: int, employees: int, parts: list[tuple[int, int]]
) -> None:
    assert chunks(draws, employees) == [slice(*part) for part in parts]


def test_parts_say_together_what_the_whole_says() -> None:
    some = measured(400)
    random = np.random.default_rng(1)
    sd, correlation = random.uniform(0.5, 2.0, (260, 3)), np.broadcast_to(np.eye(3), (260, 3, 3))

    assert len(chunks(260, 400)) == 2
    assert np.array_equal(_log_likelihoods(some, sd, correlation), conditional(some, sd, correlation).log_likelihood)


def test_each_share_of_a_stratified_sample_has_its_node() -> None:
    """By the same generator: a point in each of the equal shares of (0, 1), and the node whose weight holds it."""
    weights = np.array([0.3, 0.2, 0.5])
    found = _stratified(weights, 10, np.random.default_rng(4))
    again = np.random.default_rng(4)
    at = (again.permutation(10) + again.random(10)) / 10

    assert np.bincount(found).tolist() == [3, 2, 5]
    assert found.tolist() == [0 if point < 0.3 else 1 if point < 0.5 else 2 for point in at]
    assert found.tolist() != sorted(found.tolist())
    # Weights whose sum is rounded down leave a gap under 1, which is the last node's.
    assert np.bincount(_stratified(np.array([0.5, 0.4]), 10, np.random.default_rng(4))).tolist() == [5, 5]


@pytest.mark.parametrize("size", [2, 3, 4])
def test_correlations_have_the_prior_that_is_uniform_over_correlation_matrices(size: int) -> None:
    """Its log density in what is drawn is that of the Jacobian of the matrix's entries, by central differences."""
    pairs = size * (size - 1) // 2
    at = np.array([0.3, -0.8, 0.5, 1.1, -0.2, 0.7])[:pairs]
    below = np.tril_indices(size, -1)

    def plain(unbounded: FloatArray) -> FloatArray:
        """Without the quarter of perfect correlation."""
        return (_correlations(unbounded, size)[0] - 0.25) / 0.75

    correlation, log_prior = _correlations(np.array([at, np.zeros(pairs)]), size)
    steps = np.eye(pairs) * 1e-5
    slopes = (plain(at + steps) - plain(at - steps))[:, below[0], below[1]] / 2e-5

    assert log_prior == pytest.approx([np.linalg.slogdet(slopes)[1], 0.0], abs=1e-8)
    assert np.all(np.diagonal(correlation, axis1=1, axis2=2) == 1.0)
    assert correlation[1] == pytest.approx(0.75 * np.eye(size) + 0.25)
    assert np.linalg.eigvalsh(plain(at[None])[0] + np.eye(size) - np.diag(np.diag(plain(at[None])[0])))[0] > 0


def test_partial_correlations_make_the_matrix() -> None:
    """Of three: ρ₂₃ = ρ₁₂ρ₁₃ + ρ₂₃·₁ √((1 − ρ₁₂²)(1 − ρ₁₃²))."""
    z = np.array([0.4, -0.3, 0.8])
    last = z[0] * z[1] + z[2] * np.sqrt((1 - z[0] ** 2) * (1 - z[1] ** 2))

    correlation, _ = _correlations(np.arctanh(z)[None], 3)

    assert correlation[0] == pytest.approx(0.25 + 0.75 * np.array([[1, z[0], z[1]], [z[0], 1, last], [z[1], last, 1]]))


def test_the_covariance_at_a_mode_is_the_inverse_of_the_curvature_and_no_wider_than_the_prior() -> None:
    turn = np.linalg.qr(np.random.default_rng(2).standard_normal((3, 3)))[0]

    def of(curvatures: list[float]) -> FloatArray:
        A, mode = turn @ np.diag(curvatures) @ turn.T, np.array([0.1, -0.4, 2.0])  # noqa: N806
        return _covariance(lambda at: -0.5 * np.einsum("gi,ij,gj->g", at - mode, A, at - mode), mode)

    assert of([5.0, 0.3, 40.0]) == pytest.approx(turn @ np.diag([0.2, 1 / 0.3, 0.025]) @ turn.T, abs=1e-8)
    assert of([5.0, -2.0, 0.1]) == pytest.approx(turn @ np.diag([0.2, 4.0, 4.0]) @ turn.T, abs=1e-8)


def test_one_indicator_alone_is_drawn_from_the_posterior_of_its_spread() -> None:
    """Against the density on a dense grid: the mean, that of the logarithm, and what a spread of 0 would make 1."""
    three = measured(9)
    one = Measured(three.deviation[:, 1:2], three.variance[:, 1:2], np.eye(1))
    seen = one.observed[:, 0]
    a, v = one.deviation[seen, 0], one.variance[seen, 0]
    at = np.linspace(1e-4, 60.0, 200_001)
    density = np.exp(sd_log_likelihood(a, v, at) + log_jeffreys(1 / (v[:, None] + at**2), at))
    density /= density.sum()

    found = draw(one, seed=1)

    assert found.weight.tolist() == [1e-3] * 1_000
    assert found.effective == pytest.approx(1_000)
    assert found.correlation.tolist() == [[[1.0]]] * 1_000
    assert found.sd.mean() == pytest.approx(at @ density, rel=0.01)
    assert np.log(found.sd).mean() == pytest.approx(np.log(at) @ density, abs=0.01)
    assert (1 / (1 + found.sd**2)).mean() == pytest.approx((1 / (1 + at**2)) @ density, rel=0.01)


@pytest.mark.parametrize(("employees", "draws"), [(300, 1_000), (1_000, 400), (5_000, 120)])
def test_many_employees_need_fewer_draws(employees: int, draws: int) -> None:
    one = Measured(np.linspace(-1.0, 1.0, employees)[:, None], np.ones((employees, 1)), np.eye(1))

    assert draw(one, seed=1).weight.size == draws


def unbounded(draws: Draws) -> FloatArray:
    """From correlations of three back to what was drawn: the mixture undone, then the partial correlations."""
    plain = (draws.correlation - 0.25) / 0.75
    one, two, both = plain[:, 1, 0], plain[:, 2, 0], plain[:, 2, 1]
    return np.arctanh(np.stack([one, two, (both - one * two) / np.sqrt((1 - one**2) * (1 - two**2))], axis=1))


def test_three_indicators_are_drawn_around_the_joint_mode_and_weighed_by_what_the_proposals_leave_out() -> None:
    """Each step is done again here, with the same numbers of the generator and SciPy's multivariate t."""
    some = measured(9)
    found = draw(some, seed=5)
    random, shape = np.random.default_rng(5), (1_000, 3, 3)
    sds, medians = [], []
    shares = [random.permutation(1_000) + random.random(1_000) for _ in range(3)]
    for k, share in enumerate(shares):
        a, v = (column[some.observed[:, k], k] for column in (some.deviation, some.variance))
        nodes, weights = sd_posterior(a, v)
        sds.append(nodes[np.searchsorted(np.cumsum(weights), share / 1_000)])
        medians.append(np.interp(0.5, np.cumsum(weights), nodes))
    steps = random.standard_normal((1_000, 3)) / np.sqrt(random.chisquare(5.0, 1_000) / 5.0)[:, None]
    at = unbounded(found)
    affine = np.linalg.lstsq(np.column_stack([np.ones(1_000), steps]), at, rcond=None)[0]
    mode, scale = affine[0], affine[1:].T

    def log_posterior(point: FloatArray) -> FloatArray:
        correlation, log_prior = _correlations(point, 3)
        own = np.broadcast_to(medians, (len(point), 3))
        return conditional(some, own, correlation).log_likelihood + log_prior

    h = np.eye(3) * 1e-3
    slope = (log_posterior(mode + h) - log_posterior(mode - h)) / 2e-3
    curvature = [
        [sum(s * t * log_posterior((mode + s * one + t * two)[None])[0] for s in (1, -1) for t in (1, -1)) for two in h]
        for one in h
    ]
    logs = conditional(some, found.sd, found.correlation).log_likelihood + _correlations(at, 3)[1]
    unrelated = replace(some, error_correlation=np.eye(3))
    logs -= conditional(unrelated, found.sd, np.broadcast_to(np.eye(3), shape)).log_likelihood
    logs -= stats.multivariate_t.logpdf(at, mode, scale @ scale.T, df=5)
    weight = np.exp(logs - logs.max())

    assert found.sd == pytest.approx(np.array(sds).T, rel=1e-12)
    assert at == pytest.approx(mode + steps @ scale.T, abs=1e-7)
    assert slope == pytest.approx([0.0] * 3, abs=1e-3)
    assert np.all(np.diag(scale) > 0.0)
    assert scale @ scale.T == pytest.approx(1.44 * np.linalg.inv(-np.array(curvature) / 4e-6), rel=1e-2, abs=1e-3)
    assert found.weight == pytest.approx(weight / weight.sum(), rel=1e-6)
    assert found.effective == pytest.approx(1 / (found.weight**2).sum())
    assert draw(some, seed=5).weight.tolist() == found.weight.tolist()


def test_likelihoods_beyond_the_range_of_exp_are_weighed() -> None:
    """A thousand employees whose two indicators say the same: joint and apart lie more than a thousand powers of e apart."""
    random = np.random.default_rng(6)
    trait = random.standard_normal((1_000, 1))
    same = Measured(trait + 0.02 * random.standard_normal((1_000, 2)), np.full((1_000, 2), 4e-4), np.eye(2))

    found = draw(same, seed=1)

    assert found.weight.sum() == pytest.approx(1.0)
    assert found.weight @ found.correlation[:, 0, 1] > 0.98
    # The mode lies further out than proposals are made around: they are made around the end.
    again = np.random.default_rng(1)
    for _ in range(2):
        again.permutation(400), again.random(400)
    steps = again.standard_normal((400, 1))[:, 0] / np.sqrt(again.chisquare(5.0, 400) / 5.0)
    with np.errstate(divide="ignore"):
        at = np.arctanh((found.correlation[:, 0, 1] - 0.25) / 0.75)
    near = np.abs(at) < 6.0
    assert np.polyfit(steps[near], at[near], 1)[1] == pytest.approx(3.0, abs=1e-3)
