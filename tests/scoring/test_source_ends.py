"""Which sources end before the others, and of which indicators that is told."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from appraise.domain.events import EventKind
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.language import retold, speaking
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.scorecards import Absence, AbsenceKind, Coverage
from appraise.languages import language
from appraise.scoring.findings import Findings, Results
from appraise.scoring.source_ends import source_ends, with_early_ends

KEYS = (SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE, ATTRITION)
NOTHING = {
    key: Findings(
        Results(),
        Absence(key, AbsenceKind.NOT_OBSERVED, "Nothing."),
        Coverage(key, Decimal(0), Decimal(0), notes=("X.",)),
    )
    for key in KEYS
}
SHOP = "The newest purchases of shop are of 2025-06-30, 184 days before the newest of all events: what came later there is not in this."


def told(kind: EventKind, newest: date) -> dict[str, tuple[str, ...]]:
    ends = {(EventKind.CONTACTS, "desk"): date(2025, 12, 31), (kind, "shop"): newest}
    return {key: one.coverage.notes[1:] for key, one in with_early_ends(NOTHING, ends, DEFAULT_POLICY).items()}


def test_a_source_that_ends_early_is_told_where_it_is_read() -> None:
    assert told(EventKind.PURCHASES, date(2025, 6, 30)) == {
        SATISFACTION: (),
        REPEAT_PURCHASE: (SHOP,),
        LIFETIME_VALUE: (SHOP,),
        ATTRITION: (SHOP,),
    }
    assert told(EventKind.RATINGS, date(2025, 6, 30))[SATISFACTION] == (SHOP.replace("purchases", "ratings"),)


@pytest.mark.parametrize(("newest", "said"), [(date(2025, 12, 24), 0), (date(2025, 12, 23), 1)])
def test_a_week_without_events_is_no_end(newest: date, said: int) -> None:
    assert len(told(EventKind.PURCHASES, newest)[REPEAT_PURCHASE]) == said


def test_the_newest_day_is_that_of_each_source_and_kind_and_of_the_data_at_most(world: Any) -> None:
    """Ownerships and subscriptions may be as old as they are."""
    world.employee("ann").contact("1", 3, "ann").contact("1", 9.9, "ann").contact("2", 5, "ann", source="other")
    world.purchase("1", 7).purchase("1", 700).ownership("1", -900, "ann").subscription("1", -800)

    assert source_ends(world.tables(), data_as_of=date(2026, 1, 1)) == {
        (EventKind.CONTACTS, "desk"): date(2025, 1, 10),
        (EventKind.CONTACTS, "other"): date(2025, 1, 6),
        (EventKind.PURCHASES, "desk"): date(2025, 12, 31),
    }


def test_a_run_says_so_in_both_languages(world: Any) -> None:
    world.employee("ann").contact("1", 3, "ann").contact("1", 364, "ann", source="other")
    notes = next(one.notes for one in world.score().coverage if one.indicator == SATISFACTION)

    assert notes == (
        "The newest contacts of desk are of 2025-01-04, 361 days before the newest of all events: what came later there is not in this.",
    )
    with speaking(language("de")):
        assert retold(notes[0]) == (
            "Die neuesten Kontakte aus desk sind vom 4. Januar 2025, 361 Tage vor dem neuesten aller Ereignisse: Was dort später kam, "
            "ist nicht enthalten."
        )
