"""Sections and their items."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Final, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.types.changes import IndicatorChangeType
from appraise.api.types.composites import CompositeResult, composite_of
from appraise.api.types.connections import PageInfoType, Window
from appraise.api.types.cycles import CycleType
from appraise.api.types.estimates import ItemResult, result_of
from appraise.api.types.indicators import IndicatorDefinitionType
from appraise.api.types.node import Node
from appraise.api.types.people import EmployeeType
from appraise.domain.cursors import cursor
from appraise.domain.identifiers import CycleId, SectionId
from appraise.domain.indicators import definition_of
from appraise.domain.reading import Page, SectionRow, ViewedSection
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Item, Section
from appraise.errors import Forbidden
from appraise.use_cases.read_change import read_change
from appraise.use_cases.read_sections import count_sections

CENT: Final = Decimal("0.01")


@strawberry.enum(name="SectionState", description="Where a section stands.")
class SectionStateValue(Enum):
    COLLECTING = strawberry.enum_value(SectionState.COLLECTING, description="Evidence is collected; nothing rated yet.")
    DRAFT = strawberry.enum_value(SectionState.DRAFT, description="The manager has begun to rate.")
    SUBMITTED = strawberry.enum_value(SectionState.SUBMITTED, description="The manager has handed it in to HR.")
    FINALISED = strawberry.enum_value(
        SectionState.FINALISED, description="Closed by HR; immutable; the employee sees all of it."
    )


@strawberry.enum(name="Action", description="What can be done with a section.")
class ActionValue(Enum):
    RATE = strawberry.enum_value(Action.RATE, description="Rate items and comment on them.")
    SUBMIT = strawberry.enum_value(Action.SUBMIT, description="Hand it in to HR.")
    RETURN = strawberry.enum_value(Action.RETURN, description="Give it back to the manager, with a reason.")
    FINALISE = strawberry.enum_value(Action.FINALISE, description="Close it, with a reason.")


@strawberry.type(
    name="SectionPerson", description="The employee as they stood when the section was opened or last scored."
)
class SectionPersonType:
    name: str = strawberry.field(description="The employee's name.")
    manager_name: str | None = strawberry.field(description="The manager of record's name; null where there is none.")
    job: str | None = strawberry.field(description="Job title then.")
    department: str | None = strawberry.field(description="Department then.")


@strawberry.type(name="Item", description="One line of a section: what the data say, and what the manager says.")
class ItemType:
    item: strawberry.Private[Item]
    section_key: strawberry.Private[SectionId]
    id: strawberry.ID = strawberry.field(description="Opaque; the `itemId` of `rateItem`.")
    indicator: IndicatorDefinitionType = strawberry.field(description="What is measured.")
    weight: Decimal = strawberry.field(description="Share of the section's total, 0 to 1.")

    @strawberry.field(description="What the data say.")
    def result(self) -> ItemResult:
        return result_of(self.item.result, self.section_key)

    @strawberry.field(
        description=(
            "The manager's rating, 1 (lowest) to 5 (highest); null while there is none. Null with an error FORBIDDEN "
            "while it is withheld from the reader (see `Section.ratingsVisible`)."
        )
    )
    def rating(self, info: strawberry.Info) -> int | None:
        return self._disclosed(info.context).rating

    @strawberry.field(description="The manager's words; null and withheld as `rating`.")
    def comment(self, info: strawberry.Info) -> str | None:
        return self._disclosed(info.context).comment

    def _disclosed(self, context: RequestContext) -> Item:
        viewed = context.sections.view(self.section_key)
        if not viewed.ratings_visible:
            raise Forbidden(
                "ratings and comments are withheld from you until the section is finalised",
                hint="ratingsVisible says so beforehand",
            )
        return next(item for item in viewed.section.items if item.id == self.item.id)

    @classmethod
    def of(cls, item: Item, section: SectionId) -> Self:
        return cls(
            item=item,
            section_key=section,
            id=to_global(Kind.ITEM, item.id),
            indicator=IndicatorDefinitionType.of(definition_of(item.indicator)),
            weight=item.weight,
        )


@strawberry.type(
    name="Section", description="One employee's customer-service section in one cycle, made of items that are rated."
)
class SectionType(Node):
    section: strawberry.Private[Section]
    ratings_visible: bool = strawberry.field(
        description="Whether the reader sees ratings and comments, or has to wait until it is final."
    )
    state: SectionStateValue = strawberry.field(description="Where it stands.")
    version: int = strawberry.field(
        description="Grows with every change; pass it as `expectedVersion` so that nobody's words are lost."
    )
    revision: int = strawberry.field(description="Counts from 1; grows when a finalised section is opened again.")
    person: SectionPersonType = strawberry.field(description="Job and department as they stood.")
    observed_weight: Decimal = strawberry.field(
        description="Share of the weight, 0 to 1, whose indicators could be estimated at all."
    )
    submitted_at: datetime | None = strawberry.field(description="When the manager handed it in.")
    manifest_hash: str | None = strawberry.field(
        description="SHA-256 of what the figures were computed from, frozen when handed in."
    )

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
    def items(self) -> list[ItemType]:
        return [ItemType.of(item, self.section.id) for item in self.section.items]

    @strawberry.field(
        description=(
            "Weighted mean of the ratings over the rated items, 1 to 5, rounded to two places; null while nothing is "
            "rated or ratings are withheld. Absences weigh nothing."
        )
    )
    def total(self) -> Decimal | None:
        total = self.section.total
        return None if total is None else total.quantize(CENT)

    @strawberry.field(
        description="How many items still wait for the manager's rating; null where ratings are withheld."
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
                name=name, manager_name=manager_name, job=section.job_title, department=section.department
            ),
            observed_weight=section.observed_weight,
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


@strawberry.type(name="SectionEdge", description="One section of a page.")
class SectionEdge:
    node: SectionType = strawberry.field(description="The section.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="SectionConnection", description="A page of sections of one cycle, by employee's name.")
class SectionConnection:
    cycle_key: strawberry.Private[CycleId]
    in_state: strawberry.Private[SectionState | None]
    nodes: list[SectionType] = strawberry.field(description="The sections of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")

    @strawberry.field(description="The same sections, one wrapper each.")
    def edges(self) -> list[SectionEdge]:
        return [SectionEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @strawberry.field(description="How many there are in all, with the same filters. Counted only when asked.")
    def total_count(self, info: strawberry.Info) -> int:
        context: RequestContext = info.context
        return count_sections(
            context.deployment, context.principal, cycle=self.cycle_key, at=context.at, state=self.in_state
        )

    @classmethod
    def of(
        cls,
        page: Page[SectionRow],
        context: RequestContext,
        *,
        window: Window,
        cycle: CycleId,
        state: SectionState | None,
    ) -> Self:
        context.people.announce(row.section.employee for row in page.items)
        context.people.announce(row.section.manager for row in page.items)
        return cls(
            cycle_key=cycle,
            in_state=state,
            nodes=[SectionType.listed(row) for row in page.items],
            keys=page.keys,
            page_info=PageInfoType.of(page, window),
        )
