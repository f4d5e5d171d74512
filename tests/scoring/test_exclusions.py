"""What a policy leaves out is told with its reason, and counts for nobody: as if those events had never been."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.scoring.conftest import CYCLE, World, on, only

from appraise.domain.employees import EmploymentStatus
from appraise.domain.exclusions import Exclusion
from appraise.domain.indicators import ATTRITION, COMPOSITE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import Policy
from appraise.domain.scorecards import AbsenceKind

TEAM = tuple("abcdef")
OUTAGE = "the telephones were out of order"
DAYS = Exclusion(OUTAGE, first_day=date(2025, 4, 11), last_day=date(2025, 4, 20))  # days 100 to 109 of the cycle


def without(policy: Policy, *exclusions: Exclusion) -> Policy:
    return replace(policy, exclusions=exclusions)


def desk(*, outage: bool) -> World:
    """20 answers of each; with the outage also 5 of a's on its days and 3 of a's about it."""
    world = World().team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(20):
            world.contact(f"{name}{j}", 20 + j, name, event_id=f"{name}{j}", topic="billing")
            world.rating(f"{name}{j}", 21 + j, None, 1 + (i + j) % 5, contact_id=f"{name}{j}")
            world.purchase(f"{name}{j}", j).purchase(f"{name}{j}", 30 + 2 * j + i)
    for j in range(8 if outage else 0):
        day, topic = (100 + 2 * j, "billing") if j < 5 else (200, "outage")
        world.contact(f"x{j}", day, "a", event_id=f"x{j}", topic=topic)
        world.rating(f"x{j}", day + 30, None, 1, contact_id=f"x{j}")
    return world


@pytest.mark.parametrize("indicator", [SATISFACTION, REPEAT_PURCHASE])
def test_excluded_days_and_topics_leave_the_figure_as_without_those_contacts(indicator: Any) -> None:
    topics = Exclusion("about an outage", topics=("outage",))
    policy = only(indicator, case_mix=())
    clean = desk(outage=False).score(policy)
    told = desk(outage=True).score(without(policy, DAYS, topics))

    for before, after in zip(clean.scorecards, told.scorecards, strict=True):
        one, two = before.results[0], after.results[0]
        assert replace(two, evidence=one.evidence) == one
        left_out = (("about an outage", 3), (OUTAGE, 5)) if after.employee == "a" else ()
        assert sorted(two.evidence.left_out) == sorted(left_out)  # type: ignore[union-attr]


def accounts(world: World) -> World:
    """Six of 24 subscriptions end by choice: three on day 100.5, within the days left out, three on day 200."""
    world.team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(4):
            customer = f"{name}{j}"
            lost = {"ended_at": on(100.5 if i < 3 else 200), "end_reason": "voluntary"} if j == 0 else {}
            world.ownership(customer, -1500, name).subscription(customer, -1500, segment="firm", **lost)
    return world


def test_excluded_days_are_nobodys_days_and_nobodys_losses() -> None:
    """By hand: 18 run 355 of 365 days, 3 run 100 days, 3 run 190; three losses are left."""
    result = accounts(World()).score(without(only(ATTRITION, case_mix=()), DAYS))
    found: Any = {card.employee: card.results[0] for card in result.scorecards}

    days = 18 * 355 + 3 * 100 + 3 * 190
    assert found["a"].working.raw == 0
    assert float(found["f"].working.raw) == pytest.approx(1 / (3 / days * (3 * 355 + 190)), abs=1e-5)
    assert found["f"].evidence.left_out == ((OUTAGE, round(4 * 10 / (365.25 / 12))),)
    assert (result.coverage[0].total, result.coverage[0].attributed) == (6, 3)
    assert dict(result.coverage[0].why) == {OUTAGE: 3}


def test_excluded_customers_count_for_nobody_and_whoever_has_no_others_is_told() -> None:
    world = accounts(World()).employee("g")
    world.ownership("z", -1500, "g").subscription("z", -1500, segment="test", ended_at=on(50), end_reason="voluntary")
    reason = "accounts of our own for tests"

    result = world.score(without(only(ATTRITION, case_mix=()), Exclusion(reason, segments=("test",))))

    assert dict(result.coverage[0].why) == {reason: 1}
    gone: Any = next(card for card in result.scorecards if card.employee == "g").results[0]
    assert (gone.kind, gone.reason) == (AbsenceKind.EXCLUDED, reason)


def test_employees_are_excluded_by_what_they_were_in_the_whole_cycle() -> None:
    """f trains all year; e trained in its first half alone and is scored."""
    world = desk(outage=False)
    trains = [replace(job, job_title="Trainer", department="T1") for job in world.employments]
    change = date(2025, 7, 1)
    jobs = [*world.employments[:4], trains[5]]
    half = replace(trains[4], period=replace(CYCLE, start=date(2020, 1, 1), end=change))
    after = replace(world.employments[4], period=replace(CYCLE, start=change, end=None))
    before_the_cycle = replace(
        world.employments[5], period=replace(CYCLE, start=date(2019, 1, 1), end=date(2020, 1, 1))
    )
    left = replace(after, employee=trains[5].employee, status=EmploymentStatus.TERMINATED)
    world.employments = [*jobs, half, after, before_the_cycle, left]
    reason = "trainers serve no customers"

    for exclusion in (Exclusion(reason, jobs=("Trainer",)), Exclusion(reason, departments=("T1", "T2"))):
        result = world.score(without(only(SATISFACTION, case_mix=()), exclusion))
        spared = {card.employee: card for card in result.scorecards if getattr(card.results[0], "kind", None)}

        assert list(spared) == ["f"]
        one: Any = spared["f"].results[0]
        together: Any = spared["f"].composite
        assert (one.kind, one.reason) == (AbsenceKind.EXCLUDED, reason)
        assert (together.indicator, together.kind, together.reason) == (COMPOSITE, AbsenceKind.EXCLUDED, reason)
        assert result.coverage[0].notes[-1] == f"1 employee gets no figure: {reason}"
