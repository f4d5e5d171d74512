"""A whole scoring run: who gets a result, and that nothing but its arguments decides which."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from appraise.domain.employees import EmploymentStatus
from appraise.domain.events import EventKind
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.indicators import ATTRITION, LIFETIME_VALUE, REPEAT_PURCHASE, SATISFACTION
from appraise.domain.people_documents import people_hash
from appraise.domain.policies import DEFAULT_POLICY, Policy
from appraise.domain.scorecards import Absence, AbsenceKind, Composite, Estimate, Scorecard
from appraise.errors import InvalidInput

TEAM = ("a", "b", "c", "d", "e", "f")


def served(world: Any, *, days: int = 30) -> Any:
    for i, name in enumerate(TEAM):
        for j in range(days):
            customer = f"{(i + j) % 40}"
            world.contact(customer, 5 + 9 * j + i, name, event_id=f"{name}-{j}", channel=("chat", "phone")[j % 2])
            world.rating(customer, 6 + 9 * j + i, None, 1 + (j * j + i) % 5, contact_id=f"{name}-{j}")
            world.purchase(customer, 12 + 9 * j + i + j % 3)
    return world


def test_the_same_arguments_give_the_same_digits(world: Any, lenient: Policy) -> None:
    served(world.team(*TEAM))

    assert world.score(lenient) == world.score(lenient)


def test_events_from_the_end_of_the_data_on_change_nothing(build: Any, lenient: Policy) -> None:
    """Data end on 1 October, day 273."""
    end = date(2025, 10, 1)
    known, foreseen = served(build().team(*TEAM)), served(build().team(*TEAM))
    for day in (273, 280, 300):
        foreseen.contact("1", day, "b").purchase("1", day + 1, 99_999).rating("1", day, "a", 1)
        foreseen.purchase("0", day, -1000, order_id="order-0")

    assert known.score(lenient, data_as_of=end).scorecards == foreseen.score(lenient, data_as_of=end).scorecards


def figures(card: Scorecard) -> list[Any]:
    """What is said of somebody apart from the lists, which hold those in service alone."""
    said = [*card.results, card.composite]
    return [replace(one, flagged=None) if isinstance(one, Estimate | Composite) else one for one in said]


def test_leavers_stay_in_what_is_expected_of_the_others(build: Any, lenient: Policy) -> None:
    """f left before the cycle by the records, but served in it: no result for f, and the others' are the same."""
    staying, leaving = build().team(*TEAM), build().team(*TEAM[:-1])
    leaving.employee("f", start=date(2020, 1, 1), end=date(2024, 12, 31))

    before = served(staying).score(lenient).scorecards
    after = served(leaving).score(lenient).scorecards

    assert [figures(card) for card in after[:-1]] == [figures(card) for card in before[:-1]]
    assert {place.listed for card in before for _, place in card.standings} == {6}
    assert {place.listed for card in after for _, place in card.standings} == {5}
    assert after[-1].result(SATISFACTION) == Absence(
        SATISFACTION, AbsenceKind.NOT_APPLICABLE, "Not employed on any day of the cycle."
    )


@pytest.mark.parametrize(
    ("status", "dates", "kind"),
    [
        (EmploymentStatus.ACTIVE, {"end": date(2025, 1, 2)}, AbsenceKind.NOT_OBSERVED),
        (EmploymentStatus.ACTIVE, {"end": date(2025, 1, 1)}, AbsenceKind.NOT_APPLICABLE),
        (EmploymentStatus.LEAVE, {}, AbsenceKind.NOT_OBSERVED),
        (EmploymentStatus.TERMINATED, {}, AbsenceKind.NOT_APPLICABLE),
        (EmploymentStatus.PREHIRE, {}, AbsenceKind.NOT_APPLICABLE),
        (EmploymentStatus.ACTIVE, {"start": date(2026, 1, 1)}, AbsenceKind.NOT_APPLICABLE),
    ],
)
def test_only_who_was_in_service_on_a_day_of_the_cycle_can_be_scored(
    world: Any, only: Any, status: EmploymentStatus, dates: dict[str, date], kind: AbsenceKind
) -> None:
    world.employee("x", status=status, **dates).contact("1", 5, "stranger").rating("1", 6, "stranger", 4)

    scored = world.score(replace(only(SATISFACTION), minimum_known=0.0))
    assert scored.scorecards[0].result(SATISFACTION).kind is kind


def test_little_reliability_says_how_much_evidence_would_be_enough(world: Any) -> None:
    strict = replace(DEFAULT_POLICY, publish_reliability=0.99)

    result = served(world.team(*TEAM)).score(strict).scorecards[0].result(SATISFACTION)

    assert result.kind is AbsenceKind.INSUFFICIENT_EVIDENCE
    assert result.reason.startswith("With 30 answers of different customers the reliability is 0.")
    assert ", below the 0.99 needed; " in result.reason


def test_sales_by_employees_are_scored_without_any_contact(world: Any, lenient: Policy) -> None:
    world.team(*TEAM)
    for i in range(240):
        world.purchase(f"{i % 25}", -300 + 2.5 * i, employee=TEAM[(i * i + i // 7) % 6])

    card = world.score(lenient).scorecards[0]

    assert isinstance(card.result(REPEAT_PURCHASE), Estimate)
    assert card.result(SATISFACTION).reason == "There are no ratings by customers in the data of this organisation."


def test_no_events_at_all_give_an_absence_for_everybody_and_everything(world: Any) -> None:
    world.team("a")

    assert [(one.indicator, one.kind) for one in world.score().scorecards[0].results] == [
        (key, AbsenceKind.NOT_OBSERVED) for key in (SATISFACTION, REPEAT_PURCHASE, LIFETIME_VALUE, ATTRITION)
    ]


def test_columns_that_are_not_there_are_named_in_the_working(world: Any, only: Any) -> None:
    tables = served(world.team(*TEAM)).tables()
    bare = {kind: table.drop("channel", "topic", "segment") for kind, table in tables.items()}
    world.tables = lambda: bare

    working = world.score(only(REPEAT_PURCHASE)).scorecards[0].result(REPEAT_PURCHASE).working

    assert ("case mix: segment", "not adjusted for, not recorded") in working.notes


def test_an_unknown_indicator_is_refused(world: Any, only: Any) -> None:
    policy = Policy(((IndicatorKey("charm"), only(SATISFACTION).of(SATISFACTION)),))

    with pytest.raises(InvalidInput, match="charm"):
        world.team("a").score(policy)


def test_progress_is_told_to_the_end(world: Any) -> None:
    from appraise.scoring import score

    told: list[tuple[str, int, int]] = []
    score(
        {},
        world.team("a").people(),
        DEFAULT_POLICY,
        world.cycle,
        data_as_of=date(2026, 1, 1),
        event_versions={EventKind.RATINGS: 3, EventKind.CONTACTS: 7},
        code_version="1.2.3",
        progress=lambda step, done, total: told.append((step, done, total)),
    )

    assert told[0] == ("reading events", 0, 5)
    assert told[-1] == ("done", 5, 5)


def test_the_manifest_names_all_that_the_result_rests_on(world: Any, only: Any) -> None:
    policy = only(SATISFACTION)

    manifest = world.team("a").contact("1", 5, "a").score(policy).manifest

    assert (manifest.event_versions, manifest.code_version) == ((("contacts", 1),), "test")
    assert manifest.people_hash == people_hash(world.people())
    assert manifest.policy_hash != world.score(replace(policy, annual_discount=0.11)).manifest.policy_hash
    assert manifest == world.score(policy).manifest
