"""What the data say since a section was handed in, where that is something else: a notice, never a silent edit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from appraise.domain.identifiers import CorrectionId, EmployeeId, IndicatorKey, RunId, SectionId
from appraise.domain.scorecards import Absence, Estimate, Scorecard
from appraise.domain.sections import Section

DAYS_TO_DECIDE: Final = timedelta(days=30)


class CorrectionState(StrEnum):
    """OPEN until HR has the section opened again, or lets it stand with a note, or a later run says something else."""

    OPEN = "OPEN"
    REOPENED = "REOPENED"
    ANNOTATED = "ANNOTATED"
    OVERTAKEN = "OVERTAKEN"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure before and after; a value of None is an absence. `band_changes` says whether the level would."""

    indicator: IndicatorKey
    before: Decimal | None
    after: Decimal | None
    level_before: int | None
    level_after: int | None
    band_changes: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """Of one revision by one run. HR decides until `decide_by`."""

    id: CorrectionId
    section: SectionId
    revision: int
    run: RunId
    differences: tuple[Difference, ...]
    noticed_at: datetime
    decide_by: date
    state: CorrectionState = CorrectionState.OPEN
    note: str | None = None
    decided_by: EmployeeId | None = None

    @property
    def band_changes(self) -> bool:
        return any(one.band_changes for one in self.differences)


def differences(section: Section, card: Scorecard) -> tuple[Difference, ...]:
    """What a new scorecard says otherwise than the section's frozen figures, beyond what they leave open.

    Otherwise means that a figure appeared or vanished, that it lies outside the 95 % interval of before, or that its
    level or its side of what was expected is another.
    """
    new = {result.indicator: result for result in card.results}
    found = []
    for item in section.items:
        result = new.get(item.indicator)
        if result is not None and _is_otherwise(item.result, result):
            found.append(
                Difference(
                    indicator=item.indicator,
                    before=_value(item.result),
                    after=_value(result),
                    level_before=_level(item.result),
                    level_after=_level(result),
                    band_changes=_band(item.result) != _band(result),
                )
            )
    return tuple(found)


def is_said(found: tuple[Difference, ...], revision: int, known: Sequence[Correction]) -> bool:
    """Whether the last notice of the revision says that already, and still holds; `known` from the oldest on."""
    last = next((one for one in reversed(known) if one.revision == revision), None)
    return last is not None and last.differences == found and last.state is not CorrectionState.OVERTAKEN


def overtaken(found: tuple[Difference, ...], revision: int, known: Sequence[Correction]) -> list[Correction]:
    """Those that wait for a decision about what is not so any more, as they end."""
    return [
        replace(one, state=CorrectionState.OVERTAKEN)
        for one in known
        if one.state is CorrectionState.OPEN and (one.revision, one.differences) != (revision, found)
    ]


def _is_otherwise(before: Estimate | Absence, after: Estimate | Absence) -> bool:
    match before, after:
        case Estimate(lower=lower, upper=upper), Estimate(value=value):
            return _band(before) != _band(after) or not lower <= value <= upper
        case Absence(), Absence():
            return False
        case _:
            return True


def _band(result: Estimate | Absence) -> tuple[int | None, bool | None] | None:
    """Level and side; None for an absence, which is no figure without either."""
    return None if isinstance(result, Absence) else (result.level, result.is_better)


def _value(result: Estimate | Absence) -> Decimal | None:
    return None if isinstance(result, Absence) else result.value


def _level(result: Estimate | Absence) -> int | None:
    return None if isinstance(result, Absence) else result.level
