"""Capping: at the same values as a sort in Python, never in silence, and off unless the policy asks for it."""

from collections import defaultdict
from fractions import Fraction
from math import ceil
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.conftest import World, only

from appraise.domain.indicators import LIFETIME_VALUE
from appraise.scoring.winsorising import winsorised

TEAM = tuple("abcdef")


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 500)), min_size=1, max_size=120),
    thousandths=st.sampled_from([900, 950, 975, 990, 995]),
)
def test_the_cap_is_the_order_statistic_of_the_band(rows: list[tuple[int, int]], thousandths: int) -> None:
    bands: dict[int, list[int]] = defaultdict(list)
    for band, value in rows:
        bands[band].append(value)
    cap = {band: sorted(values)[ceil(Fraction(thousandths, 1000) * len(values)) - 1] for band, values in bands.items()}
    table = pa.table({"band": [band for band, _ in rows], "outcome": [float(value) for _, value in rows]})

    found, capped = winsorised(ibis.memtable(table), thousandths / 1000)

    kept = sorted((row["band"], row["outcome"]) for row in found.to_pyarrow().to_pylist())
    assert kept == sorted((band, float(min(value, cap[band]))) for band, value in rows)
    assert (capped.number, capped.outcomes) == (sum(value > cap[band] for band, value in rows), len(rows))
    total = sum(value for _, value in rows)
    assert capped.share == pytest.approx(1 - sum(value for _, value in kept) / total if total else 0.0)


def shop() -> World:
    """40 customers of each employee, quick and slow, who spend little or more; one of a's spends 5,000 euros at once."""
    world = World().team(*TEAM)
    for i, name in enumerate(TEAM):
        for j in range(40):
            customer, every, often = f"{name}{j}", (9, 25, 60, 130)[j % 4] + i, 1 + j % 5
            for turn, day in enumerate(range(-360 + 2 * j, 0, every)):
                world.purchase(customer, day, often * (900 + 37 * ((i + 3 * j + 5 * turn) % 11)))
            world.contact(customer, 10 + j, name)
            for turn, day in enumerate(range(12 + j + 5 * (i % 3), 190 + j, every + 4)):
                world.purchase(customer, day, often * (900 + 41 * ((i + j + turn) % 9)))
    world.purchase("a1", 60, 500_000)
    return world


def test_one_large_order_decides_nothing_alone_where_the_policy_says_so_and_the_run_says_it() -> None:
    world = shop()
    plain, capped = (
        world.score(only(LIFETIME_VALUE, case_mix=(), **choices)) for choices in ({}, {"winsor_quantile": 0.9})
    )
    before, after = ({card.employee: card.results[0] for card in result.scorecards} for result in (plain, capped))

    def raw(found: Any) -> float:
        return float(found["a"].working.raw)

    assert raw(before) > raw(after) + 0.2
    assert dict(before["a"].working.notes).keys().isdisjoint({"contacts after which the money was capped"})  # type: ignore[union-attr]
    number, outcomes = dict(after["a"].working.notes)["contacts after which the money was capped"].split(" of ")  # type: ignore[union-attr]
    assert outcomes == "240"
    assert 1 <= int(number) <= 0.1 * 240
    [note] = set(capped.coverage[0].notes) - set(plain.coverage[0].notes)
    assert note.startswith(
        f"The money after {number} of 240 contacts was capped, at what 90.0\N{NO-BREAK SPACE}% of those foretold alike"
    )
