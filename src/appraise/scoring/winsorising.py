"""Outcomes beyond a quantile of their like brought down to it, so that one large order decides nothing alone."""

from dataclasses import dataclass

import ibis

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Capped:
    """`number` of `outcomes` were brought down, which took away `share` of their sum."""

    number: int
    outcomes: int
    share: float


def winsorised(outcomes: ibis.Table, quantile: float) -> tuple[ibis.Table, Capped]:
    """The table with `outcome` at most the quantile of its `band`: the smallest value that is not under that share.

    Outcomes foretold alike are compared, so that whoever serves large customers is not capped for that. In a band with
    fewer than 1/(1 − quantile) outcomes that value is the largest, and nothing is capped.
    """
    upwards = ibis.window(group_by="band", order_by="outcome")
    ranked = outcomes.mutate(
        rank=ibis.row_number().over(upwards) + 1, size=ibis._.count().over(ibis.window(group_by="band"))
    )
    enough = ranked["rank"].cast("float64") >= quantile * ranked["size"].cast("float64") - _SLACK
    caps = ranked.group_by("band").agg(cap=ranked.outcome.min(where=enough))
    told = outcomes.inner_join(caps, "band")
    counts = told.agg(
        n=told.count(), over=told.count(where=told.outcome > told.cap),
        whole=told.outcome.sum(), kept=ibis.least(told.outcome, told.cap).sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    share = 1.0 - counts["kept"] / counts["whole"] if counts["whole"] else 0.0
    capped = told.mutate(outcome=ibis.least(told.outcome, told.cap)).drop("cap")
    return capped.cache(), Capped(counts["over"], counts["n"], share)
