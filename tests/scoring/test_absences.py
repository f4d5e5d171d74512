"""Sentences of absences, where rounding would contradict them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.scorecards import Evidence
from appraise.scoring.absences import Words, answered_apart, answered_rarely, share_short_of, short_of, too_little


@pytest.mark.parametrize(
    ("value", "needed", "told"),
    [(0.31, 0.5, "0.31"), (0.4987, 0.5, "0.499"), (0.49996, 0.5, "0.49996"), (0.0, 0.5, "0.00")],
)
def test_what_is_too_little_is_told_as_less(value: float, needed: float, told: str) -> None:
    assert short_of(value, needed) == told


@given(st.floats(0, 0.98), st.sampled_from([0.3, 0.5, 0.7, 0.99]))
def test_it_is_less_wherever_six_digits_tell_it(value: float, needed: float) -> None:
    if value <= needed - 1e-6:
        assert float(short_of(value, needed)) < needed


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
    ("share", "needed", "told"), [(0.0197, 0.02, "1.97%"), (0.4996, 0.5, "49.96%"), (0.1, 0.5, "10.0%")]
)
def test_a_share_below_what_is_needed_is_told_as_less(share: float, needed: float, told: str) -> None:
    assert share_short_of(share, needed) == told


def test_one_contact_and_one_answer_are_told_in_the_singular() -> None:
    assert answered_rarely(SATISFACTION, 0, 1, 0.02, SOME).reason.startswith(
        "Customers answered after 0 of 1 contact (0.0%);"
    )
    assert "would have given 1 answer; so far" in answered_apart(SATISFACTION, 4, 9, 1.0, SOME).reason
    assert "would have given 1.5 answers; so far" in answered_apart(SATISFACTION, 4, 9, 1.5, SOME).reason
