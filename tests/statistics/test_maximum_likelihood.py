"""The search for a maximum, on a likelihood whose maximum and information are known in closed form."""

import numpy as np
import pytest

from appraise.statistics.arrays import FloatArray
from appraise.statistics.maximum_likelihood import differentiated, maximise


def exponential(point: FloatArray) -> float:
    """100 exponential waits that total 250: the rate is .4, its information in ln(rate) is 100."""
    return float(100 * point[0] - 250 * np.exp(point[0]))


def test_a_regular_maximum_is_found_with_its_value_and_information() -> None:
    found = maximise(differentiated(exponential), [(0.0,), (3.0,)], observations=100)

    assert found.converged
    assert np.exp(found.log_parameters) == pytest.approx([0.4], rel=1e-7)
    assert found.log_likelihood == pytest.approx(100 * np.log(0.4) - 100)
    assert found.covariance == pytest.approx(np.array([[0.01]]), rel=1e-5)


@pytest.mark.parametrize(
    "likelihood",
    [
        pytest.param(lambda point: float(point[0]), id="rises without end"),
        pytest.param(lambda point: float(-np.exp(-point[0])), id="flattens towards infinity"),
        pytest.param(lambda point: float(-((point[0] - point[0]) ** 2)), id="flat"),
        pytest.param(
            lambda point: float(np.log(-1.0 - point[0] ** 2)) if point[0] > 99 else float("nan"), id="undefined"
        ),
    ],
)
def test_without_an_interior_maximum_it_has_not_converged(likelihood) -> None:  # noqa: ANN001
    assert not maximise(differentiated(likelihood), [(0.0,)], observations=1.0).converged


def test_of_two_maxima_the_higher_one_is_kept() -> None:
    def two_hills(point: FloatArray) -> float:
        return float(np.logaddexp(-((point[0] + 2) ** 2), 1 - 4 * (point[0] - 3) ** 2))

    assert maximise(differentiated(two_hills), [(-2.0,), (2.5,)], observations=1.0).log_parameters == pytest.approx(
        [3.0], abs=1e-6
    )
