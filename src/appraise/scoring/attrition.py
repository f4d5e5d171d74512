"""Attrition: whether the customers whom an employee owns stay.

Running subscriptions are at risk day by day; an end by the customer's choice counts, an involuntary end only stops
the clock. The hazard of a day is that of its stratum (case mix and how long the subscription has run), so what is
expected of an owner is exact for owners who change in the middle of a month. Days and losses while the owner was on
leave of absence are nobody's.
"""

from collections.abc import Mapping
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.events import EventKind
from appraise.domain.indicators import ATTRITION, BY_KEY
from appraise.domain.policies import DEFAULT_POLICY, Attribution, Policy
from appraise.domain.scorecards import Coverage
from appraise.errors import InvalidInput
from appraise.scoring.absences import OWNERSHIPS, Words, excluded, missing_data, nothing_seen
from appraise.scoring.arrays import FloatArray, IntArray, fetched, floats
from appraise.scoring.case_mix import TENURE, Strata, strata, with_factors
from appraise.scoring.credit_sums import EXACT, EXACT_LARGE, Credited, exact_sum
from appraise.scoring.event_tables import SECONDS_PER_DAY, surely
from appraise.scoring.findings import Findings, Results
from appraise.scoring.indicator import Indicator, Shared
from appraise.scoring.owned_time import NOBODY_OWNED, owned_time
from appraise.scoring.prepared import Prepared
from appraise.scoring.ratios import Subject, event_ratios
from appraise.scoring.repeat_purchase import nothing_to_cover

WORDS = Words("expected losses of customers")
DAYS_PER_MONTH = 365.25 / 12
TENURE_BANDS: tuple[tuple[str, int, int], ...] = (
    ("0–3 months", 0, 4),
    ("4–12 months", 4, 13),
    ("13–24 months", 13, 25),
    ("25 months or more", 25, 12_000),
)
"""Name, and completed months from and up to."""
NOT_CHOSEN = "ended for another reason than the customer's choice"
AWAY = "customer-months while this employee was on leave"


def attrition(shared: Shared, policy: Policy) -> Findings:
    prepared = shared.prepared
    rules = policy.of(ATTRITION)
    if rules.attribution is not Attribution.OWNERSHIP:
        raise InvalidInput(
            f"the policy attributes attrition by {rules.attribution.value}",
            expected="ownership: who had the account while the subscription ran",
        )
    for kind, missing in (
        (EventKind.SUBSCRIPTIONS, "subscriptions"),
        (EventKind.OWNERSHIPS, OWNERSHIPS),
    ):
        if kind not in prepared.present:
            return Findings(Results(), missing_data(ATTRITION, missing), nothing_to_cover(ATTRITION))
    factors = (*rules.case_mix, TENURE)
    pieces = _pieces(prepared, policy, factors)
    counted = pieces.filter(pieces.days > 0)
    kinds, rates = _hazards(counted, factors)
    levels = tuple(f"hazard_{k}" for k in range(len(kinds.factors) + 1))
    placed = kinds.placed(counted).inner_join(rates, "profile")
    known = placed.filter(placed.employee.notnull())
    rows = known.select(
        "employee", "customer", "profile", "weight", "outcome",
        units=known.days / DAYS_PER_MONTH, **{name: known[name] * known.days for name in levels},
    )  # fmt: skip
    left_out = _left_out(pieces, policy)
    results = event_ratios(
        Subject(ATTRITION, WORDS, "losses", left_out=left_out), Credited(rows.cache(), levels), kinds, policy
    )
    return Findings(
        results=_only_on_leave(pieces, results),
        otherwise=nothing_seen(ATTRITION, "subscription of a customer whom this employee owned"),
        coverage=_coverage(prepared, pieces, policy),
    )


INDICATOR = Indicator(BY_KEY[ATTRITION], DEFAULT_POLICY.of(ATTRITION), attrition)


def _running(prepared: Prepared) -> ibis.Table:
    """Subscriptions at risk in the cycle from `begins` to `ends`, by band of tenure; `lost` if they end by choice."""
    table = prepared.subscriptions
    whole_life = table.mutate(
        begins=ibis.greatest(table["at"], prepared.start),
        ends=ibis.least(ibis.coalesce(table.ended_at, prepared.end), prepared.end),
        chosen=surely(table.ended_at < prepared.end) & (table.end_reason.fill_null("") != "involuntary"),
    )
    month = DAYS_PER_MONTH * SECONDS_PER_DAY
    bands = ibis.memtable(
        pa.table(
            {
                TENURE: [name for name, _, _ in TENURE_BANDS],
                "from_age": pa.array([round(months * month) for _, months, _ in TENURE_BANDS], pa.int64()),
                "to_age": pa.array([round(months * month) for _, _, months in TENURE_BANDS], pa.int64()),
            }
        )
    )
    crossed = whole_life.cross_join(bands)
    cut = crossed.mutate(
        begins=ibis.greatest(crossed.begins, crossed["at"] + crossed.from_age),
        ends=ibis.least(crossed.ends, crossed["at"] + crossed.to_age),
    )
    cut = cut.filter(cut.ends > cut.begins)
    return cut.mutate(started=cut["at"], lost=cut.chosen & (cut.ended_at == cut.ends))


def _pieces(prepared: Prepared, policy: Policy, factors: tuple[str, ...]) -> ibis.Table:
    """Running subscriptions by owner: `days` and `outcome` that count, `grace_days` and `grace_losses` that do not."""
    running = with_factors(_running(prepared), factors).select(
        "customer", "started", "begins", "ends", "lost", "ended_at", "end_reason", *factors
    )
    owned = owned_time(prepared, grace_days=policy.ownership_grace_days).rename(owned_from="begins", owned_to="ends")
    joined = running.inner_join(owned, "customer")
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
        "customer", "employee", "why", "away", "weight", *factors,
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
    columns: dict[str, IntArray | FloatArray] = {"profile": np.arange(kinds.profiles)}
    for k, groups in enumerate(kinds.stratum):
        total = np.bincount(groups, lost) / np.maximum(np.bincount(groups, days), 1e-9)
        columns[f"hazard_{k}"] = total[groups].astype(np.float64)
    return kinds, ibis.memtable(pa.table(columns))


def _left_out(pieces: ibis.Table, policy: Policy) -> Mapping[int, tuple[tuple[str, int], ...]]:
    known = pieces.filter(pieces.employee.notnull())
    sums = known.group_by("employee").agg(
        grace=exact_sum(known.grace_days / DAYS_PER_MONTH, EXACT), not_chosen=known.not_chosen.sum().cast("int64")
    )
    months_away = _months_away(pieces)
    return {
        row["employee"]: tuple(
            (reason, n)
            for reason, n in (
                (_months_of_grace(policy), round(row["grace"])),
                (NOT_CHOSEN, row["not_chosen"]),
                (AWAY, round(months_away.get(row["employee"], 0.0))),
            )
            if n
        )
        for row in sums.to_pyarrow().to_pylist()
    }


def _months_away(pieces: ibis.Table) -> dict[int, float]:
    """Customer-months per employee in which they were on leave."""
    away = pieces.filter(pieces.away.notnull())
    months = (away.days + away.grace_days) / DAYS_PER_MONTH
    sums = away.group_by("away").agg(months=exact_sum(months, EXACT))
    return {row["away"]: row["months"] for row in sums.to_pyarrow().to_pylist()}


def _only_on_leave(pieces: ibis.Table, results: Results) -> Results:
    """Whose customers' time was leave from first to last is told so."""
    absences = {
        employee: excluded(ATTRITION, "This employee was on leave whenever a customer whom they owned could be lost.")
        for employee in sorted(_months_away(pieces))
        if employee not in results.said
    }
    return Results({**results.said, **absences}, results.measured)


def _months_of_grace(policy: Policy) -> str:
    return f"customer-months in the first {policy.ownership_grace_days} days of an inherited account"


def _coverage(prepared: Prepared, pieces: ibis.Table, policy: Policy) -> Coverage:
    """Subscriptions that customers ended in the cycle."""
    running = _running(prepared)
    total = Decimal(running.count(where=running.lost).to_pyarrow().as_py())
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
        (f"within the first {policy.ownership_grace_days} days of an inherited account", grace),
        (NOBODY_OWNED, max(total - owned, Decimal(0))),
    ]
    return Coverage(ATTRITION, total, attributed, tuple((name, share) for name, share in why if share > 0))
