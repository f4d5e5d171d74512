"""What is written into a section, and when it may be handed in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, ItemId, RunId, SectionId
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Evidence, Working
from appraise.domain.section_course import Course
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import (
    Item,
    Refusal,
    Section,
    assess,
    hand_in_assessment,
    is_stale,
    moved,
    rate,
    shown_total,
    submit,
    with_item,
    words,
)

AT = datetime(2026, 1, 15, tzinfo=UTC)
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


def test_rating_changes_the_one_item_and_the_version() -> None:
    before = section(item("a"), item("b", rating=2, comment="slow"), state=SectionState.COLLECTING)

    after = rate(before, ItemId("a"), rating=4, comment="  kind ")

    assert after == replace(
        before,
        state=SectionState.DRAFT,
        version=4,
        items=(replace(before.items[0], rating=4, comment="kind"), before.items[1]),
    )


Write = tuple[str, str]
WRITES = [(side, name) for side in ("rate", "assess") for name in ("a", "b")]


def written(before: Section, what: str, name: str) -> Section:
    if what == "hand in":
        after = hand_in_assessment(before, at=AT)
    else:
        write = {"rate": rate, "assess": assess}[what]
        after = write(before, ItemId(name), rating=None, comment="mine")
    assert isinstance(after, Section)
    return after


@pytest.mark.parametrize("first", [*WRITES, ("hand in", "")])
@pytest.mark.parametrize("then", [*WRITES, ("hand in", ""), ("submit", "")])
def test_only_who_wrote_the_same_stands_in_the_way(first: Write, then: Write) -> None:
    """Whoever hands in sees what they hand in; else only the same side of the same item is in conflict."""
    read = section(item("a"), item("b"), state=SectionState.DRAFT)
    read = written(read, "assess", "a")
    after = written(read, *first)
    action = {"rate": Action.RATE, "submit": Action.SUBMIT}.get(then[0], Action.ASSESS_SELF)
    one = ItemId(then[1]) if then[1] else None

    in_the_way = first == then != ("hand in", "") or (first[0], then[0]) in {("rate", "submit"), ("assess", "hand in")}
    assert is_stale(after, action, one, read.version) == in_the_way
    assert not is_stale(after, action, one, after.version)
    assert is_stale(after, action, one, after.version + 1)  # nobody has read that


@pytest.mark.parametrize(
    ("name", "rating", "refusal"),
    [
        ("z", 3, ("UNKNOWN_ITEM", "the section has no such item", "itemId")),
        ("b", 3, ("NOTHING_TO_RATE", "this item has no estimate: nobody was asked", "rating")),
        ("a", 0, ("OUT_OF_RANGE", "a rating is from 1 to 5, not 0", "rating")),
        ("a", 6, ("OUT_OF_RANGE", "a rating is from 1 to 5, not 6", "rating")),
    ],
)
def test_a_rating_that_cannot_be_is_refused_with_its_field(
    name: str, rating: int, refusal: tuple[str, str, str | None]
) -> None:
    assert rate(section(item("a"), absent("b")), ItemId(name), rating=rating, comment=None) == Refusal(*refusal)


@pytest.mark.parametrize("rating", [1, 5, None])
def test_the_lowest_and_the_highest_rating_and_none_are_taken(rating: int | None) -> None:
    after = rate(section(item("a", rating=3)), ItemId("a"), rating=rating, comment=" ")

    assert isinstance(after, Section)
    assert (after.items[0].rating, after.items[0].comment) == (rating, None)


def test_an_absent_item_takes_words_without_a_rating() -> None:
    after = rate(section(absent("b")), ItemId("b"), rating=None, comment="on loan")

    assert isinstance(after, Section)
    assert after.items[0].comment == "on loan"


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([item("b", rating=3), item("a")], Refusal("ITEM_OPEN", "A is not rated yet", "a")),
        ([item("a", rating=5)], Refusal("COMMENT_MISSING", "a rating of 5 needs a comment (A)", "a")),
        ([item("a", rating=1)], Refusal("COMMENT_MISSING", "a rating of 1 needs a comment (A)", "a")),
    ],
)
def test_a_section_is_not_handed_in_while_something_is_owed(items: list[Item], refusal: Refusal) -> None:
    assert submit(section(*items), at=AT, manifest_hash="h") == refusal


@pytest.mark.parametrize("items", [[item("a", rating=5, comment="always")], [item("a", rating=3), absent("b")]])
def test_a_section_is_handed_in_when_nothing_is_owed(items: list[Item]) -> None:
    assert code(submit(section(*items), at=AT, manifest_hash="h")) == "SUBMITTED"


def test_handing_in_freezes_the_evidence_and_ends_the_blindness() -> None:
    before = section(item("a", rating=3))
    handed_in = submit(before, at=AT, manifest_hash="h", by=EmployeeId("max"))

    assert handed_in == replace(
        before,
        state=SectionState.SUBMITTED,
        version=4,
        submitted_at=AT,
        manifest_hash="h",
        course=Course(unblinded_at=AT, submitted_by=EmployeeId("max")),
    )
    assert isinstance(handed_in, Section)
    again = submit(
        replace(handed_in, course=replace(handed_in.course, return_reason="why")),
        at=AT + timedelta(days=1),
        manifest_hash="h",
    )
    assert isinstance(again, Section)
    assert again.course == Course(unblinded_at=AT)
    stood_in = submit(before, at=AT, manifest_hash="h", by=EmployeeId("ben"), acts_for=EmployeeId("max"))
    assert isinstance(stood_in, Section)
    assert (stood_in.course.submitted_by, stood_in.course.submitted_for) == (EmployeeId("ben"), EmployeeId("max"))


@pytest.mark.parametrize(
    ("level", "supported", "needs_reason"),
    [
        (None, None, []),
        (1, (1, 2), [3, 4, 5]),
        (2, (1, 3), [4, 5]),
        (3, (2, 4), [1, 5]),
        (4, (3, 5), [1, 2]),
        (5, (4, 5), [1, 2, 3]),
    ],
)
def test_a_rating_further_than_a_step_from_the_level_needs_a_reason(
    level: int | None, supported: tuple[int, int] | None, needs_reason: list[int]
) -> None:
    plain = item("a", comment="words")
    assert isinstance(plain.result, Estimate)
    one = replace(plain, result=replace(plain.result, level=level))
    refused = [
        rating
        for rating in range(1, 6)
        if code(submit(section(replace(one, rating=rating)), at=AT, manifest_hash="h")) != "SUBMITTED"
    ]

    assert (one.supported, refused) == (supported, needs_reason)
    assert absent("b").supported is None


def test_the_reason_of_a_departure_is_kept_beside_it_and_goes_with_it() -> None:
    plain = item("a")
    assert isinstance(plain.result, Estimate)
    before = section(replace(plain, result=replace(plain.result, level=2)))

    departed = rate(before, ItemId("a"), rating=5, comment="x", reason=" trained all ")
    back = rate(before, ItemId("a"), rating=3, comment="x", reason="trained all")

    assert isinstance(departed, Section)
    assert isinstance(back, Section)
    assert (departed.items[0].reason, back.items[0].reason) == ("trained all", None)
    assert submit(departed, at=AT, manifest_hash="h") != departed
    assert submit(replace(departed, items=(replace(departed.items[0], reason=None),)), at=AT, manifest_hash="h") == (
        Refusal("REASON_MISSING", "the data bear out 1 to 3; a rating of 5 needs a reason (A)", "a")
    )


def test_the_employee_writes_beside_any_item_and_hands_it_in_once_something_is_there() -> None:
    before = section(item("a", rating=2, comment="slow"), absent("b"), state=SectionState.COLLECTING)

    empty = hand_in_assessment(before, at=AT)
    wrong = assess(before, ItemId("a"), rating=6, comment=None)
    unknown = assess(before, ItemId("z"), rating=3, comment=None)
    written = assess(before, ItemId("b"), rating=4, comment=" no customers of mine ")
    assert isinstance(written, Section)
    handed_in = hand_in_assessment(written, at=AT)

    assert empty == Refusal("NOTHING_TO_HAND_IN", "write something beside an item first")
    assert [code(wrong), code(unknown)] == ["OUT_OF_RANGE", "UNKNOWN_ITEM"]
    assert written == replace(
        before,
        version=4,
        items=(before.items[0], replace(before.items[1], own_rating=4, own_comment="no customers of mine")),
    )
    assert handed_in == replace(written, version=5, course=Course(self_assessed_at=AT))


@pytest.mark.parametrize(("rating", "comment"), [(4, None), (None, "slow weeks")])
def test_words_or_a_rating_alone_are_something_to_hand_in(rating: int | None, comment: str | None) -> None:
    written = assess(section(item("a"), item("b")), ItemId("a"), rating=rating, comment=comment)

    assert isinstance(written, Section)
    assert (written.items[0].own_rating, written.items[0].own_comment) == (rating, comment)
    assert isinstance(hand_in_assessment(written, at=AT), Section)


@pytest.mark.parametrize(("text", "kept"), [(None, None), ("", None), (" \n", None), (" a b ", "a b")])
def test_words_are_kept_without_blanks_around_them(text: str | None, kept: str | None) -> None:
    assert words(text) == kept


@pytest.mark.parametrize(
    ("employee", "manager", "both"), [(None, None, False), (AT, None, False), (None, AT, False), (AT, AT, True)]
)
def test_blindness_ends_when_both_are_in(employee: datetime | None, manager: datetime | None, both: bool) -> None:
    one = replace(section(item("a")), course=Course(self_assessed_at=employee, unblinded_at=manager))

    assert one.both_are_in is both


@pytest.mark.parametrize(("floor", "total"), [("0.6", Decimal("3.5")), ("0.61", None)])
def test_below_the_floor_there_is_no_total_and_no_zero(floor: str, total: Decimal | None) -> None:
    one = replace(
        section(
            item("a", rating=4, weight=Decimal("0.45")),
            item("b", rating=2, weight=Decimal("0.15")),
            absent("c", weight=Decimal("0.4")),
        ),
        floor=Decimal(floor),
    )

    assert one.total == total


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

    refused = rate(one, ItemId("b"), rating=3, comment=None)
    commented = rate(one, ItemId("b"), rating=None, comment="a busy month")

    assert code(submit(one, at=AT, manifest_hash="h")) == "SUBMITTED"
    assert refused == Refusal("NOTHING_TO_RATE", "this item is context: it weighs nothing and is not rated", "rating")
    assert isinstance(commented, Section)
    assert commented.items[1].comment == "a busy month"


@pytest.mark.parametrize(
    ("total", "shown"),
    [(Decimal(8) / 3, "2.67"), (Decimal("2.665"), "2.67"), (Decimal("2.664"), "2.66"), (Decimal(3), "3.00")],
)
def test_a_total_is_shown_to_two_places_half_way_up(total: Decimal, shown: str) -> None:
    assert str(shown_total(total)) == shown


def test_a_section_that_moves_is_a_version_on_for_everybody() -> None:
    before = replace(section(item("a")), version=4, working_version=2)

    after = moved(before, SectionState.SUBMITTED)

    assert (after.state, after.course, after.version, after.working_version) == (
        SectionState.SUBMITTED, before.course, 5, 5,
    )  # fmt: skip


def test_a_rating_that_is_another_is_no_longer_the_level_of_the_data() -> None:
    a, b = IndicatorKey("a"), IndicatorKey("b")
    before = replace(section(item("a", rating=2), item("b", rating=3)), course=Course(rated_by_level=(a, b)))
    one = before.items[0]

    assert with_item(before, replace(one, rating=4)).course.rated_by_level == (b,)
    assert with_item(before, replace(one, comment="kind")).course.rated_by_level == (a, b)
    assert with_item(before, replace(one, id=ItemId("other"), rating=4)).course.rated_by_level == (a, b)


def test_of_a_section_without_items_nothing_that_the_employee_wrote_is_stale() -> None:
    assert not is_stale(replace(section(), version=1), Action.ASSESS_SELF, None, 0)
    assert is_stale(replace(section(), version=1), Action.ASSESS_SELF, None, 2)
