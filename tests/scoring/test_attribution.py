"""Credit for outcomes, shared by who touched the customer when."""

from dataclasses import replace
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from appraise.domain.indicators import REPEAT_PURCHASE
from appraise.domain.policies import DEFAULT_POLICY, Attribution
from appraise.errors import Fatal
from appraise.scoring.attribution import check_shares, shares
from appraise.scoring.references import UNKNOWN

DECAY = DEFAULT_POLICY.of(REPEAT_PURCHASE)  # half-life 14 days, window 90 days
DAY = 86_400
A, B, C = 0, 1, 2


def touches(*rows: tuple[int, float, int | None]) -> ibis.Table:
    return ibis.memtable(
        pa.table(
            {
                "customer": pa.array([customer for customer, _, _ in rows], pa.int64()),
                "at": pa.array([round(day * DAY) for _, day, _ in rows], pa.int64()),
                "employee": pa.array([employee for _, _, employee in rows], pa.int32()),
                "why": pa.array([UNKNOWN if employee is None else None for _, _, employee in rows], pa.string()),
            }
        )
    )


def weights(table: ibis.Table, moment: float, policy: Any = DECAY, customer: int = 1) -> dict[int | None, float]:
    moments = ibis.memtable(pa.table({"customer": [customer], "at": [round(moment * DAY)]}))
    rows = shares(moments, table, policy).to_pyarrow().to_pylist()
    return {row["employee"]: row["weight"] for row in rows}


def test_credit_halves_with_every_half_life() -> None:
    """Aged 14 and 0 days at a half-life of 14: 1/2 and 1 units, that is 1/3 and 2/3."""
    assert weights(touches((1, 10, A), (1, 24, B)), 24) == pytest.approx({A: 1 / 3, B: 2 / 3}, abs=1e-11)


def test_several_touches_of_one_employee_add_up() -> None:
    """Aged 28, 14 and 0 days: 1/4 + 1 against 1/2, of 7/4."""
    assert weights(touches((1, 0, A), (1, 14, B), (1, 28, A)), 28) == pytest.approx({A: 5 / 7, B: 2 / 7}, abs=1e-11)


def test_only_touches_of_the_window_count_and_its_first_second_is_in_it() -> None:
    linear = replace(DECAY, attribution=Attribution.LINEAR)
    table = touches((1, 9.9999, A), (1, 10, B), (1, 100, C))

    assert weights(table, 100, linear) == {B: 0.5, C: 0.5}


def test_later_touches_and_other_customers_share_nothing() -> None:
    assert weights(touches((1, 5, A), (1, 5.001, B), (2, 5, C)), 5) == {A: 1.0}


def test_somebody_unknown_keeps_their_share() -> None:
    assert weights(touches((1, 10, None), (1, 24, B)), 24) == pytest.approx({None: 1 / 3, B: 2 / 3}, abs=1e-11)


@pytest.mark.parametrize("attribution", [Attribution.DIRECT, Attribution.LAST_TOUCH])
def test_direct_and_last_touch_credit_whoever_served_at_the_moment(attribution: Attribution) -> None:
    policy = replace(DECAY, attribution=attribution)

    assert weights(touches((1, 10, A), (1, 24, B), (1, 24, C)), 24, policy) == {B: 0.5, C: 0.5}


def test_last_touch_credits_the_latest_of_the_window_whenever_that_was() -> None:
    policy = replace(DECAY, attribution=Attribution.LAST_TOUCH)

    assert weights(touches((1, 10, A), (1, 24, B)), 60, policy) == {B: 1.0}
    assert weights(touches((1, 10, A), (1, 24, B)), 120, policy) == {None: 1.0}


def test_a_short_half_life_leaves_credit_for_old_touches() -> None:
    """Aged 80 and 81 days at a half-life of one day: shares are those of ages 0 and 1."""
    policy = replace(DECAY, half_life_days=1)

    assert weights(touches((1, 9, A), (1, 10, B)), 90, policy) == pytest.approx({A: 1 / 3, B: 2 / 3}, abs=1e-11)


def test_shares_that_miss_one_are_a_defect() -> None:
    with pytest.raises(Fatal, match=r"miss 1 by 0\.1"):
        check_shares(ibis.memtable(pa.table({"customer": [1, 1], "at": [5, 5], "weight": [0.5, 0.4]})))


def test_weights_equal_those_of_plain_sql() -> None:
    """The second implementation is one correlated query in DuckDB's SQL."""
    random = np.random.Generator(np.random.PCG64(7))
    rows = [
        (
            int(random.integers(1, 40)),
            float(random.integers(0, 200_000)) / 1000,
            [A, B, C, None][int(random.integers(4))],
        )
        for _ in range(600)
    ]
    table = touches(*rows)
    moments = table.select("customer", "at").distinct()
    found = shares(moments, table, DECAY).to_pyarrow()

    connection = ibis.duckdb.connect()
    connection.con.register("t", table.to_pyarrow())
    expected = connection.con.execute(
        """
        WITH raw AS (
            SELECT m.customer, m."at", t.employee, sum(pow(2, -(m."at" - t."at") / 86400.0 / 14)) AS credit
            FROM (SELECT DISTINCT customer, "at" FROM t) m JOIN t
              ON t.customer = m.customer AND t."at" <= m."at" AND t."at" >= m."at" - 90 * 86400
            GROUP BY ALL)
        SELECT customer, "at", coalesce(employee, -1), credit / sum(credit) OVER (PARTITION BY customer, "at")
        FROM raw ORDER BY ALL
        """
    ).fetchall()
    ours = sorted(
        (row["customer"], row["at"], -1 if row["employee"] is None else row["employee"], row["weight"])
        for row in found.to_pylist()
    )
    assert [row[:3] for row in ours] == [row[:3] for row in expected]
    assert [row[3] for row in ours] == pytest.approx([row[3] for row in expected], abs=1e-10)
