"""Laws of credit under every rule: shares make one outcome, all credit is accounted for, outcomes do not move it."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scoring.conftest import World, only

from appraise.domain.events import EventKind
from appraise.domain.indicators import LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY, Attribution
from appraise.domain.scorecards import AbsenceKind
from appraise.scoring.attribution import credit
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.prepared import touches

TEAM = tuple("abcdef")
every_rule = pytest.mark.parametrize("rule", list(Attribution), ids=str)


def company(seed: int, *, shuffled: bool = False) -> World:
    """60 customers with contacts, ratings, orders, owners that change, owners unknown, and owners on leave."""
    random = np.random.Generator(np.random.PCG64(seed))
    world = World().team(*TEAM).leave("a", 60, until=120).leave("b", 200)
    who = [*TEAM, "unknown"]
    answers = random.integers(1, 6, size=60)
    for number in range(60):
        customer = f"c{number}"
        day = float(random.integers(-20, 150))
        for _ in range(int(random.integers(1, 4))):
            owner, stop = who[int(random.integers(7))], day + float(random.integers(10, 200))
            world.ownership(customer, day - 5, owner, until=min(stop, 360.0))
            day = stop
        for day_served in random.integers(-10, 300, size=int(random.integers(1, 6))).tolist():
            world.contact(customer, day_served, who[int(random.integers(7))])
        for day_bought in random.integers(-200, 360, size=6).tolist():
            world.purchase(customer, day_bought, 1000 + 10 * number)
        at = float(random.integers(0, 360))
        world.rating(customer, at, who[number % 7], int(answers[number]))
    if shuffled:
        rows = world.rows[EventKind.RATINGS]
        moved = random.permutation(len(rows)).tolist()
        world.rows[EventKind.RATINGS] = [{**row, "score": rows[k]["score"]} for row, k in zip(rows, moved, strict=True)]
    return world


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), moment=st.integers(0, 360))
def test_the_shares_of_every_moment_make_one_whether_or_not_somebody_is_found(seed: int, moment: int) -> None:
    prepared = company(seed).prepared()
    served = touches(prepared).cache()
    customers = prepared.contacts.select("customer").distinct().to_pyarrow()["customer"].to_pylist()
    at = prepared.start + moment * SECONDS_PER_DAY
    moments = ibis.memtable(pa.table({"customer": pa.array(customers, pa.int64()), "at": [at] * len(customers)}))
    for rule in Attribution:
        rules = replace(DEFAULT_POLICY.of(REPEAT_PURCHASE), attribution=rule)
        sums: dict[int, float] = defaultdict(float)
        for row in credit(moments, served, prepared, rules).to_pyarrow().to_pylist():
            assert (row["employee"] is None) is (row["why"] is not None)
            assert row["weight"] > 0
            sums[row["customer"]] += row["weight"]
        assert sums == pytest.approx(dict.fromkeys(customers, 1.0), abs=1e-9)


@every_rule
@pytest.mark.parametrize("indicator", [SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE])
def test_what_is_attributed_and_what_is_not_make_the_total(indicator: Any, rule: Attribution) -> None:
    coverage = company(1).score(only(indicator, case_mix=(), attribution=rule)).coverage[0]

    assert coverage.total > 0
    assert coverage.attributed + sum((share for _, share in coverage.why), Decimal(0)) == pytest.approx(
        coverage.total, abs=Decimal("0.00001")
    )


@every_rule
def test_shuffled_answers_leave_all_credit_where_it_was(rule: Attribution) -> None:
    policy = only(SATISFACTION, case_mix=(), attribution=rule)
    before, after = company(2).score(policy), company(2, shuffled=True).score(policy)

    assert [one.results[0].evidence for one in before.scorecards] == [
        one.results[0].evidence for one in after.scorecards
    ]
    assert before.coverage == after.coverage
    assert before.scorecards != after.scorecards


def test_by_ownership_purchases_are_the_owners_at_the_contact() -> None:
    """c serves every customer and owns none: the spells are those of the owner on the day of the contact."""
    world = World().team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(8):
            customer = f"{name}{j}"
            world.ownership(customer, -400, "a", until=50).ownership(customer, 50, name)
            for day in (-300, -200, -100 + j, 80 + i + 5 * j):
                world.purchase(customer, day)
            world.contact(customer, 40, "c").contact(customer, 50, "c")

    policy = only(REPEAT_PURCHASE, case_mix=(), attribution=Attribution.OWNERSHIP)
    found = {card.employee: card.results[0] for card in world.score(policy).scorecards}

    assert {name: one.evidence.events for name, one in found.items()} == {
        name: 48 + 8 if name == "a" else 8 for name in TEAM
    }


@pytest.mark.parametrize("indicator", [SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE])
def test_without_ownerships_credit_by_ownership_names_what_is_missing(indicator: Any) -> None:
    world = company(1)
    world.rows = {kind: rows for kind, rows in world.rows.items() if kind.value != "ownerships"}

    found = world.score(only(indicator, attribution=Attribution.OWNERSHIP)).scorecards[0].results[0]

    assert (found.kind, found.reason) == (
        AbsenceKind.NOT_OBSERVED,
        "There are no ownerships of customers by employees in the data of this organisation.",
    )
