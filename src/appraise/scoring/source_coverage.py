"""How far the events of each source say who served, and how far its customers can be found in other sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from appraise.domain.events import EventKind
from appraise.scoring.customers import links, with_customer
from appraise.scoring.data_end import newest_days
from appraise.scoring.event_tables import readable
from appraise.scoring.references import Directory, resolved, with_employee


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """Of one source's events of one kind: `named` name an employee, `known` of these one among the people.

    Of its different `customers`, `linkable` bear a declared key that other sources may know, `linked` are in one.
    `newest` is the day (UTC) of its last event, which may lie behind the end of the data.
    """

    source: str
    kind: EventKind
    events: int
    named: int
    known: int
    customers: int
    linkable: int
    linked: int
    newest: date


def source_coverage(
    events: Mapping[EventKind, ibis.Table], people: Directory, *, data_as_of: date
) -> list[SourceCoverage]:
    """Sorted by source and kind; kinds that a source does not have are left out, and customers, who serve nobody."""
    tables = {kind: readable(events, kind, data_as_of=data_as_of).cache() for kind in EventKind}
    keys = _spread(tables.values(), links(tables.values())).cache()
    serving = [kind for kind in EventKind if kind is not EventKind.CUSTOMERS]
    references = resolved([tables[kind] for kind in serving], people)
    return sorted(
        (
            SourceCoverage(kind=kind, **row, newest=newest[row["source"]])
            for kind in serving
            if kind in events and (newest := newest_days(events[kind]))
            for row in _of_kind(tables[kind], references, keys)
        ),
        key=lambda one: (one.source, one.kind),
    )


def _spread(tables: Iterable[ibis.Table], linked: ibis.Table | None) -> ibis.Table:
    """`source`, `customer_key`, whether it is `linkable`, and in how many `sources` the customer is."""
    named = [table.select("source", "customer_key", "link_key", key="customer_key") for table in tables]
    found = with_customer(ibis.union(*named), linked).select("source", "key", "customer", "linkable").distinct().cache()
    sources = found.group_by("customer").agg(sources=found.source.nunique())
    return found.inner_join(sources, "customer").drop("customer").rename(customer_key="key")


def _of_kind(table: ibis.Table, references: ibis.Table, keys: ibis.Table) -> list[dict[str, Any]]:
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
    rows: list[dict[str, Any]] = counts.inner_join(found, "source").to_pyarrow().to_pylist()
    return rows
