"""Events made ready once for all indicators: employees and customers resolved, touches and orders told apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import ibis

from appraise.domain.events import CASE_MIX, EventKind
from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.exclusions import Exclusion
from appraise.domain.periods import Period
from appraise.scoring.customers import crosswalk, latest_traits, with_customer
from appraise.scoring.event_tables import readable, seconds_of
from appraise.scoring.leave import leave_table
from appraise.scoring.references import Directory, resolved, with_employee

CASE_COLUMNS = tuple(column.name for column in CASE_MIX)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Tables on the engine. All have `customer` and, where people serve, `employee` (position) or `why` not.

    `linkable` says whether the customer bears a key that joins sources. `present` are the kinds of
    event that hold any row before the last day of data; `start` and `end` bound the cycle,
    `as_of` the data, in seconds since 1970 UTC. `leaves` are stretches of leave of absence: `employee`, `begins`,
    `ends`. `exclusions` are those of evidence. Money is told in `currency`, other currencies by
    `rates` where there are any.
    """

    present: frozenset[EventKind]
    contacts: ibis.Table
    ratings: ibis.Table
    purchases: ibis.Table
    subscriptions: ibis.Table
    ownerships: ibis.Table
    leaves: ibis.Table
    start: int
    end: int
    as_of: int
    currency: str | None
    exclusions: tuple[Exclusion, ...] = ()
    rates: ExchangeRates | None = None


def prepare(
    events: Mapping[EventKind, ibis.Table],
    people: Directory,
    *,
    cycle: Period,
    data_as_of: date,
    exclusions: Iterable[Exclusion] = (),
    rates: ExchangeRates | None = None,
) -> Prepared:
    """`currency` is that of the rates, else the one in which most purchases were made, None without purchases."""
    tables = {kind: readable(events, kind, data_as_of=data_as_of) for kind in EventKind}
    present = _present(tables)
    serving = [kind for kind in EventKind if kind is not EventKind.CUSTOMERS]
    references = resolved([tables[kind] for kind in serving], people)
    walk = crosswalk(tables.values()).cache()
    traits = None
    if EventKind.CUSTOMERS in present:
        traits = latest_traits(with_customer(tables[EventKind.CUSTOMERS], walk)).cache()

    def made_ready(kind: EventKind) -> ibis.Table:
        if kind not in present:
            return _of_nobody(tables[kind])
        return _with_traits(with_employee(with_customer(tables[kind], walk), references), traits).cache()

    ready = {kind: made_ready(kind) for kind in serving}
    end = seconds_of(data_as_of)
    return Prepared(
        present=present,
        contacts=ready[EventKind.CONTACTS],
        ratings=ready[EventKind.RATINGS],
        purchases=ready[EventKind.PURCHASES],
        subscriptions=ready[EventKind.SUBSCRIPTIONS],
        ownerships=ready[EventKind.OWNERSHIPS],
        leaves=leave_table(people.leaves, as_of=end),
        start=seconds_of(cycle.start),
        end=end if cycle.end is None else min(end, seconds_of(cycle.end)),
        as_of=end,
        currency=main_currency(ready[EventKind.PURCHASES]) if rates is None else rates.reporting,
        exclusions=tuple(exclusion for exclusion in exclusions if exclusion.of_evidence),
        rates=rates,
    )


def touches(prepared: Prepared) -> ibis.Table:
    """Every moment at which an employee served a customer: contacts, and purchases that name an employee.

    A sale is itself a touch for what the customer does later: sources without contacts are scored by it.
    """
    who = ["customer", "at", "employee", "why"]
    lines = prepared.purchases.filter((prepared.purchases.kind == "purchase") & prepared.purchases.named)
    # One touch per order: an order of many lines earns no more credit than one of a single line.
    sales = lines.group_by("source", "order_id", *who).agg(**{name: lines[name].min() for name in CASE_COLUMNS})
    columns = [*who, *CASE_COLUMNS]
    return ibis.union(prepared.contacts.select(columns), sales.select(columns).cache())


def orders(purchases: ibis.Table) -> ibis.Table:
    """One row per order with something left of it: `customer`, `at` of the purchase, `amount` net of its reversals.

    An order counts at the time when it was placed, with what was left of it when the data end. Reversals without
    their purchase, and orders reversed in full, are no orders. What is in several currencies cannot be summed: such an
    order is left out (`in_several_currencies` counts them).
    """
    summed = _summed(purchases)
    return summed.filter(summed["at"].notnull() & (summed.amount > 0) & (summed.currency == summed.last_currency)).drop(
        "last_currency"
    )


def in_several_currencies(purchases: ibis.Table, start: int, end: int) -> int:
    """Orders placed in this time of which lines or reversals are in several currencies."""
    summed = _summed(purchases)
    mixed = (summed.currency != summed.last_currency) & (summed["at"] >= start) & (summed["at"] < end)
    return int(summed.count(where=mixed).to_pyarrow().as_py())


def _summed(purchases: ibis.Table) -> ibis.Table:
    bought = purchases.kind == "purchase"
    return purchases.group_by("source", "order_id").agg(
        customer=purchases.customer.min(where=bought),
        at=purchases["at"].min(where=bought),
        currency=purchases.currency.min(),
        last_currency=purchases.currency.max(),
        amount=purchases.amount.sum().cast("int64"),
    )


def _present(tables: Mapping[EventKind, ibis.Table]) -> frozenset[EventKind]:
    firsts = [table.limit(1).select(kind=ibis.literal(kind.value)) for kind, table in tables.items()]
    return frozenset(map(EventKind, ibis.union(*firsts).to_pyarrow()["kind"].to_pylist()))


def _of_nobody(empty: ibis.Table) -> ibis.Table:
    """A table without rows, with the columns that one with rows is given."""
    who = {"employee": "int32", "why": "string", "named": "boolean"}
    types = {"customer": "int64", "linkable": "boolean", **who}
    columns = empty.drop("customer_key", "link_key", "employee_namespace", "employee_key")
    return columns.mutate(**{name: ibis.literal(None, type=type_) for name, type_ in types.items()})


def _with_traits(table: ibis.Table, traits: ibis.Table | None) -> ibis.Table:
    """Segment and region of the customer where the event itself does not say."""
    if traits is None or "segment" not in table.columns:
        return table
    joined = table.left_join(traits, "customer")
    return joined.mutate(
        segment=ibis.coalesce(joined.segment, joined.segment_right),
        region=ibis.coalesce(joined.region, joined.region_right),
    ).drop("customer_right", "segment_right", "region_right")


def main_currency(purchases: ibis.Table) -> str | None:
    """In which most purchases were made; None where there are none."""
    bought = purchases.filter(purchases.kind == "purchase")
    counts = bought.group_by("currency").agg(n=bought.count()).to_pyarrow().to_pylist()
    return min(counts, key=lambda row: (-row["n"], row["currency"]))["currency"] if counts else None
