"""Orders in other currencies told in the one that the organisation reports in, each at the rate of its own day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import ibis
import pyarrow as pa

from appraise.domain.exchange_rates import NEAR_DAYS, PLACES, ExchangeRates
from appraise.domain.language import counted, in_percent
from appraise.domain.money import MINOR_DIGITS
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.prepared import Prepared, in_several_currencies, of_one_currency

NO_RATE: Final = "no exchange rate for its day"
OTHER_CURRENCY: Final = "another currency"
_PAID_IN: Final = "customer who had paid only in "
_PAID_LATER: Final = "purchases after a contact, paid in "
_DO: Final = ", without an exchange rate (`appraise rates import`)"
_AMOUNT: Final = "decimal(17, 0)"
_FACTOR: Final = f"decimal({PLACES + 5}, {PLACES})"
_LARGEST: Final = 10**17
_EPOCH: Final = date(1970, 1, 1)


def with_money(bought: ibis.Table, prepared: Prepared) -> ibis.Table:
    """Orders with `money`, minor units in the reporting currency; null where there is no rate to tell it by.

    Products and their rounding, half away from zero, are exact decimals on every engine. What is worth less than half
    a minor unit counts as one: it was bought.
    """
    ours = bought.currency == prepared.currency
    if prepared.rates is None:
        return bought.mutate(money=ibis.cases((ours, bought.amount)))
    factors = _factors(prepared, prepared.rates)
    timed = bought.mutate(rate_day=bought["at"] // SECONDS_PER_DAY)
    joined = timed.left_join(factors, ["currency", "rate_day"])
    product = joined.amount.cast(_AMOUNT) * joined.factor.cast(_FACTOR)
    told = ibis.greatest(product.round().cast("int64"), 1)
    known = joined.factor.notnull() & (joined.amount < _LARGEST)
    money = ibis.cases((joined.currency == prepared.currency, joined.amount), (known, told))
    return joined.mutate(money=money).select(*bought.columns, "money")


def _factors(prepared: Prepared, rates: ExchangeRates) -> ibis.Table:
    """`factor` (text) by `currency` and `rate_day`, days since 1970, of the currencies and days that were bought in."""
    bought = prepared.orders.filter(prepared.orders.currency != rates.reporting)
    day = bought["at"] // SECONDS_PER_DAY
    spans = bought.group_by("currency").agg(first=day.min(), last=day.max()).to_pyarrow().to_pylist()
    known = [
        (span["currency"], number, factor)
        for span in sorted(spans, key=lambda one: one["currency"])
        for number in range(span["first"], span["last"] + 1)
        if (factor := rates.factor(span["currency"], _EPOCH + timedelta(days=number))) is not None
    ]
    return ibis.memtable(
        pa.table(
            {
                "currency": pa.array([currency for currency, _, _ in known], pa.string()),
                "rate_day": pa.array([number for _, number, _ in known], pa.int64()),
                "factor": pa.array([f"{factor:f}" for _, _, factor in known], pa.string()),
            }
        )
    )


def paid_only_in_others(spells: ibis.Table, untold: ibis.Table) -> ibis.Table:
    """Spells (`customer`, `at`) before which nothing but `untold` money was spent, with a `reason` that names it."""
    bought = spells.filter((spells.days_bought == 0) & (spells.prior_orders > 0)).select("customer", "at")
    paid = bought.inner_join(untold.rename(paid_at="at"), "customer")
    names = paid.filter(paid.paid_at <= paid["at"]).select("customer", "at", "currency").distinct()
    listed = names.group_by("customer", "at").agg(currencies=names.currency.collect())
    return listed.select("customer", "at", reason=_PAID_IN + ibis.literal(", ").join(listed.currencies.sort()) + _DO)


def paid_later_in_others(spells: ibis.Table, untold: ibis.Table) -> ibis.Table:
    """How many, `n`, `untold` purchases lie within each spell (`customer`, `at`, `until`), by `reason`."""
    paid = spells.select("customer", "at", "until").inner_join(untold.rename(paid_at="at"), "customer")
    inside = paid.filter((paid.paid_at > paid["at"]) & (paid.paid_at <= paid.until))
    named = inside.mutate(reason=_PAID_LATER + inside.currency + _DO)
    return named.group_by("customer", "at", "reason").agg(n=named.count())


def currencies_of(reason: str) -> list[str]:
    """Those of a `reason` of `paid_only_in_others`; none of any other."""
    names = reason.removeprefix(_PAID_IN).removesuffix(_DO)
    return names.split(", ") if reason.startswith(_PAID_IN) else []


@dataclass(frozen=True, slots=True)
class Converted:
    """Orders of the cycle: all of them, those in other currencies, and of these the ones that have no rate.

    `without` has the currency, the orders and their amount in its minor units.
    """

    currency: str
    orders: int
    others: int
    without: tuple[tuple[str, int, int], ...]
    has_rates: bool
    mixed: int = 0

    @property
    def converted(self) -> int:
        return self.others - sum(orders for _, orders, _ in self.without)

    def share(self) -> str:
        return f"{in_percent(self.converted / self.orders, 1)} of orders"

    def notes(self) -> tuple[str, ...]:
        told = []
        if self.converted:
            told.append(
                f"Converted to {self.currency} at the exchange rate of their day, or the last one of the {NEAR_DAYS} "
                f"days before: {self.converted:,} of {counted(self.orders, 'order', 'orders')} of the cycle "
                f"({in_percent(self.converted / self.orders, 1)})."
            )
        if self.without:
            sums = "; ".join(f"{currency}: {n:,}, {_money(amount, currency)}" for currency, n, amount in self.without)
            why = (
                f"for want of an exchange rate of their day or the {NEAR_DAYS} days before"
                if self.has_rates
                else "for want of exchange rates (`appraise rates import`)"
            )
            told.append(f"Orders of the cycle in other currencies were left out {why}: {sums}.")
        if self.mixed:
            told.append(
                f"Orders of the cycle with lines or reversals in several currencies were left out: {self.mixed:,}."
            )
        return tuple(told)


def conversion_of(prepared: Prepared) -> Converted:
    """What became of the cycle's orders in other currencies than the reporting one."""
    bought = with_money(of_one_currency(prepared.orders), prepared)
    ours = bought.filter((bought["at"] >= prepared.start) & (bought["at"] < prepared.end))
    missing = ours.money.isnull()
    rows = (
        ours.group_by("currency")
        .agg(n=ours.count(), left=ours.count(where=missing), amount=ours.amount.sum(where=missing))
        .to_pyarrow()
        .to_pylist()
    )
    return Converted(
        prepared.currency or "",
        sum(row["n"] for row in rows),
        sum(row["n"] for row in rows if row["currency"] != prepared.currency),
        tuple(sorted((row["currency"], row["left"], int(row["amount"])) for row in rows if row["left"])),
        prepared.rates is not None,
        in_several_currencies(prepared.orders, prepared.start, prepared.end),
    )


def _money(amount: int, currency: str) -> str:
    digits = MINOR_DIGITS.get(currency, 2)
    whole, part = divmod(amount, 10**digits)
    return f"{whole:,}" + (f".{part:0{digits}}" if digits else "") + f" {currency}"
