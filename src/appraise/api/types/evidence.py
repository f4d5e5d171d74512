"""The events behind a section's figures."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.types.connections import PageInfoType, Window
from appraise.domain.cursors import cursor
from appraise.domain.events import EventKind
from appraise.domain.evidence import EvidenceRow, Use
from appraise.domain.language import retold
from appraise.use_cases.read_evidence import page_of_evidence


@strawberry.enum(name="EventKind", description="What kind of event it is.")
class EventKindValue(Enum):
    CONTACTS = strawberry.enum_value(EventKind.CONTACTS.value, description="A contact with a customer.")
    RATINGS = strawberry.enum_value(EventKind.RATINGS.value, description="A customer's answer on a scale.")
    PURCHASES = strawberry.enum_value(EventKind.PURCHASES.value, description="A sale, or its reversal.")
    SUBSCRIPTIONS = strawberry.enum_value(EventKind.SUBSCRIPTIONS.value, description="The end of a subscription.")
    OWNERSHIPS = strawberry.enum_value(EventKind.OWNERSHIPS.value, description="That a customer was the employee's.")


@strawberry.type(description="What an event was for one indicator of this employee.")
class EvidenceUse:
    indicator: str = strawberry.field(description="Key of the indicator.")
    credit: Decimal = strawberry.field(description="The employee's share of it, 0 to 1.")
    left_out: str | None = strawberry.field(description="Why it did not count; null where it did.")

    @classmethod
    def of(cls, use: Use) -> Self:
        left_out = None if use.left_out is None else retold(use.left_out)
        return cls(indicator=use.indicator, credit=use.credit, left_out=left_out)


@strawberry.type(
    name="EvidenceRow", description="An event, and what it was for. `uses` follow the four rated indicators."
)
class EvidenceRowType:
    kind: EventKindValue = strawberry.field(description="What kind.")
    source: str = strawberry.field(description="The system that recorded it.")
    event_id: str = strawberry.field(description="Its id there; the `evidence` of a claim.")
    at: datetime = strawberry.field(description="When it happened.")
    says: str = strawberry.field(description="What it is, in a line.")
    is_named: bool = strawberry.field(
        description="Whether it names the employee; otherwise a share of somebody else's is credited to them."
    )
    uses: list[EvidenceUse] = strawberry.field(description="What it was for; empty where for nothing.")

    @classmethod
    def of(cls, row: EvidenceRow) -> Self:
        return cls(
            kind=EventKindValue(row.kind.value),
            source=row.source,
            event_id=row.event_id,
            at=row.at,
            says=retold(row.says),
            is_named=row.is_named,
            uses=[EvidenceUse.of(use) for use in row.uses],
        )


@strawberry.type(name="EvidenceEdge", description="One event of a page.")
class EvidenceEdge:
    node: EvidenceRowType = strawberry.field(description="The event.")
    cursor: str = strawberry.field(description="Pass it as `after` to read on from here.")


@strawberry.type(name="EvidenceConnection", description="A page of events, the newest first.")
class EvidenceConnection:
    keys: strawberry.Private[tuple[tuple[str, ...], ...]]
    nodes: list[EvidenceRowType] = strawberry.field(description="The events of the page.")
    page_info: PageInfoType = strawberry.field(description="Whether more follow.")
    total_count: int = strawberry.field(description="Number of entries in all, with the same filters.")

    @strawberry.field(description="The same events, one wrapper each.")
    def edges(self) -> list[EvidenceEdge]:
        return [EvidenceEdge(node=node, cursor=cursor(*key)) for node, key in zip(self.nodes, self.keys, strict=True)]

    @classmethod
    def of(cls, rows: tuple[EvidenceRow, ...], window: Window) -> Self:
        page = page_of_evidence(rows, first=window.first, after=window.after)
        return cls(
            keys=page.keys,
            nodes=[EvidenceRowType.of(row) for row in page.items],
            page_info=PageInfoType.of(page, window),
            total_count=len(rows),
        )
