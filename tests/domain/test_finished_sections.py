"""What goes into an HR system of a final section, and what stands in the place of a total that there is not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.domain.test_sections import absent, item, section

from appraise.domain.employees import ExternalReference
from appraise.domain.finished_sections import FinishedItem, FinishedSection, WrittenTotal, absence_of, finished_items
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import IndicatorKey, SectionId
from appraise.domain.indicators import COMPOSITE, SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate
from appraise.domain.section_course import Course
from appraise.domain.sections import Item

ABSENT = Absence(COMPOSITE, AbsenceKind.EXCLUDED, "on leave")
FINISHED = FinishedSection(
    id=SectionId("s"),
    revision=1,
    name="Ann",
    references=(
        ExternalReference("frappe:id", "HR-1"),
        ExternalReference("workday:id", "7"),
        ExternalReference("workday:id", "8"),
        ExternalReference("csv:id", "9"),
        ExternalReference("csv:id", "9"),
    ),
    cycle="2025",
    period=Period(date(2025, 1, 1), date(2026, 1, 1)),
    items=(),
    total=Decimal("3.6549"),
    absence=None,
    observed_weight=Decimal(1),
    finalised_at=datetime(2026, 2, 1, tzinfo=UTC),
)


def test_an_id_that_is_not_the_only_one_of_its_system_is_none() -> None:
    found = {system: FINISHED.reference(system) for system in ("frappe:id", "workday:id", "csv:id", "odoo:id")}

    assert found == {"frappe:id": "HR-1", "workday:id": None, "csv:id": "9", "odoo:id": None}


def test_a_total_is_written_as_people_read_it_beside_what_the_host_will_hold() -> None:
    scale = HostScale(Decimal(0), Decimal(100), Decimal(1))

    assert (FINISHED.total_shown, FINISHED.status) == (Decimal("3.65"), "SCORED")
    assert WrittenTotal.of(FINISHED, scale) == WrittenTotal(Decimal("3.65"), scale, Decimal(66))
    as_here = HostScale(Decimal(1), Decimal(5), Decimal("0.01"))
    assert WrittenTotal.of(FINISHED, None) == WrittenTotal(Decimal("3.65"), as_here, Decimal("3.65"))
    between = WrittenTotal.of(replace(FINISHED, total=Decimal("3.125")), HostScale.of_ratings())
    assert between is not None
    assert (between.shown, between.value) == (Decimal("3.13"), Decimal("3.13"))
    none = replace(FINISHED, total=None, absence=ABSENT)
    assert (none.total_shown, none.status, WrittenTotal.of(none, scale)) == (None, "EXCLUDED", None)


def test_each_line_has_its_name_level_or_absence_rating_and_words() -> None:
    one = replace(item("satisfaction", rating=4, comment="kind"), indicator=SATISFACTION)
    assert isinstance(one.result, Estimate)
    one = replace(one, result=replace(one.result, level=5), reason="it says")
    other = replace(absent("attrition", weight=Decimal("0.2")), indicator=IndicatorKey("attrition"))

    first, second = finished_items(section(one, other))

    assert first == FinishedItem(SATISFACTION, "Satisfaction", Decimal("0.5"), one.result, 4, "kind", "it says")
    assert second == FinishedItem(other.indicator, "Attrition", Decimal("0.2"), other.result, None, None)
    assert (first.level, first.absence) == (5, None)
    assert (second.level, second.absence) == (None, other.result)


NOTHING = Absence(COMPOSITE, AbsenceKind.NOT_OBSERVED, "No indicator that weighs anything could be observed.")
CONTEXT = absent("context", weight=Decimal(0))
LEFT_OUT = replace(absent("b"), result=replace(ABSENT, indicator=IndicatorKey("b")))


@pytest.mark.parametrize(
    ("items", "floor", "absence"),
    [
        ([item("a", rating=3)], "0", None),
        ([item("a", rating=3), absent("b")], "0.5", None),
        (
            [item("a", rating=3), absent("b")],
            "0.6",
            Absence(
                COMPOSITE,
                AbsenceKind.INSUFFICIENT_EVIDENCE,
                "50\N{NO-BREAK SPACE}% of the weight could be observed; a total needs 60\N{NO-BREAK SPACE}% of it.",
            ),
        ),
        (
            [item("a", rating=3, weight=Decimal("0.597")), absent("b", weight=Decimal("0.403"))],
            "0.6",
            Absence(
                COMPOSITE,
                AbsenceKind.INSUFFICIENT_EVIDENCE,
                "59.7\N{NO-BREAK SPACE}% of the weight could be observed; a total needs 60\N{NO-BREAK SPACE}% of it.",
            ),
        ),
        ([LEFT_OUT, CONTEXT], "0", ABSENT),
        ([item("a", weight=Decimal(0)), LEFT_OUT], "0", ABSENT),
        ([LEFT_OUT, absent("c")], "0", NOTHING),
        ([CONTEXT], "0", NOTHING),
        ([item("a"), CONTEXT], "0", NOTHING),
    ],
)
def test_why_there_is_no_total(items: list[Item], floor: str, absence: Absence | None) -> None:
    assert absence_of(replace(section(*items), floor=Decimal(floor))) == absence


@pytest.mark.parametrize(
    ("items", "absence"),
    [
        (
            [item("a", rating=3, weight=Decimal("0.4")), item("b", weight=Decimal("0.6"))],
            Absence(
                COMPOSITE,
                AbsenceKind.INSUFFICIENT_EVIDENCE,
                "It was handed in unreviewed, with ratings for less than 60\N{NO-BREAK SPACE}% of the weight.",
            ),
        ),
        ([item("a", rating=3, weight=Decimal("0.6")), item("b", weight=Decimal("0.4"))], None),
        ([item("a", weight=Decimal("0.6")), LEFT_OUT], ABSENT),
    ],
)
def test_why_there_is_no_total_of_what_was_handed_in_unreviewed(items: list[Item], absence: Absence | None) -> None:
    unreviewed = replace(section(*items), floor=Decimal("0.6"), course=Course(unreviewed_reason="Max is away"))

    assert absence_of(unreviewed) == absence
