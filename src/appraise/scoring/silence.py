"""Customers who only buy: nobody tells when such a customer leaves, so a long silence has to.

A buyer is lost where the last purchase in the data lies further back than max(the policy's floor, the time within which
95 % of the purchases of that segment followed the one before): on the day on which that time runs out, and only where
it has run out before the data end. Who bought again, however late, was slow and not lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import ibis
import numpy as np
import pyarrow as pa

from appraise.domain.language import counted
from appraise.errors import NotEnough
from appraise.scoring.arrays import IntArray, fetched, how_many, whole
from appraise.scoring.case_mix import NOT_RECORDED
from appraise.scoring.event_tables import SECONDS_PER_DAY
from appraise.scoring.prepared import CASE_COLUMNS, Prepared, of_one_currency, with_traits

FEWEST_GAPS: Final = 100
"""Below, fewer than five gaps lie beyond the 95 % point, and it is anybody's guess."""
USUAL: Final = Fraction(95, 100)


@dataclass(frozen=True, slots=True)
class Buyers:
    """Who bought on two days at least: `customer`, `at` the second of them, `last` purchase, and case-mix columns.

    `usual` is the 95 % point of the gaps in days by segment, `everybody` that of all segments; `pooled` names the
    segments that have too few gaps for one of their own, and `once` counts who bought on a single day.
    """

    table: ibis.Table
    usual: Mapping[str, int]
    everybody: int
    pooled: tuple[str, ...]
    once: int

    def limits(self, *, floor_days: int) -> dict[str, int]:
        """By segment, the days of silence after which a buyer is lost."""
        own = {**self.usual, **dict.fromkeys(self.pooled, self.everybody)}
        return {segment: max(floor_days, days) for segment, days in sorted(own.items())}

    def lives(self, prepared: Prepared, *, floor_days: int) -> ibis.Table:
        """As subscriptions: `customer`, `at`, `ended_at` (null while it is not known to have ended), `end_reason`."""
        limits = self.limits(floor_days=floor_days)
        days = ibis.memtable(pa.table({"kind": [*limits], "days": pa.array([*limits.values()], pa.int64())}))
        timed = self.table.mutate(kind=self.table.segment.fill_null(NOT_RECORDED)).left_join(days, "kind")
        # A segment in which nobody bought again before the cycle's end has no gap and no limit of its own.
        silent_at = timed["last"] + timed.days.fill_null(max(floor_days, self.everybody)) * SECONDS_PER_DAY
        return timed.select(
            "customer", "at", *CASE_COLUMNS,
            ended_at=ibis.cases((silent_at < prepared.as_of, silent_at)), end_reason=ibis.literal("voluntary"),
        )  # fmt: skip


def buyers(prepared: Prepared, *, beside_contracts: bool) -> Buyers:
    """Learn who buys how regularly from purchases before the cycle's end.

    `beside_contracts` leaves out customers who ever had a subscription, and purchases in the books of a source that
    keeps subscriptions: nobody is counted twice. Raises `NotEnough` with fewer than a hundred gaps.
    """
    placed, lines, contracts = of_one_currency(prepared.orders), prepared.lines, prepared.subscriptions
    if beside_contracts:
        books, who = (contracts.select(name).distinct() for name in ("source", "customer"))
        placed = placed.filter(~placed.in_books).anti_join(who, "customer")
        lines = lines.anti_join(books, "source").anti_join(who, "customer")
    days = _days(placed).cache()
    began = days.group_by("customer").agg(
        first=days["at"].min(),
        at=days["at"].min(where=days.turn == 1),
        second=days.day.min(where=days.turn == 1),
        last=days["at"].max(),
    )
    once = how_many(began, where=began["at"].isnull() & (began["first"] < prepared.end))
    regular = _with_case(began.filter(began["at"].notnull()), lines, prepared.traits).cache()
    ended = days.filter(days.gap.notnull() & (days["at"] < prepared.end)).select("customer", "gap")
    of_segment = ended.inner_join(regular.select("customer", kind=regular.segment.fill_null(NOT_RECORDED)), "customer")
    counts = fetched(of_segment.group_by("kind", "gap").agg(n=of_segment.count()), order_by=["kind", "gap"])
    kinds, gaps, n = np.array(counts["kind"].to_pylist(), object), whole(counts, "gap"), whole(counts, "n")
    if n.sum() < FEWEST_GAPS:
        raise NotEnough(
            f"customers came back to buy {counted(int(n.sum()), 'time', 'times')}",
            expected=f"{FEWEST_GAPS} times, to tell slow from lost",
        )
    sums = {kind: int(n[kinds == kind].sum()) for kind in sorted(set(kinds))}
    rich = [kind for kind, total in sums.items() if total >= FEWEST_GAPS]
    return Buyers(
        table=regular,
        usual={kind: _usual(gaps[kinds == kind], n[kinds == kind]) for kind in rich},
        everybody=_usual(gaps, n),
        pooled=tuple(kind for kind in sums if kind not in rich),
        once=once,
    )


def _days(placed: ibis.Table) -> ibis.Table:
    """Days on which a customer bought, in `turn` from 0: `at` of the last order, and the `gap` in days before."""
    placed = placed.mutate(day=placed["at"] // SECONDS_PER_DAY)
    days = placed.group_by("customer", "day").agg(at=placed["at"].max())
    in_turn = ibis.window(group_by="customer", order_by="day")
    return days.mutate(turn=ibis.row_number().over(in_turn), gap=days.day - days.day.lag().over(in_turn))


def _with_case(regular: ibis.Table, purchases: ibis.Table, traits: ibis.Table | None) -> ibis.Table:
    """Case mix as it was on the day from which on the customer counts."""
    lines = purchases.filter(purchases.kind == "purchase")
    then = lines.mutate(second=lines["at"] // SECONDS_PER_DAY).inner_join(
        regular.select("customer", "second"), ["customer", "second"]
    )
    then = with_traits(then, traits)
    case = then.group_by("customer").agg(**{name: then[name].min() for name in CASE_COLUMNS})
    joined = regular.left_join(case, "customer")
    return joined.select("customer", "at", "last", *CASE_COLUMNS)


def _usual(gaps: IntArray, n: IntArray) -> int:
    """The shortest time within which 95 % of the gaps ended: the inverse of their distribution, no interpolation."""
    order = np.argsort(gaps, kind="stable")
    return int(gaps[order][np.argmax(np.cumsum(n[order]) * USUAL.denominator >= n.sum() * USUAL.numerator)])
