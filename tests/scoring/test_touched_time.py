"""Customers' time shared by touches, beside a walk through it in half days that looks at every touch each time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scoring.conftest import World, on, only

from appraise.domain.events import EventKind
from appraise.domain.indicators import ATTRITION
from appraise.domain.policies import DEFAULT_POLICY, Attribution
from appraise.domain.scorecards import AbsenceKind
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.prepared import touches
from appraise.scoring.touched_time import touched_time

TEAM = tuple("abcdef")
TOUCH_RULES = [rule for rule in Attribution if rule is not Attribution.OWNERSHIP]
Touch = tuple[float, str]
Touched = dict[str, list[Touch]]
days = st.integers(-120, 380).map(lambda half: half + 0.5)
histories = st.dictionaries(
    st.sampled_from(["u", "v", "w"]),
    st.lists(st.tuples(days, st.sampled_from([*TEAM, "stranger"])), min_size=1, max_size=8),
    min_size=1,
)


def shares_at(moment: float, touched: Iterable[Touch], rule: Attribution, window: int, half: int) -> dict[str, float]:
    """By the definition: touches before the moment, no longer ago than the window."""
    counting = [(at, who) for at, who in touched if at < moment <= at + window]
    if rule in {Attribution.DIRECT, Attribution.LAST_TOUCH}:
        latest = max((at for at, _ in counting), default=0.0)
        counting = [(at, who) for at, who in counting if at == latest]
    credit: dict[str, float] = defaultdict(float)
    for at, who in counting:
        credit[who] += 2.0 ** (-(moment - at) / half) if rule is Attribution.TIME_DECAY else 1.0
    return {who: part / sum(credit.values()) for who, part in credit.items()}


def served(touched: Touched) -> World:
    world = World().team(*TEAM)
    for customer, some in touched.items():
        for at, who in some:
            world.contact(customer, at, who)
    return world


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(touched=histories, rule=st.sampled_from(TOUCH_RULES), window=st.integers(1, 120), half=st.integers(2, 60))
def test_at_every_moment_the_shares_are_those_of_the_definition(
    touched: Touched, rule: Attribution, window: int, half: int
) -> None:
    world = served(touched)
    prepared = world.prepared()
    rules = replace(DEFAULT_POLICY.of(ATTRITION), attribution=rule, window_days=window, half_life_days=half)
    rows = touched_time(prepared, touches(prepared), rules).to_pyarrow().to_pylist()
    names = world.names(prepared, EventKind.CONTACTS)

    for step in range(0, 2 * 365, 5):
        moment = (step + 1) / 2
        at = prepared.start + moment * SECONDS_PER_DAY
        for number, name in names.items():
            here = [row for row in rows if row["customer"] == number and row["begins"] < at <= row["ends"]]
            wanted = shares_at(moment, touched[name], rule, window, half)
            found = {"stranger" if row["employee"] is None else TEAM[row["employee"]]: row["weight"] for row in here}
            assert found == pytest.approx(wanted, abs=1e-9)
            assert not here or sum(found.values()) == pytest.approx(1.0, abs=1e-9)


LOST_AT = {"c3": 100.0, "c8": 200.5, "c11": 30.0, "c14": 300.0, "c20": 250.0, "c22": 365.5}


def company() -> tuple[World, Touched]:
    """24 long subscriptions, each served in its own rhythm by several of the team; six of them are lost."""
    touched: Touched = {
        f"c{k}": [(day + 0.5, TEAM[(k + turn) % 6]) for turn, day in enumerate(range(-60 + 3 * k, 340, 25 + 2 * k))]
        for k in range(24)
    }
    world = served(touched)
    for customer in touched:
        lost = {"ended_at": on(LOST_AT[customer]), "end_reason": "voluntary"} if customer in LOST_AT else {}
        world.subscription(customer, -1500, **lost)
    return world, touched


@pytest.mark.parametrize("rule", TOUCH_RULES, ids=str)
def test_expected_and_observed_are_those_of_a_walk_through_the_year(rule: Attribution) -> None:
    """Score form: E* = Σ w²·hazard, O* = E* + Σ w(loss − hazard), in half days; the hazard is losses over days."""
    world, touched = company()
    plain: dict[str, float] = dict.fromkeys(TEAM, 0.0)
    squared, lost = dict(plain), dict(plain)
    for customer, some in touched.items():
        for step in range(2 * 365):
            moment = (step + 1) / 2
            if moment > LOST_AT.get(customer, 999.0):
                break
            for who, weight in shares_at(moment, some, rule, 60, 14).items():
                plain[who] += weight / 2
                squared[who] += weight * weight / 2
                lost[who] += weight * (moment == LOST_AT.get(customer))
    rate = sum(lost.values()) / sum(plain.values())
    policy = only(ATTRITION, case_mix=(), attribution=rule, window_days=60, half_life_days=14)
    result = world.score(policy)
    found = {card.employee: card.result(ATTRITION) for card in result.scorecards}

    for name in TEAM:
        expected = rate * squared[name]
        observed = max(0.0, expected + lost[name] - rate * plain[name])
        assert float(found[name].evidence.expected_events) == pytest.approx(expected, abs=2e-6)  # type: ignore[union-attr, arg-type]
        assert float(found[name].working.raw) == pytest.approx(observed / expected, abs=1e-5)  # type: ignore[union-attr]
    assert float(result.coverage[0].attributed) == pytest.approx(sum(lost.values()), abs=1e-6)
    assert result.coverage[0].attributed + sum(part for _, part in result.coverage[0].why) == 5


def test_losses_after_which_nobody_had_served_the_customer_lately_are_told_apart() -> None:
    world, _ = company()
    world.subscription("z", -1500, ended_at=on(200), end_reason="voluntary").contact("z", 100, "a")
    policy = only(ATTRITION, case_mix=(), attribution=Attribution.LINEAR)

    assert ("nobody served the customer in the 90 days before", Decimal(1)) in world.score(policy).coverage[0].why


def test_a_touch_is_not_credited_with_a_loss_at_its_own_moment() -> None:
    """e is called at the moment of the loss, d before it: the loss is d's."""
    world = World().team(*TEAM)
    world.subscription("z", -1500, ended_at=on(200), end_reason="voluntary").contact("z", 150, "d").contact(
        "z", 200, "e"
    )
    prepared = world.prepared()
    rows = touched_time(
        prepared, touches(prepared), replace(DEFAULT_POLICY.of(ATTRITION), attribution=Attribution.LAST_TOUCH)
    )
    loss = prepared.start + 200 * SECONDS_PER_DAY

    held = rows.filter((rows.begins < loss) & (rows.ends >= loss)).to_pyarrow().to_pylist()
    assert [(row["employee"], row["weight"]) for row in held] == [(TEAM.index("d"), 1.0)]


def test_by_touches_no_ownership_is_needed_but_contacts_are() -> None:
    world = World().team(*TEAM).subscription("z", -1500)
    found: Any = world.score(only(ATTRITION, attribution=Attribution.LINEAR)).scorecards[0].results[0]

    assert (found.kind, found.reason) == (
        AbsenceKind.NOT_OBSERVED,
        "There are no contacts of employees with customers in the data of this organisation.",
    )
