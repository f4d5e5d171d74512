"""Cycles, their scoring runs and the policies that the runs followed."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import CycleId, RunId
from appraise.domain.periods import Period
from appraise.domain.policies import Policy
from appraise.domain.policy_documents import from_json
from appraise.domain.reading import Progress, RunState, ScoringRun
from appraise.domain.scorecards import Manifest
from appraise.errors import NotFound
from appraise.storage.course_documents import rules_document, rules_from
from appraise.storage.database import Session
from appraise.storage.documents import (
    coverage_document,
    coverage_from,
    manifest_document,
    manifest_from,
    policy_document,
    summary_document,
    summary_from,
)
from appraise.storage.tables import CYCLES, POLICIES, SCORING_RUNS


def get(session: Session, cycle: CycleId) -> Cycle:
    """Raises `NotFound`."""
    row = session.execute(select(CYCLES).where(CYCLES.c.id == cycle)).first()
    if row is None:
        raise NotFound("there is no such cycle", hint="list the cycles and use one of their ids")
    return _cycle(row)


def named(session: Session, name: str) -> Cycle | None:
    row = session.execute(select(CYCLES).where(CYCLES.c.name == name)).first()
    return None if row is None else _cycle(row)


def all_of_them(session: Session) -> tuple[Cycle, ...]:
    """The latest first."""
    rows = session.execute(select(CYCLES).order_by(CYCLES.c.starts_on.desc(), CYCLES.c.name))
    return tuple(_cycle(row) for row in rows)


def add(session: Session, cycle: Cycle, *, at: datetime) -> None:
    reference = cycle.reference
    session.execute(
        insert(CYCLES),
        {
            "id": cycle.id,
            "name": cycle.name,
            "starts_on": cycle.period.start,
            "ends_on": cycle.period.end,
            "reference_namespace": None if reference is None else reference.namespace,
            "reference_value": None if reference is None else reference.value,
            "opened_at": at,
            "state": cycle.state.value,
            "rules": rules_document(cycle.rules),
        },
    )


def save(session: Session, cycle: Cycle) -> None:
    """The stage, the days and the rules; the rest of a cycle does not change."""
    days = {"starts_on": cycle.period.start, "ends_on": cycle.period.end}
    values = {"state": cycle.state.value, "rules": rules_document(cycle.rules), **days}
    session.execute(update(CYCLES).where(CYCLES.c.id == cycle.id).values(values))


def announce_run(session: Session, run: ScoringRun) -> None:
    """A run that has begun; `add_run` puts the finished one in its place."""
    row = {"id": run.id, "cycle_id": run.cycle, "state": run.state.value, "started_at": run.started_at}
    session.execute(insert(SCORING_RUNS), {**row, "alive_at": run.started_at, "coverage": coverage_document(())})


def note_progress(session: Session, run: RunId, progress: Progress) -> None:
    values = {
        "step": progress.step,
        "steps_done": progress.done,
        "steps_total": progress.total,
        "alive_at": progress.alive_at,
    }
    session.execute(update(SCORING_RUNS).where(*_going_on(run)).values(values))


def fail_run(session: Session, run: RunId, *, at: datetime) -> None:
    values = {"state": RunState.FAILED.value, "finished_at": at}
    session.execute(update(SCORING_RUNS).where(*_going_on(run)).values(values))


def _going_on(run: RunId) -> tuple[Any, Any]:
    return SCORING_RUNS.c.id == run, SCORING_RUNS.c.state == RunState.RUNNING.value


def add_run(session: Session, run: ScoringRun, policy: Policy, *, policy_hash: str) -> None:
    """A finished run; in the place of its announcement, where it was announced."""
    session.execute(delete(SCORING_RUNS).where(*_going_on(run.id)))
    if session.execute(select(POLICIES.c.hash).where(POLICIES.c.hash == policy_hash)).first() is None:
        row = {"hash": policy_hash, "version": policy.version, "document": policy_document(policy)}
        session.execute(insert(POLICIES), {**row, "stored_at": run.started_at})
    session.execute(
        insert(SCORING_RUNS),
        {
            "id": run.id,
            "cycle_id": run.cycle,
            "state": run.state.value,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "policy_hash": policy_hash,
            "manifest": None if run.manifest is None else manifest_document(run.manifest),
            "coverage": coverage_document(run.coverage),
            "summary": None if run.summary is None else summary_document(run.summary),
        },
    )


def find_run(session: Session, run: RunId) -> ScoringRun | None:
    row = session.execute(select(SCORING_RUNS).where(SCORING_RUNS.c.id == run)).first()
    return None if row is None else _run(row)


def runs_going_on(session: Session, cycle: CycleId) -> list[ScoringRun]:
    """The latest first; one whose process was killed is among them (see `ScoringRun.as_of`)."""
    table = SCORING_RUNS.c
    statement = select(SCORING_RUNS).where(table.cycle_id == cycle, table.state == RunState.RUNNING.value)
    return [_run(row) for row in session.execute(statement.order_by(table.started_at.desc(), table.id))]


def run(session: Session, run: RunId) -> ScoringRun:
    return _run(session.execute(select(SCORING_RUNS).where(SCORING_RUNS.c.id == run)).one())


def latest_run(session: Session, cycle: CycleId) -> ScoringRun | None:
    table = SCORING_RUNS.c
    statement = select(SCORING_RUNS).where(table.cycle_id == cycle, table.state == RunState.DONE.value)
    row = session.execute(statement.order_by(table.finished_at.desc(), table.id).limit(1)).first()
    return None if row is None else _run(row)


def manifests(session: Session, *, since: datetime | None) -> tuple[Manifest, ...]:
    """Those of finished runs; with `since` of the ones that ended then or later."""
    table = SCORING_RUNS.c
    statement = select(table.manifest).where(table.state == RunState.DONE.value, table.manifest.is_not(None))
    if since is not None:
        statement = statement.where(table.finished_at >= since)
    return tuple(manifest_from(document) for document in session.scalars(statement))


def finished_run(session: Session, wanted: str) -> ScoringRun | None:
    """The run of that id; else the latest one of the cycle of that name."""
    table = SCORING_RUNS.c
    row = session.execute(select(SCORING_RUNS).where(table.id == wanted, table.state == RunState.DONE.value)).first()
    if row is not None:
        return _run(row)
    cycle = named(session, wanted)
    return None if cycle is None else latest_run(session, cycle.id)


def run_before(session: Session, run: ScoringRun) -> ScoringRun | None:
    """The finished run of the same cycle that this one follows."""
    table = SCORING_RUNS.c
    statement = select(SCORING_RUNS).where(
        table.cycle_id == run.cycle,
        table.state == RunState.DONE.value,
        table.id != run.id,
        table.finished_at <= run.finished_at,
    )
    row = session.execute(statement.order_by(table.finished_at.desc(), table.id).limit(1)).first()
    return None if row is None else _run(row)


def policy_of(session: Session, run: RunId) -> Policy:
    """The policy that the run followed."""
    return from_json(policy_document_of(session, run)).policy()


def policy_document_of(session: Session, run: RunId) -> dict[str, Any]:
    """The policy that the run followed, as it was stored."""
    statement = select(POLICIES.c.document).join(SCORING_RUNS, SCORING_RUNS.c.policy_hash == POLICIES.c.hash)
    return dict(session.execute(statement.where(SCORING_RUNS.c.id == run)).scalar_one())


def _cycle(row: Any) -> Cycle:
    reference = None
    if row.reference_namespace is not None:
        reference = ExternalReference(row.reference_namespace, row.reference_value)
    return Cycle(
        id=CycleId(row.id),
        name=row.name,
        period=Period(row.starts_on, row.ends_on),
        reference=reference,
        state=CycleState(row.state),
        rules=rules_from(row.rules),
    )


def _run(row: Any) -> ScoringRun:
    return ScoringRun(
        id=RunId(row.id),
        cycle=CycleId(row.cycle_id),
        started_at=row.started_at,
        finished_at=row.finished_at,
        state=RunState(row.state),
        manifest=None if row.manifest is None else manifest_from(row.manifest),
        coverage=coverage_from(row.coverage),
        progress=_progress(row),
        summary=None if row.summary is None else summary_from(row.summary),
    )


def _progress(row: Any) -> Progress | None:
    if row.step is None:
        return None
    return Progress(row.step, row.steps_done, row.steps_total, row.alive_at)
