"""Two-way rates where desks hardly share a case: against Newton's method, and the equations of the fit."""

import numpy as np
import pytest

from appraise.statistics.survival import two_way_rates


def test_desks_that_hardly_share_a_case_are_told_apart_as_exactly_as_others() -> None:
    """Against Newton's method on the Poisson likelihood; plain rounds take thousands here."""
    random = np.random.default_rng(2)
    exposure = 200 * np.eye(8) + np.roll(np.eye(8), 1, axis=1)
    observed = random.poisson(exposure * np.exp(random.normal(0, 0.5, (8, 1)))) + 0.5 * (exposure > 0)
    cells = np.flatnonzero(exposure)
    rows, columns = np.divmod(cells, 8)
    design = np.column_stack([rows[:, None] == np.arange(8), columns[:, None] == np.arange(1, 8)]).astype(float)
    offset, y = np.log(exposure.ravel()[cells]), observed.ravel()[cells]
    beta = np.append(np.log(observed.sum(axis=1) / exposure.sum(axis=1)), np.zeros(7))
    for _ in range(60):
        mu = np.exp(design @ beta + offset)
        beta = beta + np.clip(np.linalg.solve(design.T @ (design * mu[:, None]), design.T @ (y - mu)), -1, 1)
    result = two_way_rates(observed, exposure, pseudo_count=0.0)

    assert result.converged
    assert result.stratum_rate[1:] / result.stratum_rate[0] == pytest.approx(np.exp(beta[8:]), rel=1e-5)


@pytest.mark.parametrize("common", [1.0, 0.1, 1e-3, 1e-5])
def test_with_half_an_event_the_fit_of_desks_that_hardly_share_a_case_comes_to_its_end(common: float) -> None:
    """To where the two equations hold: θ(Eγ + ½) = O + ½, and γ(E'θ + ½) in proportion to O + ½."""
    random = np.random.default_rng(2)
    exposure = 200 * np.eye(8) + common * np.roll(np.eye(8), 1, axis=1)
    observed = random.poisson(exposure * np.exp(random.normal(0, 0.5, (8, 1))))
    result = two_way_rates(observed, exposure)
    theta, gamma = result.employee_rate, result.stratum_rate
    share = gamma * (exposure.T @ theta + 0.5) / (observed.sum(axis=0) + 0.5)

    assert result.converged
    assert theta * (exposure @ gamma + 0.5) == pytest.approx(observed.sum(axis=1) + 0.5, rel=1e-9)
    assert share == pytest.approx(np.full(8, share[0]), rel=1e-8)
    assert result.expected.sum() == pytest.approx(observed.sum(), rel=1e-12)
