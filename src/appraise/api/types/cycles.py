"""Cycles and the scoring runs behind their figures."""

from datetime import date, datetime
from enum import Enum
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.types.estimates import CoverageType, ManifestType
from appraise.api.types.node import Node
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId
from appraise.domain.reading import RunState, ScoringRun
from appraise.use_cases.read_cycles import latest_run, run_going_on


@strawberry.enum(name="RunState", description="How far a scoring run is.")
class RunStateValue(Enum):
    RUNNING = strawberry.enum_value(RunState.RUNNING, description="It has begun.")
    DONE = strawberry.enum_value(RunState.DONE, description="Its figures are stored.")
    FAILED = strawberry.enum_value(RunState.FAILED, description="It ended without figures; earlier ones stay.")


@strawberry.type(name="ScoringProgress", description="How far a scoring run is.")
class ScoringProgressType:
    step: str = strawberry.field(description="What is done now, in words.")
    done: int = strawberry.field(description="Steps done.")
    total: int = strawberry.field(description="Steps in all; 0 while that is not known.")


@strawberry.type(name="ScoringRun", description="One computation of all estimates of a cycle.")
class ScoringRunType(Node):
    state: RunStateValue = strawberry.field(description="How far it is.")
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it runs.")
    manifest: ManifestType | None = strawberry.field(description="What it was computed from; null until it is done.")
    coverage: list[CoverageType] = strawberry.field(description="What could be attributed, by indicator.")
    progress: ScoringProgressType | None = strawberry.field(description="How far it is; null once it is done.")

    @classmethod
    def of(cls, run: ScoringRun) -> Self:
        progress = run.progress
        return cls(
            id=to_global(Kind.RUN, run.id),
            state=RunStateValue(run.state),
            started_at=run.started_at,
            finished_at=run.finished_at,
            manifest=None if run.manifest is None else ManifestType.of(run.manifest),
            coverage=[CoverageType.of(coverage) for coverage in run.coverage],
            progress=None
            if progress is None
            else ScoringProgressType(step=progress.step, done=progress.done, total=progress.total),
        )


@strawberry.type(name="Cycle", description="An appraisal period of the organisation.")
class CycleType(Node):
    name: str = strawberry.field(description="Name, as in the HR system.")
    start: date = strawberry.field(description="First day whose contacts count.")
    end: date | None = strawberry.field(description="First day whose contacts no longer count; null while open.")
    external_reference: str | None = strawberry.field(description="The cycle's id in the HR system, where it has one.")

    @strawberry.field(
        description="The latest scoring run. For HR administrators and auditors.",
        extensions=[Requires(Permission.READ_RUNS)],
    )
    def latest_run(self, info: strawberry.Info) -> ScoringRunType | None:
        context: RequestContext = info.context
        run = latest_run(context.deployment, context.principal, CycleId(key_of(self.id, Kind.CYCLE)))
        return None if run is None else ScoringRunType.of(run)

    @strawberry.field(
        description="The scoring run that goes on now; null where none does. For HR administrators and auditors.",
        extensions=[Requires(Permission.READ_RUNS)],
    )
    def run_going_on(self, info: strawberry.Info) -> ScoringRunType | None:
        context: RequestContext = info.context
        key = CycleId(key_of(self.id, Kind.CYCLE))
        run = run_going_on(context.deployment, context.principal, key, at=context.at)
        return None if run is None else ScoringRunType.of(run)

    @classmethod
    def of(cls, cycle: Cycle) -> Self:
        return cls(
            id=to_global(Kind.CYCLE, cycle.id),
            name=cycle.name,
            start=cycle.period.start,
            end=cycle.period.end,
            external_reference=None if cycle.reference is None else cycle.reference.value,
        )
