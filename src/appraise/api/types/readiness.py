"""Who is missing from a cycle, and the rules of one."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, to_global
from appraise.api.types.people import EmployeeType
from appraise.api.types.section_states import SectionStateValue
from appraise.domain.cycle_steps import CycleAction
from appraise.domain.cycles import CycleRules, CycleState
from appraise.domain.identifiers import EmployeeId
from appraise.domain.language import retold
from appraise.domain.readiness import Obstacle, Readiness


@strawberry.enum(name="CycleState", description="The stage of a cycle.")
class CycleStateValue(Enum):
    PLANNED = strawberry.enum_value(CycleState.PLANNED.value, description="Announced; nothing can be done in it yet.")
    OPEN = strawberry.enum_value(CycleState.OPEN.value, description="Evidence comes in; managers may rate.")
    SCORING = strawberry.enum_value(CycleState.SCORING.value, description="Managers rate and hand in.")
    CALIBRATION = strawberry.enum_value(CycleState.CALIBRATION.value, description="Sections are compared in sessions.")
    SHARING = strawberry.enum_value(CycleState.SHARING.value, description="Employees read their sections and answer.")
    CLOSED = strawberry.enum_value(CycleState.CLOSED.value, description="Done; single sections may be opened again.")
    ARCHIVED = strawberry.enum_value(CycleState.ARCHIVED.value, description="Nothing can be changed any more.")
    CANCELLED = strawberry.enum_value(CycleState.CANCELLED.value, description="Called off.")


@strawberry.enum(name="CycleAction", description="What HR administrators do with a cycle as a whole.")
class CycleActionValue(Enum):
    ADVANCE = strawberry.enum_value(CycleAction.ADVANCE.value, description="`advanceCycle`.")
    SCORE = strawberry.enum_value(CycleAction.SCORE.value, description="`startScoring`.")
    SET_RULES = strawberry.enum_value(CycleAction.SET_RULES.value, description="`setCycleRules`.")
    MOVE = strawberry.enum_value(CycleAction.MOVE.value, description="`moveCycle`.")
    CANCEL = strawberry.enum_value(CycleAction.CANCEL.value, description="`cancelCycle`.")


@strawberry.type(description="The stage of a cycle that follows.")
class NextStage:
    state: CycleStateValue = strawberry.field(description="Which.")
    problem: str | None = strawberry.field(
        description="What stands in the way now, in one sentence to show; null where nothing does."
    )


@strawberry.enum(name="Obstacle", description="Why somebody is missing from a cycle, or what stands in the way.")
class ObstacleValue(Enum):
    NOT_SCORED = strawberry.enum_value(Obstacle.NOT_SCORED.value, description="No scoring run has had this person.")
    NO_MANAGER = strawberry.enum_value(Obstacle.NO_MANAGER.value, description="Nobody can rate.")
    MANAGER_UNKNOWN = strawberry.enum_value(
        Obstacle.MANAGER_UNKNOWN.value, description="A source names a manager whom no import has brought."
    )
    MANAGER_LEFT = strawberry.enum_value(Obstacle.MANAGER_LEFT.value, description="The manager has left.")
    NO_FIGURE = strawberry.enum_value(Obstacle.NO_FIGURE.value, description="No indicator has a figure.")
    BELOW_FLOOR = strawberry.enum_value(Obstacle.BELOW_FLOOR.value, description="Too little was observed for a total.")
    SHORT_TIME = strawberry.enum_value(Obstacle.SHORT_TIME.value, description="Few days at work in the cycle.")
    ON_LEAVE = strawberry.enum_value(Obstacle.ON_LEAVE.value, description="On leave today.")
    LEFT = strawberry.enum_value(Obstacle.LEFT.value, description="Has left.")
    EXEMPT = strawberry.enum_value(Obstacle.EXEMPT.value, description="Exempt, with a reason.")
    VOID = strawberry.enum_value(Obstacle.VOID.value, description="The section was voided.")


@strawberry.type(description="One obstacle, in a sentence that says what to do.")
class FoundObstacle:
    obstacle: ObstacleValue = strawberry.field(description="Which.")
    sentence: str = strawberry.field(description="One sentence to show.")


@strawberry.type(description="Somebody with an obstacle.")
class MissingPerson:
    employee_id: strawberry.ID = strawberry.field(description="Who.")
    name: str = strawberry.field(description="Their name.")
    employee_key: strawberry.Private[EmployeeId]
    obstacles: list[FoundObstacle] = strawberry.field(description="What stands in the way.")

    @strawberry.field(description="Who, as an employee.")
    def employee(self, info: strawberry.Info) -> EmployeeType | None:
        context: RequestContext = info.context
        row = context.people.load(self.employee_key)
        return None if row is None else EmployeeType.of(row)


@strawberry.type(name="Readiness", description="Of everybody employed in the cycle: who is ready, who is not and why.")
class ReadinessType:
    ready: int = strawberry.field(description="Number of sections without an obstacle.")
    missing: list[MissingPerson] = strawberry.field(description="The others, by name.")

    @classmethod
    def of(cls, found: Readiness, context: RequestContext) -> Self:
        employees = [employee for employee, _, _ in found.missing]
        context.people.announce(employees)
        context.sections.announce(employees)
        return cls(
            ready=found.ready,
            missing=[
                MissingPerson(
                    employee_id=to_global(Kind.EMPLOYEE, employee),
                    name=name,
                    employee_key=employee,
                    obstacles=[
                        FoundObstacle(obstacle=ObstacleValue(one.obstacle.value), sentence=retold(one.sentence))
                        for one in obstacles
                    ],
                )
                for employee, name, obstacles in found.missing
            ],
        )


@strawberry.type(description="How many sections of a cycle are in a state.")
class StateCount:
    state: SectionStateValue = strawberry.field(description="The state.")
    count: int = strawberry.field(description="Number of them.")


@strawberry.type(name="HostScale", description="The scale on which the HR system has totals.")
class HostScaleType:
    lowest: Decimal = strawberry.field(description="The worst value, on the host's scale.")
    highest: Decimal = strawberry.field(description="The best value, on the host's scale.")
    step: Decimal = strawberry.field(description="Distance of two values, on the host's scale.")


@strawberry.type(name="CycleRules", description="What holds for all sections of a cycle.")
class CycleRulesType:
    calibrates: bool = strawberry.field(description="Whether sections pass through a calibration session.")
    rate_by: date | None = strawberry.field(description="The day by which managers hand in.")
    response_days: int = strawberry.field(description="Number of days that an employee has to answer.")
    most_disputes: int = strawberry.field(
        description="Number of disputes that an employee may file against one revision."
    )
    dotted_parts: bool = strawberry.field(
        description="Whether dotted managers are asked for a part, which is read and counts for nothing."
    )
    host_scale: HostScaleType | None = strawberry.field(description="The HR system's scale; null where none is said.")

    @classmethod
    def of(cls, rules: CycleRules) -> Self:
        scale = rules.host_scale
        return cls(
            calibrates=rules.calibrates,
            rate_by=rules.rate_by,
            response_days=rules.response_days,
            most_disputes=rules.most_disputes,
            dotted_parts=rules.dotted_parts,
            host_scale=None
            if scale is None
            else HostScaleType(lowest=scale.worst, highest=scale.best, step=scale.step),
        )
