"""Transfers and first-contact resolution, each figure worked out by hand in the test."""

from decimal import Decimal
from statistics import mean, variance
from typing import Any

import numpy as np
import pytest

from appraise.domain.explanations import sentences
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.policies import Attribution
from appraise.domain.scorecards import Absence, AbsenceKind, Coverage
from appraise.errors import InvalidInput
from appraise.scoring.first_contact_resolution import FIRST_CONTACT_RESOLUTION
from appraise.scoring.transfers import TRANSFERS

TEAM = ("a", "b", "c", "d", "e", "f")


def results(world: Any, policy: Any, indicator: IndicatorKey) -> dict[str, Any]:
    return {card.employee: card.result(indicator) for card in world.score(policy).scorecards}


def with_transfers(world: Any) -> Any:
    """Each of six employees has four customers; of employee number i the first i mod 4 went through several hands."""
    world.team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(4):
            world.contact(f"{name}{j}", 10 + j, name, transferred=j < i % 4)
    return world


def test_the_share_of_contacts_that_changed_hands_lower_being_better(world: Any, only: Any) -> None:
    """b has 1 of 4; the standard error is that of a mean of four by the pooled spread within employees."""
    found = results(with_transfers(world), only(TRANSFERS, case_mix=()), TRANSFERS)

    pooled = mean(variance(100 * (j < i % 4) for j in range(4)) for i in range(len(TEAM)))
    assert [found[name].working.raw for name in TEAM] == [Decimal(n) for n in (0, 25, 50, 75, 0, 25)]
    assert float(found["b"].standard_error) == pytest.approx((pooled / 4) ** 0.5, abs=1e-6)
    assert found["a"].probability_better > Decimal("0.5") > found["d"].probability_better
    assert sentences(found["b"])[0] == "Of 4 contacts with 4 customers, 25.0 % were held by more than one employee."


def test_a_contact_of_which_it_is_not_recorded_is_left_out_and_counted(world: Any, only: Any) -> None:
    with_transfers(world).contact("b9", 20, "b")

    found = results(world, only(TRANSFERS, case_mix=()), TRANSFERS)["b"]

    assert (found.working.raw, found.evidence.events) == (Decimal(25), 4)
    assert found.evidence.left_out == (("contact of which it is not recorded", 1),)


def test_a_customer_counts_once_per_employee(world: Any, only: Any) -> None:
    """b's first customer has one contact of two passed on: (50 + 0 + 0 + 0)/4."""
    with_transfers(world).contact("b0", 20, "b", transferred=False)

    found = results(world, only(TRANSFERS, case_mix=()), TRANSFERS)["b"]

    assert (found.working.raw, found.evidence.events, found.evidence.customers) == (Decimal("12.5"), 5, 4)


def test_only_contacts_of_the_cycle_count_and_the_unattributed_are_told(world: Any, only: Any) -> None:
    with_transfers(world).contact("b0", -1, "b", transferred=True)
    world.contact("z", 20, None, transferred=True)

    [coverage] = world.score(only(TRANSFERS, case_mix=())).coverage

    assert (coverage.total, coverage.attributed, coverage.unattributed) == (Decimal(25), Decimal(24), Decimal(1))


def test_case_mix_is_compared_within_employees(world: Any, only: Any) -> None:
    """Faults are passed on and questions are not, with one contact in ten the other way round, the same for all.

    What is left without case mix is that of ordinary least squares with an intercept per employee (NumPy).
    """
    world.team(*TEAM)
    x = np.array([[j < 5 + i for j in range(20)] for i in range(len(TEAM))])
    y = x ^ np.isin(np.arange(20), (0, 19))
    for i, name in enumerate(TEAM):
        for j in range(20):
            topic = "fault" if x[i, j] else "question"
            world.contact(f"{name}{j}", 10, name, topic=topic, transferred=bool(y[i, j]))

    found = results(world, only(TRANSFERS, case_mix=("topic",)), TRANSFERS)

    own = np.kron(np.eye(len(TEAM)), np.ones((20, 1)))
    [*_, slope] = np.linalg.lstsq(np.hstack([own, x.reshape(-1, 1)]), 100.0 * y.ravel())[0]
    left = 100 * y.mean(axis=1) - (x.mean(axis=1) - x.mean()) * slope
    assert [float(found[name].working.raw) for name in TEAM] == pytest.approx(100 * y.mean(axis=1))
    assert [float(found[name].unshrunk) for name in TEAM] == pytest.approx(left, abs=1e-5)


@pytest.mark.parametrize(
    ("indicator", "missing"),
    [
        (TRANSFERS, "There are no records of transfers in the data of this organisation."),
        (FIRST_CONTACT_RESOLUTION, "There are no contacts with a case or a topic in the data of this organisation."),
    ],
)
@pytest.mark.parametrize("has_contacts", [True, False])
def test_data_that_do_not_carry_the_column_give_an_absence_that_says_so(
    world: Any, only: Any, indicator: IndicatorKey, missing: str, has_contacts: bool
) -> None:
    world.team(*TEAM)
    if has_contacts:
        world.contact("a0", 10, "a")
    else:
        world.rating("a0", 10, "a", 3)

    scored = world.score(only(indicator))

    assert scored.scorecards[0].result(indicator) == Absence(indicator, AbsenceKind.NOT_OBSERVED, missing)
    assert scored.coverage == (Coverage(indicator, Decimal(0), Decimal(0)),)


@pytest.mark.parametrize("indicator", [TRANSFERS, FIRST_CONTACT_RESOLUTION])
def test_a_contact_belongs_to_the_employee_whom_it_names(world: Any, only: Any, indicator: IndicatorKey) -> None:
    with pytest.raises(InvalidInput, match="by linear"):
        with_transfers(world).score(only(indicator, attribution=Attribution.LINEAR))


def resolved(world: Any, only: Any, *later: tuple[float, dict[str, Any]], **first: Any) -> Any:
    """b's result where b's customer q comes on day 100 and again at the days given; the others' customers come once.

    Everybody has four more customers, of whom the first comes back after a day to nobody in particular.
    """
    world.team(*TEAM)
    for name in TEAM:
        for j in range(4):
            world.contact(f"{name}{j}", 10, name, topic="bill")
        world.contact(f"{name}0", 11, None, topic="bill")
    world.contact("q", 100, "b", **first)
    for day, columns in later:
        world.contact("q", day, None, **columns)
    return results(world, only(FIRST_CONTACT_RESOLUTION, case_mix=(), horizon_days=7), FIRST_CONTACT_RESOLUTION)


@pytest.mark.parametrize(
    ("first", "later", "kept"),
    [
        ({"topic": "bill"}, [], True),
        ({"topic": "bill"}, [(103, {"topic": "bill"})], False),
        ({"topic": "bill"}, [(103, {"topic": "fault"})], True),
        ({"topic": "bill"}, [(106.999, {"topic": "bill"})], False),
        ({"topic": "bill"}, [(107, {"topic": "bill"})], True),
        ({"topic": "bill"}, [(100, {"topic": "bill"})], True),  # the same second is the same contact told twice
        ({"topic": "bill"}, [(99, {"topic": "bill"})], True),  # before it
        ({"case_id": "k"}, [(103, {"case_id": "k"})], False),
        ({"case_id": "k"}, [(103, {"case_id": "l"})], True),
        ({"case_id": "k", "topic": "bill"}, [(103, {"case_id": "k"})], False),
        ({"case_id": "k", "topic": "bill"}, [(103, {"case_id": "l", "topic": "bill"})], False),
        ({"case_id": "k", "topic": "bill"}, [(103, {"case_id": "l", "topic": "fault"})], True),
        ({"case_id": "k"}, [(103, {"case_id": "k", "source": "phone"})], True),  # another system's number
    ],
)
def test_what_follows_a_contact_up(world: Any, only: Any, first: Any, later: Any, kept: bool) -> None:
    """Of b's five customers the first came back; q makes it 4 of 5 or 3 of 5. The others have 3 of 4."""
    found = resolved(world, only, *later, **first)

    assert (found["b"].working.raw, found["a"].working.raw) == (Decimal(80 if kept else 60), Decimal(75))


def test_another_customer_or_the_same_employee_makes_no_difference(world: Any, only: Any) -> None:
    world.contact("somebody else", 101, "b", topic="bill")
    found = resolved(world, only, (101, {"topic": "bill"}), topic="bill")["b"]

    assert found.working.raw == Decimal("66.666667")  # 4 of 6: the other customer did not come back
    assert sentences(found)[0] == "Of 6 contacts with 6 customers, 66.7 % were not followed up by the customer."


def test_a_contact_whose_days_are_not_over_is_left_out_whatever_came_of_it(world: Any, only: Any) -> None:
    """The data end with day 365. Seven days before is the last second that counts."""
    for customer, day in (("p", 358), ("r", 358.001), ("s", 364)):
        world.contact(customer, day, "b", topic="bill")
    world.contact("r", 358.5, None, topic="bill")
    found = resolved(world, only, topic="bill")["b"]

    assert (found.working.raw, found.evidence.events) == (Decimal("83.333333"), 6)
    assert found.evidence.left_out == (("contact less than 7 days before the data end", 2),)


def test_a_contact_without_case_and_topic_is_left_out(world: Any, only: Any) -> None:
    found = resolved(world, only)["b"]

    assert (found.working.raw, found.evidence.left_out) == (
        Decimal(75),
        (("contact of which it is not recorded", 1),),
    )
