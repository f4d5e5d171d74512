"""Repeat purchases: whether customers buy again after an employee served them, sooner or later than after others.

A spell is at risk of ending with the customer's next purchase. What an average employee would have seen is the
cumulative hazard, by case mix, over the time that the spell was at risk: observed − expected is then a martingale
whose variance is the expectation itself, however likely purchases are.
"""

import math
from collections.abc import Mapping
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import REPEAT_PURCHASE, Direction, IndicatorDefinition, Role, Unit
from appraise.domain.language import counted, in_percent
from appraise.domain.policies import DEFAULT_POLICY, Attribution, IndicatorPolicy, Policy
from appraise.domain.scorecards import Coverage
from appraise.scoring.absences import OWNERSHIPS, Words, missing_data, nothing_seen
from appraise.scoring.arrays import fetched, floats, whole
from appraise.scoring.attribution import unserved
from appraise.scoring.case_mix import Strata, strata, with_factors
from appraise.scoring.credit_sums import Credited, credit_given
from appraise.scoring.event_tables import SECONDS_PER_DAY, surely
from appraise.scoring.findings import Findings, Results
from appraise.scoring.indicator import Indicator, Shared
from appraise.scoring.left_out import excluded_throughout, left_out_of, reason_of
from appraise.scoring.prepared import Prepared
from appraise.scoring.rates import foretold
from appraise.scoring.ratios import Subject, event_ratios
from appraise.scoring.spells import CustomerTime, spells

WORDS = Words("expected repeat purchase", "expected repeat purchases")


def repeat_purchase(shared: Shared, policy: Policy) -> Findings:
    prepared = shared.prepared
    if EventKind.PURCHASES not in prepared.present:
        return Findings(Results(), missing_data(REPEAT_PURCHASE, "purchases"), nothing_to_cover(REPEAT_PURCHASE))
    rules = policy.of(REPEAT_PURCHASE)
    if rules.attribution is Attribution.OWNERSHIP and EventKind.OWNERSHIPS not in prepared.present:
        return Findings(Results(), missing_data(REPEAT_PURCHASE, OWNERSHIPS), nothing_to_cover(REPEAT_PURCHASE))
    time = shared.time
    everything = _at_risk(time, prepared, rules)
    at_risk = everything.filter(everything.left_out.isnull())
    kinds = strata(_counts(at_risk, rules), rules.case_mix)
    hazards, notes = _hazards(kinds.placed(at_risk), kinds, rules)
    rows = _credited(shared.credit(rules), kinds.placed(everything))
    known = rows.filter(rows.why.isnull() & rows.employee.notnull())
    credited = Credited(
        known.inner_join(hazards, ["profile", "day"]).mutate(units=ibis.literal(1, type="int64")), _levels(kinds)
    )
    left_out = left_out_of(rows.rename(left_out="why"))
    told = event_ratios(Subject(REPEAT_PURCHASE, WORDS, "purchases", notes, left_out), credited, kinds, policy)
    return Findings(
        results=excluded_throughout(REPEAT_PURCHASE, told, left_out, prepared.exclusions),
        otherwise=nothing_seen(REPEAT_PURCHASE, "contact of this employee with a customer"),
        coverage=_coverage(prepared, time, rows, rules),
    )


INDICATOR = Indicator(
    definition=IndicatorDefinition(
        key=REPEAT_PURCHASE,
        name="Repeat purchases",
        question="Do customers buy again after this employee served them?",
        unit=Unit.RATIO,
        direction=Direction.HIGHER_IS_BETTER,
        role=Role.RATED,
        outcome=("contact", "contacts"),
        opening="After {events} with {customers}, they bought again {raw} times as often as usual.",
        counts="the time from a contact to the customer's next purchase, within the policy's horizon",
        does_not_count="cancelled orders, purchases before the contact, purchases after the horizon",
    ),
    defaults=DEFAULT_POLICY.of(REPEAT_PURCHASE),
    measure=repeat_purchase,
    reads=(),
)


def credited_contacts(shared: Shared, rules: IndicatorPolicy) -> ibis.Table:
    """One row per moment of the cycle (`customer`, `at`) and employee: `weight`, and why not, `left_out`."""
    everything = _at_risk(shared.time, shared.prepared, rules)
    weights = shared.credit(rules)
    return weights.inner_join(everything.select("customer", "at", "left_out"), ["customer", "at"])


def nothing_to_cover(indicator: IndicatorKey) -> Coverage:
    return Coverage(indicator, Decimal(0), Decimal(0))


def _at_risk(time: CustomerTime, prepared: Prepared, rules: IndicatorPolicy) -> ibis.Table:
    """Spells with `outcome` 1 where a purchase ended them, and the whole `day` on which they ended."""
    begun = time.with_cases(spells(time, prepared, horizon_days=rules.horizon_days), prepared, rules)
    horizon = begun["at"] + rules.horizon_days * SECONDS_PER_DAY
    bought = (begun.next_order <= begun.until) & (begun.next_order < horizon)
    known = begun.mutate(outcome=surely(bought).cast("int8"))
    ended = ibis.cases((known.outcome == 1, known.next_order), else_=known.until)
    timed = known.mutate(day=((ended - known["at"]) // SECONDS_PER_DAY).cast("int32"))
    told = timed.mutate(left_out=reason_of(timed, prepared.exclusions))
    columns = ["customer", "at", "outcome", "day", "left_out"]
    return with_factors(told, rules.case_mix).select(*columns, *rules.case_mix).cache()


def _credited(weights: ibis.Table, placed: ibis.Table) -> ibis.Table:
    """Spells by who gets credit for them; `why` says of which ones nobody does, or why they do not count."""
    moments = placed.select("customer", "at", "outcome", "day", "profile", "left_out")
    joined = weights.inner_join(moments, ["customer", "at"])
    columns = ["customer", "employee", "weight", "outcome", "day", "profile"]
    return joined.select(*columns, why=ibis.coalesce(joined.left_out, joined.why)).cache()


def _counts(at_risk: ibis.Table, rules: IndicatorPolicy) -> pa.Table:
    names = list(rules.case_mix)
    grouped = at_risk.group_by(names) if names else at_risk
    return fetched(grouped.agg(events=at_risk.outcome.sum().cast("int64")), order_by=names)


def _levels(kinds: Strata) -> tuple[str, ...]:
    return tuple(f"foretold_{k}" for k in range(len(kinds.factors) + 1))


def _hazards(
    placed: ibis.Table, kinds: Strata, rules: IndicatorPolicy
) -> tuple[ibis.Table, tuple[tuple[str, str], ...]]:
    """What spells of a profile that end on a day had been exposed to, and how many customers buy again on average."""
    left = placed.group_by("profile", "day").agg(n=placed.count(), events=placed.outcome.sum().cast("int64"))
    table = fetched(left, order_by=["profile", "day"])
    profile, day, events = whole(table, "profile"), whole(table, "day"), floats(table, "events")
    hazard = foretold(profile, day, events, floats(table, "n") - events, kinds.stratum)
    columns: Mapping[str, object] = dict(zip(_levels(kinds), hazard, strict=True))
    keys = {"profile": pa.array(profile, pa.int32()), "day": pa.array(day, pa.int32())}
    share = 1.0 - math.exp(-float(np.max(hazard[0], initial=0.0)))
    within = counted(rules.horizon_days, "day", "days")
    note = (f"customers of the average employee who buy again within {within}", in_percent(share, 1))
    return ibis.memtable(pa.table({**keys, **columns})), (note,)


def _coverage(prepared: Prepared, time: CustomerTime, rows: ibis.Table, rules: IndicatorPolicy) -> Coverage:
    """Purchases that follow a contact of the cycle, and purchases of the cycle that follow none."""
    credit = credit_given(rows.filter(rows.outcome == 1))
    attributed = credit.pop(None, Decimal(0))
    ours, alone = time.followed(prepared, horizon_days=rules.horizon_days)
    later = Decimal(ours) - attributed - sum(credit.values(), Decimal(0))
    why = [
        *((reason, share) for reason, share in credit.items() if reason is not None),
        ("not the first purchase after the contact", later.quantize(Decimal(1))),
        (unserved(rules), Decimal(alone)),
    ]
    kept = tuple((reason, share) for reason, share in why if share > 0)
    return Coverage(REPEAT_PURCHASE, Decimal(ours + alone), attributed, kept)
