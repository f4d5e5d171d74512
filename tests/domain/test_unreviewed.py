"""HR hands in what nobody reviewed: which ratings it has, and what becomes of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.domain.test_section_guards import moment
from tests.domain.test_sections import AT, absent, code, item, section

from appraise.domain.cycles import CycleRules
from appraise.domain.finished_sections import absence_of
from appraise.domain.identifiers import EmployeeId, IndicatorKey, ItemId
from appraise.domain.scorecards import Estimate
from appraise.domain.section_guards import hindrance
from appraise.domain.section_states import Action, SectionState
from appraise.domain.section_steps import begun_again, hand_in_unreviewed, reopen, send_back
from appraise.domain.sections import Item, Refusal, Section, rate, with_item

HAL = EmployeeId("hal")
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
    assert told.reason == "It was handed in unreviewed, with ratings for less than 50% of the weight."
    assert done(handed_in(levelled("a", 4), item("b", weight=QUARTER), item("c"), floor="0.25")).total == 4


def test_it_asks_for_a_reason_and_for_something_to_go_by() -> None:
    assert code(handed_in(*MIXED, reason=" ")) == "REASON_MISSING"


def test_it_is_offered_only_where_something_is_rated_or_has_a_level() -> None:
    some = [
        (item("a"), absent("b")),
        (item("a", rating=3),),
        (levelled("a", 2),),
        (levelled("a", 2, weight=Decimal(0)),),
    ]

    assert [section(*items).has_grades for items in some] == [False, True, True, False]
    last = date(2026, 1, 10)
    late = moment(date(2026, 1, 11))
    when = replace(late, cycle=replace(late.cycle, rules=CycleRules(rate_by=last)), has_grades=False)
    collecting = section(item("a"), state=SectionState.COLLECTING)
    assert code(hindrance(collecting, Action.HAND_IN_UNREVIEWED, when)) == "NOTHING_TO_RATE"
    assert hindrance(collecting, Action.HAND_IN_UNREVIEWED, replace(when, has_grades=True)) is None


def test_it_waits_for_the_last_day_of_the_manager() -> None:
    collecting = section(*MIXED, state=SectionState.COLLECTING)

    def hindered(rate_by: date | None, on: date) -> str | None:
        now = moment(on)
        cycle = replace(now.cycle, rules=CycleRules(rate_by=rate_by))
        found = hindrance(collecting, Action.HAND_IN_UNREVIEWED, replace(now, cycle=cycle))
        return None if found is None else found.code

    last = date(2026, 1, 10)
    assert [hindered(last, last), hindered(last, date(2026, 1, 11)), hindered(None, last)] == [
        "TOO_EARLY",
        None,
        "TOO_EARLY",
    ]


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
