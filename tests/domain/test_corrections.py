"""When new figures say something else than those that a section was handed in with."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.domain.test_sections import item, section

from appraise.domain.corrections import Correction, CorrectionState, Difference, differences, is_said, overtaken
from appraise.domain.identifiers import CorrectionId, IndicatorKey, RunId, SectionId
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Scorecard

A = IndicatorKey("a")


def figure(value: str = "1", *, level: int | None = 3, expected: int = 1) -> Estimate:
    """With an interval of 0 to 2 around whatever value."""
    plain = item("a").result
    assert isinstance(plain, Estimate)
    return replace(plain, value=Decimal(value), level=level, expected=Decimal(expected))


def absence(reason: str = "nobody was asked") -> Absence:
    return Absence(A, AbsenceKind.NOT_OBSERVED, reason)


def found(before: Estimate | Absence, *after: Estimate | Absence) -> tuple[Difference, ...]:
    return differences(section(replace(item("a"), result=before)), Scorecard(section().employee, after))


def difference(
    before: str | None, after: str | None, was: int | None, becomes: int | None, *, band: bool
) -> Difference:
    return Difference(
        indicator=A,
        before=None if before is None else Decimal(before),
        after=None if after is None else Decimal(after),
        level_before=was,
        level_after=becomes,
        band_changes=band,
    )


@pytest.mark.parametrize("after", ["0", "1", "2"])
def test_what_lies_within_the_interval_of_before_is_nothing_new(after: str) -> None:
    assert found(figure(), figure(after)) == ()


@pytest.mark.parametrize("after", ["-0.01", "2.01"])
def test_what_lies_outside_is(after: str) -> None:
    assert found(figure(), figure(after)) == (difference("1", after, 3, 3, band=False),)


def test_another_level_or_side_of_what_was_expected_is_something_new_within_the_interval_too() -> None:
    assert found(figure(), figure("2", level=4)) == (difference("1", "2", 3, 4, band=True),)
    assert found(figure(), figure("2", expected=3)) == (difference("1", "2", 3, 3, band=True),)
    assert found(figure(), figure("2", level=None)) == (difference("1", "2", 3, None, band=True),)


def test_a_figure_that_appears_or_vanishes_is_something_new() -> None:
    assert found(absence(), figure(level=None)) == (difference(None, "1", None, None, band=True),)
    assert found(figure(level=None), absence()) == (difference("1", None, None, None, band=True),)
    assert found(absence(), absence("another")) == ()


def test_what_the_new_scorecard_does_not_speak_of_is_left_alone() -> None:
    one = section(item("b"), item("a"))

    assert found(figure()) == ()
    assert [one.indicator for one in differences(one, Scorecard(one.employee, (figure("9", level=None),)))] == [A]


@pytest.mark.parametrize(("bands", "changes"), [([], False), ([False, True], True), ([False, False], False)])
def test_a_notice_changes_the_level_where_one_of_its_figures_does(bands: list[bool], *, changes: bool) -> None:
    at, by = datetime(2026, 1, 15, tzinfo=UTC), date(2026, 2, 14)
    all_ = tuple(difference("1", "3", 3, 3, band=band) for band in bands)

    notice = Correction(CorrectionId("k"), SectionId("s"), 1, RunId("r"), all_, at, by)

    assert notice.band_changes is changes


SAYS, ELSE = ((difference("1", after, 3, 3, band=False),) for after in ("3", "9"))
OPEN = CorrectionState.OPEN


def noticed(says: tuple[Difference, ...], state: CorrectionState = OPEN, revision: int = 1) -> Correction:
    at, by = datetime(2026, 1, 15, tzinfo=UTC), date(2026, 2, 14)
    return Correction(CorrectionId("k"), SectionId("s"), revision, RunId("r"), says, at, by, state)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([], False),
        ([noticed(SAYS)], True),
        ([noticed(SAYS, CorrectionState.ANNOTATED)], True),
        ([noticed(SAYS, CorrectionState.REOPENED)], True),
        ([noticed(SAYS, CorrectionState.OVERTAKEN)], False),
        ([noticed(ELSE)], False),
        ([noticed(SAYS), noticed(ELSE)], False),
        ([noticed(ELSE), noticed(SAYS)], True),
        ([noticed(SAYS), noticed(ELSE, revision=2)], True),
        ([noticed(SAYS, revision=2)], False),
    ],
)
def test_nobody_is_told_twice_what_the_last_notice_of_the_revision_says(known: list[Correction], *, said: bool) -> None:
    assert is_said(SAYS, 1, known) is said


def test_what_waits_for_a_decision_about_what_is_not_so_any_more_is_overtaken() -> None:
    known = [
        noticed(ELSE),
        noticed(SAYS),
        noticed(SAYS, revision=2),
        noticed(ELSE, CorrectionState.ANNOTATED),
        noticed(SAYS, CorrectionState.REOPENED),
    ]

    assert overtaken(SAYS, 1, known) == [
        noticed(ELSE, CorrectionState.OVERTAKEN),
        noticed(SAYS, CorrectionState.OVERTAKEN, revision=2),
    ]
