"""Pages of sections."""

from enum import Enum
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.types.connections import PageInfoType, Window
from appraise.api.types.sections import SectionType
from appraise.domain.cursors import cursor
from appraise.domain.reading import Page, SectionOrder, SectionRow, SectionsWanted
from appraise.use_cases.read_sections import count_sections


@strawberry.enum(name="SectionOrder", description="Orders of a list of sections; a cursor belongs to one of them.")
class SectionOrderValue(Enum):
    NAME = strawberry.enum_value(SectionOrder.NAME.value, description="By the employee's name.")
    STATE = strawberry.enum_value(
        SectionOrder.STATE.value, description="By how far they are on their way, then by the employee's name."
    )
    RECENTLY_CHANGED = strawberry.enum_value(
        SectionOrder.RECENTLY_CHANGED.value, description="The one that was changed last comes first."
    )
    LONGEST_UNCHANGED = strawberry.enum_value(
        SectionOrder.LONGEST_UNCHANGED.value,
        description="The one that nobody has changed for longest comes first, so with `state` whoever waits longest.",
    )


@strawberry.type(name="SectionEdge", description="One section of a page.")
class SectionEdge:
    node: SectionType = strawberry.field(description="The section.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="SectionConnection", description="A page of sections of one cycle.")
class SectionConnection:
    wanted: strawberry.Private[SectionsWanted]
    nodes: list[SectionType] = strawberry.field(description="The sections of the page.")
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")

    @strawberry.field(description="The same sections, one wrapper each.")
    def edges(self) -> list[SectionEdge]:
        return [SectionEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @strawberry.field(description="Number of entries in all, with the same filters. Counted only when asked.")
    def total_count(self, info: strawberry.Info) -> int:
        context: RequestContext = info.context
        return count_sections(context.deployment, context.principal, self.wanted, at=context.at)

    @classmethod
    def of(
        cls,
        page: Page[SectionRow],
        context: RequestContext,
        *,
        window: Window,
        wanted: SectionsWanted,
    ) -> Self:
        context.sections.listed(row.section for row in page.items)
        context.people.announce(row.section.employee for row in page.items)
        context.people.announce(row.section.manager for row in page.items)
        return cls(
            wanted=wanted,
            nodes=[SectionType.listed(row) for row in page.items],
            keys=page.keys,
            page_info=PageInfoType.of(page, window),
        )
