"""Ask for a scoring run of a cycle; a worker computes it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from appraise.domain.access import Principal, may_administer
from appraise.domain.cycle_steps import CycleAction, allowed
from appraise.domain.identifiers import CycleId, JobId
from appraise.domain.jobs import Job, JobKind
from appraise.domain.policies import Policy
from appraise.domain.progress import Advance
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, cycles, jobs
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.asker import as_now, asker_of
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.score_cycle import score_cycle
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def start_scoring(
    deployment: Deployment,
    principal: Principal,
    cycle: CycleId,
    *,
    at: datetime,
) -> Job | Refusal:
    """The job that waits. Raises `Forbidden` for all but HR administrators, `NotFound` for an unknown cycle."""
    _check(principal)
    actor = Actor.of(principal)

    def work(session: Session) -> Job | Refusal:
        lock(session, "scoring jobs")
        known = cycles.get(session, cycle)
        name = known.name
        if CycleAction.SCORE not in allowed(known):
            return Refusal("CYCLE_STATE", f"the cycle {name} is {known.state} and is not scored any more", "cycleId")
        if any(wanted["cycle"] == cycle for wanted in jobs.wants(session, JobKind.SCORING)):
            return Refusal("GOING_ON", f"{name} is being scored already; wait until that is done", "cycleId")
        job = Job(JobId(new_id()), JobKind.SCORING, principal.key, asker_of(session, principal), {"cycle": cycle}, at)
        jobs.add(session, job)
        details = [*actor.facts, ("cycle", name), ("job", job.id)]
        audit.append(session, at=at, actor=actor.id, action="scoring.ask", subject=f"cycle:{cycle}", details=details)
        return job

    return committed(deployment, work)


def get_scoring_job(deployment: Deployment, principal: Principal, key: JobId) -> Job:
    """Raises `Forbidden` for all but HR administrators, and `NotFound`."""
    _check(principal)
    with deployment.database.reading() as session:
        found = jobs.get(session, key, JobKind.SCORING)
    if found is None:
        raise NotFound("there is no such scoring job")
    return found


def carry_out_scoring(  # what, by which policy, when, and who watches
    deployment: Deployment,
    job: Job,
    *,
    policy: Policy,
    clock: Callable[[], datetime],
    memory_limit: str | None,
    progress: Advance,
) -> dict[str, Any]:
    """The run, by its id. Raises what `score_cycle` raises, and `Forbidden` where the asker lost the right."""
    with deployment.database.reading() as session:
        _check(as_now(session, job.asker, since=job.asked_at, at=clock()))
    cycle = CycleId(job.wanted["cycle"])
    run = score_cycle(deployment, cycle, policy, clock=clock, memory_limit=memory_limit, progress=progress)
    return {"run": run.id}


def _check(principal: Principal) -> None:
    if not may_administer(principal):
        raise Forbidden("scoring is for HR administrators", hint="ask one of them")
