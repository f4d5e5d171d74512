"""Which rate counts for which day, to the last digit of a factor."""

from datetime import date
from decimal import Decimal

import pytest

from appraise.domain.exchange_rates import ExchangeRates

DAY = date(2025, 3, 3)


def known(reporting: str = "EUR", **rates: str) -> ExchangeRates:
    return ExchangeRates("EUR", reporting, {name: ((DAY, Decimal(rate)),) for name, rate in rates.items()})


@pytest.mark.parametrize(
    ("currency", "reporting", "factor"),
    [
        ("USD", "EUR", "0.800000000000000"),
        ("EUR", "USD", "1.250000000000000"),
        ("JPY", "EUR", "0.625000000000000"),  # a yen for cents
        ("EUR", "JPY", "1.600000000000000"),  # a cent for yen
        ("KWD", "EUR", "0.333333333333334"),  # a fils for cents: a third, rounded up
        ("USD", "JPY", "1.280000000000000"),  # neither is the base
        ("EUR", "EUR", "1.000000000000000"),
    ],
)
def test_a_factor_is_of_minor_units(currency: str, reporting: str, factor: str) -> None:
    rates = known(reporting, USD="1.25", JPY="160", KWD="0.3")

    assert str(rates.factor(currency, DAY)) == factor


def test_a_rate_counts_from_its_day_on_until_the_next_or_for_a_week() -> None:
    days = ((date(2025, 3, 3), Decimal(2)), (date(2025, 3, 5), Decimal(4)))
    rates = ExchangeRates("EUR", "EUR", {"USD": days})

    found = {day: rates.factor("USD", date(2025, 3, day)) for day in (2, 3, 4, 5, 12, 13)}

    assert found == {2: None, 3: Decimal("0.5"), 4: Decimal("0.5"), 5: Decimal("0.25"), 12: Decimal("0.25"), 13: None}


def test_a_currency_without_rates_has_none_on_either_side() -> None:
    assert known(USD="1.25").factor("SEK", DAY) is None
    assert known("SEK", USD="1.25").factor("USD", DAY) is None


def test_what_a_file_cannot_mean_is_no_rate() -> None:
    assert known("USD", USD="100000").factor("EUR", DAY) is None
    assert known("USD", USD="99999.9").factor("EUR", DAY) == Decimal("99999.9")


def test_the_hash_is_of_every_rate_the_base_and_the_reporting_currency() -> None:
    """SHA-256 of the text below by `sha256sum`."""
    text = '{"base":"EUR","rates":{"USD":[["2025-03-03","1.25"]]},"reporting":"EUR"}'
    others = [known(USD="1.26"), known("USD", USD="1.25"), ExchangeRates("CHF", "EUR", known(USD="1.25").by_currency)]

    assert known(USD="1.25").hash == "62da980a04b3b397def3d1c9c5b94fa3c4dfbe32d927101f7d85f4e7a3181da8", text
    assert len({one.hash for one in others} | {known(USD="1.25").hash}) == 4
    assert ExchangeRates("EUR", "EUR", {**known(USD="1.25").by_currency, "SEK": ()}).hash == known(USD="1.25").hash
