"""Credit for one outcome, shared between the employees who served the customer before it, or who own the customer.

Weights are a function of who touched or owned the customer when, never of what came of it, and sum to 1 per outcome.
The share of somebody who cannot be resolved stays theirs: it is reported as unattributed and never spread over
colleagues.
"""

import ibis

from appraise.domain.language import counted
from appraise.domain.policies import Attribution, IndicatorPolicy
from appraise.errors import Fatal
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.owned_time import NOBODY_OWNED, owned_time
from appraise.scoring.prepared import Prepared

_UNIT_OF_CREDIT = 2.0**40
_TOLERANCE = 1e-9


def credit(
    moments: ibis.Table,
    touches: ibis.Table,
    prepared: Prepared,
    policy: IndicatorPolicy,
    *,
    are_touches: bool = False,
) -> ibis.Table:
    """Weights of each moment (`customer`, `at`), one row per employee, or per `why` nobody could be found.

    A moment at which nobody owned the customer, or before which nobody served them in the window, is one row without
    an employee. Where all moments `are_touches` themselves, each once, none has to look for the last touch before it.

    Raises `Fatal` where the weights of an outcome do not sum to 1.
    """
    keys = moments.select("customer", "at")
    keys = keys if are_touches else keys.distinct()
    by_owner = policy.attribution is Attribution.OWNERSHIP
    found = owner_shares(keys, prepared) if by_owner else shares(keys, touches, policy, are_touches=are_touches)
    found = found.cache()
    check_shares(found)
    return found


def shares(
    moments: ibis.Table, touches: ibis.Table, policy: IndicatorPolicy, *, are_touches: bool = False
) -> ibis.Table:
    """Weights at different moments (`customer`, `at`) by touches (`customer`, `at`, `employee`, `why`).

    Touches of the policy's window up to and including the moment count, aged at the last of them; outcomes lie after
    it, so that no touch is later than what it is credited with. Without any, the moment is nobody's.
    """
    window = 0 if policy.attribution is Attribution.DIRECT else policy.window_days
    earlier = touches.select("customer", "employee", "why", touched=touches["at"])
    counts = [
        moments.customer == earlier.customer,
        earlier.touched <= moments["at"],
        earlier.touched >= moments["at"] - window * SECONDS_PER_DAY,
    ]
    if are_touches:
        served = moments.inner_join(earlier, counts).select("customer", "at", "employee", "why", "touched")
        return weighted(served.mutate(last=served["at"]), policy)
    pairs = moments.left_join(earlier, counts)
    served = pairs.select(
        "customer", "at", "employee",
        why=ibis.cases((pairs.touched.isnull(), nobody_served(policy)), else_=pairs.why),
        touched=ibis.coalesce(pairs.touched, pairs["at"]),
    )  # fmt: skip
    return weighted(with_last(served), policy)


def with_last(pairs: ibis.Table) -> ibis.Table:
    """The touches (`touched`) that count at moments (`customer`, `at`), with the `last` that does."""
    return pairs.mutate(last=pairs.touched.max().over(ibis.window(group_by=["customer", "at"])))


def weighted(pairs: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """Weights of touches (`employee`, `why`, `touched`, `last`) that count at moments, summed by employee.

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
    found = moments.left_join(
        owned, [moments.customer == owned.customer, owned.begins <= moments["at"], owned.ends > moments["at"]]
    )
    return found.select(
        "customer", "at", "employee",
        why=ibis.cases((found.begins.isnull(), NOBODY_OWNED), else_=found.why),
        weight=found.weight.fill_null(1.0),
    )  # fmt: skip


def nobody_served(policy: IndicatorPolicy) -> str:
    return f"nobody served the customer in the {counted(policy.window_days, 'day', 'days')} before"


def unserved(policy: IndicatorPolicy) -> str:
    """Of what happened without anybody whom it could be credited to."""
    return f"no contact in the {counted(policy.horizon_days, 'day', 'days')} before"


def check_shares(weights: ibis.Table) -> None:
    """Raises `Fatal` where the weights of an outcome do not sum to 1."""
    sums = weights.group_by("customer", "at").agg(whole=weights.weight.sum())
    worst = sums.agg(worst=(sums.whole - 1.0).abs().max()).to_pyarrow()["worst"][0].as_py()
    if worst is not None and worst > _TOLERANCE:
        raise Fatal(f"the shares of credit for one outcome miss 1 by {worst:g}")


def _credited(pairs: ibis.Table, policy: IndicatorPolicy) -> ibis.Table:
    """The whole number of units of credit that each touch earns."""
    pairs = pairs.mutate(waited=pairs["last"] - pairs.touched)
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
