"""Credit for one outcome, shared between the employees who served the customer before it, or who own the customer.

Weights are a function of who touched or owned the customer when, never of what came of it, and sum to 1 per outcome.
The share of somebody who cannot be resolved stays theirs: it is reported as unattributed and never spread over
colleagues.
"""

import ibis

from appraise.domain.policies import Attribution, IndicatorPolicy
from appraise.errors import Fatal
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.owned_time import NOBODY_OWNED, owned_time
from appraise.scoring.prepared import Prepared

_UNIT_OF_CREDIT = 2.0**40
_TOLERANCE = 1e-9


def credit(moments: ibis.Table, touches: ibis.Table, prepared: Prepared, policy: IndicatorPolicy) -> ibis.Table:
    """Weights of each moment (`customer`, `at`), one row per employee, or per `why` nobody could be found.

    A moment at which nobody owned the customer, or before which nobody served them in the window, is one row without
    an employee. Raises `Fatal` where the weights of an outcome do not sum to 1.
    """
    if policy.attribution is Attribution.OWNERSHIP:
        found, why = owner_shares(moments, prepared), NOBODY_OWNED
    else:
        found, why = shares(moments, touches, policy), nobody_served(policy)
    found = found.cache()
    check_shares(found)
    alone = moments.select("customer", "at").distinct().anti_join(found, ["customer", "at"])
    columns = ["customer", "at", "employee", "why", "weight"]
    nobody = alone.mutate(
        employee=ibis.literal(None, type="int32"), why=ibis.literal(why), weight=ibis.literal(1.0, type="float64")
    )
    return ibis.union(found.select(columns), nobody.select(columns)).cache()


def shares(moments: ibis.Table, touches: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """Weights by touches (`customer`, `at`, `employee`, `why`); moments without any in the window are left out.

    Touches of the policy's window up to and including the moment count, aged at the last of them; outcomes lie after
    it, so that no touch is later than what it is credited with.
    """
    window = 0 if policy.attribution is Attribution.DIRECT else policy.window_days
    keys = moments.select("customer", "at").distinct()
    earlier = touches.select("customer", "employee", "why", touched=touches["at"])
    pairs = keys.inner_join(
        earlier,
        [
            keys.customer == earlier.customer,
            earlier.touched <= keys["at"],
            earlier.touched >= keys["at"] - window * SECONDS_PER_DAY,
        ],
    )
    return weighted(pairs.select("customer", "at", "employee", "why", "touched"), policy)


def weighted(pairs: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """Weights of touches (`employee`, `why`, `touched`) that count at moments (`customer`, `at`), summed by employee.

    By DIRECT only the latest counts, as by LAST_TOUCH: what is no touch is told apart before.
    """
    credited = _credited(pairs, policy)
    summed = credited.group_by("customer", "at", "employee", "why").agg(credit=credited.credit.sum().cast("int64"))
    summed = summed.filter(summed.credit > 0)
    whole = summed.credit.sum().over(ibis.window(group_by=["customer", "at"])).cast("float64")
    return summed.mutate(weight=summed.credit.cast("float64") / whole).drop("credit")


def owner_shares(moments: ibis.Table, prepared: Prepared) -> ibis.Table:
    """Weights by who owned the customer at the moment; who takes an account over at that very moment owns it."""
    owned = owned_time(prepared, grace_days=0).select("customer", "employee", "why", "weight", "begins", "ends")
    keys = moments.select("customer", "at").distinct()
    return keys.inner_join(
        owned, [keys.customer == owned.customer, owned.begins <= keys["at"], owned.ends > keys["at"]]
    ).select("customer", "at", "employee", "why", "weight")


def nobody_served(policy: IndicatorPolicy) -> str:
    return f"nobody served the customer in the {policy.window_days} days before"


def check_shares(weights: ibis.Table) -> None:
    """Raises `Fatal` where the weights of an outcome do not sum to 1."""
    sums = weights.group_by("customer", "at").agg(whole=weights.weight.sum())
    worst = sums.agg(worst=(sums.whole - 1.0).abs().max()).to_pyarrow()["worst"][0].as_py()
    if worst is not None and worst > _TOLERANCE:
        raise Fatal(f"the shares of credit for one outcome miss 1 by {worst:g}")


def _credited(pairs: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """The whole number of units of credit that each touch earns."""
    latest = pairs.touched.max().over(ibis.window(group_by=["customer", "at"]))
    pairs = pairs.mutate(waited=latest - pairs.touched)
    one = ibis.literal(1, type="int64")
    match policy.attribution:
        case Attribution.DIRECT | Attribution.LAST_TOUCH:
            earned = ibis.cases((pairs.waited == 0, one), else_=0).cast("int64")
        case Attribution.TIME_DECAY:
            days = pairs.waited / float(SECONDS_PER_DAY)
            # In whole units the sums are exact; the last touch earns 2^40 of them, so never all are 0. Ages count from
            # it, which leaves the proportions as they are.
            earned = (2.0 ** (-days / float(policy.half_life_days)) * _UNIT_OF_CREDIT).round().cast("int64")
        case _:
            earned = one
    return pairs.select("customer", "at", "employee", "why", credit=earned)
