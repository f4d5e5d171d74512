"""Sections and their items."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.types.changes import IndicatorChangeType
from appraise.api.types.composites import CompositeResult, composite_of
from appraise.api.types.connections import LARGEST_PAGE, Window
from appraise.api.types.cycles import CycleType
from appraise.api.types.disputes import CalibrationMove, CorrectionType, DisputeType
from appraise.api.types.evidence import EvidenceConnection
from appraise.api.types.items import ItemType
from appraise.api.types.node import Node
from appraise.api.types.parts import RatingByDaysType, SectionPartType
from appraise.api.types.people import EmployeeType
from appraise.api.types.section_course import (
    AcknowledgementType,
    ExemptionType,
    HandedInType,
    HostTotal,
    ReopeningType,
    SectionDelegateType,
    SectionRevisionType,
)
from appraise.api.types.section_states import ActionValue, SectionStateValue
from appraise.api.types.tasks import ReaderType
from appraise.api.types.write_backs import WriteBackType
from appraise.domain.identifiers import CycleId, IndicatorKey
from appraise.domain.profiles import told
from appraise.domain.reading import SectionRow, ViewedSection
from appraise.domain.revisions import as_of
from appraise.domain.sections import Section, shown_total
from appraise.errors import Forbidden
from appraise.use_cases.read_change import read_change
from appraise.use_cases.read_disputes import Beside
from appraise.use_cases.read_evidence import read_evidence
from appraise.use_cases.read_parts import SectionParts
from appraise.use_cases.read_readers import read_readers
from appraise.use_cases.read_revisions import read_revisions
from appraise.use_cases.read_write_backs import read_write_backs


@strawberry.type(
    name="SectionPerson", description="The employee as they stood when the section was opened or last scored."
)
class SectionPersonType:
    name: str = strawberry.field(description="The employee's name.")
    manager_name: str | None = strawberry.field(description="The manager of record's name; null where there is none.")
    job: str | None = strawberry.field(description="Job title then.")
    department: str | None = strawberry.field(description="Department then.")
    profile: str | None = strawberry.field(
        description="Role profile by which the items weigh, with shares of the days where it changed; null for none."
    )


@strawberry.type(
    name="Section", description="One employee's customer-service section in one cycle, made of items that are rated."
)
class SectionType(Node):
    section: strawberry.Private[Section]
    ratings_visible: bool = strawberry.field(
        description="Whether the reader sees ratings and comments, or has to wait until it is shared."
    )
    state: SectionStateValue = strawberry.field(description="Where it stands.")
    version: int = strawberry.field(
        description="A count of changes; pass it as `expectedVersion` so that nobody's words are lost."
    )
    revision: int = strawberry.field(description="A count from 1; grows when a finalised section is opened again.")
    person: SectionPersonType = strawberry.field(description="Job and department as they stood.")
    observed_weight: Decimal = strawberry.field(
        description="Share of the weight, 0 to 1, whose indicators could be estimated at all."
    )
    submitted_at: datetime | None = strawberry.field(description="When the manager handed it in.")
    manifest_hash: str | None = strawberry.field(
        description="SHA-256 of what the figures were computed from, frozen when handed in."
    )

    minimum_observed_weight: Decimal = strawberry.field(
        description=(
            "Share of the weight, 0 to 1: where less was observed there is no total, a missing value and never a zero."
        )
    )

    @strawberry.field(description="Whether the reader sees the self-assessment, as far as there is one.")
    def self_assessment_visible(self, info: strawberry.Info) -> bool:
        return self.is_own(info) or self.section.both_are_in

    @strawberry.field(description="When the employee handed in their self-assessment.")
    def self_assessed_at(self) -> datetime | None:
        return self.section.course.self_assessed_at

    @strawberry.field(description="Why it was given back to the manager, until it is handed in again.")
    def return_reason(self) -> str | None:
        return self.section.course.return_reason

    @strawberry.field(description="Who stands in for the manager today. Audited as `disputes`.")
    def delegates(self, info: strawberry.Info) -> list[SectionDelegateType]:
        context: RequestContext = info.context
        return [SectionDelegateType.of(one) for one in context.sections.view(self.section.id).delegates]

    @strawberry.field(description="Who handed it in, and for whom they stood in; null before. Audited as `disputes`.")
    def handed_in(self, info: strawberry.Info) -> HandedInType | None:
        context: RequestContext = info.context
        found = context.sections.view(self.section.id).handed_in
        return None if found is None else HandedInType.of(found)

    @strawberry.field(
        description="What former and dotted managers say; withheld as ratings are. Audited as `disputes`."
    )
    def parts(self, info: strawberry.Info) -> list[SectionPartType]:
        return [SectionPartType.of(one) for one in self._parts(info.context).parts]

    @strawberry.field(
        description="Of items that a former manager rated: the mean by days, for whoever signs. Audited as `disputes`."
    )
    def ratings_by_days(self, info: strawberry.Info) -> list[RatingByDaysType]:
        return RatingByDaysType.all(self.section, self._parts(info.context))

    def _parts(self, context: RequestContext) -> SectionParts:
        return context.sections.parts(self.section.id)

    @strawberry.field(description="When HR let it be shared.")
    def released_at(self) -> datetime | None:
        return self.section.course.released_at

    @strawberry.field(description="When the employee came to read all of it.")
    def shared_at(self) -> datetime | None:
        return self.section.course.shared_at

    @strawberry.field(
        description=(
            "The last day on which the employee may answer; null where nothing is shared, and during a leave whose end "
            "is not known. Days of leave and of disputes do not count."
        )
    )
    def respond_by(self, info: strawberry.Info) -> date | None:
        context: RequestContext = info.context
        return context.sections.view(self.section.id).respond_by

    @strawberry.field(description="The employee's answer.")
    def acknowledgement(self) -> AcknowledgementType | None:
        answer = self.section.course.acknowledgement
        return None if answer is None else AcknowledgementType.of(answer)

    @strawberry.field(description="Why it is out of the cycle; null where it is not.")
    def exemption(self) -> ExemptionType | None:
        exemption = self.section.course.exemption
        return None if exemption is None else ExemptionType.of(exemption)

    @strawberry.field(description="That its reopening is proposed; null where it is not.")
    def reopening(self) -> ReopeningType | None:
        reopening = self.section.course.reopening
        return None if reopening is None else ReopeningType.of(reopening)

    @strawberry.field(description="When it was closed.")
    def finalised_at(self) -> datetime | None:
        return self.section.course.finalised_at

    @strawberry.field(
        description=(
            "The total as it will be written to the HR system; null where `total` is, or the cycle names no scale."
        )
    )
    def host_total(self, info: strawberry.Info) -> HostTotal | None:
        context: RequestContext = info.context
        context.sections.hand_out(self.section.id)
        scale = context.cycles()[self.section.cycle].rules.host_scale
        total = self.section.total
        return None if scale is None or total is None else HostTotal.of(scale, total)

    @strawberry.field(
        description=(
            "Where it stands in each HR system, by the host's name. Null with an error FORBIDDEN for others than HR, "
            "the employee's manager, auditors and services that read final sections. Audited as `disputes`."
        )
    )
    def write_backs(self, info: strawberry.Info) -> list[WriteBackType] | None:
        context: RequestContext = info.context
        section = context.sections.view(self.section.id).section
        lines = read_write_backs(context.deployment, context.principal, section, at=context.at)
        return [WriteBackType.of(line) for line in lines]

    @strawberry.field(description="All revisions, the current one last. Reading somebody else's is audited.")
    def revisions(self, info: strawberry.Info) -> list[SectionRevisionType]:
        context: RequestContext = info.context
        known = read_revisions(context.deployment, context.principal, self.section.id, at=context.at)
        return [SectionRevisionType.of(kept) for kept in known]

    @strawberry.field(description="The revision that was current at a time. Reading somebody else's is audited.")
    def as_of(
        self, info: strawberry.Info, at: Annotated[datetime, strawberry.argument(description="When.")]
    ) -> SectionRevisionType:
        context: RequestContext = info.context
        known = read_revisions(context.deployment, context.principal, self.section.id, at=context.at)
        return SectionRevisionType.of(as_of(known, at))

    @strawberry.field(
        description=(
            "Who has read it, the latest first, from the audit log. For the employee and auditors; null with an error "
            "FORBIDDEN for others."
        )
    )
    def readers(self, info: strawberry.Info) -> list[ReaderType] | None:
        context: RequestContext = info.context
        known = read_readers(context.deployment, context.principal, self.section.id, at=context.at)
        return [ReaderType.of(reader) for reader in known]

    @strawberry.field(description="Objections of the employee, the oldest first. Reading somebody else's is audited.")
    def disputes(self, info: strawberry.Info) -> list[DisputeType]:
        beside = self._beside(info.context)
        return [DisputeType.of(one, beside.names) for one in beside.disputes]

    @strawberry.field(description="Notices that the data say otherwise since it was handed in. Audited as `disputes`.")
    def corrections(self, info: strawberry.Info) -> list[CorrectionType]:
        return [CorrectionType.of(one) for one in self._beside(info.context).corrections]

    @strawberry.field(
        description="What calibration moved; empty while ratings are withheld from the reader. Audited as `disputes`."
    )
    def calibration_moves(self, info: strawberry.Info) -> list[CalibrationMove]:
        return [CalibrationMove.of(one) for one in self._beside(info.context).moves]

    @strawberry.field(
        description=(
            "The events behind its figures, as they were when it was scored, the newest first. Never for programs; "
            "audited as `disputes`; null with an error NOT_FOUND where those events are not kept any more."
        ),
        extensions=[Requires(Permission.READ_EVIDENCE)],
    )
    def evidence(
        self,
        info: strawberry.Info,
        first: Annotated[int, strawberry.argument(description=f"How many, 1 to {LARGEST_PAGE}.")],
        after: Annotated[
            str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")
        ] = None,
        indicator: Annotated[str | None, strawberry.argument(description="Only what had a use for this one.")] = None,
        counted: Annotated[
            bool | None, strawberry.argument(description="Only what counted, or only what was left out.")
        ] = None,
    ) -> EvidenceConnection | None:
        context: RequestContext = info.context
        rows = read_evidence(
            context.deployment,
            context.sections.view(self.section.id),
            indicator=None if indicator is None else IndicatorKey(indicator),
            counted=counted,
        )
        return EvidenceConnection.of(rows, Window(first, after))

    def _beside(self, context: RequestContext) -> Beside:
        return context.sections.beside(self.section.id)

    @strawberry.field(description="The employee.")
    def employee(self, info: strawberry.Info) -> EmployeeType | None:
        context: RequestContext = info.context
        row = context.people.load(self.section.employee)
        return None if row is None else EmployeeType.of(row)

    @strawberry.field(description="The manager of record; null with an error FORBIDDEN as `Employee.manager`.")
    def manager(self, info: strawberry.Info) -> EmployeeType | None:
        if self.section.manager is None:
            return None
        context: RequestContext = info.context
        row = context.people.load(self.section.manager)
        if row is None:
            raise Forbidden("the manager's own record is not yours to see")
        return EmployeeType.of(row)

    @strawberry.field(description="The cycle.")
    def cycle(self, info: strawberry.Info) -> CycleType:
        context: RequestContext = info.context
        return CycleType.of(context.cycles()[self.section.cycle])

    @strawberry.field(description="One line per indicator, in the policy's order.")
    def items(self, info: strawberry.Info) -> list[ItemType]:
        info.context.sections.hand_out(self.section.id)
        return [ItemType.of(item, self.section) for item in self.section.items]

    @strawberry.field(
        description=(
            "Weighted mean of the ratings over the rated items, 1 to 5, rounded to two places; null while nothing is "
            "rated, ratings are withheld or less than `minimumObservedWeight` was observed. Absences weigh nothing."
        )
    )
    def total(self, info: strawberry.Info) -> Decimal | None:
        info.context.sections.hand_out(self.section.id)
        total = self.section.total
        return None if total is None else shown_total(total)

    @strawberry.field(
        description="Number of items that still wait for the manager's rating; null where ratings are withheld."
    )
    def items_to_rate(self) -> int | None:
        return sum(item.is_open for item in self.section.items) if self.ratings_visible else None

    @strawberry.field(
        description=(
            "How each figure changed since an earlier cycle. Null with an error where the cycles overlap or one was "
            "not scored. Reading somebody else's is written to the audit log."
        )
    )
    def change(
        self,
        info: strawberry.Info,
        since: Annotated[strawberry.ID, strawberry.argument(name="from", description="Id of the earlier cycle.")],
    ) -> list[IndicatorChangeType] | None:
        context: RequestContext = info.context
        found = read_change(
            context.deployment,
            context.principal,
            self.section.employee,
            CycleId(key_of(since, Kind.CYCLE)),
            self.section.cycle,
            at=context.at,
        )
        pairs = zip(found.employees[0].results, found.population, strict=True)
        return [IndicatorChangeType.of(result, population) for result, population in pairs]

    @strawberry.field(
        description=(
            "What the indicators say together; null where the run did not work it out. Reading somebody else's is "
            "written to the audit log."
        )
    )
    def composite(self, info: strawberry.Info) -> CompositeResult | None:
        context: RequestContext = info.context
        found = context.sections.view(self.section.id).composite
        return None if found is None else composite_of(found, self.section.id)

    @strawberry.field(description="What the reader may do now; a page draws its buttons from this.")
    def allowed_actions(self, info: strawberry.Info) -> list[ActionValue]:
        context: RequestContext = info.context
        viewed = context.sections.view(self.section.id)
        return [ActionValue(action) for action in sorted(viewed.allowed_actions)]

    @strawberry.field(description="Whether it is the reader's own.")
    def is_own(self, info: strawberry.Info) -> bool:
        context: RequestContext = info.context
        return self.section.employee == context.principal.employee

    @classmethod
    def of(cls, section: Section, *, name: str, manager_name: str | None, ratings_visible: bool) -> Self:
        return cls(
            id=to_global(Kind.SECTION, section.id),
            section=section,
            ratings_visible=ratings_visible,
            state=SectionStateValue(section.state),
            version=section.version,
            revision=section.revision,
            person=SectionPersonType(
                name=name,
                manager_name=manager_name,
                job=section.job_title,
                department=section.department,
                profile=told(section.profile),
            ),
            observed_weight=section.observed_weight,
            minimum_observed_weight=section.floor,
            submitted_at=section.submitted_at,
            manifest_hash=section.manifest_hash,
        )

    @classmethod
    def viewed(cls, viewed: ViewedSection, context: RequestContext) -> Self:
        context.sections.remember(viewed)
        context.people.announce((viewed.section.employee, viewed.section.manager))
        return cls.of(
            viewed.section,
            name=viewed.person.employee.display_name,
            manager_name=_manager_name(viewed, context),
            ratings_visible=viewed.ratings_visible,
        )

    @classmethod
    def listed(cls, row: SectionRow) -> Self:
        return cls.of(
            row.section,
            name=row.employee_name,
            manager_name=row.manager_name,
            ratings_visible=row.ratings_visible,
        )


def _manager_name(viewed: ViewedSection, context: RequestContext) -> str | None:
    """The manager of record may be another than today's."""
    if viewed.section.manager is None:
        return None
    if viewed.person.manager == viewed.section.manager:
        return viewed.person.manager_name
    row = context.people.load(viewed.section.manager)
    return None if row is None else row.employee.display_name
