"""Amounts in whole units, by the minor digits of ISO 4217."""

from decimal import Decimal

import pytest

from appraise.domain.money import in_whole_units


@pytest.mark.parametrize(
    ("minor", "currency", "whole"),
    [(12_345, "EUR", "123.45"), (-12_345, "RSD", "-123.45"), (12_345, "JPY", "12345"), (12_345, "IQD", "12.345"),
     (12_345, "CLF", "1.2345"), (12_345, "???", "123.45")],
)  # fmt: skip
def test_minor_units_are_those_of_the_currency_and_hundredths_where_it_is_not_known(
    minor: int, currency: str, whole: str
) -> None:
    assert in_whole_units(minor, currency) == Decimal(whole)
