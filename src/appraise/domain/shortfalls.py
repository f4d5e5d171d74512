"""Figures beside what is asked of them, where rounding would contradict the sentence: `70 %, below the 70 % needed`."""

from decimal import ROUND_FLOOR, Decimal

_MOST_PLACES = 6
_HUNDREDTH = Decimal("0.01")
_TWENTY = 20


def short_of(value: float | Decimal, needed: float | Decimal) -> str:
    """A value below what is needed in as many digits, from two on, as tell it from that."""
    return _short_of(float(value), float(needed), places=2)


def share_short_of(share: float | Decimal, needed: float | Decimal, *, places: int = 1) -> str:
    """As `short_of`, in per cent with so many `places` or more."""
    return f"{_short_of(100 * float(share), 100 * float(needed), places=places)}\N{NO-BREAK SPACE}%"


def amount_short_of(value: float, needed: float) -> str:
    """As `short_of`, with a single decimal or more."""
    return _short_of(value, needed, places=1)


def asked(value: float | Decimal) -> str:
    """What is asked in at least two digits, and all it has up to six: 0.70, 0.705."""
    return f"{float(value):.2f}" if round(float(value), 2) == float(value) else f"{float(value):.{_MOST_PLACES}g}"


def asked_share(share: float | Decimal) -> str:
    """What is asked, in per cent, in all the digits it has up to six: 70 %, 62.5 %."""
    return f"{100 * float(share):.{_MOST_PLACES}g}\N{NO-BREAK SPACE}%"


def reached(figure: Decimal) -> Decimal:
    """To the hundredth that a figure which falls short has reached: .697 is .69, and never the .70 that is asked."""
    return figure.quantize(_HUNDREDTH, ROUND_FLOOR)


def reliability_told(reliability: Decimal, *, is_enough: bool) -> str:
    """To two places; one that is not enough in as many as tell it from the next twentieth, as may be asked: 0.697."""
    if is_enough:
        return f"{reliability:.2f}"
    return short_of(reliability, (reliability * _TWENTY // 1 + 1) / _TWENTY)


def _short_of(value: float, needed: float, *, places: int) -> str:
    texts = (f"{value:.{more}f}" for more in range(places, _MOST_PLACES + 1))
    return next((text for text in texts if float(text) < needed), f"{value:.{_MOST_PLACES}f}")
