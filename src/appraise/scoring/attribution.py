"""Credit for one outcome, shared between the employees who served the customer before it.

Weights are a function of who touched the customer when, never of what came of it, and sum to 1 per outcome. The share
of somebody who cannot be resolved stays theirs: it is reported as unattributed and never spread over colleagues.
"""

import ibis

from appraise.domain.policies import Attribution, IndicatorPolicy
from appraise.errors import Fatal, InvalidInput
from appraise.scoring.event_tables import SECONDS_PER_DAY

_UNIT_OF_CREDIT = 2.0**40
_TOLERANCE = 1e-9


def shares(moments: ibis.Table, touches: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """Weights of each moment (`customer`, `at`): one row per employee, or per `why` nobody could be found.

    `touches` has `customer`, `at`, `employee`, `why`. Those of the policy's window up to and including the moment
    count, aged at the moment; outcomes lie strictly after it, so that no touch is later than what it is credited with.
    """
    credited = _credited(moments, touches, policy)
    summed = credited.group_by("customer", "at", "employee", "why").agg(credit=credited.credit.sum().cast("int64"))
    whole = summed.credit.sum().over(ibis.window(group_by=["customer", "at"])).cast("float64")
    return summed.mutate(weight=summed.credit.cast("float64") / whole).drop("credit")


def check_shares(weights: ibis.Table) -> None:
    """Raises `Fatal` where the weights of an outcome do not sum to 1."""
    sums = weights.group_by("customer", "at").agg(whole=weights.weight.sum())
    worst = sums.agg(worst=(sums.whole - 1.0).abs().max()).to_pyarrow()["worst"][0].as_py()
    if worst is not None and worst > _TOLERANCE:
        raise Fatal(f"the shares of credit for one outcome miss 1 by {worst:g}")


def _credited(moments: ibis.Table, touches: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """Moments with their touches and the whole number of units of credit that each earns."""
    if policy.attribution is Attribution.OWNERSHIP:
        raise InvalidInput(
            "the policy attributes this indicator by ownership of the customer",
            expected="direct, last_touch, linear or time_decay",
            hint="only attrition is attributed by ownership",
        )
    window = 0 if policy.attribution in {Attribution.DIRECT, Attribution.LAST_TOUCH} else policy.window_days
    keys = moments.select("customer", "at")
    earlier = touches.select("customer", "employee", "why", touched=touches["at"])
    pairs = keys.inner_join(
        earlier,
        [
            keys.customer == earlier.customer,
            earlier.touched <= keys["at"],
            earlier.touched >= keys["at"] - window * SECONDS_PER_DAY,
        ],
    )
    credit = ibis.literal(1, type="int64")
    if policy.attribution is Attribution.TIME_DECAY:
        age_days = (pairs["at"] - pairs.touched) / float(SECONDS_PER_DAY)
        # In whole units the sums are exact; the touch at the moment itself earns 2^40 of them, so never all are 0.
        credit = (2.0 ** (-age_days / float(policy.half_life_days)) * _UNIT_OF_CREDIT).round().cast("int64")
    return pairs.select("customer", "at", "employee", "why", credit=credit)
