"""Finished sections to try sinks on: one with a total, one whose total is an absence."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from appraise.domain.employees import ExternalReference
from appraise.domain.finished_sections import FinishedItem, FinishedSection
from appraise.domain.identifiers import SectionId
from appraise.domain.indicators import ATTRITION, COMPOSITE, SATISFACTION
from appraise.domain.periods import Period
from appraise.domain.scorecards import Absence, AbsenceKind, Estimate, Evidence, Working


def finished_section(namespace: str, employee: str = "17") -> FinishedSection:
    """A total of 3.75, made of a rating with a comment and of an absence."""
    return FinishedSection(
        id=SectionId("3hTq7section"),
        revision=1,
        name="Cleo O'Neil",
        references=(ExternalReference(namespace, employee), ExternalReference("email", "cleo@example.com")),
        cycle="2025",
        period=Period(date(2025, 1, 1), date(2026, 1, 1)),
        items=(
            FinishedItem(SATISFACTION, "Satisfaction", Decimal("0.75"), _estimate(), 4, "Calm & quick"),
            FinishedItem(ATTRITION, "Attrition", Decimal("0.25"), _not_observed(), None, None),
        ),
        total=Decimal("3.75"),
        absence=None,
        observed_weight=Decimal("0.75"),
        finalised_at=datetime(2026, 2, 1, 9, tzinfo=UTC),
        email="cleo@example.com",
        manager="Ben Böhm",
        manager_email="ben@example.com",
        job_title="Agent",
        department="Service desk",
        manifest_hash="0123456789abcdef" * 4,
    )


def absent_section(namespace: str) -> FinishedSection:
    reason = "40\N{NO-BREAK SPACE}% of the weight could be observed; a total needs 50\N{NO-BREAK SPACE}% of it."
    absence = Absence(COMPOSITE, AbsenceKind.INSUFFICIENT_EVIDENCE, reason)
    return replace(finished_section(namespace), total=None, absence=absence, observed_weight=Decimal("0.4"))


def _estimate() -> Estimate:
    value = Decimal("78.0")
    return Estimate(
        indicator=SATISFACTION,
        value=value,
        lower=value - 6,
        upper=value + 6,
        lower_90=value - 5,
        upper_90=value + 5,
        expected=Decimal("76.0"),
        unshrunk=value,
        standard_error=Decimal("3.0"),
        reliability=Decimal("0.80"),
        probability_better=Decimal("0.74"),
        consequence=True,
        evidence=Evidence(210, 190, Decimal("205.0")),
        working=Working(value, (), Decimal(0), value, Decimal(1)),
        level=3,
    )


def _not_observed() -> Absence:
    return Absence(ATTRITION, AbsenceKind.NOT_OBSERVED, "Nobody whom this employee owned had a contract to end.")
