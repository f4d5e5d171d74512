"""Attrition: losses over what was expected of owned time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from appraise.domain.employees import Employment, EmploymentStatus
from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION
from appraise.domain.periods import Period
from appraise.domain.scorecards import AbsenceKind, Coverage

TEAM = ("a", "b", "c", "d", "e", "f")
LOST = {"a": 3, "b": 1, "c": 1, "d": 1, "e": 0, "f": 0}
LONG_AGO = -1500


def results(world: Any, policy: Any) -> dict[str, Any]:
    return {card.employee: card.result(ATTRITION) for card in world.score(policy).scorecards}


def four_accounts_each(world: Any, reason: str | None = "voluntary") -> Any:
    """Six of 24 subscriptions end on day 100 of the cycle."""
    world.team(*TEAM)
    for name in TEAM:
        for j in range(4):
            world.ownership(f"{name}{j}", LONG_AGO, name)
            lost = {"ended_at": on_day(100), "end_reason": reason} if j < LOST[name] else {}
            world.subscription(f"{name}{j}", LONG_AGO, **lost)
    return world


def on_day(day: float) -> Any:
    from datetime import UTC, datetime, timedelta

    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=day)


@pytest.mark.parametrize("reason", ["voluntary", None])
def test_losses_over_expected_by_hand(world: Any, only: Any, reason: str | None) -> None:
    """18 accounts run 365 days and 6 run 100: 7170 days, 6 losses. a expects 6/7170 · (3 · 100 + 365) = 0.556485."""
    found = results(four_accounts_each(world, reason), only(ATTRITION, case_mix=()))["a"]

    assert found.working.raw == Decimal("5.390977")
    assert (found.evidence.expected_events, found.evidence.customers) == (Decimal("0.556485"), 4)
    assert found.evidence.events == round(665 / (365.25 / 12))


def test_involuntary_ends_stop_the_clock_and_count_for_nobody(world: Any, only: Any) -> None:
    four_accounts_each(world)
    world.ownership("z", LONG_AGO, "a").subscription("z", LONG_AGO, ended_at=on_day(50), end_reason="involuntary")

    result = world.score(only(ATTRITION, case_mix=()))
    found = result.scorecards[0].result(ATTRITION)

    assert result.coverage[0] == Coverage(ATTRITION, total=Decimal(6), attributed=Decimal("6.0"))
    assert found.evidence.expected_events == Decimal("0.594183")  # 6/7220 · 715
    assert found.evidence.left_out == (("ended for another reason than the customer's choice", 1),)


def test_who_inherits_an_account_is_spared_the_first_ninety_days(world: Any, only: Any) -> None:
    """f takes an account over on day 50; it is lost on day 100, within the grace, and counts for nobody."""
    four_accounts_each(world)
    world.ownership("z", LONG_AGO, "e", until=50).ownership("z", 50, "f")
    world.subscription("z", LONG_AGO, ended_at=on_day(100), end_reason="voluntary")

    result = world.score(only(ATTRITION, case_mix=()))
    found = result.scorecards[5].result(ATTRITION)

    assert result.coverage[0] == Coverage(
        ATTRITION,
        total=Decimal(7),
        attributed=Decimal("6.0"),
        why=(("within the first 90 days of an inherited account", Decimal("1.0")),),
    )
    assert found.evidence.left_out == (("customer-months in the first 90 days of an inherited account", 2),)
    assert found.evidence.expected_events == Decimal("1.213296")  # 6/7220 · 4 · 365


def test_who_never_lost_an_account_did_not_inherit_it_by_a_second_row(world: Any, only: Any) -> None:
    """e owns z throughout, written in two rows; f joined long ago, and g who began with e is a first owner as well."""
    four_accounts_each(world)
    world.ownership("z", LONG_AGO, "e", until=50).ownership("z", -200, "f").ownership("z", 50, "e")
    world.ownership("z", LONG_AGO, "a").subscription("z", LONG_AGO, ended_at=on_day(100), end_reason="voluntary")

    result = world.score(only(ATTRITION, case_mix=()))

    assert result.coverage[0].attributed == Decimal("7.0")
    assert [card.result(ATTRITION).evidence.left_out for card in result.scorecards[4:]] == [(), ()]


def test_a_first_owner_and_one_as_old_as_the_subscription_are_not_spared(world: Any, only: Any) -> None:
    """The account changed hands before the subscription began, so nobody inherited it."""
    four_accounts_each(world)
    world.ownership("z", LONG_AGO, "e", until=10).ownership("z", 10, "f")
    world.subscription("z", 20, ended_at=on_day(60), end_reason="voluntary")

    assert world.score(only(ATTRITION, case_mix=())).coverage[0].attributed == Decimal(7)


def test_owners_at_the_same_time_share_the_account(world: Any, only: Any) -> None:
    """z runs all year and is owned by a and b: half of it each, in the score form a quarter: 6/7535 · (665 + 365/4)."""
    four_accounts_each(world)
    world.ownership("z", LONG_AGO, "a").ownership("z", LONG_AGO, "b").subscription("z", LONG_AGO)

    found = results(world, only(ATTRITION, case_mix=()))["a"]

    assert found.evidence.expected_events == Decimal("0.602190")


def test_a_change_of_owner_splits_the_time_to_the_day(world: Any, only: Any) -> None:
    """Without grace: f has z from day 265 on, 100 of its 365 days: 6/7535 · (4 · 365 + 100)."""
    four_accounts_each(world)
    world.ownership("z", LONG_AGO, "e", until=265).ownership("z", 265, "f").subscription("z", LONG_AGO)
    policy = replace(only(ATTRITION, case_mix=()), ownership_grace_days=0)

    assert results(world, policy)["f"].evidence.expected_events == Decimal("1.242203")


def test_customers_whom_nobody_owned_are_counted(world: Any, only: Any) -> None:
    four_accounts_each(world).subscription("z", LONG_AGO, ended_at=on_day(60), end_reason="voluntary")

    assert world.score(only(ATTRITION, case_mix=())).coverage[0] == Coverage(
        ATTRITION, total=Decimal(7), attributed=Decimal("6.0"), why=(("nobody owned the customer", Decimal("1.0")),)
    )


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("subscriptions", "There are no subscriptions and no purchases in the data of this organisation."),
        ("ownerships", "There are no ownerships of customers by employees in the data of this organisation."),
    ],
)
def test_the_absence_names_what_is_missing(world: Any, only: Any, missing: str, reason: str) -> None:
    four_accounts_each(world)
    world.rows = {kind: rows for kind, rows in world.rows.items() if kind.value != missing}

    found = results(world, only(ATTRITION))["a"]

    assert (found.kind, found.reason) == (AbsenceKind.NOT_OBSERVED, reason)


def test_days_of_leave_are_nobodys(world: Any, only: Any) -> None:
    """f, who loses nobody, is away for 100 of the year's days: 6 losses in 7170 − 4 · 100 days, f has 4 · 265 of them."""
    four_accounts_each(world).leave("f", 150, until=250)

    found = results(world, only(ATTRITION, case_mix=()))["f"]

    assert found.evidence.expected_events == Decimal("0.939439")  # 6/6770 · 1060
    assert found.evidence.events == round(1060 / (365.25 / 12))
    assert found.evidence.left_out == (("customer-months while this employee was on leave", round(400 / 30.4375)),)


def test_a_loss_during_leave_is_nobodys_and_in_coverage(world: Any, only: Any) -> None:
    """All three of a's losses are on day 100 of 365; a is back from day 200 on, with one account of 165 days."""
    four_accounts_each(world).leave("a", 50, until=200)

    result = world.score(only(ATTRITION, case_mix=()))
    found = result.scorecards[0].result(ATTRITION)

    assert result.coverage[0] == Coverage(
        ATTRITION, total=Decimal(6), attributed=Decimal("3.0"), why=(("the owner was on leave", Decimal("3.0")),)
    )
    # Days: the others' 20 accounts, 3 of them lost after 100 days; a's 4 for 50 days and 1 for 165 more.
    days = 17 * 365 + 3 * 100 + 4 * 50 + 165
    assert float(found.evidence.expected_events) == pytest.approx(3 / days * 365, abs=1e-6)
    assert found.working.raw == 0


def test_a_loss_on_the_last_moment_before_leave_is_the_owners(world: Any, only: Any) -> None:
    four_accounts_each(world).leave("a", 100, until=200)

    assert world.score(only(ATTRITION, case_mix=())).coverage[0].attributed == Decimal(6)


def test_the_share_of_an_owner_on_leave_is_not_the_other_owners(world: Any, only: Any) -> None:
    """z is a's and b's by halves; while a is away b keeps one half: ½² · 365 days, and a ½² · 265."""
    four_accounts_each(world)
    world.ownership("z", LONG_AGO, "a").ownership("z", LONG_AGO, "b").subscription("z", LONG_AGO)
    world.leave("a", 200, until=300)

    found = results(world, only(ATTRITION, case_mix=()))

    # Σ w·days: a has 1 account for 265 days and half of z; its three lost accounts ended on day 100.
    rate = 6 / (7170 - 100 + 365 - 50)
    assert float(found["b"].evidence.expected_events) == pytest.approx(rate * (3 * 365 + 100 + 365 / 4), abs=1e-6)
    assert float(found["a"].evidence.expected_events) == pytest.approx(rate * (300 + 265 + 265 / 4), abs=1e-6)


def test_leave_without_end_that_outlasts_the_cycle_excludes_the_employee(world: Any, only: Any) -> None:
    four_accounts_each(world).leave("f", -30)

    found = results(world, only(ATTRITION, case_mix=()))["f"]

    assert (found.kind, found.reason) == (
        AbsenceKind.EXCLUDED,
        "This employee was on leave whenever a customer whom they owned could be lost.",
    )


def test_who_has_an_active_job_beside_the_one_on_leave_is_there(world: Any, only: Any) -> None:
    four_accounts_each(world).leave("f", 150, until=250)
    world.employments.append(Employment(EmployeeId("f"), Period(date(2025, 1, 1)), EmploymentStatus.ACTIVE))

    assert results(world, only(ATTRITION, case_mix=()))["f"].evidence.left_out == ()
