"""The section's state machine: every action in every state, and the rules of each."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, ItemId, RunId, SectionId
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Evidence, Working
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Item, Refusal, Section, finalise, rate, send_back, submit

AT = datetime(2026, 1, 15, tzinfo=UTC)
PERIOD = Period(date(2025, 1, 1), date(2026, 1, 1))
HALF = Decimal("0.5")


def item(name: str, *, rating: int | None = None, comment: str | None = None, weight: Decimal = HALF) -> Item:
    estimate = Estimate(
        indicator=IndicatorKey(name),
        value=Decimal(1),
        lower=Decimal(0),
        upper=Decimal(2),
        lower_90=Decimal(0),
        upper_90=Decimal(2),
        expected=Decimal(1),
        unshrunk=Decimal(1),
        standard_error=HALF,
        reliability=HALF,
        probability_better=HALF,
        consequence=False,
        evidence=Evidence(1, 1, Decimal(1)),
        working=Working(Decimal(1), (), Decimal(0), Decimal(1), Decimal(1)),
    )
    return Item(ItemId(name), IndicatorKey(name), weight, estimate, rating, comment)


def absent(name: str, *, weight: Decimal = HALF) -> Item:
    absence = Absence(IndicatorKey(name), AbsenceKind.NOT_OBSERVED, "nobody was asked")
    return Item(ItemId(name), IndicatorKey(name), weight, absence)


def section(*items: Item, state: SectionState = SectionState.DRAFT) -> Section:
    return Section(
        SectionId("s"), EmployeeId("ann"), CycleId("c"), RunId("r"), state, version=3, revision=1, items=items
    )


def code(outcome: Section | Refusal) -> str:
    return outcome.code if isinstance(outcome, Refusal) else outcome.state.value


@pytest.mark.parametrize(
    ("state", "rated", "handed_in", "returned", "closed"),
    [
        (SectionState.COLLECTING, "DRAFT", "WRONG_STATE", "WRONG_STATE", "WRONG_STATE"),
        (SectionState.DRAFT, "DRAFT", "SUBMITTED", "WRONG_STATE", "WRONG_STATE"),
        (SectionState.SUBMITTED, "WRONG_STATE", "WRONG_STATE", "DRAFT", "FINALISED"),
        (SectionState.FINALISED, "WRONG_STATE", "WRONG_STATE", "WRONG_STATE", "WRONG_STATE"),
    ],
)
def test_each_action_in_each_state(state: SectionState, rated: str, handed_in: str, returned: str, closed: str) -> None:
    one = section(item("a", rating=3), state=state)

    assert [
        code(rate(one, ItemId("a"), rating=4, comment=None, on=AT.date(), period=PERIOD)),
        code(submit(one, at=AT, manifest_hash="h")),
        code(send_back(one, reason="why")),
        code(finalise(one, reason="why")),
    ] == [rated, handed_in, returned, closed]


def test_rating_changes_the_one_item_and_the_version() -> None:
    before = section(item("a"), item("b", rating=2, comment="slow"), state=SectionState.COLLECTING)

    after = rate(before, ItemId("a"), rating=4, comment="  kind ", on=AT.date(), period=PERIOD)

    assert after == replace(
        before,
        state=SectionState.DRAFT,
        version=4,
        items=(replace(before.items[0], rating=4, comment="kind"), before.items[1]),
    )


@pytest.mark.parametrize(
    ("name", "rating", "day", "refusal"),
    [
        (
            "a",
            3,
            date(2024, 12, 31),
            ("TOO_EARLY", "the cycle starts on 2025-01-01; nothing can be rated before", None),
        ),
        ("z", 3, AT.date(), ("UNKNOWN_ITEM", "the section has no such item", "itemId")),
        ("b", 3, AT.date(), ("NOTHING_TO_RATE", "this item has no estimate: nobody was asked", "rating")),
        ("a", 0, AT.date(), ("OUT_OF_RANGE", "a rating is from 1 to 5, not 0", "rating")),
        ("a", 6, AT.date(), ("OUT_OF_RANGE", "a rating is from 1 to 5, not 6", "rating")),
    ],
)
def test_a_rating_that_cannot_be_is_refused_with_its_field(
    name: str, rating: int, day: date, refusal: tuple[str, str, str | None]
) -> None:
    outcome = rate(section(item("a"), absent("b")), ItemId(name), rating=rating, comment=None, on=day, period=PERIOD)

    assert outcome == Refusal(*refusal)


@pytest.mark.parametrize("rating", [1, 5, None])
def test_the_lowest_and_the_highest_rating_and_none_are_taken_from_the_first_day_on(rating: int | None) -> None:
    after = rate(section(item("a", rating=3)), ItemId("a"), rating=rating, comment=" ", on=PERIOD.start, period=PERIOD)

    assert isinstance(after, Section)
    assert (after.items[0].rating, after.items[0].comment) == (rating, None)


def test_a_wrong_state_is_told_with_the_right_ones() -> None:
    final = section(item("a", rating=3), state=SectionState.FINALISED)

    assert [
        rate(final, ItemId("a"), rating=4, comment=None, on=AT.date(), period=PERIOD),
        submit(final, at=AT, manifest_hash="h"),
        send_back(final, reason="why"),
        finalise(final, reason="why"),
    ] == [
        Refusal("WRONG_STATE", f"the section is FINALISED; to {needed}")
        for needed in (
            "rate it must be COLLECTING or DRAFT",
            "submit it must be DRAFT",
            "return it must be SUBMITTED",
            "finalise it must be SUBMITTED",
        )
    ]


def test_an_absent_item_takes_words_without_a_rating() -> None:
    after = rate(section(absent("b")), ItemId("b"), rating=None, comment="on loan", on=AT.date(), period=PERIOD)

    assert isinstance(after, Section)
    assert after.items[0].comment == "on loan"


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([item("b", rating=3), item("a")], Refusal("ITEM_OPEN", "a is not rated yet", "a")),
        ([item("a", rating=5)], Refusal("COMMENT_MISSING", "a rating of 5 needs a comment (a)", "a")),
        ([item("a", rating=1)], Refusal("COMMENT_MISSING", "a rating of 1 needs a comment (a)", "a")),
    ],
)
def test_a_section_is_not_handed_in_while_something_is_owed(items: list[Item], refusal: Refusal) -> None:
    assert submit(section(*items), at=AT, manifest_hash="h") == refusal


@pytest.mark.parametrize("items", [[item("a", rating=5, comment="always")], [item("a", rating=3), absent("b")]])
def test_a_section_is_handed_in_when_nothing_is_owed(items: list[Item]) -> None:
    assert code(submit(section(*items), at=AT, manifest_hash="h")) == "SUBMITTED"


def test_handing_in_freezes_the_evidence_and_returning_frees_it() -> None:
    before = section(item("a", rating=3))
    handed_in = submit(before, at=AT, manifest_hash="h")
    assert handed_in == replace(before, state=SectionState.SUBMITTED, version=4, submitted_at=AT, manifest_hash="h")

    assert send_back(handed_in, reason="say more") == replace(before, version=5)
    assert finalise(handed_in, reason="agreed") == replace(handed_in, state=SectionState.FINALISED, version=5)


def test_returning_and_closing_need_a_reason() -> None:
    handed_in = section(item("a", rating=3), state=SectionState.SUBMITTED)

    assert [send_back(handed_in, reason=" "), finalise(handed_in, reason="")] == [
        Refusal("REASON_MISSING", "say why the section goes back", "reason"),
        Refusal("REASON_MISSING", "say on what grounds the section is finalised", "reason"),
    ]


def test_the_total_weighs_rated_items_only() -> None:
    # (0.3 · 4 + 0.1 · 2) / 0.4 = 3.5 by hand
    one = section(
        item("a", rating=4, weight=Decimal("0.3")),
        item("b", rating=2, weight=Decimal("0.1")),
        item("c", weight=Decimal("0.2")),
        absent("d", weight=Decimal("0.4")),
    )

    assert (one.total, one.observed_weight) == (Decimal("3.5"), Decimal("0.6"))


def test_there_is_no_total_without_ratings() -> None:
    assert section(absent("a"), item("b")).total is None


def test_context_needs_no_rating_and_takes_none() -> None:
    one = section(item("a", rating=3, weight=Decimal(1)), item("b", weight=Decimal(0)))

    refused = rate(one, ItemId("b"), rating=3, comment=None, on=AT.date(), period=PERIOD)
    commented = rate(one, ItemId("b"), rating=None, comment="a busy month", on=AT.date(), period=PERIOD)

    assert code(submit(one, at=AT, manifest_hash="h")) == "SUBMITTED"
    assert refused == Refusal("NOTHING_TO_RATE", "this item is context: it weighs nothing and is not rated", "rating")
    assert isinstance(commented, Section)
    assert commented.items[1].comment == "a busy month"
