"""How far the events of each source say who served, and how far its customers can be found in other sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import ibis

from appraise.domain.events import EventKind
from appraise.scoring.customers import crosswalk
from appraise.scoring.event_tables import readable
from appraise.scoring.references import Directory, resolved, with_employee

SERVING = (EventKind.CONTACTS, EventKind.OWNERSHIPS)
OUTCOMES = (EventKind.PURCHASES, EventKind.SUBSCRIPTIONS)


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """Of one source's events of one kind: `named` name an employee, `known` of these one among the people.

    Of its different `customers`, `linkable` bear a declared key that other sources may know, `linked` are in one.
    """

    source: str
    kind: EventKind
    events: int
    named: int
    known: int
    customers: int
    linkable: int
    linked: int


def source_coverage(
    events: Mapping[EventKind, ibis.Table], people: Directory, *, data_as_of: date
) -> list[SourceCoverage]:
    """Sorted by source and kind; kinds that a source does not have are left out, and customers, who serve nobody."""
    tables = {kind: readable(events, kind, data_as_of=data_as_of).cache() for kind in EventKind}
    keys = known_customers(tables).cache()
    serving = [kind for kind in EventKind if kind is not EventKind.CUSTOMERS]
    references = resolved([tables[kind] for kind in serving], people)
    return sorted(
        (found for kind in serving for found in _of_kind(kind, tables[kind], references, keys)),
        key=lambda one: (one.source, one.kind),
    )


def known_customers(tables: Mapping[EventKind, ibis.Table]) -> ibis.Table:
    """`source`, `customer_key`, whether it is `linkable`, and in how many `sources` the customer is."""
    walk = crosswalk(tables.values())
    spread = walk.group_by("customer").agg(sources=walk.source.nunique())
    parts = [table.select("source", "customer_key", "link_key") for table in tables.values()]
    named = ibis.union(parts[0], *parts[1:], distinct=True)
    keys = named.group_by("source", "customer_key").agg(linkable=named.link_key.notnull().any())
    return keys.inner_join(walk, ["source", "customer_key"]).inner_join(spread, "customer").drop("customer")


def linkable_share(tables: Mapping[EventKind, ibis.Table]) -> Decimal | None:
    """Of the customers of sources that know only one side, who served or what came of it, those who can be linked.

    The lower of the two sides' shares; None where no source needs another.
    """
    keys = known_customers(tables)
    has = {side: [tables[kind].select("source", "customer_key") for kind in kinds] for side, kinds in _SIDES.items()}
    shares = []
    for side, other in (("serving", "outcomes"), ("outcomes", "serving")):
        mine = ibis.union(*has[side], distinct=True)
        theirs = ibis.union(*has[other]).select("source").distinct()
        alone = mine.anti_join(theirs, "source").inner_join(keys, ["source", "customer_key"])
        (counts,) = alone.agg(all=alone.count(), linkable=alone.linkable.cast("int64").sum()).to_pyarrow().to_pylist()
        if counts["all"]:
            shares.append(Decimal(int(counts["linkable"])) / Decimal(counts["all"]))
    return min(shares, default=None)


_SIDES = {"serving": SERVING, "outcomes": OUTCOMES}


def _of_kind(kind: EventKind, table: ibis.Table, references: ibis.Table, keys: ibis.Table) -> list[SourceCoverage]:
    people = with_employee(table, references)
    counts = people.group_by("source").agg(
        events=people.count(),
        named=people.named.cast("int64").sum(),
        known=people.employee.notnull().cast("int64").sum(),
    )
    customers = table.select("source", "customer_key").distinct().inner_join(keys, ["source", "customer_key"])
    found = customers.group_by("source").agg(
        customers=customers.count(),
        linkable=customers.linkable.cast("int64").sum(),
        linked=(customers.sources > 1).cast("int64").sum(),
    )
    rows = counts.inner_join(found, "source").to_pyarrow().to_pylist()
    return [SourceCoverage(kind=kind, **row) for row in rows]
