"""Which purchases lifetime value lays at whom, and why not the others."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import ibis

from appraise.domain.indicators import LIFETIME_VALUE
from appraise.domain.policies import IndicatorPolicy
from appraise.domain.scorecards import Coverage
from appraise.scoring.attribution import unserved
from appraise.scoring.conversion import NO_RATE, OTHER_CURRENCY
from appraise.scoring.credit_sums import EXACT, exact_sum
from appraise.scoring.prepared import Prepared
from appraise.scoring.spells import CustomerTime
from appraise.scoring.working import exactly


def given_purchases(rows: ibis.Table) -> list[dict[str, Any]]:
    """By `employee` and why a spell does not count, `left_out`: how many, `n`, and the `purchases` in them."""
    told = rows.mutate(left_out=ibis.coalesce(rows.why, rows.left_out))
    sums = told.group_by("employee", "left_out").agg(
        n=told.count(), purchases=exact_sum(told.weight * told.purchases, EXACT)
    )
    return list(sums.to_pyarrow().to_pylist())


def purchases_covered(
    given: Sequence[Mapping[str, Any]], time: CustomerTime, prepared: Prepared, rules: IndicatorPolicy
) -> Coverage:
    """Purchases in the reporting currency after contacts of the cycle, and purchases of the cycle that follow none."""
    parts: dict[str | None, list[float]] = {}
    for row in given:
        parts.setdefault(row["left_out"], []).append(row["purchases"])
    credit = {reason: exactly(math.fsum(some)) for reason, some in parts.items()}
    attributed = credit.pop(None, Decimal(0))
    ours, alone = time.followed(prepared, horizon_days=rules.horizon_days)
    foreign = Decimal(ours) - attributed - sum(credit.values(), Decimal(0))
    why = [
        *sorted((reason, share) for reason, share in credit.items() if reason is not None),
        (OTHER_CURRENCY if prepared.rates is None else NO_RATE, foreign.quantize(Decimal(1))),
        (unserved(rules), Decimal(alone)),
    ]
    kept = tuple((name, share) for name, share in why if share > 0)
    return Coverage(LIFETIME_VALUE, Decimal(ours + alone), attributed, kept)
