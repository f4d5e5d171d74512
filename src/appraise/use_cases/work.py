"""Do what was asked for: one job after the other, by as many workers as there are processes."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

import structlog

from appraise.domain.identifiers import UploadId
from appraise.domain.imports import Stage, stage_of
from appraise.domain.jobs import KEPT_FOR, Job, JobKind, JobState
from appraise.errors import Problem, Retriable
from appraise.storage import deliveries, export_subjects, idempotency, jobs, person_requests, uploads
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.use_cases import files
from appraise.use_cases.carry_out_import import carry_out_import
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.look_at_watches import look_at_watches
from appraise.use_cases.read_policy import policy_in_force
from appraise.use_cases.run_clocks import run_clocks
from appraise.use_cases.send_mails import send_mails
from appraise.use_cases.start_scoring import carry_out_scoring
from appraise.use_cases.start_trial import carry_out_trial
from appraise.use_cases.transactions import committed
from appraise.use_cases.write_back import write_back_due
from appraise.use_cases.write_export import record_export, write_export

LOG = structlog.get_logger("appraise.jobs")
LOOK_EVERY: Final = 1.0
"""Seconds."""
NOTED_EVERY: Final = 1.0
"""Seconds between two signs of life."""
LANES: Final = (frozenset({JobKind.EXPORT}), frozenset({JobKind.IMPORT, JobKind.SCORING, JobKind.TRIAL}))
"""An export does not wait for an import, a scoring run or a trial to end, and these do not run at once."""
CARRY_OUT: Final = {JobKind.SCORING: carry_out_scoring, JobKind.TRIAL: carry_out_trial}
"""What follows the policy in force and takes the query engine."""
CLEARED_EVERY: Final = 300.0
"""Seconds."""
WRITTEN_BACK_EVERY: Final = 15.0
"""Seconds."""
REMEMBERED: Final = timedelta(days=30)
"""For so long a job is listed after its file was cleared away."""
DEAD_TIMES: Final = 4
"""As long as others, deliveries that were given up are kept: they may be sent again."""
LONGEST_REST: Final = 0.1
"""Seconds."""


class _LetGo(Exception):  # noqa: N818  # never leaves this module
    """The worker is to end, or the job is in other hands."""


class _Watch:
    """Tells others how far a job is, in a thread of its own: a long step must not look like a killed process."""

    def __init__(
        self, deployment: Deployment, job: Job, claim: str, clock: Callable[[], datetime], stop: Event
    ) -> None:
        self._deployment = deployment
        self._job = job
        self._claim = claim
        self._clock = clock
        self._stop = stop
        self._reached = ("begin", 0, 0)
        self._began = time.monotonic()
        self._is_mine = True
        self._ended = Event()
        self._thread = Thread(target=self._notes, name=f"job {job.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def reach(self, step: str, done: int, total: int) -> None:
        self._reached = (step, done, total)

    def advance(self, step: str, done: int, total: int) -> None:
        """Between two chunks as long a rest as the chunk took, within bounds: requests are to be answered meanwhile."""
        self._reached = (step, done, total)
        self._check()
        self._stop.wait(min(time.monotonic() - self._began, LONGEST_REST))
        self._check()
        self._began = time.monotonic()

    def _check(self) -> None:
        if self._stop.is_set() or not self._is_mine:
            raise _LetGo

    @property
    def reached(self) -> tuple[str, int, int]:
        return self._reached

    def _notes(self) -> None:
        while not self._ended.wait(NOTED_EVERY):
            try:
                self._is_mine = committed(self._deployment, self._note)
            except Retriable as error:
                LOG.warning("a job's progress could not be noted", job=self._job.id, error=str(error))
            if not self._is_mine:
                return

    def _note(self, session: Session) -> bool:
        step, done, total = self._reached
        return jobs.note(session, self._job.id, claim=self._claim, step=step, done=done, total=total, at=self._clock())


class Worker:
    """`policy` is the document by which cycles are scored, `memory_limit` what the query engine may use for it."""

    def __init__(
        self,
        deployment: Deployment,
        clock: Callable[[], datetime],
        *,
        policy: Path | None = None,
        memory_limit: str | None = None,
    ) -> None:
        self._deployment = deployment
        self._clock = clock
        self._policy = policy
        self._memory_limit = memory_limit

    def run(self, stop: Event) -> None:
        """Until `stop`; an export that is being written then is begun anew by the next worker, an import is ended."""
        lanes = [Thread(target=self._lane, args=[lane, stop], name="jobs") for lane in LANES]
        lanes.append(Thread(target=self._tidy, args=[stop], name="clocks"))
        lanes.append(Thread(target=self._post, args=[stop], name="mail"))
        if self._deployment.hosts:
            lanes.append(Thread(target=self._write_back, args=[stop], name="write-back"))
        for thread in lanes:
            thread.start()
        for thread in lanes:
            thread.join()

    def _lane(self, kinds: frozenset[JobKind], stop: Event) -> None:
        while not stop.is_set():
            try:
                if self._one(kinds, stop):
                    continue
            except Retriable as error:
                LOG.warning("jobs cannot be read for the moment", error=str(error))
            except Exception:  # a worker that ended would be missed too late
                LOG.exception("jobs cannot be read")
            stop.wait(LOOK_EVERY)

    def _tidy(self, stop: Event) -> None:
        while not stop.is_set():
            try:
                clear(self._deployment, at=self._clock())
                run_clocks(self._deployment, at=self._clock())
            except Retriable as error:
                LOG.warning("clocks cannot run for the moment", error=str(error))
            except Exception:  # a thread that ended would be missed too late
                LOG.exception("clocks cannot run")
            stop.wait(CLEARED_EVERY)

    def _post(self, stop: Event) -> None:
        """In a thread of its own: a mail server may be slow, and comparing takes a while."""
        while not stop.is_set():
            try:
                look_at_watches(self._deployment, at=self._clock())
                send_mails(self._deployment, at=self._clock())
            except Retriable as error:
                LOG.warning("mail cannot be read for the moment", error=str(error))
            except Exception:  # a thread that ended would be missed too late
                LOG.exception("mail cannot be sent")
            stop.wait(CLEARED_EVERY)

    def _write_back(self, stop: Event) -> None:
        while not stop.is_set():
            try:
                write_back_due(self._deployment, self._clock)
            except Exception:  # a worker that ended would be missed too late
                LOG.exception("sections cannot be written back")
            stop.wait(WRITTEN_BACK_EVERY)

    def run_once(self) -> int:
        """Do what waits now, clear away, let clocks run, send mail, write back. Gives how many jobs there were."""
        clear(self._deployment, at=self._clock())
        run_clocks(self._deployment, at=self._clock())
        write_back_due(self._deployment, self._clock)
        count = 0
        while self._one(frozenset(JobKind), Event()):
            count += 1
        look_at_watches(self._deployment, at=self._clock())
        send_mails(self._deployment, at=self._clock())
        return count

    def _one(self, kinds: frozenset[JobKind], stop: Event) -> bool:
        at, claim = self._clock(), new_id()
        with self._deployment.database.reading() as session:  # most looks find nothing, and need not write
            if not jobs.has_due(session, kinds, at=at):
                return False
        job = committed(self._deployment, lambda session: jobs.claim(session, kinds, claim=claim, at=at))
        if job is not None:
            self._do(job, claim, stop)
        return job is not None

    def _do(self, job: Job, claim: str, stop: Event) -> None:
        with _Watch(self._deployment, job, claim, self._clock, stop) as watch:
            after: Job | None = None
            try:
                after = self._done(job, claim, watch)
            except _LetGo:
                after = replace(job, state=JobState.WAITING, tries=job.tries - 1)
            except Retriable as error:  # the claim runs out, and it is tried again
                LOG.warning("a job was put off", job=job.id, error=str(error))
            except Problem as problem:
                after = self._failed(job, watch, str(problem))
            except OSError as error:
                LOG.exception("a job failed", job=job.id)
                after = self._failed(job, watch, f"the system says: {error.strerror}")
            except Exception:
                LOG.exception("a job failed by a defect", job=job.id)
                after = self._failed(job, watch, "the service has a defect here; the log tells more by the job's id")
        if after is not None:
            let_go = after
            committed(self._deployment, lambda session: jobs.settle(session, let_go, claim=claim))

    def _failed(self, job: Job, watch: _Watch, problem: str) -> Job:
        step, done, total = watch.reached
        now = self._clock()
        failed = replace(job, state=JobState.FAILED, step=step, done=done, total=total)
        return replace(failed, finished_at=now, expires_at=now + KEPT_FOR, problem=problem)

    def _done(self, job: Job, claim: str, watch: _Watch) -> Job | None:
        """The finished job to be stored; None where that is done."""
        if job.kind is JobKind.EXPORT:
            self._export(job, claim, watch)
            return None
        kept = REMEMBERED
        if job.kind in CARRY_OUT:
            outcome = CARRY_OUT[job.kind](
                self._deployment,
                job,
                policy=policy_in_force(self._policy),
                clock=self._clock,
                memory_limit=self._memory_limit,
                progress=watch.reach,
            )
            kept = REMEMBERED if job.kind is JobKind.SCORING else KEPT_FOR
        else:
            outcome = carry_out_import(self._deployment, job, at=self._clock(), progress=watch.reach)
            kept = KEPT_FOR if stage_of(job) is Stage.PLAN else REMEMBERED
        now = self._clock()
        done = replace(job, state=JobState.DONE, step=None, finished_at=now, expires_at=now + kept, problem=None)
        return replace(done, outcome=outcome)

    def _export(self, job: Job, claim: str, watch: _Watch) -> None:
        written = write_export(self._deployment, job, at=self._clock(), progress=watch.advance)
        _, done, total = watch.reached
        now = self._clock()
        finished = replace(job, state=JobState.DONE, step=None, done=done, total=total, problem=None)
        finished = replace(finished, finished_at=now, expires_at=now + KEPT_FOR, outcome=written.outcome)

        def work(session: Session) -> bool:
            is_of_erased = not person_requests.erased(session).isdisjoint(one.employee for one in written.subjects)
            settled = replace(finished, expires_at=now) if is_of_erased else finished  # gone with the next round
            if not jobs.settle(session, settled, claim=claim):
                return False
            export_subjects.add(session, job.id, written.subjects)
            record_export(session, written, at=now)
            return True

        if not committed(self._deployment, work):
            files.remove(self._deployment, written.outcome["file"])


def clear(deployment: Deployment, *, at: datetime) -> int:
    """Remove the files of jobs whose time is over, and those that killed processes left. Gives how many jobs."""

    def expired(session: Session) -> tuple[list[Job], list[str]]:
        over = jobs.over(session, at=at)
        jobs.expire(session, [job.id for job in over])
        jobs.forget(session, expired_before=at - REMEMBERED)
        idempotency.forget(session, kept_before=at - REMEMBERED)
        kept = deployment.webhook_retention
        deliveries.forget(session, delivered_before=at - kept, dead_before=at - DEAD_TIMES * kept)
        for wanted in jobs.wants(session, JobKind.IMPORT):
            uploads.keep(session, UploadId(wanted["upload"]), until=at + KEPT_FOR)
        sent = uploads.forget(session, expired_before=at)
        written = [job.outcome["file"] for job in over if job.outcome is not None and "file" in job.outcome]
        return over, [*written, *(upload.file for upload in sent)]

    over, gone = committed(deployment, expired)
    for name in gone:
        files.remove(deployment, name)
    with deployment.database.reading() as session:
        named = {outcome["file"] for outcome in jobs.outcomes(session) if "file" in outcome} | uploads.files(session)
    files.remove_strays(deployment, named=named, at=at)
    return len(over)
