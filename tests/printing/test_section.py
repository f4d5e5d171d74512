"""A section on paper: what it claims to be, that words stay words, and where the picture's marks lie."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.use_cases.conftest import absence, estimate

from appraise.domain.finished_sections import FinishedItem, FinishedSection
from appraise.domain.identifiers import SectionId
from appraise.domain.periods import Period
from appraise.printing.pictures import drawing
from appraise.printing.section import section_pages, section_pdf

HOSTILE = '#read("/etc/passwd") *bold* $x$ @nobody <b> \\ "quoted" #panic() \u202egnp'


def section(comment: str = HOSTILE) -> FinishedSection:
    return FinishedSection(
        id=SectionId("s"),
        revision=2,
        name="Kateřina Коваленчук",
        references=(),
        cycle="2025",
        period=Period(date(2025, 1, 1), date(2026, 1, 1)),
        items=(
            FinishedItem(estimate().indicator, "Satisfaction", Decimal("0.5"), estimate(), 4, comment, "a reason"),
            FinishedItem(absence().indicator, "Attrition", Decimal("0.5"), absence(), None, None),
        ),
        total=Decimal(4),
        absence=None,
        observed_weight=Decimal("0.5"),
        finalised_at=datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC),  # as a clock tells it
        manager="Xiomara #Łęczycki",
        manifest_hash="f" * 64,
    )


def test_it_says_of_itself_that_it_is_accessible_and_kept_and_is_the_same_each_time() -> None:
    printed = section_pdf(section())

    assert printed.startswith(b"%PDF-1.7")
    for claim in (b"<pdfuaid:part>1<", b"<pdfaid:part>2<", b"<pdfaid:conformance>A<"):
        assert claim in printed
    assert printed == section_pdf(section())
    assert printed != section_pdf(section("other words"))


def test_words_that_are_markup_are_printed_and_not_obeyed() -> None:
    """A page whose comment was obeyed would not compile: the file is not there, and `#panic` ends it."""
    pages = section_pages(section(), ppi=40)

    assert len(pages) == 1
    assert pages[0] != section_pages(section("other words"), ppi=40)[0]


def test_the_marks_lie_where_the_page_draws_them() -> None:
    """By hand: 63.25 to 79.25 with 12 % of 16 on each side is 61.33 to 81.17; 7 % of the width is free at each end."""
    drawn = drawing(estimate("71.25"))

    def place(value: float) -> float:
        return 7 + (value - 61.33) / (81.17 - 61.33) * 86

    assert [drawn[name] for name in ("value", "expected", "lower", "upper", "lower90", "upper90")] == pytest.approx(
        [place(value) for value in (71.25, 68, 63.25, 79.25, 64.55, 77.95)]
    )
    assert [mark["label"] for mark in drawn["marks"]] == ["65", "70", "75", "80"]
    assert drawn["verdict"] == "unsure"
