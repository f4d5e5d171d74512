"""Who served which customer lately: customers' time cut where touches come and fade, shared as credit for outcomes is.

A touch is credited with the time after it, up to the policy's window: never with the moment at which it was. Weights
depend on touches alone. They change only where a touch comes or leaves the window: between these all touches age alike,
which leaves the proportions of a decay as they are.
"""

import ibis

from appraise.domain.policies import IndicatorPolicy
from appraise.scoring.attribution import check_shares, weighted, with_last
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.prepared import Prepared


def touched_time(prepared: Prepared, touches: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """Stretches (`begins`, `ends`] of customers' time per employee (or `why` unknown) with their `weight`.

    Shaped as `owned_time`: weights of one stretch sum to 1, nobody is spared anything, nobody's share is taken out for
    leave. Time in which no touch counts has no row. By DIRECT as by LAST_TOUCH it is whoever served last.
    """
    window = policy.window_days * SECONDS_PER_DAY
    served = touches.select("customer", "employee", "why", touched=touches["at"], fades=touches["at"] + window)
    served = served.filter((served.touched < prepared.end) & (served.fades > prepared.start)).cache()
    points = ibis.union(*(served.select("customer", point=served[end]) for end in ("touched", "fades")), distinct=True)
    following = ibis.window(group_by="customer", order_by="point")
    stretches = points.mutate(stop=points.point.lead().over(following))
    stretches = stretches.filter(stretches.stop.notnull()).cache()
    pairs = stretches.inner_join(
        served,
        [
            stretches.customer == served.customer,
            served.touched <= stretches.point,
            served.fades >= stretches.stop,
        ],
    ).select("customer", "employee", "why", "touched", at="point")
    weights = weighted(with_last(pairs), policy).cache()
    check_shares(weights)
    ends = stretches.select("customer", "stop", at="point")
    nobody, never = ibis.literal(None, type="int32"), ibis.literal(None, type="int64")
    return weights.inner_join(ends, ["customer", "at"]).select(
        "customer", "employee", "why", "weight", begins="at", ends="stop",
        away=nobody, taken_over=never, protected_until=never,
    )  # fmt: skip
