"""Who is the same customer in several sources, and what is known of them."""

from collections.abc import Iterable

import ibis
import pyarrow as pa


def crosswalk(tables: Iterable[ibis.Table]) -> ibis.Table:
    """`source`, `customer_key` → `customer`, a number that customers with one `link_key` share; `linkable` who has one.

    A key that carries a link anywhere carries it everywhere; one that carries several makes one customer of all who
    carry any of them.
    """
    keys = [table.select("source", "customer_key", "link_key") for table in tables]
    named = ibis.union(keys[0], *keys[1:], distinct=True).cache()  # reads all events, and is read twice
    firsts = named.group_by("source", "customer_key").agg(link=named.link_key.min(), last=named.link_key.max())
    linked = _with_joined_links(named, firsts)
    alone = linked.link.isnull()
    numbered = linked.mutate(
        own_source=ibis.cases((alone, linked.source)), own_key=ibis.cases((alone, linked.customer_key))
    )
    order = ibis.window(order_by=[numbered.link, numbered.own_source, numbered.own_key])
    return numbered.select(
        "source", "customer_key", customer=ibis.dense_rank().over(order).cast("int64"), linkable=~alone
    )


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


def with_customer(table: ibis.Table, walk: ibis.Table) -> ibis.Table:
    """The table with `customer`, and whether they are `linkable`, in place of the source's key and link."""
    joined = table.inner_join(walk, ["source", "customer_key"])
    return joined.drop("customer_key", "link_key")


def latest_traits(customers: ibis.Table) -> ibis.Table:
    """`customer`, `segment`, `region` as last recorded; rows that only link a customer say nothing of them."""
    customers = customers.filter(customers.segment.notnull() | customers.region.notnull())
    latest = ibis.window(group_by="customer", order_by=[ibis.desc("at"), ibis.desc("source"), ibis.desc("event_id")])
    ranked = customers.mutate(rank=ibis.row_number().over(latest))
    return ranked.filter(ranked["rank"] == 0).select("customer", "segment", "region")
