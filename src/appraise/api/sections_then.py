"""The sections of a cycle as they stood at a time."""

from datetime import datetime
from typing import Annotated

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.types.connections import LARGEST_PAGE, PageInfoType, Window
from appraise.api.types.section_course import SectionRevisionType
from appraise.api.types.section_states import SectionStateValue
from appraise.domain.cursors import cursor
from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.reading import SectionsWanted, SectionThen
from appraise.domain.revisions import SectionRevision
from appraise.domain.section_states import SectionState
from appraise.use_cases.read_revisions import list_sections_then


@strawberry.type(name="SectionThen", description="A section as of a time, by the revision that was current then.")
class SectionThenType:
    section_id: strawberry.ID = strawberry.field(description="Id of the section.")
    employee_id: strawberry.ID = strawberry.field(description="Id of the employee.")
    employee_name: str = strawberry.field(description="The employee's name, as it is today.")
    manager_id: strawberry.ID | None = strawberry.field(description="Id of the manager of record of then.")
    job: str | None = strawberry.field(description="Job title of then.")
    department: str | None = strawberry.field(description="Department of then.")
    revision: SectionRevisionType = strawberry.field(
        description="The revision that was current then, as it stood when it ended, or as it stands today."
    )
    is_exact: bool = strawberry.field(
        description=(
            "Whether the revision stood so at the time asked for: true where nothing of it was changed afterwards. "
            "Steps within a revision are not kept, only its end."
        )
    )

    @staticmethod
    def of(one: SectionThen) -> "SectionThenType":
        section = one.section
        return SectionThenType(
            section_id=to_global(Kind.SECTION, section.id),
            employee_id=to_global(Kind.EMPLOYEE, section.employee),
            employee_name=one.employee_name,
            manager_id=None if section.manager is None else to_global(Kind.EMPLOYEE, section.manager),
            job=section.job_title,
            department=section.department,
            revision=SectionRevisionType.of(SectionRevision(section, one.ended_at, one.is_superseded)),
            is_exact=one.is_exact,
        )


@strawberry.type(name="SectionThenEdge", description="One section of a page.")
class SectionThenEdge:
    node: SectionThenType = strawberry.field(description="The section as of the time.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="SectionThenConnection", description="A page of sections as of a time.")
class SectionThenConnection:
    nodes: list[SectionThenType] = strawberry.field(description="The sections of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")
    total_count: int = strawberry.field(description="Number of sections in all, with the same filters.")

    @strawberry.field(description="The same sections, one wrapper each.")
    def edges(self) -> list[SectionThenEdge]:
        return [
            SectionThenEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)
        ]


@strawberry.type
class SectionsThenQuery:
    @strawberry.field(
        description=(
            "Sections of one cycle as of a time, by name: those that were open by then, each by the revision that was "
            "current, with the state, job, department and manager of then. Whoever may read a section today may read "
            "what it was. Reading those of others is written to the audit log."
        ),
        extensions=[Requires(Permission.READ_SECTIONS)],
    )
    def sections_as_of(  # noqa: PLR0913, PLR0917  # the filters of one list
        self,
        info: strawberry.Info,
        cycle: Annotated[strawberry.ID, strawberry.argument(description="Id of the cycle.")],
        as_of: Annotated[datetime, strawberry.argument(description="When.")],
        first: Annotated[int, strawberry.argument(description=f"How many, 1 to {LARGEST_PAGE}.")],
        after: Annotated[
            str | None, strawberry.argument(description="`pageInfo.endCursor` of the page before.")
        ] = None,
        state: Annotated[
            SectionStateValue | None, strawberry.argument(description="Only those in this state then.")
        ] = None,
        department: Annotated[str | None, strawberry.argument(description="Code of the department of then.")] = None,
        manager: Annotated[
            strawberry.ID | None, strawberry.argument(description="Id of the manager of record of then.")
        ] = None,
        search: Annotated[
            str | None, strawberry.argument(description="Part of the employee's name or e-mail address of today.")
        ] = None,
    ) -> SectionThenConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        wanted = SectionsWanted(
            cycle=CycleId(key_of(cycle, Kind.CYCLE)),
            state=None if state is None else SectionState(state.name),
            department=department,
            manager=None if manager is None else EmployeeId(key_of(manager, Kind.EMPLOYEE)),
            search=search,
        )
        found, total = list_sections_then(
            context.deployment, context.principal, wanted, then=as_of, at=context.at, first=first, after=after
        )
        return SectionThenConnection(
            nodes=[SectionThenType.of(one) for one in found.items],
            keys=found.keys,
            page_info=PageInfoType.of(found, window),
            total_count=total,
        )
