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
class Clusters:
    """Per employee (J,): outcomes, distinct customers, Σw², Σw; and the design effect's two sums over everybody.

    `squares` is Σ over (employee, customer) of (Σ w(outcome − foretold))², `variance` what it would be if a customer's
    outcomes had nothing in common. `residuals` has Σ w(outcome − foretold) as `residual`, by `employee` and `customer`.
    """

    outcomes: FloatArray
    customers: IntArray
    effective: FloatArray
    credit: FloatArray
    squares: float
    variance: float
    residuals: ibis.Table

    def evidence(self, expected: FloatArray | None, left_out: Sequence[LeftOut] = ()) -> list[Evidence]:
        return [
            Evidence(
                events=round(float(self.outcomes[row])),
                customers=int(self.customers[row]),
                effective=exactly(self.effective[row]),
                expected_events=None if expected is None else exactly(expected[row]),
                left_out=left_out[row] if left_out else (),
                credit=exactly(self.credit[row]),
            )
            for row in range(self.customers.size)
        ]


def summed(credited: Credited, kinds: Strata) -> tuple[IntArray, Cells]:
    """Employee positions in order, and their sums by profile."""
    rows, weight = credited.rows, credited.rows.weight
    columns = {"observed": exact_sum(weight * rows.outcome, credited.exact)}
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
    return employees, cells


def clustered(credited: Credited, rate: FloatArray) -> Clusters:
    """`rate` (P,) calibrates what the last level foretold; rows come in the order of `summed`."""
    rates = ibis.memtable(pa.table({"profile": np.arange(rate.size), "rate": rate}))
    rows = credited.rows.inner_join(rates, "profile")
    foretold = rows[credited.levels[-1]] * rows.rate
    own = (
        rows.group_by("employee", "customer")
        .agg(
            units=exact_sum(rows.units, EXACT),
            residual=exact_sum(rows.weight * (rows.outcome - foretold), credited.exact),
            variance=exact_sum(rows.weight * rows.weight * foretold, credited.exact),
            effective=exact_sum(rows.weight * rows.weight, EXACT),
            credit=exact_sum(rows.weight, EXACT),
        )
        .cache()
    )
    table = fetched(
        own.group_by("employee").agg(
            outcomes=exact_sum(own.units, EXACT_LARGE),
            customers=own.count(),
            squares=exact_sum(own.residual * own.residual, EXACT_LARGE),
            variance=own.variance.sum(),
            effective=own.effective.sum(),
            credit=own.credit.sum(),
        ),
        order_by=["employee"],
    )
    return Clusters(
        outcomes=floats(table, "outcomes"),
        customers=whole(table, "customers"),
        effective=floats(table, "effective"),
        credit=floats(table, "credit"),
        squares=float(floats(table, "squares").sum()),
        variance=float(floats(table, "variance").sum()),
        residuals=own.select("employee", "customer", "residual").cache(),
    )


def credit_given(weights: ibis.Table) -> dict[str | None, Decimal]:
    """Σ weight by reason for not knowing the employee; None is those who are known."""
    given = weights.group_by("why").agg(weight=exact_sum(weights.weight, EXACT))
    rows = given.to_pyarrow().to_pylist()
    return {row["why"]: exactly(row["weight"]) for row in sorted(rows, key=lambda row: row["why"] or "")}


def exact_sum(value: ibis.Value, exact: str) -> ibis.Value:
    return value.cast(exact).sum().cast("float64")
