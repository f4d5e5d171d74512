"""Trying a policy on a cycle that was scored, and reading what it would change."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.cycles import CycleType
from appraise.api.types.exports import JobStateValue
from appraise.api.types.node import Node
from appraise.api.types.people import EmployeeType
from appraise.domain.identifiers import CycleId, EmployeeId, IndicatorKey, JobId
from appraise.domain.indicators import COMPOSITE, definition_of
from appraise.domain.jobs import Job
from appraise.domain.language import problem_retold
from appraise.errors import InvalidInput
from appraise.use_cases.compare_runs import Side
from appraise.use_cases.start_trial import get_trial, start_trial

MOST: int = 200


@strawberry.enum(description="On which side of what was expected a figure lies.")
class SideValue(Enum):
    BETTER = strawberry.enum_value(Side.BETTER.name, description="Better than expected.")
    WORSE = strawberry.enum_value(Side.WORSE.name, description="Worse than expected.")
    CANNOT_TELL = strawberry.enum_value(Side.CANNOT_TELL.name, description="The data cannot tell.")
    ABSENT = strawberry.enum_value(Side.ABSENT.name, description="There is no figure.")


@strawberry.type(name="Reading", description="What a figure says at a glance.")
class ReadingType:
    side: SideValue = strawberry.field(description="On which side.")
    level: int | None = strawberry.field(description="1 to 5; null where it carries no consequence.")


@strawberry.type(name="ReadingChange", description="Somebody of whom a figure would say something else.")
class ReadingChangeType:
    employee_key: strawberry.Private[EmployeeId]
    before: ReadingType = strawberry.field(description="In the cycle's last run.")
    after: ReadingType = strawberry.field(description="By the policy that is tried.")

    @strawberry.field(description="Who.")
    def employee(self, info: strawberry.Info) -> EmployeeType | None:
        context: RequestContext = info.context
        row = context.people.load(self.employee_key)
        return None if row is None else EmployeeType.of(row)


@strawberry.type(name="TriedIndicator", description="What a policy would change of one indicator.")
class TriedIndicator:
    indicator: str = strawberry.field(description="Its key; `composite` for all of them together.")
    name: str = strawberry.field(description="Its name.")
    before: int = strawberry.field(description="Number of employees with a figure in the last run.")
    after: int = strawberry.field(description="Number of employees who would have one.")
    appeared: int = strawberry.field(description="Number of figures that only the trial has.")
    vanished: int = strawberry.field(description="Number of figures that only the last run has.")
    changed: int = strawberry.field(description="Number of employees of whom it would say something else.")
    readings: list[ReadingChangeType] = strawberry.field(description=f"The first {MOST} of them, by name.")


@strawberry.type(name="TriedWeight", description="How far levels depend on one weight, which is a choice.")
class TriedWeight:
    name: str = strawberry.field(description="The indicator's name.")
    weight: Decimal = strawberry.field(description="Its weight by the policy, a share of 0 to 1.")
    moved_to: Decimal = strawberry.field(
        description="The weight that it is moved to, a share of 0 to 1, the others making room."
    )
    compared: int = strawberry.field(description="Number of figures taken together that have a level.")
    changed: int = strawberry.field(description="Number of these that would have another one.")


@strawberry.type(name="PolicyChanges", description="What a policy would change.")
class PolicyChanges:
    other_inputs: list[str] = strawberry.field(
        description="What differs beside the policy since the last run, so that not all changes are the policy's."
    )
    indicators: list[TriedIndicator] = strawberry.field(description="By indicator, all together last.")
    weights: list[TriedWeight] = strawberry.field(description="Each weight moved by ten points, up and down.")


@strawberry.type(name="PolicyTrial", description="A trial of a policy on a cycle that was scored. Nothing is written.")
class PolicyTrialType(Node):
    job: strawberry.Private[Job]
    state: JobStateValue = strawberry.field(description="How far it is.")
    step: str | None = strawberry.field(description="What is done now, in words; null unless something is.")
    done: int = strawberry.field(description="Number of steps done.")
    total: int = strawberry.field(description="Number of steps in all; 0 while that is not known.")
    problem: str | None = strawberry.field(description="Why it failed, and what to do.")
    asked_at: datetime = strawberry.field(description="When it was asked for.")
    finished_at: datetime | None = strawberry.field(description="When it was done or failed.")

    @strawberry.field(description="The cycle.")
    def cycle(self, info: strawberry.Info) -> CycleType:
        context: RequestContext = info.context
        return CycleType.of(context.cycles()[CycleId(self.job.wanted["cycle"])])

    @strawberry.field(description="What it would change; null until that is known.")
    def changes(self, info: strawberry.Info) -> PolicyChanges | None:
        said = None if self.state.name != JobStateValue.DONE.name else self.job.outcome
        return None if said is None else _changes(said, info.context)

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(
            id=to_global(Kind.TRIAL, job.id),
            job=job,
            state=JobStateValue(job.state),
            step=job.step,
            done=job.done,
            total=job.total,
            problem=problem_retold(job.problem),
            asked_at=job.asked_at,
            finished_at=job.finished_at,
        )


@strawberry.enum(description="Why nothing is tried. More may be added; treat unknown ones as BAD_INPUT.")
class TrialErrorCode(Enum):
    BAD_INPUT = strawberry.enum_value("BAD_INPUT", description="A document that cannot be read or followed.")


@strawberry.type(description="Why nothing is tried.")
class TrialError:
    message: str = strawberry.field(description="What was found, where, and what was expected.")
    path: list[str] = strawberry.field(description="`input` and a field of it.")
    code: TrialErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="Which policy to try on which cycle.")
class TryPolicyInput(RepeatableInput):
    cycle_id: strawberry.ID = strawberry.field(description="A cycle that was scored.")
    document: str | None = strawberry.field(
        default=None, description="The policy as a document (TOML); the one in force if not given."
    )


@strawberry.type(description="What came of asking for a trial.")
class TryPolicyPayload:
    trial: PolicyTrialType | None = strawberry.field(description="The trial, to be followed; null where none begins.")
    user_errors: list[TrialError] = strawberry.field(description="What stood in the way; empty where it was begun.")


@strawberry.type
class TrialMutation:
    @strawberry.mutation(
        description="Have a policy tried on a cycle that was scored; nothing is written. For HR administrators.",
        extensions=[Requires(Permission.SCORE)],
    )
    def try_policy(
        self,
        info: strawberry.Info,
        wanted: Annotated[TryPolicyInput, strawberry.argument(name="input", description="Which policy, and where.")],
    ) -> TryPolicyPayload | None:
        context: RequestContext = info.context
        cycle = CycleId(key_of(wanted.cycle_id, Kind.CYCLE))
        try:
            job = repeatable(
                info,
                wanted,
                lambda deployment: start_trial(deployment, context.principal, cycle, wanted.document, at=context.at),
                again=lambda key: get_trial(context.deployment, context.principal, JobId(key), at=context.at),
            )
        except InvalidInput as error:
            where = "" if error.place is None else f"{error.place}: "
            more = "".join(f"; {text}" for text in (error.expected, error.hint) if text is not None)
            told = TrialError(
                message=f"{where}{error.found}{more}", path=["input", "document"], code=TrialErrorCode.BAD_INPUT
            )
            return TryPolicyPayload(trial=None, user_errors=[told])
        return TryPolicyPayload(trial=PolicyTrialType.of(job), user_errors=[])


@strawberry.type
class TrialQuery:
    @strawberry.field(
        description="A trial of a policy. For HR administrators.", extensions=[Requires(Permission.SCORE)]
    )
    def policy_trial(
        self,
        info: strawberry.Info,
        key: Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")],
    ) -> PolicyTrialType | None:
        return one_trial(info.context, key_of(key, Kind.TRIAL))


def one_trial(context: RequestContext, key: str) -> PolicyTrialType:
    return PolicyTrialType.of(get_trial(context.deployment, context.principal, JobId(key), at=context.at))


def _changes(said: Mapping[str, Any], context: RequestContext) -> PolicyChanges:
    context.people.announce(
        EmployeeId(one["employee"]) for part in said["indicators"] for one in part["readings"][:MOST]
    )
    return PolicyChanges(
        other_inputs=said["inputs"],
        indicators=[_indicator(part) for part in said["indicators"]],
        weights=[
            TriedWeight(
                name=_named(one["indicator"]),
                weight=Decimal(str(one["weight"])),
                moved_to=Decimal(str(round(one["movedTo"], 6))),
                compared=one["compared"],
                changed=one["changed"],
            )
            for one in said["weights"]
        ],
    )


def _indicator(part: Mapping[str, Any]) -> TriedIndicator:
    readings = part["readings"]
    return TriedIndicator(
        indicator=part["indicator"],
        name=_named(part["indicator"]),
        before=part["before"],
        after=part["after"],
        appeared=part["appeared"],
        vanished=part["vanished"],
        changed=len(readings),
        readings=[
            ReadingChangeType(
                employee_key=EmployeeId(one["employee"]), before=_reading(one["before"]), after=_reading(one["after"])
            )
            for one in readings[:MOST]
        ],
    )


def _reading(said: Mapping[str, Any]) -> ReadingType:
    return ReadingType(side=SideValue(said["side"]), level=said["level"])


def _named(key: str) -> str:
    return "Taken together" if key == COMPOSITE else definition_of(IndicatorKey(key)).name
