"""Imports through the API: a file that was sent, what is to be done with it, and how far that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from appraise.domain.identifiers import UploadId
from appraise.domain.jobs import Job, JobState


@dataclass(frozen=True, slots=True)
class Upload:
    """`name` is the sender's, without an ending that only said how it was packed; `file` is ours."""

    id: UploadId
    owner: str
    name: str
    file: str
    bytes: int
    sha256: str
    uploaded_at: datetime
    expires_at: datetime


class Stage(StrEnum):
    """What an import's job does next, or did last."""

    PLAN = "plan"
    APPLY = "apply"
    UNDO = "undo"


class ImportState(StrEnum):
    """PLANNED: the report says what would happen, nothing was written."""

    PLANNING = "PLANNING"
    PLANNED = "PLANNED"
    APPLYING = "APPLYING"
    APPLIED = "APPLIED"
    UNDOING = "UNDOING"
    UNDONE = "UNDONE"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


GOING_ON: Final = {
    Stage.PLAN: ImportState.PLANNING,
    Stage.APPLY: ImportState.APPLYING,
    Stage.UNDO: ImportState.UNDOING,
}
OVER: Final = {Stage.PLAN: ImportState.PLANNED, Stage.APPLY: ImportState.APPLIED, Stage.UNDO: ImportState.UNDONE}
SQL_KEYS: Final = frozenset({"sql", "prepare", "only", "skip"})
"""Of a mapping: what is carried out by the database, and so is for whoever has the command line in their hands."""


def stage_of(job: Job) -> Stage:
    return Stage(job.wanted["stage"])


def state_of(job: Job) -> ImportState:
    match job.state:
        case JobState.WAITING | JobState.RUNNING:
            return GOING_ON[stage_of(job)]
        case JobState.DONE:
            return OVER[stage_of(job)]
        case JobState.FAILED:
            return ImportState.FAILED
        case JobState.EXPIRED:
            return ImportState.EXPIRED


def may_apply(job: Job) -> bool:
    """Once planned; again where that failed."""
    return state_of(job) is ImportState.PLANNED or (job.state is JobState.FAILED and stage_of(job) is Stage.APPLY)


def load_of(job: Job) -> str | None:
    """The load of events that the import made; None before it is applied, and for people."""
    applied: Mapping[str, Any] = (job.outcome or {}).get("applied", {}).get("events", {})
    load: str | None = applied.get("loadId") if not applied.get("refused") else None
    return load


def may_undo(job: Job) -> bool:
    is_tried = job.state is JobState.FAILED and stage_of(job) is Stage.UNDO
    return load_of(job) is not None and (state_of(job) is ImportState.APPLIED or is_tried)


def names_sql(mapping: object) -> str | None:
    """A key of a mapping, however deep, that would run SQL; None where there is none."""
    if isinstance(mapping, Mapping):
        for key, value in mapping.items():
            found = key if key in SQL_KEYS else names_sql(value)
            if found is not None:
                return str(found)
    if isinstance(mapping, list):
        return next((found for found in map(names_sql, mapping) if found is not None), None)
    return None
