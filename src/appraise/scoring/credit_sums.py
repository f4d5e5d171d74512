"""Sums per employee over credited outcomes: what comes back from the engine, and all that the statistics need."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.scorecards import Evidence
from appraise.scoring.arrays import FloatArray, IntArray, cross_table, fetched, floats, whole
from appraise.scoring.case_mix import Strata
from appraise.scoring.rates import Cells
from appraise.scoring.working import exactly

EXACT = "decimal(18, 12)"
"""Shares and hazards in fixed point: their sums do not depend on the order in which an engine adds them."""
LeftOut = tuple[tuple[str, int], ...]

EXACT_LARGE = "decimal(38, 12)"
"""The same for money and its squares; slower."""


@dataclass(frozen=True, slots=True)
class Credited:
    """Outcomes by employee: `employee`, `customer`, `profile`, `weight`, `units`, `outcome`, and the columns `levels`.

    `units` is what a row counts as evidence: 1 per spell, months for subscriptions.
    `levels[k]` is what was foretold for the outcome by the first k factors of the case mix. `exact` is the type in
    which sums are taken.
    """

    rows: ibis.Table
    levels: tuple[str, ...]
    exact: str = EXACT


@dataclass(frozen=True, slots=True)
class Sums:
    """Positions of `employees` in order, and theirs: `cells` by profile; outcomes, Σw² and Σw as (J,)."""

    employees: IntArray
    cells: Cells
    outcomes: FloatArray
    effective: FloatArray
    credit: FloatArray


@dataclass(frozen=True, slots=True)
class Clusters:
    """Outcomes by employee and customer; `customers` (J,) counts the different ones.

    `squares` is Σ over (employee, customer) of (Σ w(outcome − foretold))²: the design effect compares it with what it
    would be if a customer's outcomes had nothing in common. `residuals` has Σ w(outcome − foretold) as `residual`, by
    `employee` and `customer`.
    """

    sums: Sums
    customers: IntArray
    squares: float
    residuals: ibis.Table

    def evidence(self, expected: FloatArray | None, left_out: Sequence[LeftOut] = ()) -> list[Evidence]:
        return [
            Evidence(
                events=round(float(self.sums.outcomes[row])),
                customers=int(self.customers[row]),
                effective=exactly(self.sums.effective[row]),
                expected_events=None if expected is None else exactly(expected[row]),
                left_out=left_out[row] if left_out else (),
                credit=exactly(self.sums.credit[row]),
            )
            for row in range(self.customers.size)
        ]


def summed(credited: Credited, kinds: Strata) -> Sums:
    rows, weight = credited.rows, credited.rows.weight
    columns = {
        "observed": exact_sum(weight * rows.outcome, credited.exact),
        "units": exact_sum(rows.units, EXACT),
        "ww": exact_sum(weight * weight, EXACT),
        "w": exact_sum(weight, EXACT),
    }
    for name in dict.fromkeys(credited.levels):
        columns[f"w_{name}"] = exact_sum(weight * rows[name], credited.exact)
        columns[f"ww_{name}"] = exact_sum(weight * weight * rows[name], credited.exact)
    table = fetched(rows.group_by("employee", "profile").agg(**columns), order_by=["employee", "profile"])
    employees, row = np.unique(whole(table, "employee"), return_inverse=True)
    profile, shape = whole(table, "profile"), (employees.size, kinds.profiles)

    def cross(name: str) -> FloatArray:
        return cross_table(row, profile, floats(table, name), shape=shape)

    cells = Cells(
        observed=cross("observed"),
        expected=np.array([cross(f"w_{name}") for name in credited.levels]),
        squared=np.array([cross(f"ww_{name}") for name in credited.levels]),
    )
    return Sums(employees, cells, *(cross(name).sum(axis=1) for name in ("units", "ww", "w")))


def clustered(credited: Credited, rate: FloatArray, sums: Sums) -> Clusters:
    """`rate` (P,) calibrates what the last level foretold."""
    rates = ibis.memtable(pa.table({"profile": np.arange(rate.size, dtype=np.int32), "rate": rate}))
    rows = credited.rows.inner_join(rates, "profile")
    beyond = rows.weight * (rows.outcome - rows[credited.levels[-1]] * rows.rate)
    # The largest groups of a run: what can be summed without them is.
    own = rows.group_by("employee", "customer").agg(residual=exact_sum(beyond, credited.exact)).cache()
    table = fetched(
        own.group_by("employee").agg(
            customers=own.count(), squares=exact_sum(own.residual * own.residual, EXACT_LARGE)
        ),
        order_by=["employee"],
    )
    return Clusters(sums, whole(table, "customers"), float(floats(table, "squares").sum()), own)


def credit_given(weights: ibis.Table) -> dict[str | None, Decimal]:
    """Σ weight by reason for not knowing the employee; None is those who are known."""
    given = weights.group_by("why").agg(weight=exact_sum(weights.weight, EXACT))
    rows = given.to_pyarrow().to_pylist()
    return {row["why"]: exactly(row["weight"]) for row in sorted(rows, key=lambda row: row["why"] or "")}


def exact_sum(value: ibis.Value, exact: str) -> ibis.Value:
    return value.cast(exact).sum().cast("float64")
