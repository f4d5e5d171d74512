"""HR hands in what nobody reviewed: which ratings it has, and what becomes of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.domain.test_sections import AT, absent, item, section

from appraise.domain.finished_sections import absence_of
from appraise.domain.identifiers import EmployeeId, IndicatorKey, ItemId
from appraise.domain.scorecards import Estimate
from appraise.domain.section_course import Course
from appraise.domain.section_states import SectionState
from appraise.domain.section_steps import begun_again, hand_in_unreviewed, rated_by, reopen, send_back
from appraise.domain.sections import Item, Refusal, Section, rate, with_item

HAL, MAX = EmployeeId("hal"), EmployeeId("max")
EARLIER = AT - timedelta(days=3)
QUARTER = Decimal("0.25")


def levelled(name: str, level: int, *, rating: int | None = None, weight: Decimal = QUARTER) -> Item:
    one = item(name, rating=rating, weight=weight)
    assert isinstance(one.result, Estimate)
    return replace(one, result=replace(one.result, level=level, consequence=True))


def handed_in(*items: Item, reason: str = "Max has left", floor: str = "0.5") -> Section | Refusal:
    before = replace(section(*items, state=SectionState.COLLECTING), floor=Decimal(floor))
    return hand_in_unreviewed(before, reason=reason, at=AT, manifest_hash="h", by=HAL)


def done(outcome: Section | Refusal) -> Section:
    assert isinstance(outcome, Section), outcome
    return outcome


MIXED = (levelled("a", 4), levelled("b", 1), levelled("c", 2, rating=3), absent("d", weight=QUARTER))


def test_the_level_of_the_data_stands_in_for_what_the_manager_has_not_rated() -> None:
    """4 and 1 of the data and 3 of the manager, a quarter of the weight each: 8/3."""
    after = done(handed_in(*MIXED))

    assert [one.rating for one in after.items] == [4, 1, 3, None]
    assert (after.state, after.submitted_at, after.manifest_hash) == (SectionState.SUBMITTED, AT, "h")
    assert (after.course.submitted_by, after.course.unreviewed_reason) == (HAL, "Max has left")
    assert after.course.rated_by_level == ("a", "b")
    assert after.total == Decimal(8) / 3


def test_a_figure_without_a_level_is_not_rated_and_too_little_makes_no_total() -> None:
    some = done(handed_in(levelled("a", 4), item("b", weight=QUARTER), item("c")))

    assert ([one.rating for one in some.items], some.total) == ([4, None, None], None)
    told = absence_of(some)
    assert told is not None
    assert told.reason == "It was handed in unreviewed, with ratings for less than 50\N{NO-BREAK SPACE}% of the weight."
    assert done(handed_in(levelled("a", 4), item("b", weight=QUARTER), item("c"), floor="0.25")).total == 4


def test_it_asks_for_a_reason() -> None:
    assert handed_in(*MIXED, reason=" ") == Refusal("REASON_MISSING", "say why nobody reviews it", "reason")


def test_there_is_something_to_go_by_where_something_is_rated_or_has_a_level() -> None:
    some = [
        (item("a"), absent("b")),
        (item("a", rating=3),),
        (levelled("a", 2),),
        (levelled("a", 2, weight=Decimal(0)),),
    ]

    assert [section(*items).has_grades for items in some] == [False, True, True, False]


def test_what_the_manager_was_told_before_goes_and_what_they_handed_in_once_stays_shown() -> None:
    course = Course(rated_by=frozenset({MAX}), unblinded_at=EARLIER, submitted_for=MAX, return_reason="look again")
    before = replace(section(*MIXED, state=SectionState.COLLECTING), course=course)

    after = done(hand_in_unreviewed(before, reason=" Max has left ", at=AT, manifest_hash="h", by=HAL))

    assert after.course == Course(
        rated_by=frozenset({MAX}),
        unblinded_at=EARLIER,
        submitted_by=HAL,
        unreviewed_reason="Max has left",
        rated_by_level=(IndicatorKey("a"), IndicatorKey("b")),
    )
    assert (after.version, after.working_version) == (before.version + 1, before.version + 1)
    assert done(handed_in(*MIXED)).course.unblinded_at == AT
    assert begun_again(after, SectionState.CALIBRATED).course == after.course


def test_whoever_rates_is_remembered() -> None:
    once = rated_by(section(*MIXED), MAX)

    assert once == replace(section(*MIXED), course=Course(rated_by=frozenset({MAX})))
    assert rated_by(once, HAL).course.rated_by == {MAX, HAL}
    assert rated_by(once, None) == once


def test_whoever_reviews_it_later_begins_without_ratings_that_nobody_gave() -> None:
    after = done(handed_in(*MIXED))

    for judged in (done(send_back(after, reason="look again")), reopen(after)):
        assert [one.rating for one in judged.items] == [None, None, 3, None]
        assert (judged.course.unreviewed_reason, judged.course.rated_by_level) == (None, ())


def test_a_rating_that_somebody_moves_is_theirs() -> None:
    after = done(handed_in(*MIXED))
    revised = begun_again(with_item(after, replace(after.items[1], rating=2)), SectionState.CALIBRATED)
    said = done(rate(after, ItemId("a"), rating=4, comment="words alone"))

    assert (revised.course.rated_by_level, revised.is_unreviewed) == ((IndicatorKey("a"),), True)
    assert said.course.rated_by_level == ("a", "b")
