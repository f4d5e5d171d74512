"""What happened to a section on its way."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.global_ids import Kind, to_global
from appraise.api.types.estimates import ItemResult, result_of
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.domain.delegations import NamedDelegation
from appraise.domain.host_scale import HostScale
from appraise.domain.identifiers import SectionId
from appraise.domain.indicators import definition_of
from appraise.domain.language import say
from appraise.domain.reading import HandedIn
from appraise.domain.revisions import SectionRevision
from appraise.domain.section_course import (
    Acknowledgement,
    Exemption,
    ExemptionReason,
    Reopening,
    ReopeningReason,
    Stance,
)
from appraise.domain.sections import Item, shown_total


@strawberry.enum(name="Stance", description="What an employee says to their section.")
class StanceValue(Enum):
    AGREE = strawberry.enum_value(Stance.AGREE.value, description="Seen, and agrees.")
    SEEN_NOT_AGREE = strawberry.enum_value(
        Stance.SEEN_NOT_AGREE.value, description="Seen, and does not agree. It is an acknowledgement all the same."
    )
    NO_RESPONSE = strawberry.enum_value(
        Stance.NO_RESPONSE.value,
        description="Nobody had answered when it became final, by the clock or by HR. Nobody gives it; no agreement.",
    )


@strawberry.enum(name="ExemptionReason", description="Why somebody has no section in a cycle.")
class ExemptionReasonValue(Enum):
    NEW_HIRE = strawberry.enum_value(ExemptionReason.NEW_HIRE.value, description="Too short a time at work.")
    LEAVE = strawberry.enum_value(ExemptionReason.LEAVE.value, description="On leave for too long.")
    SECONDMENT = strawberry.enum_value(ExemptionReason.SECONDMENT.value, description="Worked elsewhere.")
    NO_CUSTOMER_DUTY = strawberry.enum_value(
        ExemptionReason.NO_CUSTOMER_DUTY.value, description="The job has nothing to do with customers."
    )
    LEFT = strawberry.enum_value(ExemptionReason.LEFT.value, description="Has left.")
    LEGAL = strawberry.enum_value(ExemptionReason.LEGAL.value, description="For legal reasons.")


@strawberry.enum(name="ReopeningReason", description="Why a final section is opened again.")
class ReopeningReasonValue(Enum):
    ERROR = strawberry.enum_value(ReopeningReason.ERROR.value, description="A mistake was made.")
    DISPUTE_AFTER_CLOSE = strawberry.enum_value(
        ReopeningReason.DISPUTE_AFTER_CLOSE.value, description="The employee objects after the close."
    )
    LEGAL = strawberry.enum_value(ReopeningReason.LEGAL.value, description="For legal reasons.")
    CORRECTION = strawberry.enum_value(
        ReopeningReason.CORRECTION.value, description="The data were corrected, and say otherwise now."
    )


@strawberry.type(name="Acknowledgement", description="The employee's answer to a section that was shared.")
class AcknowledgementType:
    stance: StanceValue = strawberry.field(description="Whether they agree.")
    comment: str | None = strawberry.field(description="Their words.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, answer: Acknowledgement) -> Self:
        return cls(stance=StanceValue(answer.stance.value), comment=answer.comment, at=answer.at)


@strawberry.type(name="SectionDelegate", description="Somebody who stands in for a section's manager today.")
class SectionDelegateType:
    name: str = strawberry.field(description="Who.")
    for_name: str = strawberry.field(description="For whom.")
    last_day: date = strawberry.field(description="The last day on which they do.")
    may_submit: bool = strawberry.field(description="Whether they hand in, too.")

    @classmethod
    def of(cls, named: NamedDelegation) -> Self:
        one = named.delegation
        assert one.period.end is not None  # noqa: S101  # the database holds none without an end
        last = one.period.end - timedelta(days=1)
        return cls(name=named.delegate_name, for_name=named.manager_name, last_day=last, may_submit=one.may_submit)


@strawberry.type(name="HandedIn", description="Who handed a section in.")
class HandedInType:
    name: str = strawberry.field(description="Who.")
    for_name: str | None = strawberry.field(description="The manager for whom they stood in; null where for nobody.")
    unreviewed_reason: str | None = strawberry.field(
        description="Why HR handed it in without the manager: it is provisional, not reviewed. Null otherwise."
    )
    rated_by_level: list[str] = strawberry.field(
        description="Names of the indicators whose rating is the level of the data, which nobody judged."
    )

    @classmethod
    def of(cls, handed_in: HandedIn) -> Self:
        return cls(
            name=handed_in.name,
            for_name=handed_in.for_name,
            unreviewed_reason=handed_in.unreviewed_reason,
            rated_by_level=[say(definition_of(key).name) for key in handed_in.rated_by_level],
        )


@strawberry.type(name="Exemption", description="Why a section is out of the cycle.")
class ExemptionType:
    reason: ExemptionReasonValue = strawberry.field(description="The reason.")
    note: str | None = strawberry.field(description="More about it.")
    at: datetime = strawberry.field(description="Since when.")

    @classmethod
    def of(cls, exemption: Exemption) -> Self:
        return cls(reason=ExemptionReasonValue(exemption.reason.value), note=exemption.note, at=exemption.at)


@strawberry.type(name="Reopening", description="That one HR administrator proposes to open a final section again.")
class ReopeningType:
    reason: ReopeningReasonValue = strawberry.field(description="The reason.")
    note: str = strawberry.field(description="What has to be put right.")
    at: datetime = strawberry.field(description="When it was proposed.")
    proposed_by: strawberry.ID = strawberry.field(description="Id of the employee who proposed it.")

    @classmethod
    def of(cls, reopening: Reopening) -> Self:
        return cls(
            reason=ReopeningReasonValue(reopening.reason.value),
            note=reopening.note,
            at=reopening.at,
            proposed_by=to_global(Kind.EMPLOYEE, reopening.by),
        )


@strawberry.type(description="The total on the HR system's scale, rounded as it will be written there.")
class HostTotal:
    value: Decimal = strawberry.field(description="The value that is written, on the host's scale.")
    lowest: Decimal = strawberry.field(description="The worst value, on the host's scale.")
    highest: Decimal = strawberry.field(description="The best value, on the host's scale.")
    step: Decimal = strawberry.field(
        description="On the host's scale: rounded to whole steps from the worst value, half of one towards the best."
    )

    @classmethod
    def of(cls, scale: HostScale, total: Decimal) -> Self:
        return cls(value=scale.written(total), lowest=scale.worst, highest=scale.best, step=scale.step)


@strawberry.type(description="The ratings that the data bear out; outside them a rating needs a reason.")
class SupportedRatings:
    lowest: int = strawberry.field(description="The lowest, 1 to 5.")
    highest: int = strawberry.field(description="The highest, 1 to 5.")


@strawberry.type(name="RevisionItem", description="One line of a revision.")
class RevisionItemType:
    indicator: IndicatorDefinitionType = strawberry.field(description="What is measured.")
    weight: Decimal = strawberry.field(description="Share of the total, 0 to 1.")
    result: ItemResult = strawberry.field(description="What the data said.")
    rating: int | None = strawberry.field(description="The manager's rating, 1 to 5.")
    comment: str | None = strawberry.field(description="The manager's words.")
    reason: str | None = strawberry.field(description="Why the rating lay outside what the data bore out.")

    @classmethod
    def of(cls, item: Item, section: SectionId) -> Self:
        return cls(
            indicator=IndicatorDefinitionType.of(definition_of(item.indicator)),
            weight=item.weight,
            result=result_of(item.result, section),
            rating=item.rating,
            comment=item.comment,
            reason=item.reason,
        )


@strawberry.type(name="SectionRevision", description="A section as it stood when its next revision began.")
class SectionRevisionType:
    revision: int = strawberry.field(description="A count from 1.")
    state: str = strawberry.field(description="The state that it had then, as in `SectionState`.")
    is_superseded: bool = strawberry.field(description="Whether a later revision is final, and counts.")
    ended_at: datetime | None = strawberry.field(description="When the next revision began; null for the current one.")
    total: Decimal | None = strawberry.field(description="As `Section.total`, 1 to 5.")
    submitted_at: datetime | None = strawberry.field(description="When the manager handed it in.")
    manifest_hash: str | None = strawberry.field(description="As `Section.manifestHash`.")
    acknowledgement: AcknowledgementType | None = strawberry.field(description="The employee's answer to it.")
    items: list[RevisionItemType] = strawberry.field(description="Its lines.")

    @classmethod
    def of(cls, kept: SectionRevision) -> Self:
        section, answer = kept.section, kept.section.course.acknowledgement
        total = section.total
        return cls(
            revision=section.revision,
            state=section.state.value,
            is_superseded=kept.is_superseded,
            ended_at=kept.ended_at,
            total=None if total is None else shown_total(total),
            submitted_at=section.submitted_at,
            manifest_hash=section.manifest_hash,
            acknowledgement=None if answer is None else AcknowledgementType.of(answer),
            items=[RevisionItemType.of(item, section.id) for item in section.items],
        )
