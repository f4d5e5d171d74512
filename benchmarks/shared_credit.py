"""Credit shared by colleagues: what judging employees one at a time costs beside judging them jointly.

    python benchmarks/shared_credit.py

Outcomes have one to four touches, the last one by whoever handles them. `score form` is what satisfaction, repeat
purchases and lifetime value use (Σwr/Σw²); `joint` is `multiple_membership.py`; `last touch` and
`weighted mean` (Σwr/Σw) are what others use. `slope` is that of the truth on the estimate: under 1 the estimates are
spread too far apart.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import multiple_membership
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from scipy import sparse

from appraise.statistics import shrinkage
from appraise.statistics.shrinkage import Shrunk

Floats = npt.NDArray[np.float64]
EMPLOYEES, OUTCOMES, TEAM = 600, 12_000, 4
SPREAD, TEAM_SPREAD, NOISE = 0.25, 0.2, 1.0
_REPLICATIONS = 6
_IN_TEAM = 0.95
_WINDOW_DAYS, _HALF_LIFE_DAYS = 90.0, 14.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """`teams`: 95 % of shared work lies inside teams of four that have an effect in common.

    `decay`: credit halves every 14 days, else all touches earn the same.
    """

    name: str
    teams: bool
    decay: bool


SCENARIOS = (
    Scenario("colleagues at random, credit by time decay", teams=False, decay=True),
    Scenario("teams of four, credit by time decay", teams=True, decay=True),
    Scenario("teams of four, equal credit", teams=True, decay=False),
)


@dataclass(frozen=True, slots=True, eq=False)
class Organisation:
    """True effects (J,), credit (N, J) with rows that sum to 1, who had the last touch (N,), and outcomes (N,)."""

    truth: Floats
    credit: sparse.csr_array
    latest: npt.NDArray[np.int64]
    y: Floats


def main() -> int:
    console = Console(width=110)
    for scenario in SCENARIOS:
        found: dict[str, list[tuple[float, float, float, float]]] = {method: [] for method in METHODS}
        for seed in range(_REPLICATIONS):
            one = organisation(np.random.default_rng([2_026, seed]), scenario)
            for method, judge in METHODS.items():
                begun = time.process_time()
                shrunk = judge(one)
                found[method].append((*figures(one.truth, shrunk), time.process_time() - begun))
        title = f"{EMPLOYEES} employees, {OUTCOMES:,} outcomes, {scenario.name}"
        table = Table(title=title, title_justify="left", min_width=len(title))
        for column in ("method", "RMSE", "cover 95", "slope", "seconds"):
            table.add_column(column, justify="left" if column == "method" else "right")
        for method, rows in found.items():
            rmse, cover, slope, seconds = np.mean(rows, axis=0)
            table.add_row(method, f"{rmse:.3f}", f"{cover:.3f}", f"{slope:.2f}", f"{seconds:.1f}")
        console.print(table)
    return 0


def organisation(rng: np.random.Generator, scenario: Scenario) -> Organisation:
    truth = SPREAD * rng.standard_normal(EMPLOYEES)
    if scenario.teams:
        truth += TEAM_SPREAD * np.repeat(rng.standard_normal(EMPLOYEES // TEAM), TEAM)
    touches = rng.integers(1, 5, OUTCOMES)
    outcome = np.repeat(np.arange(OUTCOMES), touches)
    last = np.searchsorted(outcome, np.arange(OUTCOMES))
    latest = rng.integers(EMPLOYEES, size=OUTCOMES)
    handler = latest[outcome]
    inside = (rng.random(outcome.size) < _IN_TEAM) & scenario.teams
    mate = handler - handler % TEAM + rng.integers(TEAM, size=outcome.size)
    employee = np.where(inside, mate, rng.integers(EMPLOYEES, size=outcome.size))
    employee[last] = latest
    age = rng.uniform(0.0, _WINDOW_DAYS, outcome.size)
    age[last] = 0.0
    weight = 2.0 ** (-age / _HALF_LIFE_DAYS) if scenario.decay else np.ones(outcome.size)
    weight /= np.bincount(outcome, weight)[outcome]
    credit = sparse.csr_array(sparse.coo_array((weight, (outcome, employee)), shape=(OUTCOMES, EMPLOYEES)))
    return Organisation(truth, credit, latest, credit @ truth + NOISE * rng.standard_normal(OUTCOMES))


def jointly(one: Organisation) -> Shrunk:
    return multiple_membership.normal(one.credit, one.y - one.y.mean())


def score_form(one: Organisation) -> Shrunk:
    amount = (one.credit.multiply(one.credit)).sum(axis=0)
    return shrinkage.normal(one.credit.T @ (one.y - one.y.mean()) / amount, one.y.var() / amount)


def weighted_mean(one: Organisation) -> Shrunk:
    weight = one.credit.sum(axis=0)
    return shrinkage.normal(one.credit.T @ (one.y - one.y.mean()) / weight, one.y.var() / weight)


def last_touch(one: Organisation) -> Shrunk:
    count = np.maximum(np.bincount(one.latest, minlength=EMPLOYEES), 1e-6)
    total = np.bincount(one.latest, one.y - one.y.mean(), minlength=EMPLOYEES)
    return shrinkage.normal(total / count, one.y.var() / count)


METHODS: dict[str, Callable[[Organisation], Shrunk]] = {
    "last touch": last_touch,
    "weighted mean": weighted_mean,
    "score form": score_form,
    "joint": jointly,
}


def figures(truth: Floats, shrunk: Shrunk) -> tuple[float, float, float]:
    """RMSE, coverage of the 95 % intervals, slope of the truth on the estimate; all of deviations from the average."""
    estimate = shrunk.deviation.mean() - shrunk.deviation_origin
    lower, upper = (shrunk.deviation.quantile(at) - shrunk.deviation_origin for at in (0.025, 0.975))
    error = float(np.sqrt(np.mean((estimate - truth) ** 2)))
    return error, float(np.mean((lower <= truth) & (truth <= upper))), float(np.polyfit(estimate, truth, 1)[0])


if __name__ == "__main__":
    sys.exit(main())
