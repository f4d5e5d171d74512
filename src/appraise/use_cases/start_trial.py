"""Ask what a policy would change in a cycle that was scored; a worker finds out, and nothing is written."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from appraise.domain.access import Principal, may_administer
from appraise.domain.identifiers import CycleId, JobId
from appraise.domain.jobs import Job, JobKind
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import read_toml
from appraise.domain.policy_lint import refuse_errors
from appraise.domain.progress import Advance
from appraise.errors import Forbidden, NotFound
from appraise.scoring.installed import installed
from appraise.storage import audit, cycles, jobs
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.use_cases.asker import as_now, asker_of
from appraise.use_cases.compare_runs import IndicatorChanges, Reading, RunChanges, Side
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed
from appraise.use_cases.try_policy import try_policy


def start_trial(
    deployment: Deployment, principal: Principal, cycle: CycleId, document: str | None, *, at: datetime
) -> Job:
    """The job that waits. `document` is a policy's TOML; None tries the policy in force.

    Raises `Forbidden` for all but HR administrators, `NotFound` for a cycle that there is not or that was not scored,
    `InvalidInput` where the document cannot be read or lint finds an error in it.
    """
    _check(principal)
    if document is not None:
        _policy(document)
    actor = Actor.of(principal)

    def work(session: Session) -> Job:
        name = cycles.get(session, cycle).name
        if cycles.latest_run(session, cycle) is None:
            raise NotFound(f"{name} has not been scored", hint="score it first")
        wanted = {"cycle": cycle, "document": document}
        job = Job(JobId(new_id()), JobKind.TRIAL, principal.key, asker_of(session, principal), wanted, at)
        jobs.add(session, job)
        details = [*actor.facts, ("cycle", name), ("job", job.id)]
        audit.append(session, at=at, actor=actor.id, action="policy.try", subject=f"cycle:{cycle}", details=details)
        return job

    return committed(deployment, work)


def get_trial(deployment: Deployment, principal: Principal, key: JobId, *, at: datetime) -> Job:
    """Raises `Forbidden` for all but HR administrators, and `NotFound`."""
    _check(principal)
    with deployment.database.reading() as session:
        found = jobs.get(session, key, JobKind.TRIAL)
    if found is None:
        raise NotFound("there is no such trial")
    return found.as_of(at)


def carry_out_trial(  # what, by which policy, when, and who watches
    deployment: Deployment,
    job: Job,
    *,
    policy: Policy,
    clock: Callable[[], datetime],
    memory_limit: str | None,
    progress: Advance,
) -> dict[str, Any]:
    """What reads otherwise, by employees' ids. Raises what `try_policy` raises, and `Forbidden`."""
    with deployment.database.reading() as session:
        principal = as_now(session, job.asker, since=job.asked_at, at=clock())
    _check(principal)
    wanted = job.wanted["document"]
    tried = policy if wanted is None else _policy(wanted)
    cycle = CycleId(job.wanted["cycle"])
    return _document_of(try_policy(deployment, principal, cycle, tried, memory_limit=memory_limit, progress=progress))


def _policy(document: str) -> Policy:
    installed()
    read = read_toml(document)
    refuse_errors(read)
    return read.policy()


def _document_of(changes: RunChanges) -> dict[str, Any]:
    return {
        "inputs": [name for name in changes.inputs if name != "policy"],
        "indicators": [_indicator(one) for one in changes.indicators],
        "weights": [
            {
                "indicator": one.indicator,
                "weight": one.weight,
                "movedTo": one.moved_to,
                "compared": one.compared,
                "changed": one.changed,
            }
            for one in changes.weights
        ],
    }


def _indicator(part: IndicatorChanges) -> dict[str, Any]:
    before, after = part.estimates
    return {
        "indicator": part.indicator,
        "before": before,
        "after": after,
        "appeared": part.appeared,
        "vanished": part.vanished,
        "readings": [
            {"employee": one.employee, "before": _reading(one.before), "after": _reading(one.after)}
            for one in part.readings
        ],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {"side": Side(reading.side).name, "level": reading.level}


def _check(principal: Principal) -> None:
    if not may_administer(principal):
        raise Forbidden("policies are tried by HR administrators", hint="ask one of them")
