"""Work that somebody asked for and that goes on after the answer: who asked, how far it is, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from appraise.domain.access import Role
from appraise.domain.identifiers import EmployeeId, JobId, TokenId


class JobKind(StrEnum):
    EXPORT = "EXPORT"
    IMPORT = "IMPORT"
    SCORING = "SCORING"
    TRIAL = "TRIAL"


class JobState(StrEnum):
    """EXPIRED: it was done, and what it gave has been cleared away."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


MOST_TRIES: Final = 3
"""Processes that may be killed over one job before it is given up."""
KEPT_FOR: Final = timedelta(hours=24)
"""From the end of a job until its file is cleared away."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, so that it can be found out later what they may do then.

    `roles` are only those that neither the access token nor a grant of this deployment explains: an issuer's.
    """

    name: str
    employee: EmployeeId | None
    token: TokenId | None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Job:
    """`wanted` and `outcome` are JSON documents of the job's kind. Progress is `done` of `total`, 0 where not known.

    `owner` is the key of whoever began it, `asker` whoever asked for what it does now.
    """

    id: JobId
    kind: JobKind
    owner: str
    asker: Asker
    wanted: Mapping[str, Any]
    asked_at: datetime
    state: JobState = JobState.WAITING
    step: str | None = None
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    tries: int = 0
    outcome: Mapping[str, Any] | None = None
    problem: str | None = None

    def as_of(self, at: datetime) -> "Job":
        """The job as it must be taken at a time: what it gave counts no longer once its time is over."""
        is_over = self.expires_at is not None and self.expires_at <= at
        return replace(self, state=JobState.EXPIRED) if is_over and self.state is JobState.DONE else self
