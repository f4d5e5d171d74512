"""Who is the same customer in several sources, and what is known of them."""

from collections.abc import Iterable

import ibis


def crosswalk(tables: Iterable[ibis.Table]) -> ibis.Table:
    """`source`, `customer_key` → `customer`, a number that customers with one `link_key` share.

    A key that carries a link anywhere carries it everywhere; of several links the first in alphabetical order counts.
    """
    keys = [table.select("source", "customer_key", "link_key") for table in tables]
    named = ibis.union(keys[0], *keys[1:], distinct=True)
    linked = named.group_by("source", "customer_key").agg(link=named.link_key.min())
    alone = linked.link.isnull()
    numbered = linked.mutate(
        own_source=ibis.cases((alone, linked.source)), own_key=ibis.cases((alone, linked.customer_key))
    )
    order = ibis.window(order_by=[numbered.link, numbered.own_source, numbered.own_key])
    return numbered.select("source", "customer_key", customer=ibis.dense_rank().over(order).cast("int64"))


def with_customer(table: ibis.Table, walk: ibis.Table) -> ibis.Table:
    """The table with `customer` in place of the source's key and link."""
    joined = table.inner_join(walk, ["source", "customer_key"])
    return joined.drop("customer_key", "link_key")


def latest_traits(customers: ibis.Table) -> ibis.Table:
    """`customer`, `segment`, `region` as last recorded."""
    latest = ibis.window(group_by="customer", order_by=[ibis.desc("at"), ibis.desc("source"), ibis.desc("event_id")])
    ranked = customers.mutate(rank=ibis.row_number().over(latest))
    return ranked.filter(ranked["rank"] == 0).select("customer", "segment", "region")
