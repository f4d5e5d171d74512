"""How far sources say who served, and how far their customers are found in one another."""

from datetime import date
from typing import Any

from tests.scoring.conftest import AS_OF, on

from appraise.domain.events import EventKind
from appraise.scoring.references import directory
from appraise.scoring.source_coverage import SourceCoverage, source_coverage


def day(number: int) -> date:
    return on(number).date()


def test_what_each_source_names_and_shares(world: Any) -> None:
    """By hand: of four contacts three name somebody and two a person known; of three customers two bear a key."""
    world.employee("ann")
    world.contact("1", 1, "ann", link_key="L1").contact("1", 2, "ann").contact("2", 3, "gone", link_key="L2")
    world.contact("3", 4)
    world.purchase("a", 5, source="shop", link_key="L1").purchase("b", 6, source="shop")

    found = source_coverage(world.tables(), directory(world.employees, world.employments), data_as_of=AS_OF)

    assert found == [
        SourceCoverage("desk", EventKind.CONTACTS, 4, 3, 2, customers=3, linkable=2, linked=1, newest=day(4)),
        SourceCoverage("shop", EventKind.PURCHASES, 2, 0, 0, customers=2, linkable=1, linked=1, newest=day(6)),
    ]
