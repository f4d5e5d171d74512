"""Who is the same customer in several sources, and what is known of them."""

from collections.abc import Iterable

import ibis
import pyarrow as pa

from appraise.scoring.arrays import how_many


def links(tables: Iterable[ibis.Table]) -> ibis.Table | None:
    """`own`, a customer's number by source and key, → `customer`, one number for all who share a `link_key`.

    A key that carries a link anywhere carries it everywhere; one that carries several makes one customer of all who
    carry any of them. None where no event carries a link.
    """
    keys = [table.filter(table.link_key.notnull()) for table in tables]
    rows = [key.select("source", "customer_key", "link_key") for key in keys]
    named = ibis.union(rows[0], *rows[1:], distinct=True).cache()  # reads all events, and is read twice
    if not how_many(named):
        return None
    firsts = named.group_by("source", "customer_key").agg(link=named.link_key.min(), last=named.link_key.max())
    linked = _with_joined_links(named, firsts)
    return linked.select(own=number_of(linked.source, linked.customer_key), customer=number_of(linked.link)).cache()


def _with_joined_links(named: ibis.Table, firsts: ibis.Table) -> ibis.Table:
    """`source`, `customer_key`, `link`: the first in alphabetical order of all links that lead to one another.

    Only keys with several links join any. They are few, so that the joining is done in Python.
    """
    several = firsts.filter(firsts.link != firsts.last).select("source", "customer_key", first=firsts.link)
    pairs = named.inner_join(several, ["source", "customer_key"]).select("first", "link_key").distinct()
    found = pairs.filter(pairs.link_key.notnull()).to_pyarrow()
    if found.num_rows == 0:
        return firsts.drop("last")
    root_of: dict[str, str] = {}

    def root(link: str) -> str:
        while (above := root_of.setdefault(link, link)) != link:
            root_of[link] = root_of[above]
            link = above
        return link

    for first, other in zip(found["first"].to_pylist(), found["link_key"].to_pylist(), strict=True):
        lower, upper = sorted((root(first), root(other)))
        root_of[upper] = lower
    joined = pa.table({"link": list(root_of), "root": [root(link) for link in root_of]})
    known = firsts.left_join(ibis.memtable(joined), "link")
    return known.select("source", "customer_key", link=ibis.coalesce(known.root, known.link))


def number_of(*texts: ibis.Value) -> ibis.Value:
    """What the texts come to, as one number: the engine's hash of them, of 63 bits or more.

    Numbers stand for texts wherever events are matched: of ten million texts two have the same number once in a
    hundred and eighty thousand runs. Engines number differently.
    """
    return ibis.struct({f"part_{k}": text for k, text in enumerate(texts)}).hash()


def with_customer(table: ibis.Table, linked: ibis.Table | None) -> ibis.Table:
    """The table with a number for the `customer`, and whether they are `linkable`, in place of key and link."""
    numbered = table.mutate(own=number_of(table.source, table.customer_key)).drop("customer_key", "link_key")
    if linked is None:
        return numbered.rename(customer="own").mutate(linkable=ibis.literal(False))  # noqa: FBT003  # a value
    joined = numbered.left_join(linked, "own")
    return joined.mutate(customer=ibis.coalesce(joined.customer, joined.own), linkable=joined.customer.notnull()).drop(
        "own", "own_right"
    )


def latest_traits(customers: ibis.Table) -> ibis.Table:
    """`customer`, `segment`, `region` as last recorded; rows that only link a customer say nothing of them."""
    customers = customers.filter(customers.segment.notnull() | customers.region.notnull())
    latest = ibis.window(group_by="customer", order_by=[ibis.desc("at"), ibis.desc("source"), ibis.desc("event_id")])
    ranked = customers.mutate(rank=ibis.row_number().over(latest))
    return ranked.filter(ranked["rank"] == 0).select("customer", "segment", "region")
