"""What scoring says of an employee adds up, digit for digit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from appraise.domain.identifiers import EmployeeId
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Coverage, Scorecard, Working, side_of

COMPOSITE = Composite(
    value=Decimal("0.40"),
    lower=Decimal("-0.15"),
    upper=Decimal("0.95"),
    lower_90=Decimal("-0.06"),
    upper_90=Decimal("0.86"),
    spread=Decimal("0.70"),
    reliability=Decimal("0.64"),
    probability_better=Decimal("0.92"),
    consequence=True,
    level=3,
    observed_weight=Decimal("0.75"),
    attributable_share=Decimal("0.7"),
    parts=((SATISFACTION, Decimal("0.55")), (LIFETIME_VALUE, Decimal("-0.15"))),
)


def working(raw: str, case_mix: tuple[str, ...], shrinkage: str, score: str) -> Working:
    effects = tuple((f"factor {number}", Decimal(effect)) for number, effect in enumerate(case_mix))
    return Working(Decimal(raw), effects, Decimal(shrinkage), Decimal(score), Decimal(1))


def test_a_working_adds_up() -> None:
    assert working("81.775", ("-1.70", "0.425"), "0.85", "82.20").score == Decimal("82.2")
    assert working("1", (), "0", "1").score == 1


@pytest.mark.parametrize("score", ["82.201", "82.199"])
def test_a_working_that_does_not_add_up_is_refused(score: str) -> None:
    with pytest.raises(ValueError, match=rf"^working does not add up: 82\.200 is not {score}$"):
        working("81.775", ("-1.70", "0.425"), "0.85", score)


@pytest.mark.parametrize("value", ["0.39", "0.41"])
def test_a_composite_that_is_not_the_sum_of_its_parts_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=rf"^the parts of a composite make 0\.40, not {value}$"):
        replace(COMPOSITE, value=Decimal(value))


def test_a_composite_without_parts_is_the_average() -> None:
    assert replace(COMPOSITE, value=Decimal(0), parts=()).value == 0


@pytest.mark.parametrize(
    ("lower", "upper", "better"),
    [
        ("-0.06", "0.86", None),
        ("0", "0.86", None),
        ("-0.86", "0", None),
        ("0.01", "0.86", True),
        ("-0.86", "-0.01", False),
    ],
)
def test_a_composite_is_better_where_its_90_percent_interval_is_clear_of_the_average(
    lower: str, upper: str, *, better: bool | None
) -> None:
    assert replace(COMPOSITE, lower_90=Decimal(lower), upper_90=Decimal(upper)).is_better is better


@pytest.mark.parametrize(
    ("expected", "probability", "side"),
    [
        ("1", "0.9", None),
        ("2", "0.9", None),
        ("3", "0.1", None),
        ("0.99", "0.9", True),
        ("3.01", "0.1", False),
        ("0.99", "0.5", False),
        ("0.99", "0.51", True),
    ],
)
def test_a_figure_has_a_side_where_its_interval_does_not_hold_what_was_expected(
    expected: str, probability: str, *, side: bool | None
) -> None:
    assert side_of(Decimal(1), Decimal(expected), Decimal(3), Decimal(probability)) is side


def test_a_scorecard_finds_its_result_by_indicator() -> None:
    results = tuple(
        Absence(indicator, AbsenceKind.NOT_OBSERVED, f"no {indicator}") for indicator in (SATISFACTION, REPEAT_PURCHASE)
    )
    card = Scorecard(EmployeeId("e1"), results)

    assert [card.result(indicator) for indicator in (REPEAT_PURCHASE, SATISFACTION)] == [results[1], results[0]]
    with pytest.raises(KeyError, match="attrition"):
        card.result(ATTRITION)


def test_what_was_laid_at_nobodys_door_is_the_rest() -> None:
    assert Coverage(SATISFACTION, Decimal(10), Decimal("7.5")).unattributed == Decimal("2.5")
