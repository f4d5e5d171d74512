"""Having a cycle scored, and reading how far that is."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from appraise.api.context import RequestContext
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.permissions import Permission, Requires
from appraise.api.repeating import RepeatableInput, repeatable
from appraise.api.types.cycles import CycleType
from appraise.api.types.exports import JobStateValue
from appraise.api.types.node import Node
from appraise.api.types.runs import ScoringRunType
from appraise.domain.identifiers import CycleId, JobId, RunId
from appraise.domain.jobs import Job
from appraise.domain.language import problem_retold, retold
from appraise.domain.sections import Refusal
from appraise.use_cases.read_cycles import get_run
from appraise.use_cases.start_scoring import get_scoring_job, start_scoring


@strawberry.type(name="ScoringJob", description="A scoring run that was asked for through the API.")
class ScoringJobType(Node):
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

    @strawberry.field(description="The run that came of it; null until it is done.")
    def run(self, info: strawberry.Info) -> ScoringRunType | None:
        context: RequestContext = info.context
        key = (self.job.outcome or {}).get("run")
        if key is None:
            return None
        return ScoringRunType.of(get_run(context.deployment, context.principal, RunId(key), at=context.at))

    @classmethod
    def of(cls, job: Job) -> Self:
        return cls(
            id=to_global(Kind.SCORING, job.id),
            job=job,
            state=JobStateValue(job.state),
            step=job.step,
            done=job.done,
            total=job.total,
            problem=problem_retold(job.problem),
            asked_at=job.asked_at,
            finished_at=job.finished_at,
        )


@strawberry.enum(description="Why no scoring run was begun. More may be added; treat unknown ones as GOING_ON.")
class ScoringErrorCode(Enum):
    GOING_ON = strawberry.enum_value("GOING_ON", description="The cycle is being scored already.")
    CYCLE_STATE = strawberry.enum_value("CYCLE_STATE", description="The cycle's stage does not allow it.")


@strawberry.type(description="Why no scoring run was begun.")
class ScoringError:
    message: str = strawberry.field(description="One sentence to show.")
    path: list[str] = strawberry.field(description="`input` and a field of it.")
    code: ScoringErrorCode = strawberry.field(description="Stable, for programs.")


@strawberry.input(description="Which cycle to score.")
class StartScoringInput(RepeatableInput):
    cycle_id: strawberry.ID = strawberry.field(description="The cycle.")


@strawberry.type(description="What came of asking for a scoring run.")
class StartScoringPayload:
    job: ScoringJobType | None = strawberry.field(description="The job, to be followed; null where none was begun.")
    user_errors: list[ScoringError] = strawberry.field(description="What stood in the way; empty where it was begun.")


@strawberry.type
class ScoringMutation:
    @strawberry.mutation(
        description="Have everybody in a cycle scored by the policy in force. For HR administrators.",
        extensions=[Requires(Permission.SCORE)],
    )
    def start_scoring(
        self,
        info: strawberry.Info,
        wanted: Annotated[StartScoringInput, strawberry.argument(name="input", description="Which cycle.")],
    ) -> StartScoringPayload | None:
        context: RequestContext = info.context
        cycle = CycleId(key_of(wanted.cycle_id, Kind.CYCLE))
        outcome = repeatable(
            info,
            wanted,
            lambda deployment: start_scoring(deployment, context.principal, cycle, at=context.at),
            again=lambda key: get_scoring_job(context.deployment, context.principal, JobId(key)),
        )
        if isinstance(outcome, Refusal):
            error = ScoringError(
                message=retold(outcome.message), path=["input", "cycleId"], code=ScoringErrorCode(outcome.code)
            )
            return StartScoringPayload(job=None, user_errors=[error])
        return StartScoringPayload(job=ScoringJobType.of(outcome), user_errors=[])


@strawberry.type
class ScoringQuery:
    @strawberry.field(
        description="A scoring run that was asked for. For HR administrators.", extensions=[Requires(Permission.SCORE)]
    )
    def scoring_job(
        self,
        info: strawberry.Info,
        key: Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")],
    ) -> ScoringJobType | None:
        return one_scoring_job(info.context, key_of(key, Kind.SCORING))


def one_scoring_job(context: RequestContext, key: str) -> ScoringJobType:
    return ScoringJobType.of(get_scoring_job(context.deployment, context.principal, JobId(key)))
