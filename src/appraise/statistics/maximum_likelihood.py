"""Maximum likelihood for positive parameters, in their logarithms, from several starts.

Published programs for these models stop at their start values, or at overflow, and report a fit. Here a fit is
`converged` only with a vanishing gradient, a positive definite Hessian and no parameter at the edge of the search.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from appraise.statistics.arrays import FloatArray

_EDGE = 12.0  # |ln parameter|, in units in which parameters are near 1
_STEP = 1e-5
_WIDER_STEP = 1e-4  # for second derivatives
_GRADIENT = 1e-6  # per observation
_VALUE_DIGITS, _SLOPE, _ROUNDS = 1e-15, 1e-9, 1_000  # where the search ends
_POLISHES = 5
_CURVED = 1e-10  # smallest eigenvalue of the Hessian against the largest
_FORBIDDEN = 1e10  # the loss where the likelihood is no number

Objective = Callable[[FloatArray], tuple[float, FloatArray]]


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """`log_parameters` and the inverse Hessian of −log likelihood there, both of shape (p,), (p, p)."""

    log_parameters: FloatArray
    log_likelihood: float
    covariance: FloatArray
    converged: bool


def maximise(objective: Objective, starts: Sequence[Sequence[float]], *, observations: float) -> Maximum:
    """The best maximum of a log likelihood over the log parameters.

    `objective` returns log likelihood and gradient at given log parameters; `starts` are in log parameters.
    """
    size = len(starts[0])

    def loss(log_parameters: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = objective(log_parameters)
        if not (np.isfinite(value) and np.all(np.isfinite(gradient))):
            return _FORBIDDEN, np.zeros(size)
        return -value / observations, -gradient / observations

    found = [
        optimize.minimize(
            loss, start, jac=True, bounds=[(-_EDGE, _EDGE)] * size,
            options={"ftol": _VALUE_DIGITS, "gtol": _SLOPE, "maxiter": _ROUNDS},
        )
        for start in starts
    ]  # fmt: skip
    best = min(found, key=lambda result: float(result.fun))
    point = _polish(loss, best.x)
    value, gradient = objective(point)
    hessian = _hessian(loss, point) * observations
    eigenvalues = np.linalg.eigvalsh(hessian)
    curved = bool(eigenvalues[0] > _CURVED * max(1.0, float(eigenvalues[-1])))
    return Maximum(
        log_parameters=point,
        log_likelihood=value,
        covariance=linalg.inv(hessian) if curved else np.full((size, size), np.nan),
        converged=curved
        and float(np.max(np.abs(gradient))) < _GRADIENT * observations
        and float(np.max(np.abs(point))) < _EDGE - 1.0,
    )


def differentiated(log_likelihood: Callable[[FloatArray], float]) -> Objective:
    """An objective whose gradient is taken by central differences."""

    def objective(point: FloatArray) -> tuple[float, FloatArray]:
        steps = _STEP * np.eye(point.size)
        gradient = np.array([(log_likelihood(point + h) - log_likelihood(point - h)) / (2 * _STEP) for h in steps])
        return log_likelihood(point), gradient

    return objective


def _polish(loss: Objective, point: FloatArray) -> FloatArray:
    """Newton steps, kept while they flatten the slope: L-BFGS-B stops where its line search can see no more."""
    for _ in range(_POLISHES):
        gradient, hessian = loss(point)[1], _hessian(loss, point)
        if np.linalg.eigvalsh(hessian)[0] <= 0.0:
            break
        moved = np.clip(point - np.linalg.solve(hessian, gradient), -_EDGE, _EDGE)
        if np.max(np.abs(loss(moved)[1])) >= np.max(np.abs(gradient)):
            break
        point = moved
    return point


def _hessian(loss: Objective, point: FloatArray) -> FloatArray:
    steps = _WIDER_STEP * np.eye(point.size)
    rows = [(loss(point + h)[1] - loss(point - h)[1]) / (2 * _WIDER_STEP) for h in steps]
    hessian = np.array(rows)
    return 0.5 * (hessian + hessian.T)
