"""Who owned which customer when: ownerships cut where owners change, and shared where several own at once.

The share of an owner on leave of absence is nobody's: it is not spread over those who share the account.
"""

import ibis

from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.leave import ON_LEAVE
from appraise.scoring.prepared import Prepared

NOBODY_OWNED = "nobody owned the customer"
_NOBODY_KNOWN = -1


def owned_time(prepared: Prepared, *, grace_days: int) -> ibis.Table:
    """Stretches (`begins`, `ends`] of customers' time per owner (`employee`, or `why` unknown) with their `weight`.

    Weights of one stretch sum to 1. An owner on leave is no `employee` but `away`, and `why` says so. Whoever took an
    account over from another owner at `taken_over` is protected until `protected_until`; both are null for a
    customer's first owner.
    """
    owned = _tenures(prepared, grace_days=grace_days).cache()
    leaving = owned.select("customer", "employee").inner_join(prepared.leaves, "employee")
    points = ibis.union(
        *(table.select("customer", point=table[end]) for table in (owned, leaving) for end in ("begins", "ends")),
        distinct=True,
    )
    following = ibis.window(group_by="customer", order_by="point")
    stretches = points.mutate(stop=points.point.lead().over(following))
    stretches = stretches.filter(stretches.stop.notnull())
    covered = stretches.inner_join(
        owned,
        [
            stretches.customer == owned.customer,
            owned.begins <= stretches.point,
            owned.ends >= stretches.stop,
        ],
    )
    keys = {"customer": covered.customer, "point": covered.point, "stop": covered.stop}
    rows = covered.select(
        **keys, employee=covered.employee, why=covered.why,
        taken_over=covered.taken_over, protected_until=covered.protected_until,
    )  # fmt: skip
    once = rows.group_by("customer", "point", "stop", "employee", "why").agg(
        taken_over=rows.taken_over.min(), protected_until=rows.protected_until.min()
    )
    owners = once.count().over(ibis.window(group_by=["customer", "point", "stop"]))
    shared = once.mutate(weight=1.0 / owners.cast("float64")).rename(begins="point", ends="stop")
    return _without_leave(shared, prepared.leaves)


def _without_leave(shared: ibis.Table, leaves: ibis.Table) -> ibis.Table:
    leave = leaves.rename(leaver="employee", leave_begins="begins", leave_ends="ends")
    joined = shared.left_join(
        leave,
        [shared.employee == leave.leaver, leave.leave_begins <= shared.begins, leave.leave_ends >= shared.ends],
    )
    present = joined.leaver.isnull()
    return joined.mutate(
        employee=ibis.cases((present, joined.employee)),
        why=ibis.cases((present, joined.why), else_=ON_LEAVE),
        away=joined.leaver,
    ).drop("leaver", "leave_begins", "leave_ends")


def _tenures(prepared: Prepared, *, grace_days: int) -> ibis.Table:
    """Ownerships, with what protects the owner. Rows of one owner that follow each other are one tenure.

    They follow each other where they touch, whoever owns beside them, and where nobody else began in between.
    """
    table = prepared.ownerships
    rows = table.select(
        "customer",
        "employee",
        "why",
        begins=table["at"],
        ends=ibis.coalesce(table.ended_at, prepared.as_of),
        owner=table.employee.cast("int64").fill_null(_NOBODY_KNOWN),
    )
    rows = _with_stay(rows.filter(rows.ends > rows.begins))
    in_turn = ["stay_begins", "owner", "begins", "ends"]
    before = rows.owner.lag().over(ibis.window(group_by="customer", order_by=in_turn))
    is_first = rows.stay_begins == rows.begins.min().over(ibis.window(group_by="customer"))
    rows = rows.mutate(change=ibis.cases((before.notnull() & (before != rows.owner) & ~is_first, 1), else_=0))
    up_to = ibis.window(group_by="customer", order_by=in_turn, preceding=None, following=0)
    rows = rows.mutate(tenure=rows.change.sum().over(up_to))
    taken_over = ibis.cases((rows.tenure > 0, rows.begins.min().over(ibis.window(group_by=["customer", "tenure"]))))
    rows = rows.mutate(taken_over=taken_over, protected_until=taken_over + grace_days * SECONDS_PER_DAY)
    return rows.drop("change", "tenure", "owner", "stay", "stay_begins")


def _with_stay(rows: ibis.Table) -> ibis.Table:
    """When the owner's rows began that touch each other and this one."""
    own, in_turn = ["customer", "owner"], ["begins", "ends"]
    before = ibis.window(group_by=own, order_by=in_turn, preceding=(None, 1))
    until = rows.ends.max().over(before)
    rows = rows.mutate(starts=ibis.cases((until.isnull() | (until < rows.begins), 1), else_=0))
    up_to = ibis.window(group_by=own, order_by=in_turn, preceding=None, following=0)
    rows = rows.mutate(stay=rows.starts.sum().over(up_to)).drop("starts")
    return rows.mutate(stay_begins=rows.begins.min().over(ibis.window(group_by=[*own, "stay"])))
