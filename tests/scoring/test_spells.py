"""Customer time cut into spells."""

from typing import Any

import duckdb
import numpy as np

from appraise.domain.indicators import REPEAT_PURCHASE
from appraise.domain.policies import DEFAULT_POLICY
from appraise.scoring.prepared import touches
from appraise.scoring.repeat_purchase import _at_risk
from appraise.scoring.spells import customer_time, spells

DAY = 86_400
RULES = DEFAULT_POLICY.of(REPEAT_PURCHASE)


def at_risk(world: Any) -> list[tuple[float, int, int, str]]:
    """Start in days of the cycle, event, whole days at risk, band of purchases before."""
    prepared = world.prepared()
    time = customer_time(prepared, touches(prepared))
    rows = _at_risk(time, prepared, RULES).order_by("at").to_pyarrow().to_pylist()
    return [((row["at"] - prepared.start) / DAY, row["outcome"], row["day"], row["prior_purchases"]) for row in rows]


def test_a_purchase_ends_the_spell_that_it_lies_in(world: Any) -> None:
    world.contact("1", 10, "a").purchase("1", 22.5).purchase("1", 30)

    assert at_risk(world) == [(10, 1, 12, "0")]


def test_the_next_contact_starts_a_spell_and_censors_the_last(world: Any) -> None:
    world.contact("1", 10, "a").contact("1", 15, "b").purchase("1", 22.5)

    assert at_risk(world) == [(10, 0, 5, "0"), (15, 1, 7, "0")]


def test_a_purchase_in_the_second_of_a_contact_belongs_to_the_time_before_it(world: Any) -> None:
    world.contact("1", 10, "a").contact("1", 15, "b").purchase("1", 15)

    assert at_risk(world) == [(10, 1, 5, "0"), (15, 0, 90, "1")]


def test_an_order_of_several_lines_is_one_touch(world: Any) -> None:
    world.team("a", "b").purchase("1", 24, employee="b", order_id="y")
    for product in ("frame", "wheel", "saddle"):
        world.purchase("1", 10, employee="a", order_id="x", product=product)

    rows = touches(world.prepared()).order_by("at").to_pyarrow().to_pylist()
    assert [row["employee"] for row in rows] == [0, 1]


def test_spells_end_at_the_horizon_and_where_the_data_end(world: Any) -> None:
    world.contact("1", 10, "a").purchase("1", 100).contact("2", 360, "a")

    assert at_risk(world) == [(10, 0, 90, "0"), (360, 0, 5, "0")]


def test_contacts_before_the_cycle_start_no_spell_but_their_purchases_are_history(world: Any) -> None:
    world.contact("1", -5, "a").purchase("1", -4).purchase("1", -3).contact("1", 2, "a")

    assert at_risk(world) == [(2, 0, 90, "2–3")]


def test_orders_reversed_in_full_are_no_purchases(world: Any) -> None:
    world.contact("1", 10, "a")
    world.purchase("1", 12, 500, order_id="x").purchase("1", 14, -500, order_id="x")
    world.purchase("1", 20, 500, order_id="y").purchase("1", 24, -100, order_id="y")

    assert at_risk(world) == [(10, 1, 10, "0")]


def test_a_sale_that_names_an_employee_is_a_touch_for_what_comes_later(world: Any) -> None:
    world.purchase("1", 10, employee="a").purchase("1", 40, employee="b")

    assert at_risk(world) == [(10, 1, 30, "1"), (40, 0, 90, "2–3")]


def test_spells_equal_those_of_correlated_queries(world: Any) -> None:
    """The second implementation asks, for every contact, for what comes next and what came before by subquery."""
    random = np.random.Generator(np.random.PCG64(3))
    for _ in range(400):
        customer, day = str(random.integers(60)), float(random.integers(-100_000, 364_000)) / 1000
        if random.random() < 0.5:
            world.contact(customer, day, "a")
        else:
            world.purchase(customer, day)
    prepared = world.prepared()
    ours = spells(customer_time(prepared, touches(prepared)), prepared, horizon_days=90)
    history = ["prior_orders", "spent", "days_bought", "first_day", "last_day"]
    found = ours.mutate(days_bought=ours.days_bought.fill_null(0)).select(
        "customer", "at", "until", "next_order", *history
    )

    connection = duckdb.connect()
    connection.register("c", prepared.contacts.select("customer", "at").to_pyarrow())
    connection.register("p", prepared.purchases.select("customer", "at", "amount").to_pyarrow())
    expected = connection.execute(
        f"""
        SELECT c.customer, c."at",
            least(coalesce((SELECT min(n."at") FROM c n WHERE n.customer = c.customer AND n."at" > c."at"),
                           {prepared.as_of}), c."at" + 90 * {DAY}, {prepared.as_of}),
            (SELECT min(p."at") FROM p WHERE p.customer = c.customer AND p."at" > c."at"),
            (SELECT count(*) FROM p WHERE p.customer = c.customer AND p."at" <= c."at"),
            (SELECT sum(amount) FROM p WHERE p.customer = c.customer AND p."at" <= c."at"),
            (SELECT count(DISTINCT p."at" // {DAY}) FROM p WHERE p.customer = c.customer AND p."at" <= c."at"),
            (SELECT min(p."at" // {DAY}) FROM p WHERE p.customer = c.customer AND p."at" <= c."at"),
            (SELECT max(p."at" // {DAY}) FROM p WHERE p.customer = c.customer AND p."at" <= c."at")
        FROM (SELECT DISTINCT * FROM c) c WHERE c."at" >= {prepared.start} ORDER BY ALL
        """
    ).fetchall()
    assert sorted(tuple(row.values()) for row in found.to_pyarrow().to_pylist()) == expected
