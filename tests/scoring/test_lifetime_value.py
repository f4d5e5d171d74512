"""Lifetime value: money after a contact against what the history before it foretold."""

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest

from appraise.domain.indicators import LIFETIME_VALUE
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.scorecards import AbsenceKind
from appraise.scoring.buying import BuyingModel, foretold_value, foretold_visits, with_history
from appraise.scoring.lifetime_value import _with_money
from appraise.scoring.prepared import touches
from appraise.scoring.spells import customer_time, spells
from appraise.statistics.bg_nbd import BgNbd
from appraise.statistics.gamma_gamma import GammaGamma

WEEK = 7 * 86_400
# Fader, Hardie & Lee (2005): BG/NBD and Gamma–Gamma on the CDNOW sample, in weeks.
CDNOW = BuyingModel(
    BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4, converged=True),
    GammaGamma(6.25, 3.74, 15.44, -4055.9, converged=True),
    unit=1.0,
    discount=0.0,
)


def table(**columns: list[Any]) -> ibis.Table:
    return ibis.memtable(pa.table(columns))


def test_what_is_foretold_is_the_published_expectation_and_runs_straight_between_weeks() -> None:
    """A customer with x = 2, t_x = 30, T = 39 weeks, for 39 weeks and for 4.5 weeks."""
    rows = table(at=[0, 0], until=[39 * WEEK, 9 * WEEK // 2], frequency=[2, 2], recency=[30, 30], age=[39, 39])

    found = foretold_visits(rows, CDNOW).order_by("until").to_pyarrow()["visits"].to_pylist()

    direct = CDNOW.buying.expected_purchases([4, 5, 39], 2, 30, 39)
    assert found == pytest.approx([(direct[0] + direct[1]) / 2, direct[2]], rel=1e-12)


def test_the_expected_value_is_that_of_gamma_gamma() -> None:
    rows = table(spent=[10_500, 300], days_bought=[3, 1])

    found = rows.mutate(value=foretold_value(rows, CDNOW)).to_pyarrow()["value"].to_pylist()

    assert found == pytest.approx(CDNOW.value.expected_value([3, 1], [3500, 300]).tolist(), rel=1e-12)


def test_customers_of_one_mean_are_foretold_it() -> None:
    rows = table(spent=[10_500, 300], days_bought=[3, 1])
    alike = replace(CDNOW, value=GammaGamma(5.0, math.inf, math.inf, 0.0, converged=True, mean=2500.0), unit=1000.0)

    assert rows.mutate(value=foretold_value(rows, alike)).to_pyarrow()["value"].to_pylist() == [2.5, 2.5]


def test_buyers_who_differ_in_nothing_get_their_employees_a_figure_all_the_same(world: Any, only: Any) -> None:
    """Boxes that come every four weeks at one price: nobody's rate, leaving or spending tells them apart."""
    world.team("a", "b", "c", "d", "e")
    for k in range(50):
        for week in range(-40 + k % 4, 24, 4):
            if week < k % 26:
                world.purchase(f"{k}", 7 * week + 1, 1000 + 10 * ((k + week) % 3))
        world.contact(f"{k}", 1 + k % 5, "abcde"[k % 5])

    card = world.score(only(LIFETIME_VALUE)).scorecards[0]
    found = card.result(LIFETIME_VALUE)

    assert dict(found.working.notes)["model of buying"] == "Poisson"
    assert found.lower < found.value < found.upper


def test_histories_are_rounded_to_weeks_without_contradicting_themselves() -> None:
    """A repeat a day after the first purchase is 1 week, and nobody is younger than their last purchase."""
    rows = table(days_bought=[1, 2, 2, 3], first_day=[100, 100, 100, 100], last_day=[100, 101, 110, 170])
    history = with_history(rows, ibis.literal(103, type="int64")).to_pyarrow()

    assert history.select(["frequency", "recency", "age"]).to_pylist() == [
        {"frequency": 0, "recency": 0, "age": 0},
        {"frequency": 1, "recency": 1, "age": 1},
        {"frequency": 1, "recency": 1, "age": 1},
        {"frequency": 2, "recency": 10, "age": 10},
    ]


def test_the_money_of_a_spell_equals_that_of_a_correlated_query(world: Any) -> None:
    """Discounted at 10 % a year to the spell's start, purchases strictly after it and up to its end."""
    random = np.random.Generator(np.random.PCG64(5))
    for _ in range(500):
        customer, day = str(random.integers(50)), float(random.integers(-100_000, 364_000)) / 1000
        if random.random() < 0.4:
            world.contact(customer, day, "a")
        else:
            world.purchase(customer, day, int(random.integers(100, 9999)))
    prepared = world.prepared()
    time = customer_time(prepared, touches(prepared))
    begun = _with_money(spells(time, prepared, horizon_days=180), time, DEFAULT_POLICY)
    found = begun.order_by("customer", "at").to_pyarrow()

    connection = duckdb.connect()
    connection.register("s", found.select(["customer", "at", "until"]))
    connection.register("p", prepared.purchases.select("customer", "at", "amount").to_pyarrow())
    expected = connection.execute(
        f"""
        SELECT coalesce((SELECT sum(amount * exp(-{math.log(1.1)} / 365.25 * (p."at" - s."at") / 86400)) FROM p
            WHERE p.customer = s.customer AND p."at" > s."at" AND p."at" <= s.until), 0)
        FROM s ORDER BY customer, "at"
        """
    ).fetchall()
    assert found["money"].to_pylist() == pytest.approx([row[0] for row in expected], rel=1e-9)


def test_too_few_customers_to_learn_from_are_an_absence_for_everybody(world: Any) -> None:
    world.team("a", "b").purchase("1", -30).contact("1", 5, "a").purchase("1", 20)

    found = world.score().scorecards[1].result(LIFETIME_VALUE)

    assert found.kind is AbsenceKind.INSUFFICIENT_EVIDENCE
    assert found.reason == (
        "Lifetime value cannot be scored for anybody in this cycle: 0 of 1 customer bought again, "
        "needed: at least 10 customers with a repeat purchase."
    )


def test_purchases_in_another_currency_than_most_are_left_out_and_counted(world: Any, only: Any) -> None:
    world.team("a").contact("1", 5, "a").purchase("1", -9).purchase("1", 10).purchase("1", 11, 5, currency="SEK")

    coverage = world.score(only(LIFETIME_VALUE)).coverage[0]

    assert (coverage.total, coverage.attributed, coverage.why) == (
        Decimal(2), Decimal("1.000000"), (("another currency", Decimal(1)),)
    )  # fmt: skip


def test_a_purchase_as_the_horizon_ends_is_told_once(world: Any, only: Any) -> None:
    world.team("a").contact("1", 5, "a").purchase("1", -9).purchase("1", 185)

    coverage = world.score(only(LIFETIME_VALUE, horizon_days=180)).coverage[0]

    assert (coverage.total, coverage.attributed, coverage.why) == (
        Decimal(1), Decimal(0), (("no contact in the 180 days before", Decimal(1)),)
    )  # fmt: skip


def test_nothing_but_the_discount_depends_on_the_discount(world: Any, only: Any) -> None:
    world.contact("1", 0, "a").purchase("1", 365.25 / 2, 1000)
    prepared = world.prepared()
    time = customer_time(prepared, touches(prepared))
    policy = replace(only(LIFETIME_VALUE, horizon_days=365), annual_discount=0.21)

    money = _with_money(spells(time, prepared, horizon_days=365), time, policy).to_pyarrow()["money"].to_pylist()

    assert money == pytest.approx([1000 / 1.1])
