"""Credit for one outcome shared between the employees who touched its customer."""

from dataclasses import dataclass

import numpy as np

from appraise.scoring.rates import Cells
from validation.company import Cases, Floats, Integers, Staff, World, effect_of, totals

_MOST_COLLEAGUES = 3
_WINDOW_DAYS, _HALF_LIFE_DAYS = 90.0, 14.0


@dataclass(frozen=True, slots=True, eq=False)
class Credit:
    """One row per outcome and employee; weights sum to 1 per outcome. `effect` is Σ w·effect per outcome."""

    outcome: Integers
    employee: Integers
    weight: Floats
    effect: Floats

    def by_employee(self, values: Floats, employees: int) -> Floats:
        return totals(self.employee, values, employees)


def share_credit(
    rng: np.random.Generator, world: World, staff: Staff, case: Cases, indicator: int, *, shared: bool
) -> Credit:
    """The employee of the case has the last touch; up to three colleagues had one in the 90 days before."""
    n = case.employee.size
    colleagues = rng.integers(_MOST_COLLEAGUES + 1, size=n) if shared else np.zeros(n, np.int64)
    outcome = np.concatenate([np.arange(n), np.repeat(np.arange(n), colleagues)])
    first = np.searchsorted(world.desk_of(np.arange(world.employees)), np.arange(world.desks + 1))
    desk = world.desk_of(np.repeat(case.employee, colleagues))
    others = rng.integers(first[desk], first[desk + 1])
    age = np.concatenate([np.zeros(n), rng.uniform(0.0, _WINDOW_DAYS, others.size)])
    employee = np.concatenate([case.employee, others])
    weight = 2.0 ** (-age / _HALF_LIFE_DAYS)
    weight /= totals(outcome, weight, n)[outcome]
    key, row = np.unique(outcome * world.employees + employee, return_inverse=True)
    weight = totals(row, weight, key.size)
    outcome, employee = key // world.employees, key % world.employees
    touched = Cases(employee, case.kind[outcome], case.recorded[outcome], case.moment[outcome])
    effect = totals(outcome, weight * effect_of(staff, touched, indicator), n)
    return Credit(outcome, employee, weight, effect)


def cells_of(credit: Credit, outcome: Floats, foretold: Floats, kind: Integers, *, shape: tuple[int, int]) -> Cells:
    """One level of nesting: the recorded kind of the case."""
    place = credit.employee * shape[1] + kind[credit.outcome]

    def table(values: Floats) -> Floats:
        return totals(place, values, shape[0] * shape[1]).reshape(shape)

    w = credit.weight
    return Cells(
        observed=table(w * outcome[credit.outcome]),
        expected=table(w * foretold[credit.outcome])[None],
        squared=table(w**2 * foretold[credit.outcome])[None],
    )
