"""Mixtures against their closed-form moments and SciPy's distributions."""

import numpy as np
import pytest
from scipy import stats

from appraise.statistics import mixtures
from appraise.statistics.mixtures import GammaMixture, NormalMixture

WEIGHTS = np.array([0.2, 0.5, 0.3])


def test_a_normal_mixture_has_the_moments_and_probabilities_of_its_parts() -> None:
    means, sds = np.array([[0.0, 1.0, 4.0], [2.0, 2.0, 2.0]]), np.array([[1.0, 0.5, 2.0], [3.0, 3.0, 3.0]])
    mixture = NormalMixture(WEIGHTS, means, sds)

    assert mixture.mean() == pytest.approx([1.7, 2.0])
    # E[x²] = .2·1 + .5·1.25 + .3·20 = 6.825; variance 6.825 − 1.7².
    assert mixture.sd() == pytest.approx([np.sqrt(6.825 - 1.7**2), 3.0])
    assert mixture.cdf(1.5)[0] == pytest.approx(WEIGHTS @ stats.norm.cdf(1.5, means[0], sds[0]))
    assert mixture.quantile(0.9)[1] == pytest.approx(stats.norm.ppf(0.9, 2.0, 3.0))


def test_a_gamma_mixture_has_the_moments_and_probabilities_of_its_parts() -> None:
    shapes, rates = np.array([[1.0, 2.0, 8.0], [3.0, 3.0, 3.0]]), np.array([[1.0, 4.0, 2.0], [2.0, 2.0, 2.0]])
    mixture = GammaMixture(WEIGHTS, shapes, rates)

    assert mixture.mean() == pytest.approx([1.65, 1.5])
    # E[x²] = Σ w·k(k + 1)/rate² = .2·2 + .5·.375 + .3·18 = 5.9875.
    assert mixture.sd() == pytest.approx([np.sqrt(5.9875 - 1.65**2), np.sqrt(0.75)])
    assert mixture.cdf([0.7, 0.7])[0] == pytest.approx(WEIGHTS @ stats.gamma.cdf(0.7, shapes[0], scale=1 / rates[0]))
    assert mixture.cdf(-1.0) == pytest.approx([0.0, 0.0])
    assert mixture.quantile(0.9)[1] == pytest.approx(stats.gamma.ppf(0.9, 3.0, scale=0.5))


def test_a_point_mass_lies_half_on_each_side_of_itself() -> None:
    mixture = NormalMixture(np.array([1.0]), np.array([[2.0]]), np.array([[0.0]]))

    assert [mixture.cdf(x)[0] for x in (1.9, 2.0, 2.1)] == [0.0, 0.5, 1.0]
    assert mixture.quantile(0.3) == pytest.approx([2.0])


def test_far_apart_components_do_not_lose_the_quantile() -> None:
    """Newton's step from the middle leaves the bracket here."""
    mixture = NormalMixture(np.array([0.5, 0.5]), np.array([[-1e6, 1e6]]), np.array([[1e-3, 1e-3]]))

    assert mixture.quantile(0.25) == pytest.approx([-1e6], rel=1e-8)
    assert mixture.quantile(0.5).tolist() == [0.0]  # half lies below, and the density there is 0
    assert mixture.quantile(0.9) == pytest.approx([1e6 + 1e-3 * stats.norm.ppf(0.8)], rel=1e-12)


def test_draws_are_those_of_the_mixture_and_share_their_component() -> None:
    """By Kolmogorov–Smirnov against the mixture's own distribution; whoever is far off is so in the same draws."""
    means = np.array([[-50.0, 0.0, 50.0], [-40.0, 1.0, 60.0]])
    normal = NormalMixture(WEIGHTS, means, np.ones((2, 3)))
    gamma = GammaMixture(WEIGHTS, np.array([[1.0, 2.0, 8.0], [3.0, 3.0, 3.0]]), np.full((2, 3), 2.0))
    for mixture in (normal, gamma):
        draws = mixture.draw(np.random.default_rng(5), 4_000)
        assert draws.shape == (4_000, 2)
        for employee in (0, 1):
            at = np.sort(draws[:, employee])
            known = np.array([mixture.cdf(np.full(2, x))[employee] for x in at[::40]])
            assert known == pytest.approx(np.arange(0, 4_000, 40) / 4_000, abs=0.025)
    together = normal.draw(np.random.default_rng(5), 500)
    assert ((together[:, 0] > 25) == (together[:, 1] > 30)).all()
    assert np.corrcoef(together[together[:, 0] > 25].T)[0, 1] == pytest.approx(0.0, abs=0.2)


def test_a_point_mass_among_others_is_found_exactly_and_leaves_the_others_alone() -> None:
    """Two employees: all of one at 2, the other ¾ at 0 and ¼ N(5, 1)."""
    mixture = NormalMixture(
        np.array([0.75, 0.25]), np.array([[2.0, 2.0], [0.0, 5.0]]), np.array([[0.0, 0.0], [0.0, 1.0]])
    )

    assert mixture.quantile(0.3)[0] == 2.0
    assert mixture.quantile(0.9) == pytest.approx([2.0, stats.norm.ppf(0.6, 5.0)], rel=1e-10)
    assert mixture.quantile(0.2)[1] == pytest.approx(0.0, abs=1e-300)


@pytest.mark.parametrize("p", [0.025, 0.4, 0.95])
def test_quantiles_need_few_rounds(p: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Halley's steps treble the digits in each round; a wrong derivative or a bad start would need many."""
    monkeypatch.setattr(mixtures, "_ROUNDS", 3)
    normal = NormalMixture(WEIGHTS, np.array([[0.0, 1.0, 1.5]]), np.array([[1.0, 0.8, 1.2]]))
    gamma = GammaMixture(WEIGHTS, np.array([[6.0, 7.0, 9.0]]), np.array([[0.05, 0.06, 0.1]]))

    assert normal.cdf(normal.quantile(p)) == pytest.approx([p], abs=1e-10)
    assert gamma.cdf(gamma.quantile(p)) == pytest.approx([p], abs=1e-10)


@pytest.mark.parametrize("p", [0.025, 0.5, 0.975])
def test_components_from_very_narrow_to_very_wide_do_not_lose_the_quantile(p: float) -> None:
    """Between their peaks the distribution is nearly flat, where the curvature would lead astray."""
    random, spread = np.random.default_rng(1), np.exp(np.linspace(-6.0, 1.0, 40))
    shapes, rates = (spread**-2 + random.gamma(1.0, 3000.0, (20, 1)) for _ in range(2))
    mixture = GammaMixture(random.dirichlet(np.ones(40)), shapes, rates)

    assert mixture.cdf(mixture.quantile(p)) == pytest.approx(np.full(20, p), abs=1e-11)


def test_the_upper_quantile_of_a_gamma_mixture_with_a_far_component_is_bracketed() -> None:
    """97 % near 0, 3 % near 1,000: the start, from the moments, lies far below the quantile at .99."""
    mixture = GammaMixture(np.array([0.97, 0.03]), np.array([[1e3, 1e4]]), np.array([[1e5, 10.0]]))

    assert mixture.quantile(0.99) == pytest.approx(stats.gamma.ppf([2 / 3], 1e4, scale=0.1), rel=1e-10)
    assert mixture.quantile(0.5) == pytest.approx(stats.gamma.ppf([0.5 / 0.97], 1e3, scale=1e-5), rel=1e-10)


def test_probabilities_are_those_of_one_threshold_or_one_per_employee() -> None:
    normal = NormalMixture(np.ones(1), np.array([[0.0], [1.0]]), np.ones((2, 1)))

    assert normal.cdf(1) == pytest.approx(stats.norm.cdf([1.0, 0.0]))
    assert normal.cdf([0, 2]) == pytest.approx(stats.norm.cdf([0.0, 1.0]))


@pytest.mark.parametrize("kind", [NormalMixture, GammaMixture])
def test_of_some_employees_it_is_theirs_alone(kind: type[NormalMixture | GammaMixture]) -> None:
    """The two kinds have the same three fields: weights, and two of every employee."""
    weights = np.array([0.25, 0.75])
    first, second = np.arange(1.0, 7.0).reshape(3, 2), np.arange(2.0, 8.0).reshape(3, 2)

    whole, some = kind(weights, first, second), kind(weights, first, second).of([2, 0])

    assert some.mean() == pytest.approx(whole.mean()[[2, 0]])
    assert some.sd() == pytest.approx(whole.sd()[[2, 0]])
    assert some.quantile(0.9) == pytest.approx(whole.quantile(0.9)[[2, 0]])


def test_no_probability_is_above_1_by_the_last_digit_of_weights() -> None:
    weights = np.full(11, (1 + 9e-16) / 11)
    ones = np.ones((1, weights.size))
    assert weights.sum() > 1.0

    for mixture in (NormalMixture(weights, 0 * ones, ones), GammaMixture(weights, ones, ones)):
        assert mixture.cdf(1e6)[0] <= 1.0
