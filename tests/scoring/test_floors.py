"""Below the policy's floors nothing is scored, and the reason is told."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from appraise.domain.indicators import REPEAT_PURCHASE, SATISFACTION
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.scorecards import Absence, AbsenceKind, Coverage
from appraise.scoring.findings import Findings, Results
from appraise.scoring.floors import above_floors

UNLINKED = (
    "Of the records that have to be joined, 50.0\N{NO-BREAK SPACE}% are of customers with a key that joins sources; "
    "what joins them is not scored from less than 51\N{NO-BREAK SPACE}%."
)
UNKNOWN = "Records that name an employee: 4; one whom the people data know: 3. Nothing is scored from less than 76\N{NO-BREAK SPACE}%."
NOTHING = {
    key: Findings(Results(), Absence(key, AbsenceKind.NOT_OBSERVED, "Nothing."), Coverage(key, Decimal(0), Decimal(0)))
    for key in (SATISFACTION, REPEAT_PURCHASE)
}


def said(world: Any, **floors: float) -> dict[str, str]:
    found = above_floors(NOTHING, world.prepared(), replace(DEFAULT_POLICY, **floors))
    return {key: one.otherwise.reason for key, one in found.items()}


@pytest.fixture
def half(world: Any) -> Any:
    """Of the desk's four customers two bear a key, of the shop's three all; of four records one names somebody unknown."""
    world.employee("ann")
    for customer, link in (("1", "L1"), ("2", "L2"), ("3", None), ("4", None)):
        world.contact(customer, 1, "gone" if customer == "4" else "ann", link_key=link)
    for customer in ("L1", "L2", "L3"):
        world.purchase(customer, 2, source="shop", link_key=customer)
    return world


@pytest.mark.parametrize(
    ("floors", "satisfaction", "repeat"),
    [
        ({"minimum_linkable": 0.5, "minimum_known": 0.75}, "Nothing.", "Nothing."),
        (
            {"minimum_linkable": 0.51},
            "Nothing.",
            UNLINKED,
        ),
        (
            {"minimum_known": 0.76},
            UNKNOWN,
            UNKNOWN,
        ),
    ],
)
def test_a_floor_that_is_not_reached_takes_the_figures_from_everybody(
    half: Any, floors: dict[str, float], satisfaction: str, repeat: str
) -> None:
    assert said(half, **floors) == {SATISFACTION: satisfaction, REPEAT_PURCHASE: repeat}


def test_one_source_that_knows_both_sides_needs_no_link(world: Any) -> None:
    world.employee("ann").contact("1", 1, "ann").purchase("1", 2)

    assert said(world, minimum_linkable=1.0)[REPEAT_PURCHASE] == "Nothing."
