"""Sentences of absences, where rounding would contradict them."""

from decimal import Decimal

import pytest

from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.scorecards import Evidence
from appraise.scoring.absences import Words, answered_apart, answered_rarely, too_little, too_unreliable

PURCHASES = Words("expected repeat purchase", "expected repeat purchases")
SOME = Evidence(3, 3, Decimal(3))


@pytest.mark.parametrize(
    ("amount", "minimum", "told"),
    [
        (9.97, 10, "The evidence is 9.97 expected repeat purchases; at least 10 are needed."),
        (19.7, 20, "The evidence is 19.7 expected repeat purchases; at least 20 are needed."),
        (1_199.6, 1_200, "The evidence is 1199.6 expected repeat purchases; at least 1200 are needed."),
        (1.0, 5, "The evidence is 1 expected repeat purchase; at least 5 are needed."),
        (0.0, 1, "The evidence is 0 expected repeat purchases; at least 1 is needed."),
        (4.0, 5, "The evidence is 4 expected repeat purchases; at least 5 are needed."),
    ],
)
def test_evidence_that_is_too_little_is_not_rounded_to_what_is_needed(amount: float, minimum: int, told: str) -> None:
    assert too_little(REPEAT_PURCHASE, PURCHASES, amount=amount, minimum=minimum, evidence=SOME).reason == told


@pytest.mark.parametrize(
    ("reliability", "needed", "told"),
    [
        (0.697, 0.7, "With 9.5 expected repeat purchases the reliability is 0.697, below the 0.70 needed"),
        (0.7, 0.705, "With 9.5 expected repeat purchases the reliability is 0.70, below the 0.705 needed"),
    ],
)
def test_a_reliability_that_is_too_low_is_not_rounded_to_what_is_needed(
    reliability: float, needed: float, told: str
) -> None:
    said = too_unreliable(
        REPEAT_PURCHASE, PURCHASES, amount=9.5, reliability=reliability, needed=needed, evidence=SOME
    ).reason
    assert said.startswith(told)


def test_one_contact_and_one_answer_are_told_in_the_singular() -> None:
    assert answered_rarely(SATISFACTION, 0, 1, 0.02, SOME).reason.startswith(
        "Customers answered after 0 of 1 contact (0.0\N{NO-BREAK SPACE}%); from less than 2\N{NO-BREAK SPACE}% nothing"
    )
    assert "would have given 1 answer; so far" in answered_apart(SATISFACTION, 4, 9, 1.0, SOME).reason
    assert "would have given 1.5 answers; so far" in answered_apart(SATISFACTION, 4, 9, 1.5, SOME).reason
