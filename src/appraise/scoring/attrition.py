"""Attrition: whether the customers whom an employee owns, or by another choice of the policy serves, stay.

Customers are at risk day by day: while a subscription runs, or from their second purchase until a silence outlasts
what is usual. An end by the customer's choice counts, an involuntary end only stops the clock. The hazard of a day is
that of its stratum (case mix and for how long the customer has been one), so what is expected of an owner is exact for
owners who change in the middle of a month. Days and losses while the owner was on leave of absence are nobody's.
Credited by touches, a day is that of who served the customer before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.events import EventKind
from appraise.domain.explanations import LOST
from appraise.domain.indicators import ATTRITION, Direction, IndicatorDefinition, Role, Unit
from appraise.domain.language import counted
from appraise.domain.policies import DEFAULT_POLICY, Attribution, Policy, Relation
from appraise.domain.scorecards import Absence, Coverage, Estimate
from appraise.errors import NotEnough
from appraise.scoring.absences import OWNERSHIPS, Words, excluded, missing_data, nothing_seen, refused
from appraise.scoring.arrays import fetched, floats, how_many
from appraise.scoring.attribution import nobody_served
from appraise.scoring.case_mix import TENURE, Strata, strata, with_factors
from appraise.scoring.credit_sums import EXACT, EXACT_LARGE, Credited, LeftOut, exact_sum
from appraise.scoring.customer_lives import DAYS_PER_MONTH, Lives, lives, relation_of, running
from appraise.scoring.event_tables import SECONDS_PER_DAY, surely
from appraise.scoring.findings import Findings, Results
from appraise.scoring.indicator import Indicator, Shared
from appraise.scoring.owned_time import NOBODY_OWNED, owned_time
from appraise.scoring.prepared import Prepared
from appraise.scoring.ratios import Subject, event_ratios
from appraise.scoring.repeat_purchase import nothing_to_cover
from appraise.scoring.touched_time import touched_time

WORDS = Words("expected loss of a customer", "expected losses of customers")
NOT_CHOSEN = "ended for another reason than the customer's choice"
AWAY = "customer-months while this employee was on leave"
TOUCHES = "contacts of employees with customers"
_SEEN = {
    Relation.CONTRACTUAL: "subscription of a customer whom this employee {held}",
    Relation.NON_CONTRACTUAL: "customer whom this employee {held} and who had bought on two days or more",
    Relation.AUTO: "subscription of a customer whom this employee {held}, and no such customer who had bought twice,",
}


def attrition(shared: Shared, policy: Policy) -> Findings:
    prepared = shared.prepared
    rules = policy.of(ATTRITION)
    if (missing := _missing(prepared, policy)) is not None:
        return Findings(Results(), missing_data(ATTRITION, missing), nothing_to_cover(ATTRITION))
    try:
        known = lives(prepared, rules)
    except NotEnough as error:
        return Findings(Results(), refused(ATTRITION, error, None), nothing_to_cover(ATTRITION))
    measure = _Measure(prepared, _holders(shared, policy).cache(), known, policy)
    life = running(known.table(rules.inactive_after_days), prepared).cache()
    pieces = measure.pieces(life)
    results = measure.results(pieces)
    return Findings(
        results=results,
        otherwise=nothing_seen(ATTRITION, _SEEN[relation_of(prepared, rules)].format(held=_held(policy))),
        coverage=replace(_coverage(life, pieces, policy), notes=(*known.notes, *_sensitivity(measure, results))),
    )


INDICATOR = Indicator(
    definition=IndicatorDefinition(
        key=ATTRITION,
        name="Attrition",
        question="Do the customers whom this employee owns stay?",
        unit=Unit.RATIO,
        direction=Direction.LOWER_IS_BETTER,
        role=Role.RATED,
        outcome=("customer-month", "customer-months"),
        opening="In {events} of {customers}, {raw} times as many left as is usual.",
        counts="customers of this employee who ended a subscription or, having none, stopped buying",
        does_not_count="failed payments and fraud, slow buyers, the first weeks after an account is inherited",
    ),
    defaults=DEFAULT_POLICY.of(ATTRITION),
    measure=attrition,
    reads=(),
    of_contacts=False,
)


@dataclass(frozen=True, slots=True)
class _Measure:
    prepared: Prepared
    holders: ibis.Table
    lives: Lives
    policy: Policy

    @property
    def factors(self) -> tuple[str, ...]:
        return (*self.policy.of(ATTRITION).case_mix, TENURE)

    def pieces(self, life: ibis.Table) -> ibis.Table:
        return _pieces(life, self.holders, self.factors)

    def with_floor(self, floor_days: int) -> Results:
        """What would be said if buyers were lost after `floor_days` at the earliest."""
        return self.results(self.pieces(running(self.lives.table(floor_days), self.prepared)))

    def results(self, pieces: ibis.Table) -> Results:
        policy, factors = self.policy, self.factors
        counted = pieces.filter((pieces.days > 0) & pieces.left_out.isnull())
        kinds, rates = _hazards(counted, factors)
        levels = tuple(f"hazard_{k}" for k in range(len(kinds.factors) + 1))
        placed = kinds.placed(counted).inner_join(rates, "profile")
        held = placed.filter(placed.employee.notnull())
        rows = held.select(
            "employee", "customer", "profile", "weight", "outcome",
            units=held.days / DAYS_PER_MONTH, **{name: held[name] * held.days for name in levels},
        )  # fmt: skip
        subject = Subject(
            ATTRITION, WORDS, "losses", notes=((LOST, self.lives.definition),), left_out=_left_out(pieces, policy)
        )
        return _only_left_out(pieces, event_ratios(subject, Credited(rows.cache(), levels), kinds, policy))


def _holders(shared: Shared, policy: Policy) -> ibis.Table:
    """Whose customers' time it is."""
    rules = policy.of(ATTRITION)
    if rules.attribution is Attribution.OWNERSHIP:
        return owned_time(shared.prepared, grace_days=policy.ownership_grace_days)
    return touched_time(shared.prepared, shared.touches, rules)


def _held(policy: Policy) -> str:
    return "owned" if policy.of(ATTRITION).attribution is Attribution.OWNERSHIP else "had served"


def _missing(prepared: Prepared, policy: Policy) -> str | None:
    """What the data lack, in words."""
    rules = policy.of(ATTRITION)
    kinds = {
        Relation.CONTRACTUAL: ("subscriptions", {EventKind.SUBSCRIPTIONS}),
        Relation.NON_CONTRACTUAL: ("purchases", {EventKind.PURCHASES}),
        Relation.AUTO: ("subscriptions and no purchases", {EventKind.SUBSCRIPTIONS, EventKind.PURCHASES}),
    }
    words, some = kinds[rules.relation]
    if not some & prepared.present:
        return words
    if rules.attribution is Attribution.OWNERSHIP:
        return OWNERSHIPS if EventKind.OWNERSHIPS not in prepared.present else None
    return None if {EventKind.CONTACTS, EventKind.PURCHASES} & prepared.present else TOUCHES


def _sensitivity(measure: _Measure, results: Results) -> tuple[str, ...]:
    """How many results would read otherwise if buyers were taken for lost sooner, or later."""
    buyers, floor = measure.lives.buyers, measure.policy.of(ATTRITION).inactive_after_days
    if buyers is None:
        return ()
    tried = []
    for days in (max(1, floor // 2), 2 * floor):
        same = buyers.limits(floor_days=days) == buyers.limits(floor_days=floor)
        other = results if same else measure.with_floor(days)
        both = {*results.said, *other.said}
        changed = sum(_reading(results.said.get(one)) != _reading(other.said.get(one)) for one in both)
        tried.append(f"with {_days(days)} {changed} of {counted(len(both), 'result', 'results')}")
    return (f"Were buyers lost sooner or later than after {_days(floor)}: {', '.join(tried)} would read otherwise.",)


def _days(number: int) -> str:
    return counted(number, "day", "days")


def _reading(result: Estimate | Absence | None) -> object:
    return result.is_better if isinstance(result, Estimate) else None if result is None else result.kind


def _pieces(life: ibis.Table, holders: ibis.Table, factors: tuple[str, ...]) -> ibis.Table:
    """Running lives by owner: `days` and `outcome` that count, `grace_days` and `grace_losses` that do not."""
    cases = with_factors(life, factors).select(
        "customer", "started", "begins", "ends", "lost", "ended_at", "end_reason", "left_out", *factors
    )
    joined = cases.inner_join(holders.rename(owned_from="begins", owned_to="ends"), "customer")
    begins = ibis.greatest(joined.begins, joined.owned_from)
    ends = ibis.least(joined.ends, joined.owned_to)
    inherited = surely(joined.taken_over > joined.started)
    protected_to = ibis.cases(
        (inherited, ibis.least(ibis.greatest(joined.protected_until, begins), ends)), else_=begins
    )
    cut = joined.mutate(begins=begins, ends=ends, free_from=protected_to)
    cut = cut.filter(cut.ends > cut.begins)
    lost_here = cut.lost & (cut.ended_at == cut.ends)
    protected_loss = lost_here & (cut.free_from == cut.ends)
    not_chosen = surely((cut.ended_at == cut.ends) & (cut.end_reason == "involuntary"))
    return cut.select(
        "customer", "away", "weight", "left_out", *factors,
        employee=ibis.cases((cut.left_out.isnull(), cut.employee)),
        why=ibis.coalesce(cut.left_out, cut.why),
        spared=ibis.cases((cut.left_out.notnull(), cut.employee)),
        days=(cut.ends - cut.free_from) / float(SECONDS_PER_DAY),
        outcome=surely(lost_here & ~protected_loss).cast("int64"),
        grace_days=(cut.free_from - cut.begins) / float(SECONDS_PER_DAY),
        grace_losses=surely(protected_loss).cast("int64"),
        not_chosen=not_chosen.cast("int64"),
    ).cache()  # fmt: skip


def _hazards(counted: ibis.Table, factors: tuple[str, ...]) -> tuple[Strata, ibis.Table]:
    """Strata, and the daily hazard of each profile by level of nesting: losses over days."""
    sums = counted.group_by(list(factors)).agg(
        events=exact_sum(counted.weight * counted.outcome, EXACT_LARGE),
        days=exact_sum(counted.weight * counted.days, EXACT_LARGE),
    )
    table = fetched(sums, order_by=list(factors))
    kinds = strata(table, factors)
    cells = kinds.profile_of_cells
    lost = np.bincount(cells, floats(table, "events"), minlength=kinds.profiles)
    days = np.bincount(cells, floats(table, "days"), minlength=kinds.profiles)
    columns: dict[str, object] = {"profile": np.arange(kinds.profiles, dtype=np.int32)}
    for k, groups in enumerate(kinds.stratum):
        total = np.bincount(groups, lost) / np.maximum(np.bincount(groups, days), 1e-9)
        columns[f"hazard_{k}"] = total[groups].astype(np.float64)
    return kinds, ibis.memtable(pa.table(columns))


def _left_out(pieces: ibis.Table, policy: Policy) -> Mapping[int, LeftOut]:
    known = pieces.filter(pieces.employee.notnull())
    sums = known.group_by("employee").agg(
        grace=exact_sum(known.grace_days / DAYS_PER_MONTH, EXACT), not_chosen=known.not_chosen.sum().cast("int64")
    )
    months_away, excluded_months = _months(pieces, "away"), _months(pieces, "spared")
    return {
        row["employee"]: tuple(
            (reason, n)
            for reason, n in (
                (months_of_grace(policy), round(row["grace"])),
                (NOT_CHOSEN, row["not_chosen"]),
                *((AWAY, round(months)) for _, months in months_away.get(row["employee"], ())),
                *((reason, round(months)) for reason, months in excluded_months.get(row["employee"], ())),
            )
            if n
        )
        for row in sums.to_pyarrow().to_pylist()
    }


def _months(pieces: ibis.Table, whose: str) -> dict[int, tuple[tuple[str, float], ...]]:
    """Customer-months that do not count, by reason: of employees who were `away`, or `spared` by an exclusion."""
    some = pieces.filter(pieces[whose].notnull())
    months = exact_sum((some.days + some.grace_days) / DAYS_PER_MONTH, EXACT)
    sums = some.group_by(whose, "why").agg(months=months).order_by([whose, "why"])
    found: dict[int, tuple[tuple[str, float], ...]] = {}
    for row in sums.to_pyarrow().to_pylist():
        found[row[whose]] = (*found.get(row[whose], ()), (row["why"], row["months"]))
    return found


def _only_left_out(pieces: ibis.Table, results: Results) -> Results:
    """Whose customers' time was leave, or excluded, from first to last is told so."""
    away, spared = _months(pieces, "away"), _months(pieces, "spared")
    reasons = {
        **{employee: reasons[0][0] for employee, reasons in spared.items()},
        **dict.fromkeys(away, "This employee was on leave whenever a customer whom they owned could be lost."),
    }
    absences = {
        employee: excluded(ATTRITION, reason)
        for employee, reason in sorted(reasons.items())
        if employee not in results.said
    }
    return Results({**results.said, **absences}, results.measured)


def months_of_grace(policy: Policy) -> str:
    return f"customer-months in the first {_grace(policy)} of an inherited account"


def _grace(policy: Policy) -> str:
    return _days(policy.ownership_grace_days)


def _nobody(policy: Policy) -> str:
    rules = policy.of(ATTRITION)
    return NOBODY_OWNED if rules.attribution is Attribution.OWNERSHIP else nobody_served(rules)


def _coverage(life: ibis.Table, pieces: ibis.Table, policy: Policy) -> Coverage:
    """Losses in the cycle."""
    total = Decimal(how_many(life, where=life.lost))
    sums = pieces.group_by("why").agg(
        losses=exact_sum(pieces.weight * pieces.outcome, EXACT),
        grace=exact_sum(pieces.weight * pieces.grace_losses, EXACT),
    )
    rows = sums.to_pyarrow().to_pylist()
    credit = {row["why"]: Decimal(str(round(row["losses"], 6))) for row in rows}
    grace = Decimal(str(round(sum(row["grace"] for row in rows), 6)))
    attributed = credit.pop(None, Decimal(0))
    owned = attributed + grace + sum(credit.values(), Decimal(0))
    why = [
        *sorted(credit.items()),
        (f"within the first {_grace(policy)} of an inherited account", grace),
        (_nobody(policy), max(total - owned, Decimal(0))),
    ]
    return Coverage(ATTRITION, total, attributed, tuple((name, share) for name, share in why if share > 0))
