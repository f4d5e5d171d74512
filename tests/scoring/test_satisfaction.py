"""Ratings by customers, adjusted for case mix."""

from dataclasses import replace
from decimal import Decimal
from statistics import mean, variance
from typing import Any

import pytest

from appraise.domain.indicators import SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Evidence

TEAM = ("a", "b", "c", "d", "e", "f")


def with_answers(world: Any, **columns: Any) -> Any:
    """Each of six employees has four customers, who answer 1 to 5 in turn."""
    world.team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(4):
            world.rating(f"{name}{j}", 10 + j, name, 1 + (i + 2 * j) % 5, **columns)
    return world


def results(world: Any, policy: Any, **options: Any) -> dict[str, Any]:
    return {card.employee: card.result(SATISFACTION) for card in world.score(policy, **options).scorecards}


def test_the_raw_figure_is_the_mean_of_the_answers_on_0_to_100(world: Any, only: Any) -> None:
    """a is answered 1, 3, 5, 2 on 1..5: 0, 50, 100, 25 points; without case mix nothing else moves it."""
    found = results(with_answers(world), only(SATISFACTION, case_mix=()))["a"]

    assert (found.working.raw, found.working.case_mix) == (Decimal("43.750000"), ())
    assert found.unshrunk == Decimal("43.750000")
    assert found.evidence == Evidence(events=4, customers=4, effective=Decimal(4), credit=Decimal(4))


def test_the_standard_error_is_that_of_a_mean_by_the_pooled_spread_within_employees(world: Any, only: Any) -> None:
    found = results(with_answers(world), only(SATISFACTION, case_mix=()))

    answers = [[25 * ((i + 2 * j) % 5) for j in range(4)] for i in range(len(TEAM))]
    pooled = mean(variance(of_one) for of_one in answers)
    assert float(found["a"].standard_error) == pytest.approx((pooled / 4) ** 0.5, abs=1e-6)


def test_a_customer_counts_once_per_employee_as_the_average_of_the_answers(world: Any, only: Any) -> None:
    """To the four answers 0, 50, 100, 25 the first customer adds 100: (0 + 100)/2, so the mean is 225/4."""
    with_answers(world).rating("a0", 50, "a", 5)

    found = results(world, only(SATISFACTION, case_mix=()))["a"]

    assert found.working.raw == Decimal("56.250000")
    assert found.evidence == Evidence(
        events=5,
        customers=4,
        effective=Decimal(4),
        left_out=(("further answers of the same customer, averaged", 1),),
        credit=Decimal(4),
    )


def test_a_rated_contact_gives_its_employee_its_case_mix_and_its_time(world: Any, only: Any) -> None:
    """The contact was on the last day of the cycle and the answer came after it; the one before the cycle is left out."""
    with_answers(world)
    world.contact("new", 364.5, "b", event_id="last", channel="phone")
    world.rating("new", 366, None, 5, contact_id="last")
    world.contact("old", -1, "b", event_id="early")
    world.rating("old", 2, None, 5, contact_id="early")

    found = results(world, only(SATISFACTION, case_mix=()), data_as_of=on_day(400))["b"]

    assert (found.evidence.events, found.evidence.left_out) == (5, (("contact outside the cycle", 1),))


def test_an_answer_off_its_scale_is_left_out_and_counted(world: Any, only: Any) -> None:
    with_answers(world).rating("z", 20, "a", 6)

    found = results(world, only(SATISFACTION, case_mix=()))["a"]

    assert (found.evidence.events, found.evidence.left_out) == (4, (("answer off its scale", 1),))


def test_case_mix_is_taken_out_within_employees(world: Any, only: Any) -> None:
    """On the phone everybody is rated 2 of 4 steps lower, and a is always on the phone: a is level with the others.

    Answers are 3 ± 1 in chat and 1..3 on the phone; the mean of a is 25 points, of b..f 50 in half chat, half phone:
    their own mean difference of 50 points is the effect, and a's share of phone exceeds the average by 5/12.
    """
    world.team(*TEAM)
    for name in TEAM:
        for j in range(12):
            phone = name == "a" or j % 2 == 0
            answer = (1 if phone else 3) + (j // 2) % 3
            world.rating(f"{name}{j}", 5 + j, name, answer, channel="phone" if phone else "chat")

    found = results(world, only(SATISFACTION, case_mix=("channel",)))["a"]

    assert found.working.raw == Decimal("25.000000")
    assert dict(found.working.case_mix) == {"channel": Decimal("-20.833333")}
    assert found.unshrunk == Decimal("45.833333")


def test_answers_on_two_scales_are_compared_within_their_scale(world: Any, only: Any) -> None:
    with_answers(world)
    for name in TEAM:
        for j in range(10):
            thumb = {"scale": "thumbs", "score_low": Decimal(0), "score_high": Decimal(1)}
            world.rating(f"{name}t{j}", 30 + j, name, 0, **{**thumb, "score": Decimal(j % 3 != 0)})

    found = results(world, only(SATISFACTION, case_mix=()))["a"]

    assert [factor for factor, _ in found.working.case_mix] == ["scale"]


def test_without_ratings_the_absence_names_what_is_missing(world: Any, only: Any) -> None:
    world.team("a").contact("1", 5, "a")

    assert results(world, only(SATISFACTION))["a"] == Absence(
        SATISFACTION, AbsenceKind.NOT_OBSERVED, "There are no ratings by customers in the data of this organisation."
    )


def test_equal_answers_cannot_tell_employees_apart(world: Any, only: Any) -> None:
    world.team(*TEAM)
    for name in TEAM:
        for j in range(12):
            world.rating(f"{name}{j}", 5 + j, name, 5)

    found = results(world, only(SATISFACTION))["a"]

    assert (found.kind, found.evidence.events) == (AbsenceKind.INSUFFICIENT_EVIDENCE, 12)
    assert found.reason.startswith("Satisfaction cannot be scored for anybody in this cycle: ")


def test_four_employees_are_no_population(world: Any, only: Any) -> None:
    world.team("a", "b", "c", "d")
    for name in ("a", "b", "c", "d"):
        for j in range(12):
            world.rating(f"{name}{j}", 5 + j, name, 1 + j % 5)

    found = results(world, only(SATISFACTION))["a"]

    assert found.reason == (
        "Satisfaction cannot be scored for anybody in this cycle: 4 employees to compare, needed: at least 5."
    )


def test_what_few_customers_said_is_withheld_where_the_policy_says_so(world: Any, only: Any) -> None:
    """Everybody has four customers, a has five."""
    with_answers(world).rating("a4", 40, "a", 3)

    found = results(world, replace(only(SATISFACTION, case_mix=()), minimum_customers=5))

    assert isinstance(found["a"], Estimate)
    assert (found["b"].kind, found["b"].reason) == (
        AbsenceKind.WITHHELD,
        "The evidence comes from 4 customers; from fewer than 5 the figure is withheld, to protect them.",
    )


def on_day(day: int) -> Any:
    from datetime import date, timedelta

    return date(2025, 1, 1) + timedelta(days=day)
