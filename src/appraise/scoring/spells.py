"""Customer time cut into spells, so that no purchase and no day at risk counts twice.

Every moment of the cycle at which somebody served the customer starts a spell. It ends at the customer's next such
moment, which starts a new spell with new weights, at the horizon, or where the data end. Outcomes lie strictly after
the start, history lies at or before it.
"""

from dataclasses import dataclass, field
from typing import Final

import ibis

from appraise.domain.policies import IndicatorPolicy
from appraise.scoring.arrays import how_many
from appraise.scoring.conversion import with_money
from appraise.scoring.event_tables import SECONDS_PER_DAY, surely
from appraise.scoring.prepared import Prepared, of_one_currency

HISTORY: Final = {
    "prior_orders": "int32",
    "days_bought": "int32",
    "first_day": "int32",
    "last_day": "int32",
    "spent": "int64",
}


@dataclass(frozen=True, slots=True)
class CustomerTime:
    """`moments` from the cycle's start on with the customer's history and future, `purchases` with the moment before.

    Moments: `customer`, `at`, `next_moment`, `next_order`; history in all currencies `prior_orders`; history in
    money that can be told `days_bought`, `first_day`, `last_day` (days since 1970) and `spent` (minor units).
    Purchases: `customer`, `at`, `money` (minor units, null where there is no rate), `moment` (null without any before).
    `before` is what customers who had bought by then had bought when the cycle began: the same history by `customer`.
    `untold` are orders of any time whose money cannot be told, if there are any: `customer`, `at`, `currency`.
    """

    moments: ibis.Table
    purchases: ibis.Table
    before: ibis.Table
    untold: ibis.Table | None
    _served: ibis.Table
    _cases: dict[tuple[str, ...], ibis.Table] = field(default_factory=dict)

    def of_cycle(self, prepared: Prepared) -> ibis.Table:
        """The moments of the cycle."""
        return self.moments.filter(self.moments["at"] < prepared.end)

    def with_cases(self, moments: ibis.Table, prepared: Prepared, rules: IndicatorPolicy) -> ibis.Table:
        """Moments of the cycle with the columns of their case mix, and those that exclusions read."""
        wanted = {*rules.case_mix, *(("topic", "segment") if prepared.exclusions else ())}
        names = tuple(name for name in prepared.factors if name in wanted)
        if not names:
            return moments
        if names not in self._cases:
            columns = {name: self._served[name].min() for name in names}
            self._cases[names] = self._served.group_by("customer", "at").agg(**columns).cache()
        return moments.inner_join(self._cases[names], ["customer", "at"])

    def followed(self, prepared: Prepared, *, horizon_days: int) -> tuple[int, int]:
        """How many purchases follow a moment of the cycle within the horizon; how many of the cycle follow none."""
        bought = self.purchases
        followed = surely(bought["at"] < bought.moment + horizon_days * SECONDS_PER_DAY)
        ours = followed & (bought.moment >= prepared.start) & (bought.moment < prepared.end)
        alone = ~followed & (bought["at"] >= prepared.start) & (bought["at"] < prepared.end)
        counts = bought.agg(ours=bought.count(where=ours), alone=bought.count(where=alone)).to_pyarrow()
        return counts["ours"][0].as_py(), counts["alone"][0].as_py()


def customer_time(prepared: Prepared, touches: ibis.Table) -> CustomerTime:
    bought = _bought(prepared)
    before = _history(bought.filter(bought["at"] < prepared.start)).cache()
    untold = bought.filter(bought.untold.notnull()).select("customer", "at", currency=bought.untold).cache()
    line = _line(prepared, touches, bought, before)
    # Purchases sort before a moment of the same second: they are its history, and outcomes of the moment before.
    up_to = ibis.window(group_by="customer", order_by=["at", "served"], preceding=None, following=0)
    after = ibis.window(group_by="customer", order_by=["at", "served"], following=(1, None))
    served_at = ibis.cases((line.served == 1, line["at"]))
    ordered_at = ibis.cases((line.served == 0, line["at"]))
    first = line.served == 1
    # What only a moment has and what only a purchase has share a column: this is the largest table of a run.
    seen = line.mutate(
        turn=ibis.cases((first, served_at.min().over(after)), else_=served_at.max().over(up_to)),
        next_order=ordered_at.min().over(after),
        prior_orders=line.prior_orders.sum().over(up_to).fill_null(0).cast("int32"),
        days_bought=line.days_bought.sum().over(up_to).cast("int32"),
        first_day=line.first_day.min().over(up_to),
        last_day=line.last_day.max().over(up_to),
        spent=ibis.cases((first, line.spent.sum().over(up_to).cast("int64")), else_=line.spent),
    )
    seen = seen.filter(seen["at"] >= prepared.start).cache()
    served = touches.filter((touches["at"] >= prepared.start) & (touches["at"] < prepared.end))
    return CustomerTime(
        moments=seen.filter(seen.served == 1).drop("served").rename(next_moment="turn"),
        purchases=seen.filter(seen.served == 0).select("customer", "at", money="spent", moment="turn"),
        before=before,
        untold=untold if how_many(untold) else None,
        _served=served,
    )


def spells(time: CustomerTime, prepared: Prepared, *, horizon_days: int) -> ibis.Table:
    """The cycle's moments with `until`, the end of the spell if no purchase ends it; `until` > `at`."""
    ours = time.of_cycle(prepared)
    horizon = ours["at"] + horizon_days * SECONDS_PER_DAY
    return ours.mutate(until=ibis.least(ibis.coalesce(ours.next_moment, prepared.as_of), horizon, prepared.as_of))


def _bought(prepared: Prepared) -> ibis.Table:
    """All orders: `customer`, `at`; `money` and `day` of those whose money can be told, else the currency, `untold`."""
    placed = with_money(of_one_currency(prepared.orders), prepared)
    day = ibis.cases((placed.money.notnull(), placed["at"] // SECONDS_PER_DAY))
    untold = ibis.cases((placed.money.isnull(), placed.currency))
    return placed.select("customer", "at", "money", day=day, untold=untold)


def _history(bought: ibis.Table) -> ibis.Table:
    """Several orders of one day are one purchase of the buying model."""
    days = bought.group_by("customer", "day").agg(orders=bought.count(), money=bought.money.sum().cast("int64"))
    return days.group_by("customer").agg(
        prior_orders=days.orders.sum().cast("int64"),
        days_bought=days.day.count(),
        first_day=days.day.min(),
        last_day=days.day.max(),
        spent=days.money.sum().cast("int64"),
    )


def _line(prepared: Prepared, touches: ibis.Table, bought: ibis.Table, before: ibis.Table) -> ibis.Table:
    """Moments (`served` 1) and orders (`served` 0) of all customers on one line of time, from the cycle's start on.

    Of what was before, each customer's last moment, and all orders as one row: no more of it matters to what follows.
    """
    start = prepared.start
    ours, earlier = touches.filter(touches["at"] >= start), touches.filter(touches["at"] < start)
    moments = ours.select("customer", "at").distinct()
    last_moments = earlier.group_by("customer").agg(at=earlier["at"].max())
    placed = bought.filter(bought["at"] >= start)
    first_of_day = ibis.row_number().over(ibis.window(group_by=["customer", "day"], order_by="at")) == 0
    placed = placed.mutate(
        prior_orders=ibis.literal(1, type="int64"),
        days_bought=(first_of_day & placed.day.notnull()).cast("int64"),
        first_day=placed.day,
        last_day=placed.day,
        spent=placed.money,
    )
    placed_before = before.mutate(at=ibis.literal(start - 1, type="int64"))
    return ibis.union(
        *(_on_line(table, served=1) for table in (moments, last_moments)),
        *(_on_line(table, served=0) for table in (placed, placed_before)),
    )


def _on_line(table: ibis.Table, *, served: int) -> ibis.Table:
    """With all columns of the line, null where the table has none."""
    history = {
        name: table[name].cast(kind) if name in table.columns else ibis.literal(None, type=kind)
        for name, kind in HISTORY.items()
    }
    return table.select("customer", "at", **history, served=ibis.literal(served, type="int8"))
