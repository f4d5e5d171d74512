"""Customer time cut into spells, so that no purchase and no day at risk counts twice.

Every moment of the cycle at which somebody served the customer starts a spell. It ends at the customer's next such
moment, which starts a new spell with new weights, at the horizon, or where the data end. Outcomes lie strictly after
the start, history lies at or before it.
"""

from dataclasses import dataclass

import ibis

from appraise.scoring.conversion import with_money
from appraise.scoring.event_tables import SECONDS_PER_DAY, surely
from appraise.scoring.prepared import CASE_COLUMNS, Prepared, orders


@dataclass(frozen=True, slots=True)
class CustomerTime:
    """`moments` of the whole data with the customer's history and future, `purchases` with the moment before each.

    Moments: `customer`, `at`, case-mix columns, `next_moment`, `next_order`; history in all currencies `prior_orders`;
    history in money that can be told
    `days_bought`, `first_day`, `last_day` (days since 1970) and `spent` (minor units).
    Purchases: `customer`, `at`, `money` (minor units, null where there is no rate), `moment` (null without any before).
    """

    moments: ibis.Table
    purchases: ibis.Table

    def followed(self, prepared: Prepared, *, horizon_days: int) -> tuple[int, int]:
        """How many purchases follow a moment of the cycle within the horizon; how many of the cycle follow none."""
        bought = self.purchases
        followed = surely(bought["at"] < bought.moment + horizon_days * SECONDS_PER_DAY)
        ours = followed & (bought.moment >= prepared.start) & (bought.moment < prepared.end)
        alone = ~followed & (bought["at"] >= prepared.start) & (bought["at"] < prepared.end)
        counts = bought.agg(ours=bought.count(where=ours), alone=bought.count(where=alone)).to_pyarrow()
        return counts["ours"][0].as_py(), counts["alone"][0].as_py()


def customer_time(prepared: Prepared, touches: ibis.Table) -> CustomerTime:
    line = _line(prepared, touches)
    # Purchases sort before a moment of the same second: they are its history, and outcomes of the moment before.
    up_to = ibis.window(group_by="customer", order_by=["at", "served"], preceding=None, following=0)
    after = ibis.window(group_by="customer", order_by=["at", "served"], following=(1, None))
    served_at = ibis.cases((line.served == 1, line["at"]))
    ordered_at = ibis.cases((line.served == 0, line["at"]))
    seen = line.mutate(
        moment=served_at.max().over(up_to),
        next_moment=served_at.min().over(after),
        next_order=ordered_at.min().over(after),
        prior_orders=(1 - line.served).sum().over(up_to).cast("int64"),
        days_bought=line.new_day.sum().over(up_to).cast("int64"),
        first_day=line.day.min().over(up_to),
        last_day=line.day.max().over(up_to),
        spent=line.money.sum().over(up_to).cast("int64"),
    ).cache()
    return CustomerTime(
        moments=seen.filter(seen.served == 1).drop("served", "moment", "day", "new_day", "money"),
        purchases=seen.filter(seen.served == 0).select("customer", "at", "money", "moment"),
    )


def spells(time: CustomerTime, prepared: Prepared, *, horizon_days: int) -> ibis.Table:
    """The cycle's moments with `until`, the end of the spell if no purchase ends it; `until` > `at`."""
    moments = time.moments
    ours = moments.filter((moments["at"] >= prepared.start) & (moments["at"] < prepared.end))
    horizon = ours["at"] + horizon_days * SECONDS_PER_DAY
    return ours.mutate(until=ibis.least(ibis.coalesce(ours.next_moment, prepared.as_of), horizon, prepared.as_of))


def _line(prepared: Prepared, touches: ibis.Table) -> ibis.Table:
    """Moments (`served` 1) and orders (`served` 0) of all customers on one line of time."""
    moments = touches.group_by("customer", "at").agg(**{name: touches[name].min() for name in CASE_COLUMNS})
    nothing = ibis.literal(None, type="int64")
    bought = with_money(orders(prepared.purchases), prepared)
    bought = bought.mutate(day=ibis.cases((bought.money.notnull(), bought["at"] // SECONDS_PER_DAY)))
    # Several orders of one day are one purchase of the buying model.
    same_day = ibis.window(group_by=["customer", "day"], order_by=["at", "source", "order_id"])
    first_of_day = (ibis.row_number().over(same_day) == 0) & bought.day.notnull()
    columns = ["customer", "at", "served", "day", "new_day", "money", *CASE_COLUMNS]
    return ibis.union(
        moments.mutate(served=ibis.literal(1, type="int64"), day=nothing, new_day=nothing, money=nothing).select(
            columns
        ),
        bought.mutate(
            served=ibis.literal(0, type="int64"),
            new_day=first_of_day.cast("int64"),
            **{name: ibis.literal(None, type="string") for name in CASE_COLUMNS},
        ).select(columns),
    )
