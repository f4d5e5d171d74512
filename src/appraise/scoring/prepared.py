"""Events made ready once for all indicators: employees and customers resolved, touches and orders told apart."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import ibis

from appraise.domain.events import CASE_MIX, EventKind
from appraise.domain.exchange_rates import ExchangeRates
from appraise.domain.exclusions import Exclusion
from appraise.domain.periods import Period
from appraise.scoring.arrays import how_many
from appraise.scoring.customers import latest_traits, links, number_of, with_customer
from appraise.scoring.event_tables import readable, seconds_of
from appraise.scoring.leave import leave_table
from appraise.scoring.references import REASONS, Directory, Naming, names_anybody, references, with_employee

CASE_COLUMNS = tuple(column.name for column in CASE_MIX)
WHO: Final = ("customer", "at", "employee", "why")
_FEW: Final = 1_000
"""Texts of a column up to which they are kept as numbers."""
_NUMBERED: Final = {
    EventKind.CONTACTS: {"event": "event_id", "case": "case_id"},
    EventKind.RATINGS: {"contact": "contact_id"},
    EventKind.PURCHASES: {"order": "order_id"},
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Tables on the engine. All have `customer` and, where people serve, `employee` (position) or `why` not.

    `customer`, `event`, `contact`, `case` and `order` are numbers for what the source calls them (`number_of`).
    `contacts` and `orders` are kept at the engine, `contacts` with the columns that are read and the case-mix columns
    `factors`; ratings and `lines` of purchases are computed anew wherever they are read, `lines` without the `traits`
    of their customers. `records` are all events, of whomever, with `linkable`: whether the customer bears a key that
    joins sources, and `naming` counts whom they name. `present` are the kinds of event that hold any row before the
    last day of data; `start` and `end` bound the cycle, `as_of` the data, in seconds since 1970 UTC. `leaves` are
    stretches of leave of absence: `employee`, `begins`, `ends`. `exclusions` are those of evidence. Money is told in
    `currency`, other currencies by `rates` where there are any.
    """

    present: frozenset[EventKind]
    records: Mapping[EventKind, ibis.Table]
    naming: tuple[Naming, ...]
    contacts: ibis.Table
    ratings: ibis.Table
    lines: ibis.Table
    orders: ibis.Table
    subscriptions: ibis.Table
    ownerships: ibis.Table
    traits: ibis.Table | None
    leaves: ibis.Table
    start: int
    end: int
    as_of: int
    currency: str | None
    factors: tuple[str, ...] = CASE_COLUMNS
    exclusions: tuple[Exclusion, ...] = ()
    rates: ExchangeRates | None = None

    @property
    def purchases(self) -> ibis.Table:
        """The lines with what is known of their customers."""
        return with_traits(self.lines, self.traits)


def prepare(  # noqa: PLR0913  # what a run is computed from, each part named
    events: Mapping[EventKind, ibis.Table],
    people: Directory,
    *,
    cycle: Period,
    data_as_of: date,
    exclusions: Iterable[Exclusion] = (),
    rates: ExchangeRates | None = None,
    reads: Collection[str] | None = None,
) -> Prepared:
    """`currency` is that of the rates, else the one in which most purchases were made, None without purchases.

    `reads` are the columns of contacts that are wanted beside who, when and for whom; None is all of them.
    """
    tables = {kind: _numbered(readable(events, kind, data_as_of=data_as_of), kind) for kind in EventKind}
    present = _present(tables)
    serving: list[EventKind] = [kind for kind in EventKind if kind is not EventKind.CUSTOMERS]
    known = references({kind: tables[kind] for kind in serving}, people)
    linked = links(tables.values())
    are_described = EventKind.CUSTOMERS in present
    traits = latest_traits(with_customer(tables[EventKind.CUSTOMERS], linked)).cache() if are_described else None
    numbered = {kind: with_customer(tables[kind], linked) for kind in serving}
    records = {kind: with_employee(numbered[kind], known.of(kind)) for kind in serving if kind in present}
    records |= {kind: _of_nobody(tables[kind]) for kind in serving if kind not in present}
    contacts = _as_far_as_read(with_traits(records[EventKind.CONTACTS], traits), reads)
    if EventKind.CONTACTS in present:
        contacts = _in_few_words(contacts, [events[EventKind.CONTACTS], *([] if traits is None else [traits])])
    end = seconds_of(data_as_of)
    bought_in = currencies(tables[EventKind.PURCHASES]) if EventKind.PURCHASES in present else {}
    kept, renewing = partial(_kept, present), known.sources(EventKind.SUBSCRIPTIONS)
    return Prepared(
        present=present,
        records=records,
        naming=known.naming,
        contacts=kept(EventKind.CONTACTS, contacts),
        ratings=with_traits(records[EventKind.RATINGS], traits),
        lines=records[EventKind.PURCHASES],
        orders=kept(EventKind.PURCHASES, orders(numbered[EventKind.PURCHASES], bought_in, renewing)),
        subscriptions=kept(EventKind.SUBSCRIPTIONS, with_traits(records[EventKind.SUBSCRIPTIONS], traits)),
        ownerships=kept(EventKind.OWNERSHIPS, records[EventKind.OWNERSHIPS]),
        traits=traits,
        leaves=leave_table(people.leaves, as_of=end),
        start=seconds_of(cycle.start),
        end=end if cycle.end is None else min(end, seconds_of(cycle.end)),
        as_of=end,
        currency=main_currency(bought_in) if rates is None else rates.reporting,
        factors=CASE_COLUMNS if reads is None else tuple(name for name in CASE_COLUMNS if name in reads),
        exclusions=tuple(exclusion for exclusion in exclusions if exclusion.of_evidence),
        rates=rates,
    )


def touches(prepared: Prepared) -> ibis.Table:
    """Every moment at which an employee served a customer: contacts, and purchases that name an employee.

    A sale is itself a touch for what the customer does later: sources without contacts are scored by it.
    """
    columns = [*WHO, *prepared.factors]
    contacts = prepared.contacts.select(columns)
    if not names_anybody(prepared.naming, EventKind.PURCHASES):
        return contacts
    named = prepared.lines.filter((prepared.lines.kind == "purchase") & prepared.lines.named)
    lines = with_traits(named, prepared.traits)
    # One touch per order: an order of many lines earns no more credit than one of a single line.
    sales = lines.group_by("order", *WHO).agg(**{name: lines[name].min() for name in prepared.factors})
    return ibis.union(contacts, sales.select(columns).cache())


def orders(purchases: ibis.Table, bought_in: Iterable[str], books: Sequence[str]) -> ibis.Table:
    """One row per order with something left of it: `customer`, `at` of the purchase, `amount` net of its reversals.

    An order counts at the time when it was placed, with what was left of it when the data end. Reversals without
    their purchase, and orders reversed in full, are no orders. What is in several currencies cannot be summed: such an
    order is `mixed`, and counts nowhere. `in_books` says whether its source is among the `books`, those that keep
    subscriptions. `bought_in` are all currencies.
    """
    # Numbers for the currencies: texts would make up most of the largest table that a run groups.
    told = purchases.mutate(
        bought=purchases.kind == "purchase",
        number=_first_that((purchases.currency == name, k) for k, name in enumerate(bought_in)).cast("int16"),
        in_books=purchases.source.isin(books),
    )
    summed = told.group_by("order").agg(
        customer=told.customer.min(where=told.bought),
        at=told["at"].min(where=told.bought),
        least=told.number.min(),
        most=told.number.max(),
        amount=told.amount.sum().cast("int64"),
        in_books=told.in_books.any(),
    )
    told = summed.mutate(
        mixed=summed.least != summed.most,
        currency=_first_that((summed.least == k, name) for k, name in enumerate(bought_in)).cast("string"),
    )
    placed = told.filter(told["at"].notnull() & (told.mixed | (told.amount > 0)))
    return placed.select("customer", "at", "currency", "amount", "mixed", "in_books")


def of_one_currency(placed: ibis.Table) -> ibis.Table:
    return placed.filter(~placed.mixed).drop("mixed")


def in_several_currencies(placed: ibis.Table, start: int, end: int) -> int:
    """Orders placed in this time of which lines or reversals are in several currencies."""
    counted = placed.mixed & (placed["at"] >= start) & (placed["at"] < end)
    return how_many(placed, where=counted)


def _first_that(cases: Iterable[tuple[ibis.Value, int | str]]) -> ibis.Value:
    known = list(cases)
    return ibis.cases(*known) if known else ibis.null()


def _kept(present: Collection[EventKind], kind: EventKind, table: ibis.Table) -> ibis.Table:
    """At the engine, where there is anything to keep."""
    return table.cache() if kind in present else table


def _as_far_as_read(contacts: ibis.Table, reads: Collection[str] | None) -> ibis.Table:
    return contacts if reads is None else contacts.select(*WHO, *(name for name in contacts.columns if name in reads))


def _in_few_words(contacts: ibis.Table, sources: Sequence[ibis.Table]) -> ibis.Table:
    """With the engine told which texts are few: spelt out for every contact they would be most of what a run keeps.

    `sources` have all texts between them that a column may hold.
    """
    columns = [name for name in ("source", *CASE_COLUMNS) if name in contacts.columns]
    lists = [
        table.select(name=ibis.literal(name), text=table[name]).distinct().limit(_FEW + 2)
        for name in columns
        for table in sources
        if name in table.columns
    ]
    known: dict[str, set[str]] = {"why": set(REASONS)}
    for row in ibis.union(*lists).to_pyarrow().to_pylist() if lists else ():
        if row["text"] is not None:
            known.setdefault(row["name"], set()).add(row["text"])
    # A statement cannot spell out a NUL.
    few = {name: texts for name, texts in known.items() if len(texts) <= _FEW and "\0" not in "".join(texts)}
    one_of = contacts.get_backend().one_of
    return contacts.mutate(**{name: one_of(contacts[name], texts) for name, texts in few.items()})


def _present(tables: Mapping[EventKind, ibis.Table]) -> frozenset[EventKind]:
    firsts = [table.limit(1).select(kind=ibis.literal(kind.value)) for kind, table in tables.items()]
    return frozenset(map(EventKind, ibis.union(*firsts).to_pyarrow()["kind"].to_pylist()))


def _numbered(table: ibis.Table, kind: EventKind) -> ibis.Table:
    """With numbers for what the source calls this and other events; null where it does not."""

    def number(text: str) -> ibis.Value:
        return ibis.cases((table[text].notnull(), number_of(table.source, table[text])))

    return table.mutate(**{name: number(text) for name, text in _NUMBERED.get(kind, {}).items()})


def _of_nobody(empty: ibis.Table) -> ibis.Table:
    """A table without rows, with the columns that one with rows is given."""
    who = {"employee": "int32", "why": "string", "named": "boolean"}
    types = {"customer": "int64", "linkable": "boolean", **who}
    columns = empty.drop("customer_key", "link_key", "employee_namespace", "employee_key")
    return columns.mutate(**{name: ibis.literal(None, type=type_) for name, type_ in types.items()})


def with_traits(table: ibis.Table, traits: ibis.Table | None) -> ibis.Table:
    """Segment and region of the customer where the event itself does not say."""
    if traits is None or "segment" not in table.columns:
        return table
    joined = table.left_join(traits, "customer")
    return joined.mutate(
        segment=ibis.coalesce(joined.segment, joined.segment_right),
        region=ibis.coalesce(joined.region, joined.region_right),
    ).drop("customer_right", "segment_right", "region_right")


def currencies(purchases: ibis.Table) -> dict[str, int]:
    """How many purchases were made in each that is named, the commonest first; 0 where it was only paid back in."""
    counts = purchases.group_by("currency").agg(n=purchases.count(where=purchases.kind == "purchase"))
    known = [row for row in counts.to_pyarrow().to_pylist() if row["currency"] is not None]
    return {row["currency"]: row["n"] for row in sorted(known, key=lambda row: (-row["n"], row["currency"]))}


def main_currency(bought_in: Mapping[str, int]) -> str | None:
    """In which most purchases were made; None where there are none."""
    return next((name for name, n in bought_in.items() if n), None)
