"""How long customers stay customers: from a subscription's start to its end, or from buying twice to a long silence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import ibis
import pyarrow as pa

from appraise.domain.events import EventKind
from appraise.domain.language import counted
from appraise.domain.policies import IndicatorPolicy, Relation
from appraise.errors import NotEnough
from appraise.scoring.case_mix import TENURE
from appraise.scoring.event_tables import SECONDS_PER_DAY, surely
from appraise.scoring.left_out import without
from appraise.scoring.prepared import CASE_COLUMNS, Prepared
from appraise.scoring.silence import FEWEST_GAPS, Buyers, buyers

DAYS_PER_MONTH: Final = 365.25 / 12
TENURE_BANDS: Final[tuple[tuple[str, int, int], ...]] = (
    ("0–3 months", 0, 4),
    ("4–12 months", 4, 13),
    ("13–24 months", 13, 25),
    ("25 months or more", 25, 12_000),
)
"""Name, and completed months from and up to."""
BUYING: Final = "buying "
"""Before the name of a band: buyers are lost in other ways than contracts end, so they are never compared."""
_CONTRACT_ENDS: Final = "whose subscription ended by choice"
_LIFE: Final = ("customer", "at", "ended_at", "end_reason", *CASE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Lives:
    """`table(floor_days)` has `customer`, `at`, `ended_at`, `end_reason`, case-mix columns, and `bands`' prefix.

    `definition` says who is lost, to be read after "A lost customer is one"; `notes` are for the run. Only where
    `buyers` is there does the floor matter.
    """

    table: Callable[[int], ibis.Table]
    definition: str
    notes: tuple[str, ...]
    buyers: Buyers | None


def relation_of(prepared: Prepared, rules: IndicatorPolicy) -> Relation:
    """What the policy's choice means for these data; AUTO only where there are both subscriptions and purchases."""
    if rules.relation is Relation.AUTO and EventKind.SUBSCRIPTIONS not in prepared.present:
        return Relation.NON_CONTRACTUAL
    if rules.relation is Relation.AUTO and EventKind.PURCHASES not in prepared.present:
        return Relation.CONTRACTUAL
    return rules.relation


def lives(prepared: Prepared, rules: IndicatorPolicy) -> Lives:
    """Raises `NotEnough` where only purchases can tell and there are too few to know what a long silence is."""
    relation = relation_of(prepared, rules)
    contracts = prepared.subscriptions.select(*_LIFE).mutate(prefix=ibis.literal(""))
    if relation is Relation.CONTRACTUAL:
        return Lives(lambda _: contracts, _CONTRACT_ENDS, (), None)
    both = relation is Relation.AUTO
    try:
        found = buyers(prepared, beside_contracts=both)
    except NotEnough as error:
        if not both:
            raise
        note = f"Customers without a subscription are left out: {error.found}, needed: {error.expected}."
        return Lives(lambda _: contracts, _CONTRACT_ENDS, (note,), None)

    def table(floor_days: int) -> ibis.Table:
        buying = found.lives(prepared, floor_days=floor_days).select(*_LIFE).mutate(prefix=ibis.literal(BUYING))
        return ibis.union(contracts, buying) if both else buying

    silence = _silence(found, rules.inactive_after_days)
    definition = f"{_CONTRACT_ENDS} or, having none, {silence}" if both else silence
    return Lives(table, definition, _notes(found, rules.inactive_after_days), found)


def running(life: ibis.Table, prepared: Prepared) -> ibis.Table:
    """Lives at risk in the cycle from `begins` to `ends`, by band of tenure; `lost` if they end by choice.

    `left_out` says why a part does not count.
    """
    whole_life = life.mutate(
        begins=ibis.greatest(life["at"], prepared.start),
        ends=ibis.least(ibis.coalesce(life.ended_at, prepared.end), prepared.end),
        chosen=surely(life.ended_at < prepared.end) & (life.end_reason.fill_null("") != "involuntary"),
    )
    month = DAYS_PER_MONTH * SECONDS_PER_DAY
    bands = ibis.memtable(
        pa.table(
            {
                "band": [name for name, _, _ in TENURE_BANDS],
                "from_age": pa.array([round(months * month) for _, months, _ in TENURE_BANDS], pa.int64()),
                "to_age": pa.array([round(months * month) for _, _, months in TENURE_BANDS], pa.int64()),
            }
        )
    )
    crossed = whole_life.cross_join(bands)
    cut = crossed.mutate(
        begins=ibis.greatest(crossed.begins, crossed["at"] + crossed.from_age),
        ends=ibis.least(crossed.ends, crossed["at"] + crossed.to_age),
        **{TENURE: crossed.prefix + crossed.band},
    )
    cut = without(cut.filter(cut.ends > cut.begins), prepared.exclusions)
    return cut.mutate(started=cut["at"], lost=cut.chosen & (cut.ended_at == cut.ends))


def _silence(found: Buyers, floor_days: int) -> str:
    limits = found.limits(floor_days=floor_days).values()
    least, most = min(limits), counted(max(limits), "day", "days")
    days = most if least == max(limits) else f"{least} to {most}, by segment"
    return f"who had bought on two days or more and then nothing for {days}"


def _notes(found: Buyers, floor_days: int) -> tuple[str, ...]:
    limits = found.limits(floor_days=floor_days)
    longer = ", ".join(f"{segment} {days}" for segment, days in limits.items() if days > floor_days)
    notes = [
        f"Buyers are lost after {counted(floor_days, 'day', 'days')} without a purchase"
        + (f", later where 95 % of a segment's gaps are longer (days): {longer}." if longer else ".")
    ]
    if found.pooled:
        names = ", ".join(found.pooled)
        notes.append(f"Segments with fewer than {FEWEST_GAPS} gaps between purchases go by everybody's: {names}.")
    if found.once:
        customers = counted(found.once, "customer", "customers")
        notes.append(f"{customers} bought on one day only, which is no rhythm to fall out of: not counted.")
    return tuple(notes)
