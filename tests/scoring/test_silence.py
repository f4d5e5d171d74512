"""Attrition of customers who only buy, held to a second implementation that walks through the purchases one by one."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

import ibis
import numpy as np
import pytest
from tests.scoring.conftest import CYCLE, World, on, only

from appraise.domain.events import EventKind
from appraise.domain.explanations import sentences
from appraise.domain.indicators import ATTRITION
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY, Relation
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, ScoringResult
from appraise.scoring.customer_lives import lives, running

TEAM = tuple("abcdef")
EARLY = -700
ENDS = 365
DATA_END = 425
"""Days after the start of the cycle; the data run for two months after the cycle."""


@dataclass
class Shop:
    """What is sold, kept beside the event tables: the second implementation reads no table."""

    world: World = field(default_factory=lambda: World().team(*TEAM))
    days: dict[str, list[int]] = field(default_factory=dict)
    segment: dict[str, str] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)
    contracts: dict[str, float | None] = field(default_factory=dict)

    def customer(self, name: str, owner: str, segment: str, days: list[int]) -> None:
        self.days[name], self.segment[name], self.owner[name] = sorted(days), segment, owner
        self.world.ownership(name, EARLY - 200, owner)
        for day in days:
            self.world.purchase(name, day + 0.5, segment=segment)

    def score(self, **choices: Any) -> ScoringResult:
        policy = only(ATTRITION, case_mix=(), **choices)
        return self.world.score(policy, data_as_of=CYCLE.start + timedelta(days=DATA_END))


def shop(seed: int) -> Shop:
    """Quick and slow segments, a rare one, one-day buyers, some who leave; orders sent back, and two on one day."""
    random = np.random.Generator(np.random.PCG64(seed))
    made = Shop()
    for number in range(150):
        segment = "rare" if number < 4 else ("quick", "slow")[number % 2]
        mean = {"quick": 25, "slow": 90, "rare": 40}[segment]
        day, days, leaves = EARLY + int(random.integers(0, 500)), [], int(random.integers(-200, 900))
        while day < min(leaves, DATA_END):
            days.append(day)
            day += int(random.geometric(1 / mean))
        name = f"c{number}"
        made.customer(name, TEAM[int(random.integers(6))], segment, days[:1] if number % 10 == 0 else days)
        if days and number % 7 == 0:  # sent back in full, and a second order on the day of the first
            back = min(days[0] + 40, DATA_END - 1)
            made.world.purchase(name, back + 0.2, order_id=f"{name}-back", segment=segment)
            made.world.purchase(name, back + 0.3, -1000, order_id=f"{name}-back", segment=segment)
            made.world.purchase(name, days[0] + 0.7, segment=segment)
    return made


def limits(made: Shop, floor: int, skip: set[str]) -> dict[str, int]:
    """max(floor, the shortest time within which 95 % of a segment's gaps ended); all segments' where under 100."""
    gaps: dict[str, list[int]] = defaultdict(list)
    for name, days in made.days.items():
        if name not in skip:
            gaps[made.segment[name]] += [b - a for a, b in pairwise(days) if b < ENDS]

    def point(values: list[int]) -> int:
        return sorted(values)[ceil(0.95 * len(values)) - 1]

    everybody = point([gap for some in gaps.values() for gap in some])
    return {kind: max(floor, point(some) if len(some) >= 100 else everybody) for kind, some in gaps.items()}


def walked(made: Shop, floor: int = 90, skip: set[str] = frozenset()) -> tuple[dict[str, float], dict[str, int]]:  # type: ignore[assignment]
    """Customer-days at risk and losses of each owner in the cycle, buyers only."""
    limit = limits(made, floor, skip)
    at_risk: dict[str, float] = dict.fromkeys(TEAM, 0.0)
    lost: dict[str, int] = dict.fromkeys(TEAM, 0)
    for name, days in made.days.items():
        distinct = sorted(set(days))
        if name in skip or len(distinct) < 2:
            continue
        second = distinct[1] + (0.7 if days[0] == distinct[1] else 0.5)
        silent = distinct[-1] + 0.5 + limit[made.segment[name]]
        over = silent < DATA_END
        end = min(silent, ENDS) if over else ENDS
        at_risk[made.owner[name]] += max(0.0, end - max(second, 0.0))
        lost[made.owner[name]] += over and 0 < silent < ENDS
    return at_risk, lost


def told(result: ScoringResult) -> Mapping[str, Estimate | Absence]:
    return {card.employee: card.result(ATTRITION) for card in result.scorecards}


@pytest.mark.parametrize(("seed", "floor"), [(1, 30), (2, 90), (3, 60)])
def test_days_at_risk_and_losses_are_those_of_the_walk(seed: int, floor: int) -> None:
    made = shop(seed)
    at_risk, lost = walked(made, floor)
    result = made.score(relation=Relation.NON_CONTRACTUAL, inactive_after_days=floor)

    rate = sum(lost.values()) / sum(at_risk.values())
    found = told(result)
    assert sum(lost.values()) > 20
    assert result.coverage[0].total == result.coverage[0].attributed == sum(lost.values())
    assert {name: round(float(one.working.raw), 4) for name, one in found.items()} == {  # type: ignore[union-attr]
        name: round(lost[name] / (rate * at_risk[name]), 4) for name in TEAM
    }
    months = {name: one.evidence.events for name, one in found.items()}  # type: ignore[union-attr]
    assert months == {name: round(days / (365.25 / 12)) for name, days in at_risk.items()}


def test_a_customer_with_a_subscription_is_judged_by_that_alone() -> None:
    """c1, c2, c3 … of every fifth customer also subscribe: what they buy and when they stop buying does not matter."""
    made = shop(5)
    subscribers = {name for k, name in enumerate(made.days) if k % 5 == 0}
    for k, name in enumerate(sorted(subscribers)):
        ended = {"ended_at": on(100), "end_reason": "voluntary"} if k % 3 == 0 else {}
        made.world.add(EventKind.SUBSCRIPTIONS, name, EARLY, source="billing", **ended)
    walk = made.world.rows[EventKind.CUSTOMERS] = []
    for name in made.days:
        walk += [{"source": s, "event_id": f"{s}{name}", "customer_key": name, "occurred_at": on(EARLY), "link_key": name}
                 for s in ("desk", "billing")]  # fmt: skip
    _, lost = walked(made, skip=subscribers)
    contracts = sum(1 for k in range(len(subscribers)) if k % 3 == 0)

    result = made.score(relation=Relation.AUTO)

    assert result.coverage[0].total == sum(lost.values()) + contracts
    assert made.score(relation=Relation.CONTRACTUAL).coverage[0].total == contracts
    assert made.score(relation=Relation.NON_CONTRACTUAL).coverage[0].total == sum(walked(made)[1].values())
    assert "whose subscription ended by choice or, having none, who had bought" in text(result)


def test_purchases_in_the_books_of_a_source_with_subscriptions_are_no_second_opinion() -> None:
    """The desk bills a subscription of somebody else: by `auto` none of the desk's purchases is read."""
    made = shop(6)
    made.world.subscription("z", EARLY).ownership("z", EARLY, "a")

    assert made.score(relation=Relation.AUTO).coverage[0].total == 0
    assert made.score(relation=Relation.NON_CONTRACTUAL).coverage[0].total > 0


def regulars() -> Shop:
    """24 who buy every 30 days until the data end: 36 gaps each, nobody lost."""
    made = Shop()
    for k in range(24):
        made.customer(f"r{k}", TEAM[k % 6], "all", [*range(EARLY + k, DATA_END, 30)])
    return made


def test_a_loss_is_dated_on_the_day_on_which_the_silence_has_lasted_long_enough() -> None:
    lost = {200: True, 274: True, 275: False, DATA_END - 91: False, DATA_END - 20: False, -91: False, -90: True}
    made = regulars()
    for last in lost:
        made.customer(f"z{last + 500:05}", "a", "all", [last - 60, last - 30, last])
    prepared = made.world.prepared(data_as_of=CYCLE.start + timedelta(days=DATA_END))

    life = lives(prepared, DEFAULT_POLICY.of(ATTRITION)).table(90)
    ended = running(life, prepared).group_by("customer").agg(lost=ibis._.lost.any()).to_pyarrow().to_pylist()
    names = made.world.names(prepared, EventKind.PURCHASES)

    assert {name for name in names.values() if name[0] == "z" and lost[int(name[1:]) - 500]} == {
        names[row["customer"]] for row in ended if row["lost"]
    }


def test_who_comes_back_after_any_silence_was_slow_and_not_lost() -> None:
    made = regulars()
    made.customer("z", "a", "all", [-400, -380, 20, DATA_END - 1])

    assert made.score(inactive_after_days=1).coverage[0].total == 0


def test_the_cycle_alone_teaches_what_is_usual_and_not_what_came_after_it() -> None:
    """One slow gap in eighteen ends after the cycle; within it all take 30 days, so that the floor of 10 becomes 30."""
    made = regulars()
    for k in range(60):
        made.customer(f"s{k}", "a", "all", [300, 330, 360, 420])

    assert any("(days): all 30" in note for note in made.score(inactive_after_days=10).coverage[0].notes)


def test_a_segment_with_few_gaps_goes_by_everybodys_and_the_run_says_so() -> None:
    made = regulars()
    for k in range(30):
        made.customer(f"s{k}", "a", "slow", [-300, -140, 20, 180, 340])
    made.customer("t", "a", "rare", [-100, 100, 120])

    notes = made.score().coverage[0].notes
    # 24 · 35 gaps of 30 days and 120 of 160 before the cycle's end, so that 95 % of all ended within 160 days.
    later = "later where 95 % of a segment's gaps are longer (days): rare 160, slow 160."
    assert notes[:2] == (
        f"Buyers are lost after 90 days without a purchase, {later}",
        "Segments with fewer than 100 gaps between purchases go by everybody's: rare.",
    )


def test_one_day_buyers_are_told_and_not_counted() -> None:
    made = regulars()
    made.customer("once", "a", "all", [30])

    result = made.score()

    assert result.coverage[0].total == 0
    assert any(note.startswith("1 customer bought on one day only") for note in result.coverage[0].notes)


def test_too_few_gaps_tell_nothing_and_the_absence_says_so() -> None:
    made = Shop()
    for k in range(12):
        made.customer(f"r{k}", TEAM[k % 6], "all", [-100, -70, -40])

    found = told(made.score())["a"]

    assert isinstance(found, Absence)
    assert found.kind is AbsenceKind.INSUFFICIENT_EVIDENCE
    assert found.reason == (
        "Attrition cannot be scored for anybody in this cycle: customers came back to buy 24 times, "
        "needed: 100 times, to tell slow from lost."
    )


def test_the_run_says_how_many_results_another_length_would_change() -> None:
    """Recounted from runs at half and at twice the floor."""
    made = shop(7)

    def readings(floor: int) -> dict[str, Any]:
        return {
            name: one.is_better if isinstance(one, Estimate) else one.kind
            for name, one in told(made.score(inactive_after_days=floor)).items()
        }

    at, half, twice = readings(40), readings(20), readings(80)
    changed = [sum(at[name] != other[name] for name in TEAM) for other in (half, twice)]

    assert made.score(inactive_after_days=40).coverage[0].notes[-1] == (
        f"Were buyers lost sooner or later than after 40 days: with 20 days {changed[0]} of 6 results, "
        f"with 80 days {changed[1]} of 6 results would read otherwise."
    )


def test_the_words_say_what_a_loss_is() -> None:
    made = shop(1)
    days = sorted(limits(made, 60, set()).values())

    assert f"A lost customer is one who had bought on two days or more and then nothing for {days[0]} to {days[-1]} days, by segment." in text(made.score(inactive_after_days=60))  # fmt: skip


def test_a_cycle_scored_again_later_forgets_losses_of_who_came_back() -> None:
    made = regulars()
    made.customer("z", "a", "all", [-60, -30, 0, 300])
    policy = only(ATTRITION, case_mix=())

    early = made.world.score(policy, data_as_of=date(2025, 8, 1), cycle=Period(date(2025, 1, 1), date(2025, 7, 1)))
    later = made.world.score(policy, data_as_of=date(2026, 1, 1), cycle=Period(date(2025, 1, 1), date(2025, 7, 1)))

    assert (early.coverage[0].total, later.coverage[0].total) == (1, 0)


def text(result: ScoringResult) -> str:
    return " ".join(
        sentence for one in told(result).values() if isinstance(one, Estimate) for sentence in sentences(one)
    )
