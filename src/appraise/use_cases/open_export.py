"""Hand out an export's file, if all that stands in it may still be read by whoever comes for it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appraise.domain.access import Principal
from appraise.domain.exports import ExportRequest, may_export
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import Job, JobState
from appraise.errors import Conflict, Forbidden, NotFound
from appraise.storage import audit, export_subjects
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_file import ENDING, MEDIA
from appraise.use_cases.files import existing
from appraise.use_cases.read_exports import own_export
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


@dataclass(frozen=True, slots=True)
class OpenedExport:
    """`name` is for people; `sha256` names the content."""

    path: Path
    name: str
    media: str
    sha256: str


def find_export(deployment: Deployment, principal: Principal, export: JobId, *, at: datetime) -> OpenedExport:
    """Decided again, by the rows that the file tells of: rights may have ended since it was written.

    Raises `NotFound` where it is not theirs or its time is over, `Conflict` where it is not written yet or could not
    be, `Forbidden` where something in it is no longer theirs to read.
    """
    with deployment.database.reading() as session:
        job = own_export(session, principal, export, at=at)
        _check_state(job)
        request = ExportRequest.of(job.wanted)
        lost = export_subjects.out_of_reach(session, Viewer(principal, at.date()), job.id, request.kind)
    if lost or not may_export(principal, request.kind):
        raise Forbidden(
            "some of what the export holds is no longer yours to read", hint="ask for a new one, which leaves it out"
        )
    assert job.outcome  # noqa: S101  # it is done
    name = f"{request.kind.lower()}-{job.asked_at:%Y-%m-%d}.{ENDING[request.format]}"
    path = existing(deployment, job.outcome["file"])
    return OpenedExport(path, name, MEDIA[request.format], job.outcome["sha256"])


def record_download(
    deployment: Deployment, principal: Principal, export: JobId, *, by: str, part: str | None, at: datetime
) -> None:
    """One line in the audit log; `by` is link or token, `part` the range that was asked for."""
    actor = Actor.of(principal)
    details = [*actor.facts, ("by", by), *([] if part is None else [("range", part[:100])])]

    def work(session: Session) -> None:
        subject = f"export:{export}"
        audit.append(session, at=at, actor=actor.id, action="export.download", subject=subject, details=details)

    committed(deployment, work)


def _check_state(job: Job) -> None:
    match job.state:
        case JobState.DONE:
            return
        case JobState.EXPIRED:
            raise NotFound("the export's time is over", hint="ask for a new one")
        case JobState.FAILED:
            raise Conflict(f"the export could not be written: {job.problem}", hint="ask for a new one")
        case JobState.WAITING | JobState.RUNNING:
            raise Conflict("the export is not written yet", hint="ask again when its state is DONE")
