"""The decomposition that is published with every estimate."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.scorecards import Working
from appraise.scoring.working import exactly, unshrunk, worked_out

numbers = st.floats(min_value=-1e6, max_value=1e6)


@given(raw=numbers, effects=st.lists(numbers, max_size=6), score=numbers)
def test_the_figures_shown_add_up_digit_for_digit(raw: float, effects: list[float], score: float) -> None:
    working = worked_out(
        raw, [(f"factor {i}", effect) for i, effect in enumerate(effects)], score, attributable_share=0.7
    )

    total = sum((effect for _, effect in working.case_mix), Decimal(0))
    assert working.raw - total - working.shrinkage == working.score
    assert unshrunk(working) == working.raw - total
    assert all(abs(figure.as_tuple().exponent) == 6 for figure in (working.raw, working.shrinkage, working.score))


def test_the_pull_towards_the_peers_takes_up_the_rounding() -> None:
    """By hand: 1.0000004 → 1.000000, twice 0.3333333 → 0.333333, 0.2 → 0.2; 1 − 0.666666 − 0.2 = 0.133334."""
    working = worked_out(1.0000004, [("segment", 1 / 3), ("topic", 1 / 3)], 0.2, attributable_share=0.7)

    assert working == Working(
        raw=Decimal("1.000000"),
        case_mix=(("segment", Decimal("0.333333")), ("topic", Decimal("0.333333"))),
        shrinkage=Decimal("0.133334"),
        score=Decimal("0.200000"),
        attributable_share=Decimal("0.7"),
    )


@pytest.mark.parametrize(("value", "shown"), [(-1e-9, "0.000000"), (2.0000005, "2.000000"), (1e-6, "0.000001")])
def test_figures_have_six_places_and_no_minus_zero(value: float, shown: str) -> None:
    assert str(exactly(value)) == shown
