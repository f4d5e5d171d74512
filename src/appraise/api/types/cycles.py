"""Cycles and the scoring runs behind their figures."""

from datetime import date
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import RULES, Permission, Requires
from appraise.api.types.connections import Window
from appraise.api.types.disputes import CalibrationSessionType
from appraise.api.types.node import Node
from appraise.api.types.readiness import (
    CycleActionValue,
    CycleRulesType,
    CycleStateValue,
    NextStage,
    ReadinessType,
    StateCount,
)
from appraise.api.types.runs import ScoringRunType
from appraise.api.types.section_states import SectionStateValue
from appraise.api.types.write_backs import HostSectionConnection, WriteBackHostType
from appraise.domain.cycle_steps import allowed
from appraise.domain.cycles import Cycle
from appraise.domain.identifiers import CycleId
from appraise.domain.language import retold
from appraise.domain.section_states import SectionState
from appraise.use_cases.administer_write_back import list_host_sections
from appraise.use_cases.read_calibrations import read_calibrations
from appraise.use_cases.read_cycles import latest_run, run_going_on
from appraise.use_cases.read_readiness import count_by_state, next_stage, read_readiness


@strawberry.type(name="Cycle", description="An appraisal period of the organisation.")
class CycleType(Node):
    known: strawberry.Private[Cycle]
    name: str = strawberry.field(description="Name, as in the HR system.")
    start: date = strawberry.field(description="First day whose contacts count.")
    end: date | None = strawberry.field(description="First day whose contacts no longer count; null while open.")
    external_reference: str | None = strawberry.field(description="The cycle's id in the HR system, where it has one.")

    state: CycleStateValue = strawberry.field(description="Its stage; `advanceCycle` takes it to the next.")
    rules: CycleRulesType = strawberry.field(description="What holds for all its sections.")

    @strawberry.field(description="What the reader may do with it now; empty for all but HR administrators.")
    def allowed_actions(self, info: strawberry.Info) -> list[CycleActionValue]:
        context: RequestContext = info.context
        if not context.once(Permission.MANAGE_CYCLES, RULES[Permission.MANAGE_CYCLES]):
            return []
        return [CycleActionValue(action.value) for action in allowed(self.known)]

    @strawberry.field(
        description="The stage that follows; null at the end. For HR administrators and auditors.",
        extensions=[Requires(Permission.READ_RUNS)],
    )
    def next_stage(self, info: strawberry.Info) -> NextStage | None:
        context: RequestContext = info.context
        found = next_stage(context.deployment, context.principal, self.known.id)
        if found is None:
            return None
        following, problem = found
        return NextStage(state=CycleStateValue(following.value), problem=None if problem is None else retold(problem))

    @strawberry.field(
        description="Who is missing or has something in the way, and why. For HR administrators and auditors.",
        extensions=[Requires(Permission.READ_RUNS)],
    )
    def readiness(self, info: strawberry.Info) -> ReadinessType | None:
        context: RequestContext = info.context
        key = CycleId(key_of(self.id, Kind.CYCLE))
        return ReadinessType.of(read_readiness(context.deployment, context.principal, key, at=context.at), context)

    @strawberry.field(
        description="How many sections stand where, states without any left out. For HR administrators and auditors.",
        extensions=[Requires(Permission.READ_RUNS)],
    )
    def section_counts(self, info: strawberry.Info) -> list[StateCount] | None:
        context: RequestContext = info.context
        counts = count_by_state(context.deployment, context.principal, CycleId(key_of(self.id, Kind.CYCLE)))
        return [
            StateCount(state=SectionStateValue(state), count=counts[state]) for state in SectionState if state in counts
        ]

    @strawberry.field(
        description="Its calibration sessions, the oldest first. For HR administrators and auditors.",
        extensions=[Requires(Permission.READ_RUNS)],
    )
    def calibration_sessions(self, info: strawberry.Info) -> list[CalibrationSessionType] | None:
        context: RequestContext = info.context
        key = CycleId(key_of(self.id, Kind.CYCLE))
        known = read_calibrations(context.deployment, context.principal, key, at=context.at)
        return [CalibrationSessionType.of(session, moves) for session, moves in known]

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

    @strawberry.field(
        description="The HR systems into which its sections can be written. For HR administrators.",
        extensions=[Requires(Permission.WRITE_BACK)],
    )
    def write_back_hosts(self, info: strawberry.Info) -> list[WriteBackHostType] | None:
        return [WriteBackHostType.of(host) for host in info.context.deployment.hosts]

    @strawberry.field(
        description="Its final sections and one HR system: what stands there, or would. For HR administrators; without "
        "their own.",
        extensions=[Requires(Permission.WRITE_BACK)],
    )
    def write_backs(
        self,
        info: strawberry.Info,
        host: Annotated[str, strawberry.argument(description="Name of the HR system.")],
        first: Annotated[int, strawberry.argument(description="How many; at most 25 where the host is asked.")],
        after: Annotated[str | None, strawberry.argument(description="`endCursor` of the page before.")] = None,
        ask: Annotated[  # noqa: FBT002  # an argument of GraphQL, which is always named
            bool, strawberry.argument(description="Whether the host is asked for places and scales; nothing is sent.")
        ] = False,
    ) -> HostSectionConnection | None:
        context: RequestContext = info.context
        window = Window(first, after)
        key = CycleId(key_of(self.id, Kind.CYCLE))
        found = list_host_sections(
            context.deployment, context.principal, key, host, first=first, after=after, ask=ask, at=context.at
        )
        return HostSectionConnection.of(found, window)

    @classmethod
    def of(cls, cycle: Cycle) -> Self:
        return cls(
            id=to_global(Kind.CYCLE, cycle.id),
            known=cycle,
            name=cycle.name,
            start=cycle.period.start,
            end=cycle.period.end,
            state=CycleStateValue(cycle.state.value),
            rules=CycleRulesType.of(cycle.rules),
            external_reference=None if cycle.reference is None else cycle.reference.value,
        )
