"""Published figures in exact decimals: raw − case mix − shrinkage = score, digit for digit."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from appraise.domain.scorecards import Working

_PLACES = Decimal("0.000001")


def exactly(value: float) -> Decimal:
    """Six decimal places; minus zero is zero."""
    return Decimal(repr(float(value))).quantize(_PLACES, rounding=ROUND_HALF_EVEN) + 0


def worked_out(
    raw: float,
    effects: Sequence[tuple[str, float]],
    score: float,
    *,
    attributable_share: float,
    notes: Sequence[tuple[str, str]] = (),
) -> Working:
    """Each figure is rounded once and shrinkage is what remains, so that the identity holds in the digits shown."""
    rounded = tuple((name, exactly(effect)) for name, effect in effects)
    start, end = exactly(raw), exactly(score)
    shrinkage = start - sum((effect for _, effect in rounded), Decimal(0)) - end
    return Working(
        raw=start,
        case_mix=rounded,
        shrinkage=shrinkage,
        score=end,
        attributable_share=Decimal(repr(attributable_share)),
        notes=tuple(notes),
    )


def unshrunk(working: Working) -> Decimal:
    return working.score + working.shrinkage
