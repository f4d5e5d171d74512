"""Disputes and claims, correction notices, calibration."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.node import Node
from appraise.domain.calibration import CalibrationSession, CalibrationState, Move
from appraise.domain.corrections import Correction, CorrectionState, Difference
from appraise.domain.disputes import Dispute, DisputeKind, DisputeState
from appraise.domain.identifiers import EmployeeId


@strawberry.enum(name="DisputeKind", description="What an employee objects to.")
class DisputeKindValue(Enum):
    RATING = strawberry.enum_value(DisputeKind.RATING.value, description="A rating of a section that was shared.")
    NOT_MINE = strawberry.enum_value(DisputeKind.NOT_MINE.value, description="An event that was somebody else's.")
    WRONG_DATA = strawberry.enum_value(DisputeKind.WRONG_DATA.value, description="An event that is recorded wrongly.")
    MISSING = strawberry.enum_value(DisputeKind.MISSING.value, description="An event of theirs that is not there.")


@strawberry.enum(name="DisputeState", description="Where a dispute or a claim stands.")
class DisputeStateValue(Enum):
    OPEN = strawberry.enum_value(DisputeState.OPEN.value, description="Waits for its decision.")
    UPHELD = strawberry.enum_value(DisputeState.UPHELD.value, description="The employee was right.")
    PARTLY_UPHELD = strawberry.enum_value(DisputeState.PARTLY_UPHELD.value, description="Right in part.")
    DECLINED = strawberry.enum_value(DisputeState.DECLINED.value, description="It stands as it was.")
    WITHDRAWN = strawberry.enum_value(DisputeState.WITHDRAWN.value, description="The employee took it back.")
    EXPIRED = strawberry.enum_value(
        DisputeState.EXPIRED.value, description="Nobody decided in time; it may be filed again."
    )


@strawberry.enum(name="DisputeOutcome", description="What can be decided.")
class DisputeOutcome(Enum):
    UPHELD = strawberry.enum_value(DisputeState.UPHELD.value, description="The employee is right.")
    PARTLY_UPHELD = strawberry.enum_value(DisputeState.PARTLY_UPHELD.value, description="Right in part.")
    DECLINED = strawberry.enum_value(DisputeState.DECLINED.value, description="It stands as it is.")


@strawberry.type(name="Dispute", description="An objection of the employee, and what was decided.")
class DisputeType(Node):
    section_id: strawberry.ID = strawberry.field(description="The section that it is filed against.")
    kind: DisputeKindValue = strawberry.field(description="What is objected to.")
    state: DisputeStateValue = strawberry.field(description="Where it stands.")
    item_id: strawberry.ID = strawberry.field(description="The item that it is about.")
    evidence: str | None = strawberry.field(description="Of a claim: the event's id in its source.")
    comment: str = strawberry.field(description="What the employee says.")
    revision: int = strawberry.field(description="The section's revision then, a count from 1.")
    filed_at: datetime = strawberry.field(description="When.")
    decide_by: date = strawberry.field(description="The last day for a decision.")
    reviewer_id: strawberry.ID | None = strawberry.field(
        description="The manager who is to decide, as they did not score; null where HR has to."
    )
    reviewer_name: str | None = strawberry.field(description="Their name.")
    reason: str | None = strawberry.field(description="Why it was decided so.")
    decided_by_name: str | None = strawberry.field(description="Who ended it; null where the clock did.")
    decided_at: datetime | None = strawberry.field(description="When it ended.")

    @classmethod
    def of(cls, one: Dispute, names: Mapping[EmployeeId, str]) -> Self:
        return cls(
            id=to_global(Kind.DISPUTE, one.id),
            section_id=to_global(Kind.SECTION, one.section),
            kind=DisputeKindValue(one.kind.value),
            state=DisputeStateValue(one.state.value),
            item_id=to_global(Kind.ITEM, one.item),
            evidence=one.evidence,
            comment=one.comment,
            revision=one.revision,
            filed_at=one.filed_at,
            decide_by=one.decide_by,
            reviewer_id=None if one.reviewer is None else to_global(Kind.EMPLOYEE, one.reviewer),
            reviewer_name=None if one.reviewer is None else names.get(one.reviewer),
            reason=one.reason,
            decided_by_name=None if one.decided_by is None else names.get(one.decided_by),
            decided_at=one.decided_at,
        )


@strawberry.enum(name="CorrectionState", description="What became of a correction notice.")
class CorrectionStateValue(Enum):
    OPEN = strawberry.enum_value(CorrectionState.OPEN.value, description="HR has not decided yet.")
    REOPENED = strawberry.enum_value(CorrectionState.REOPENED.value, description="The section was opened again.")
    ANNOTATED = strawberry.enum_value(CorrectionState.ANNOTATED.value, description="The section stands, with a note.")
    OVERTAKEN = strawberry.enum_value(
        CorrectionState.OVERTAKEN.value,
        description="A later run said something else before HR decided; a later notice tells what, if anything.",
    )


@strawberry.type(name="Difference", description="One figure, as it was handed in and as the data say now.")
class DifferenceType:
    indicator: str = strawberry.field(description="Key of the indicator.")
    before: Decimal | None = strawberry.field(
        description="The value then, in the unit of the indicator; null where there was none."
    )
    after: Decimal | None = strawberry.field(
        description="The value now, in the unit of the indicator; null where there is none."
    )
    level_before: int | None = strawberry.field(description="The level then, 1 to 5.")
    level_after: int | None = strawberry.field(description="The level now, 1 to 5.")
    band_changes: bool = strawberry.field(description="Whether the level or the side of what was expected is another.")

    @classmethod
    def of(cls, one: Difference) -> Self:
        return cls(
            indicator=one.indicator,
            before=one.before,
            after=one.after,
            level_before=one.level_before,
            level_after=one.level_after,
            band_changes=one.band_changes,
        )


@strawberry.type(name="Correction", description="A notice that the data say otherwise than when it was handed in.")
class CorrectionType(Node):
    section_id: strawberry.ID = strawberry.field(description="The section that was handed in.")
    revision: int = strawberry.field(description="The revision that it is about, a count from 1.")
    differences: list[DifferenceType] = strawberry.field(description="What is otherwise.")
    band_changes: bool = strawberry.field(description="Whether any level would be another.")
    noticed_at: datetime = strawberry.field(description="When a scoring run found it.")
    decide_by: date = strawberry.field(description="The day by which HR opens the section again or annotates it.")
    state: CorrectionStateValue = strawberry.field(description="What became of it.")
    note: str | None = strawberry.field(description="Why.")

    @classmethod
    def of(cls, one: Correction) -> Self:
        return cls(
            id=to_global(Kind.CORRECTION, one.id),
            section_id=to_global(Kind.SECTION, one.section),
            revision=one.revision,
            differences=[DifferenceType.of(difference) for difference in one.differences],
            band_changes=one.band_changes,
            noticed_at=one.noticed_at,
            decide_by=one.decide_by,
            state=CorrectionStateValue(one.state.value),
            note=one.note,
        )


@strawberry.type(description="A rating before and after calibration.")
class CalibrationMove:
    section_id: strawberry.ID = strawberry.field(description="The section.")
    item_id: strawberry.ID = strawberry.field(description="The item.")
    before: int | None = strawberry.field(description="The rating before, 1 to 5.")
    after: int = strawberry.field(description="The rating after, 1 to 5.")
    reason: str = strawberry.field(description="Why.")
    is_outside: bool = strawberry.field(description="Whether the data do not bear the new rating out.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, move: Move) -> Self:
        return cls(
            section_id=to_global(Kind.SECTION, move.section),
            item_id=to_global(Kind.ITEM, move.item),
            before=move.before,
            after=move.after,
            reason=move.reason,
            is_outside=move.is_outside,
            at=move.at,
        )


@strawberry.enum(name="CalibrationState", description="Whether a session goes on.")
class CalibrationStateValue(Enum):
    OPEN = strawberry.enum_value(CalibrationState.OPEN.value, description="Ratings can be moved.")
    LOCKED = strawberry.enum_value(CalibrationState.LOCKED.value, description="Ended; its sections are calibrated.")


@strawberry.type(name="CalibrationSession", description="Sections of a cycle that are compared with each other.")
class CalibrationSessionType(Node):
    cycle_id: strawberry.ID = strawberry.field(description="The cycle of its sections.")
    name: str = strawberry.field(description="Its name.")
    state: CalibrationStateValue = strawberry.field(description="Whether it goes on.")
    section_ids: list[strawberry.ID] = strawberry.field(description="What is compared.")
    opened_at: datetime = strawberry.field(description="Since when.")
    locked_at: datetime | None = strawberry.field(description="Until when.")
    moves: list[CalibrationMove] = strawberry.field(description="What was moved, in order.")
    moves_outside: int = strawberry.field(description="Number of moves that the data do not bear out.")

    @classmethod
    def of(cls, session: CalibrationSession, moves: list[Move]) -> Self:
        return cls(
            id=to_global(Kind.CALIBRATION, session.id),
            cycle_id=to_global(Kind.CYCLE, session.cycle),
            name=session.name,
            state=CalibrationStateValue(session.state.value),
            section_ids=[to_global(Kind.SECTION, section) for section in session.sections],
            opened_at=session.opened_at,
            locked_at=session.locked_at,
            moves=[CalibrationMove.of(move) for move in moves],
            moves_outside=sum(move.is_outside for move in moves),
        )
