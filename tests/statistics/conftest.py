"""Data of published examples, and group sums from rows."""

import csv
import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from appraise.statistics.arrays import FloatArray
from appraise.statistics.group_sums import GroupSums

Columns = dict[str, FloatArray]


def read(path: Path) -> Columns:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.fixture(scope="session")
def data() -> Callable[[str], Columns]:
    """Reads one of the files in data/ by name, as columns."""
    return lambda name: read(Path(__file__).parent / "data" / f"{name}.csv")


@pytest.fixture(scope="session")
def cdnow() -> Columns:
    """The 2,357 customers of Fader, Hardie & Lee 2005 with mean spend, from the wheel of `lifetimes`."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.origin is not None
    name = "cdnow_customers_summary_with_transactions.csv"
    return read(Path(package.origin).parent / "datasets" / name)


@pytest.fixture(scope="session")
def sums_of() -> Callable[..., GroupSums]:
    """Group sums of rows (group number, y, x, weight)."""

    def build(
        group: npt.ArrayLike,
        y: npt.ArrayLike,
        x: npt.ArrayLike | None = None,
        *,
        weight: npt.ArrayLike | None = None,
        groups: int | None = None,
    ) -> GroupSums:
        g, y = np.asarray(group, dtype=int), np.asarray(y, dtype=float)
        columns = np.zeros((y.size, 0)) if x is None else np.asarray(x, dtype=float).reshape(y.size, -1)
        w = np.ones(y.size) if weight is None else np.asarray(weight, dtype=float)
        member = np.zeros((groups or int(g.max()) + 1, y.size))
        member[g, np.arange(y.size)] = 1.0
        return GroupSums(
            weight=member @ w,
            weight_squared=member @ w**2,
            y=member @ (w * y),
            yy=member @ (w * y**2),
            x=member @ (w[:, None] * columns),
            xx=columns.T @ (w[:, None] * columns),
            xy=columns.T @ (w * y),
        )

    return build


@pytest.fixture(scope="session")
def errors_of() -> Callable[[Callable[[FloatArray], float], FloatArray], FloatArray]:
    """Standard errors of a maximum from the second differences of its log likelihood."""

    def errors(log_likelihood: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
        steps = np.diag(at * 1e-4)
        hessian = [
            [
                sum(s * t * log_likelihood(at + s * one + t * two) for s in (1, -1) for t in (1, -1))
                / (4 * one.sum() * two.sum())
                for two in steps
            ]
            for one in steps
        ]
        return np.sqrt(np.diag(np.linalg.inv(-np.array(hessian))))

    return errors
