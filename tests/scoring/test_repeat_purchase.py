"""Repeat purchases: observed over expected, from censored spells with shared credit."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pytest

from appraise.domain.indicators import REPEAT_PURCHASE
from appraise.domain.policies import DEFAULT_POLICY, Attribution
from appraise.domain.scorecards import Absence, AbsenceKind, Coverage, Evidence

TEAM = ("a", "b", "c", "d", "e", "f")
BOUGHT = {"a": 3, "b": 1, "c": 1, "d": 1, "e": 0, "f": 0}


def results(world: Any, policy: Any) -> dict[str, Any]:
    return {card.employee: card.result(REPEAT_PURCHASE) for card in world.score(policy).scorecards}


def four_customers_each(world: Any) -> Any:
    world.team(*TEAM)
    for name in TEAM:
        for j in range(4):
            world.contact(f"{name}{j}", 10, name)
            if j < BOUGHT[name]:
                world.purchase(f"{name}{j}", 10.5)
    return world


def test_observed_over_expected_by_hand(world: Any, only: Any) -> None:
    """24 spells, 6 purchases on day 0: hazard 6/(24 − 3) = 2/7, of which a buyer saw half and the others all.

    With k of 4 buyers an employee expects k/7 + (4 − k)·2/7 = (8 − k)/7; for a (k = 3) 3/(5/7) = 4.2.
    """
    found = results(four_customers_each(world), only(REPEAT_PURCHASE, case_mix=()))

    assert {name: found[name].working.raw for name in TEAM} == {
        "a": Decimal("4.200000"), "b": Decimal(1), "c": Decimal(1), "d": Decimal(1), "e": Decimal(0), "f": Decimal(0)
    }  # fmt: skip
    assert found["a"].evidence == Evidence(4, 4, Decimal(4), expected_events=Decimal("0.714286"), credit=Decimal(4))


def test_too_little_evidence_says_how_much_there_is_and_how_much_is_needed(world: Any) -> None:
    four_customers_each(world).employee("idle")

    found = results(world, DEFAULT_POLICY)

    assert (found["a"].kind, found["a"].reason) == (
        AbsenceKind.INSUFFICIENT_EVIDENCE,
        "The evidence is 0.7 expected repeat purchases; at least 5 are needed.",
    )
    assert found["idle"] == Absence(
        REPEAT_PURCHASE, AbsenceKind.NOT_OBSERVED, "No contact of this employee with a customer in this cycle."
    )


def test_whoever_served_only_as_the_data_ended_expects_nothing_and_gets_no_ratio(world: Any, only: Any) -> None:
    """All who came back did so after two days; `late` served for an hour of them."""
    world.team(*TEAM, "late")
    for name in TEAM:
        for j in range(4):
            world.contact(f"{name}{j}", 10, name)
            if j < BOUGHT[name]:
                world.purchase(f"{name}{j}", 12.5)
    world.contact("z", 364.95, "late")
    found = results(world, only(REPEAT_PURCHASE, case_mix=()))

    assert (found["late"].kind, found["late"].evidence.events) == (AbsenceKind.INSUFFICIENT_EVIDENCE, 1)
    assert found["late"].reason.startswith("The evidence is 0 expected repeat purchases; at least ")
    assert {name: found[name].working.raw for name in ("b", "e")} == {"b": Decimal(1), "e": Decimal(0)}


def test_without_purchases_the_absence_names_what_is_missing(world: Any, only: Any) -> None:
    world.team("a").contact("1", 5, "a")

    assert (
        results(world, only(REPEAT_PURCHASE))["a"].reason == "There are no purchases in the data of this organisation."
    )


def test_nobody_bought_again_is_no_basis_for_anybody(world: Any, only: Any) -> None:
    world.team(*TEAM).purchase("other", -400)
    for name in TEAM:
        world.contact(name, 5, name)

    found = results(world, only(REPEAT_PURCHASE))["a"]

    assert found.kind is AbsenceKind.INSUFFICIENT_EVIDENCE
    assert found.reason.startswith("Repeat purchases cannot be scored for anybody in this cycle: 0 events observed")


def test_every_purchase_is_accounted_for_once(world: Any, only: Any) -> None:
    """Five purchases: one credited half to somebody unknown, one not the first after its contact, two after none."""
    world.team(*TEAM)
    world.contact("1", 10, "stranger").contact("1", 20, "a").purchase("1", 30).purchase("1", 31)
    world.purchase("2", 40).contact("3", 5, "b").purchase("3", 100).contact("4", 10, "b").purchase("4", 20)

    result = world.score(only(REPEAT_PURCHASE, attribution=Attribution.LINEAR, case_mix=()))

    assert tuple(replace(one, notes=()) for one in result.coverage) == (
        Coverage(
            REPEAT_PURCHASE,
            total=Decimal(5),
            attributed=Decimal("1.500000"),
            why=(
                ("the employee named is not among the people", Decimal("0.500000")),
                ("not the first purchase after the contact", Decimal(1)),
                ("no contact in the 90 days before", Decimal(2)),
            ),
        ),
    )


SECOND_IMPLEMENTATION = """
WITH moments AS (SELECT DISTINCT customer, "at" FROM c),
spells AS (
    SELECT m.customer, m."at",
        least((SELECT coalesce(min(n."at"), {as_of}) FROM c n WHERE n.customer = m.customer AND n."at" > m."at"),
              m."at" + 90 * 86400, {as_of}) AS until,
        (SELECT min(p."at") FROM p WHERE p.customer = m.customer AND p."at" > m."at") AS bought
    FROM moments m WHERE m."at" >= {start}),
ended AS (
    SELECT customer, "at", CASE WHEN bought <= until AND bought < "at" + 90 * 86400 THEN 1 ELSE 0 END AS d,
        (least(coalesce(bought, until), until) - "at") // 86400 AS day FROM spells),
days AS (SELECT day, count(*) AS n, sum(d) AS d FROM ended GROUP BY day),
hazards AS (
    SELECT day, d / (sum(n) OVER (ORDER BY day DESC) - n / 2.0) AS h FROM days),
expected AS (SELECT day, sum(h) OVER (ORDER BY day) - h / 2 AS e FROM hazards),
counts AS (
    SELECT e.customer, e."at", c.employee, count(*) AS k
    FROM ended e JOIN c ON c.customer = e.customer AND c."at" BETWEEN e."at" - 90 * 86400 AND e."at" GROUP BY ALL),
weights AS (SELECT *, k / sum(k) OVER (PARTITION BY customer, "at") AS w FROM counts),
sums AS (
    SELECT employee, sum(w * d) AS wd, sum(w * e) AS we, sum(w * w * e) AS wwe
    FROM weights JOIN ended USING (customer, "at") JOIN expected USING (day)
    WHERE employee IS NOT NULL GROUP BY employee),
level AS (SELECT sum(wd) / sum(we) AS g FROM sums)
SELECT employee, greatest(0, g * wwe + wd - g * we) / (g * wwe) FROM sums, level ORDER BY employee
"""


def test_observed_over_expected_equals_that_of_plain_sql(world: Any, only: Any) -> None:
    world.team(*TEAM)
    random = np.random.Generator(np.random.PCG64(11))
    for _ in range(700):
        customer, day = str(random.integers(90)), float(random.integers(-100_000, 364_000)) / 1000
        if random.random() < 0.6:
            world.contact(customer, day, [*TEAM, "stranger"][int(random.integers(7))])
        else:
            world.purchase(customer, day)

    found = results(world, only(REPEAT_PURCHASE, attribution=Attribution.LINEAR, case_mix=()))

    prepared = world.prepared()
    connection = duckdb.connect()
    connection.register("c", prepared.contacts.select("customer", "at", "employee").to_pyarrow())
    connection.register("p", prepared.purchases.select("customer", "at").to_pyarrow())
    query = SECOND_IMPLEMENTATION.format(start=prepared.start, as_of=prepared.as_of)
    expected = dict(connection.execute(query).fetchall())
    assert [float(found[name].working.raw) for name in TEAM] == pytest.approx([expected[i] for i in range(6)], abs=1e-6)


def test_purchases_after_the_horizon_change_nothing(only: Any, build: Any) -> None:
    early, late = (four_customers_each(build()).purchase("e0", day) for day in (101, 250))

    policy = only(REPEAT_PURCHASE, case_mix=())
    assert early.score(policy).scorecards == late.score(policy).scorecards
