"""Jobs: each in the hands of one worker at a time, taken over from one that gives no more signs of life."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, func, insert, or_, select, tuple_, update

from appraise.domain.access import Role
from appraise.domain.cursors import position
from appraise.domain.identifiers import EmployeeId, JobId, TokenId
from appraise.domain.jobs import MOST_TRIES, Asker, Job, JobKind, JobState
from appraise.domain.reading import Page
from appraise.errors import InvalidInput
from appraise.storage.cursors import checked_size, page
from appraise.storage.database import Session, lock
from appraise.storage.tables import EXPORT_SUBJECTS, JOBS

CLAIMED_FOR: Final = timedelta(seconds=30)
"""After this without a sign of life another worker takes a job over."""
OPEN: Final = (JobState.WAITING.value, JobState.RUNNING.value)


def add(session: Session, job: Job) -> None:
    row = {"id": job.id, "kind": job.kind.value, "owner": job.owner, "asker": _asker_document(job.asker)}
    session.execute(
        insert(JOBS),
        {
            **row,
            "wanted": dict(job.wanted),
            "state": job.state.value,
            "step": job.step,
            "done": job.done,
            "total": job.total,
            "asked_at": job.asked_at,
            "tries": job.tries,
            "expires_at": job.expires_at,
        },
    )


def get(session: Session, job: JobId, kind: JobKind) -> Job | None:
    row = session.execute(select(JOBS).where(JOBS.c.id == job, JOBS.c.kind == kind.value)).first()
    return None if row is None else _job(row)


def listed(session: Session, kind: JobKind, *, owner: str | None, first: int, after: str | None) -> Page[Job]:
    """The newest first; of everybody where `owner` is None."""
    checked_size(first)
    table = JOBS.c
    statement = select(JOBS).where(*_of(kind, owner)).order_by(table.asked_at.desc(), table.id.desc()).limit(first + 1)
    if after is not None:
        asked_at, last = position(after, 2)
        statement = statement.where(tuple_(table.asked_at, table.id) < tuple_(_moment(asked_at), last))
    found = [_job(row) for row in session.execute(statement)]
    return page(found, first, [(job.asked_at.isoformat(), job.id) for job in found])


def counted(session: Session, kind: JobKind, *, owner: str | None) -> int:
    return int(session.execute(select(func.count()).select_from(JOBS).where(*_of(kind, owner))).scalar_one())


def open_count(session: Session, kind: JobKind, *, owner: str) -> int:
    """How many of somebody's jobs wait or run. Whoever asks for more meanwhile waits until the transaction ends."""
    lock(session, f"jobs:{owner}")
    statement = select(func.count()).select_from(JOBS).where(*_of(kind, owner), JOBS.c.state.in_(OPEN))
    return int(session.execute(statement).scalar_one())


def has_due(session: Session, kinds: Iterable[JobKind], *, at: datetime) -> bool:
    """Whether `claim` may find something."""
    return session.execute(select(JOBS.c.id).where(_due(kinds, at)).limit(1)).first() is not None


def claim(session: Session, kinds: Iterable[JobKind], *, claim: str, at: datetime) -> Job | None:
    """The job that has waited longest, in the hands of `claim` from now on; None where none is due.

    One over which `MOST_TRIES` workers were lost is given up.
    """
    lock(session, "jobs")
    table = JOBS.c
    due = select(JOBS).where(_due(kinds, at)).order_by(table.asked_at, table.id)
    for row in session.execute(due).all():
        job = _job(row)
        if job.tries < MOST_TRIES:
            taken = replace(job, state=JobState.RUNNING, tries=job.tries + 1, started_at=job.started_at or at)
            values = {"state": taken.state.value, "tries": taken.tries, "started_at": taken.started_at}
            held = {"claim": claim, "claimed_until": at + CLAIMED_FOR}
            session.execute(update(JOBS).where(table.id == job.id).values(values | held))
            return taken
        lost = f"given up after {MOST_TRIES} tries, none of which came to an end; the service's log tells more"
        values = {"state": JobState.FAILED.value, "finished_at": at, "problem": lost, "claim": None}
        session.execute(update(JOBS).where(table.id == job.id).values(values))
    return None


def note(session: Session, job: JobId, *, claim: str, step: str, done: int, total: int, at: datetime) -> bool:  # noqa: PLR0913  # one row
    """A sign of life. False where the job is in other hands now."""
    values = {"step": step[:200], "done": done, "total": total, "claimed_until": at + CLAIMED_FOR}
    return _held(session, job, claim, values)


def settle(session: Session, job: Job, *, claim: str) -> bool:
    """Write how a claimed job stands, and let go of it. False where the job is in other hands now."""
    values = {
        "wanted": dict(job.wanted),
        "state": job.state.value,
        "step": job.step,
        "done": job.done,
        "total": job.total,
        "tries": job.tries,
        "finished_at": job.finished_at,
        "expires_at": job.expires_at,
        "outcome": None if job.outcome is None else dict(job.outcome),
        "problem": job.problem,
        "claim": None,
        "claimed_until": None,
    }
    return _held(session, job.id, claim, values)


def begin_again(session: Session, job: JobId, *, asker: Asker, wanted: Mapping[str, Any], at: datetime) -> None:
    """Have a finished job go on with what is wanted next, for whoever asks now; what came of it so far stays.

    It stays in its owner's list.
    """
    values = {
        "asker": _asker_document(asker),
        "wanted": dict(wanted),
        "state": JobState.WAITING.value,
        "asked_at": at,
        "started_at": None,
    }
    more = {"finished_at": None, "expires_at": None, "problem": None, "step": None, "done": 0, "total": 0, "tries": 0}
    session.execute(update(JOBS).where(JOBS.c.id == job).values(values | more))


def over(session: Session, *, at: datetime) -> list[Job]:
    """Jobs whose time is over and whose files have not been cleared away."""
    table = JOBS.c
    ended = (table.expires_at <= at, table.state.in_((JobState.DONE.value, JobState.FAILED.value)))
    return [_job(row) for row in session.execute(select(JOBS).where(*ended).order_by(table.expires_at).limit(100))]


def expire(session: Session, jobs: Iterable[JobId]) -> None:
    ids = list(jobs)
    session.execute(delete(EXPORT_SUBJECTS).where(EXPORT_SUBJECTS.c.job_id.in_(ids)))
    session.execute(update(JOBS).where(JOBS.c.id.in_(ids)).values(state=JobState.EXPIRED.value))


def forget(session: Session, *, expired_before: datetime) -> None:
    table = JOBS.c
    session.execute(delete(JOBS).where(table.state == JobState.EXPIRED.value, table.expires_at < expired_before))


def wants(session: Session, kind: JobKind) -> list[Mapping[str, Any]]:
    """What those jobs of a kind want that wait or run."""
    statement = select(JOBS.c.wanted).where(JOBS.c.kind == kind.value, JOBS.c.state.in_(OPEN))
    return list(session.execute(statement).scalars())


def outcomes(session: Session) -> list[Mapping[str, Any]]:
    """Of all jobs that are not expired: what names files that must stay."""
    table = JOBS.c
    statement = select(table.outcome).where(table.state != JobState.EXPIRED.value, table.outcome.is_not(None))
    return list(session.execute(statement).scalars())


def _held(session: Session, job: JobId, claim: str, values: dict[str, Any]) -> bool:
    return session.execute(update(JOBS).where(JOBS.c.id == job, JOBS.c.claim == claim).values(values)).rowcount == 1


def _due(kinds: Iterable[JobKind], at: datetime) -> Any:
    table = JOBS.c
    lost = and_(table.state == JobState.RUNNING.value, table.claimed_until <= at)
    return and_(table.kind.in_(sorted(kind.value for kind in kinds)), or_(table.state == JobState.WAITING.value, lost))


def _of(kind: JobKind, owner: str | None) -> list[Any]:
    wanted: list[Any] = [JOBS.c.kind == kind.value]
    return wanted if owner is None else [*wanted, JOBS.c.owner == owner]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("the cursor was not given out by Appraise") from error


def _asker_document(asker: Asker) -> dict[str, Any]:
    return {"name": asker.name, "employee": asker.employee, "token": asker.token, "roles": sorted(asker.roles)}


def _job(row: Any) -> Job:
    said = row.asker
    asker = Asker(
        said["name"],
        None if said["employee"] is None else EmployeeId(said["employee"]),
        None if said["token"] is None else TokenId(said["token"]),
        frozenset(Role(role) for role in said["roles"]),
    )
    return Job(
        id=JobId(row.id),
        kind=JobKind(row.kind),
        owner=row.owner,
        asker=asker,
        wanted=row.wanted,
        asked_at=row.asked_at,
        state=JobState(row.state),
        step=row.step,
        done=row.done,
        total=row.total,
        started_at=row.started_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
        tries=row.tries,
        outcome=row.outcome,
        problem=row.problem,
    )
