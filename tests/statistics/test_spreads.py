"""Integration over a spread, against integrals known in closed form and SciPy's quadrature."""

import numpy as np
import pytest
from scipy import integrate, stats

from appraise.statistics.arrays import FloatArray
from appraise.statistics.spreads import grid, grid_quantiles, sd_log_likelihood, sd_scales


def half_normal(t: FloatArray) -> FloatArray:
    return -0.5 * t**2


@pytest.mark.parametrize("employees", [5, 1_000, 1_001])
@pytest.mark.parametrize("scales", [(1.0, 10.0), (0.01, 1e3), (1e-3, 1e7), (3.0, 1e4)])
def test_moments_of_a_half_normal_spread_are_exact_from_any_scales(scales: tuple[float, float], employees: int) -> None:
    """E[t] = √(2/π), E[t²] = 1, E[t⁴] = 3: the scales say where to look, not what is found."""
    nodes, weights = grid(half_normal, scales, employees)

    assert weights.sum() == pytest.approx(1.0, rel=1e-14)
    assert [weights @ nodes**2, weights @ nodes**4] == pytest.approx([1.0, 3.0], rel=1e-8)
    assert nodes.size == (161 if employees <= 1_000 else 65)
    assert nodes.min() > 0.0


def test_a_spread_far_from_zero_is_resolved_where_it_lies() -> None:
    """Normal around 1,000 with sd 1, looked for between 0 and 10⁷: four passes find it."""
    nodes, weights = grid(lambda t: -0.5 * (t - 1e3) ** 2, (0.5, 1e7), 5)

    assert weights @ nodes == pytest.approx(1e3, rel=1e-9)
    assert weights @ (nodes - 1e3) ** 2 == pytest.approx(1.0, rel=1e-7)
    assert np.ptp(nodes) < 20.0


def test_the_tail_that_is_left_out_is_negligible() -> None:
    """A half-Cauchy square falls like t⁻⁴: mass beyond the last node is below 1e-9 of all."""
    nodes, weights = grid(lambda t: -2.0 * np.log1p(t**2), (1.0, 1e5), 5)

    assert weights @ nodes**2 == pytest.approx(1.0, rel=1e-3)  # ∫ t²/(1 + t²)² = ∫ 1/(1 + t²)² = π/4
    assert (weights * (nodes > 1.0)).sum() == pytest.approx(0.5 - 1 / np.pi, abs=0.02)


def test_a_density_that_is_cut_off_has_its_nodes_up_to_the_cut() -> None:
    """Beyond cv 4 no rate is looked for: the half-normal truncated at 2, by SciPy."""
    nodes, weights = grid(half_normal, (1.0, 2.0), 5)

    assert nodes.max() == pytest.approx(2.0, abs=0.02)
    assert weights @ nodes**2 == pytest.approx(stats.truncnorm(0, 2).moment(2), rel=1e-4)


@pytest.mark.parametrize("constant", [-2_000.0, 2_000.0])
def test_a_constant_factor_of_the_density_makes_no_difference(constant: float) -> None:
    nodes, weights = grid(lambda t: half_normal(t) + constant, (1.0, 10.0), 5)

    assert weights @ nodes**2 == pytest.approx(1.0, rel=1e-8)


def test_quantiles_are_those_of_the_density() -> None:
    quantiles = grid_quantiles(*grid(half_normal, (1.0, 10.0), 5), (0.5, 0.025, 0.975))

    assert quantiles == pytest.approx(stats.halfnorm.ppf([0.5, 0.025, 0.975]), abs=2e-3)
    assert grid_quantiles(np.array([1.0, 2.0]), np.array([0.5, 0.5]), (0.25, 0.5, 0.75)) == [1.0, 1.5, 2.0]


def test_the_likelihood_of_a_spread_is_the_integral_over_the_mean() -> None:
    a, v = np.array([1.0, 2.5, -0.5, 4.0]), np.array([0.5, 1.0, 2.0, 0.1])
    tau = np.array([0.0, 0.7, 3.0])

    def joint(mu: float, spread: float) -> float:
        return float(np.prod(stats.norm.pdf(a, mu, np.sqrt(v + spread**2))))

    integrals = [integrate.quad(joint, -30, 30, args=(spread,), points=[3.0], epsabs=0)[0] for spread in tau]

    assert sd_log_likelihood(a, v, tau) == pytest.approx(np.log(integrals) + 1.5 * np.log(2 * np.pi), rel=1e-9)


def test_scales_span_from_the_most_precise_estimate_to_far_beyond_all() -> None:
    assert sd_scales(np.array([1.0, 4.0, 2.0]), np.array([0.25, 4.0, 1.0])) == (0.5, 5e4)
