"""Orders in several currencies, told in one: figures by hand, and the same by hand-written SQL."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.indicators import LIFETIME_VALUE
from appraise.scoring.conversion import conversion_of, with_money
from appraise.scoring.prepared import of_one_currency

START = date(2025, 1, 1)


def rates(reporting: str = "EUR", **days: dict[int, str]) -> ExchangeRates:
    """Units for one euro, by days after the start of the cycle."""
    return ExchangeRates(
        "EUR",
        reporting,
        {
            name: tuple((START + timedelta(days=day), Decimal(rate)) for day, rate in sorted(told.items()))
            for name, told in days.items()
        },
    )


def told(world: Any, known: ExchangeRates | None) -> list[int | None]:
    prepared = world.prepared(rates=known)
    return list(with_money(of_one_currency(prepared.orders), prepared).order_by("at").to_pyarrow()["money"].to_pylist())


def test_an_order_is_told_at_the_last_rate_up_to_its_day(world: Any) -> None:
    world.purchase("1", 1, 110_00, currency="USD").purchase("1", 4.5, 110_00, currency="USD")
    world.purchase("1", 5, 110_00, currency="USD").purchase("1", 6, 42, currency="EUR")

    # 110 / 1.10 = 100; the day without a rate has the one of before; 110 / 1.25 = 88 from the day of the new rate on
    assert told(world, rates(USD={1: "1.10", 5: "1.25"})) == [100_00, 100_00, 88_00, 42]


def test_currencies_with_other_minor_units_are_told_exactly(world: Any) -> None:
    world.purchase("1", 1, 16_250, currency="JPY").purchase("1", 2, 1_500, currency="KWD")
    world.purchase("1", 3, 3, currency="JPY").purchase("1", 4, 1, currency="JPY")

    # 16,250 yen at 162.5 are 100 euros; 1.500 dinars at .3 are 5 euros; 3 yen are 1.846 cents; 1 yen is .615 cents
    known = rates(JPY={1: "162.5"}, KWD={1: "0.3"})
    assert told(world, known) == [100_00, 5_00, 2, 1]


def test_what_is_worth_less_than_half_a_cent_was_bought_all_the_same(world: Any) -> None:
    world.purchase("1", 1, 1, currency="IDR")

    assert told(world, rates(IDR={1: "17000"})) == [1]


def test_half_a_minor_unit_is_rounded_up_where_floats_would_round_it_down(world: Any) -> None:
    """1.005 is the textbook's example: 100 × 1.005 is 100.49999999999999 in floats."""
    world.purchase("1", 1, 100, currency="CHF")

    known = ExchangeRates("CHF", "USD", {"USD": ((START, Decimal("1.005")),)})
    assert told(world, known) == [101]


def test_half_a_minor_unit_is_rounded_up_where_no_decimal_is_the_factor(world: Any) -> None:
    world.purchase("1", 1, 3, currency="USD")

    assert told(world, rates(USD={1: "1.2"})) == [3]  # 3 / 1.2 = 2.5


def test_between_two_others_the_rate_is_that_of_each_to_the_base(world: Any) -> None:
    world.purchase("1", 1, 110_00, currency="USD").purchase("1", 2, 100_00, currency="EUR")

    # 110 dollars are 100 euros are 95 francs
    assert told(world, rates("CHF", USD={1: "1.1"}, CHF={1: "0.95"})) == [95_00, 95_00]


def test_a_rate_counts_for_a_week_and_none_is_guessed(world: Any) -> None:
    world.purchase("1", 0, 100, currency="SEK")  # before the first rate
    for day in (1, 8, 9):
        world.purchase("1", day, 100, currency="SEK")
    world.purchase("1", 10, 100, currency="XXX")

    assert told(world, rates(SEK={1: "10"})) == [None, 10, 10, None, None]


@pytest.mark.parametrize("reporting", ["EUR", "USD"])
def test_a_thousand_orders_equal_an_asof_join_of_duckdb_and_decimals_of_python(world: Any, reporting: str) -> None:
    random = np.random.Generator(np.random.PCG64(11))
    known = rates(
        reporting,
        **{
            name: {int(day): f"{random.uniform(*span):.4f}" for day in random.choice(360, 200, replace=False)}
            for name, span in {"USD": (1.0, 1.2), "JPY": (150, 170), "GBP": (0.8, 0.9)}.items()
        },
    )
    names = ["EUR", "USD", "JPY", "GBP"]
    for _ in range(1_000):
        day, amount = int(random.integers(0, 365)), int(random.integers(1, 10**6))
        world.purchase(str(random.integers(40)), day, amount, currency=names[random.integers(4)])
    prepared = world.prepared(rates=known)
    bought = of_one_currency(prepared.orders)
    found = (
        with_money(bought, prepared).order_by("customer", "at", "currency", "amount").to_pyarrow()["money"].to_pylist()
    )

    connection = duckdb.connect()
    connection.register("o", bought.to_pyarrow())
    flat = [(n, d, str(r)) for n, days in known.by_currency.items() for d, r in days]
    flat += [("EUR", START + timedelta(days=day), "1") for day in range(366)]
    columns = zip(*flat, strict=True)
    connection.register("r", pa.table(dict(zip(("currency", "day", "rate"), map(pa.array, columns), strict=True))))
    rows = connection.execute(
        f"""
        WITH d AS (SELECT *, make_timestamp("at" * 1000000)::DATE AS day FROM o)
        SELECT d.currency, d.amount, own.rate, date_diff('day', own.day, d.day),
               wanted.rate, date_diff('day', wanted.day, d.day)
        FROM d ASOF LEFT JOIN r AS own ON d.currency = own.currency AND d.day >= own.day
        ASOF LEFT JOIN (SELECT * FROM r WHERE currency = '{reporting}') AS wanted ON d.day >= wanted.day
        ORDER BY customer, "at", currency, amount
        """
    ).fetchall()

    def by_hand(currency: str, amount: int, own: str, age: int, wanted: str, wanted_age: int) -> int | None:
        if currency == reporting:
            return amount
        if own is None or wanted is None or max(age, wanted_age) > 7:
            return None
        major = Decimal(amount).scaleb(0 if currency == "JPY" else -2) / Decimal(own) * Decimal(wanted)
        return max(1, int((major * 100).quantize(Decimal(1), ROUND_HALF_UP)))

    expected = [by_hand(*row) for row in rows]
    assert found == expected
    assert 0 < expected.count(None) < 200


def test_the_run_tells_what_was_converted_and_what_was_left_out(world: Any, only: Any) -> None:
    world.team("a").contact("1", 5, "a").purchase("1", -9).purchase("1", 10, 11_00, currency="USD")
    world.purchase("1", 11, 5, currency="SEK").purchase("1", 12, 1_000, currency="EUR")

    result = world.score(only(LIFETIME_VALUE), rates=rates(USD={10: "1.1"}))
    coverage = result.coverage[0]

    assert (coverage.total, coverage.attributed) == (Decimal(3), Decimal("2.000000"))
    assert coverage.why == (("no exchange rate for its day", Decimal(1)),)
    converted, left_out = coverage.notes
    assert converted == (
        "Converted to EUR at the exchange rate of their day, or the last one of the 7 days before: 1 of 3 orders of "
        "the cycle (33.3\N{NO-BREAK SPACE}%)."
    )
    assert left_out == (
        "Orders of the cycle in other currencies were left out for want of an exchange rate of their day or the 7 days "
        "before: SEK: 1, 0.05 SEK."
    )
    assert result.manifest.rates_hash == rates(USD={10: "1.1"}).hash
    assert result.manifest.rates_hash != rates(USD={10: "1.2"}).hash


def test_without_rates_the_run_says_how_much_it_does_not_see(world: Any, only: Any) -> None:
    world.team("a").contact("1", 5, "a").purchase("1", 9).purchase("1", 10, 1_250, currency="JPY")

    result = world.score(only(LIFETIME_VALUE))

    (left_out,) = result.coverage[0].notes
    assert left_out == (
        "Orders of the cycle in other currencies were left out for want of exchange rates (`appraise rates import`): "
        "JPY: 1, 1,250 JPY."
    )
    assert result.manifest.rates_hash is None


def test_money_is_told_in_the_currency_of_the_rates_though_most_is_bought_in_another(world: Any) -> None:
    world.purchase("1", 1, 110, currency="USD").purchase("1", 2, 110, currency="USD").purchase("1", 3, 7)

    found = conversion_of(world.prepared(rates=rates(USD={1: "1.1"})))

    assert (found.currency, found.orders, found.converted, found.share()) == (
        "EUR",
        3,
        2,
        "66.7\N{NO-BREAK SPACE}% of orders",
    )
