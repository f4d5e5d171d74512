"""Write an export's file: what its asker may read at this moment, all of it from one state of the records."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from appraise.domain.access import Principal
from appraise.domain.exports import ExportRequest, may_export
from appraise.domain.jobs import Job
from appraise.domain.progress import Advance
from appraise.errors import Forbidden
from appraise.storage import audit
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.storage.export_subjects import Subject
from appraise.use_cases.asker import as_now
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_file import ENDING, export_file
from appraise.use_cases.export_rows import chunks, count
from appraise.use_cases.files import new_file
from appraise.use_cases.record_reading import append_reading
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


@dataclass(frozen=True, slots=True)
class Written:
    """`outcome` names the file; nothing does before it is stored with the job."""

    outcome: dict[str, Any]
    subjects: list[Subject]
    principal: Principal


def write_export(deployment: Deployment, job: Job, *, at: datetime, progress: Advance) -> Written:
    """Raises `Forbidden` where the asker may read nothing of the kind any more. `progress` is told after each chunk.

    The audit log tells of it before the first line is written: an export that broke off was an export too.
    """
    request = ExportRequest.of(job.wanted)
    with deployment.database.reading() as session:
        principal = as_now(session, job.asker, since=job.asked_at, at=at)
        if not may_export(principal, request.kind):
            raise Forbidden(f"whoever asked may export nothing of {request.kind} any more")
        viewer = Viewer(principal, at.date())
        _record(deployment, job, principal, count(session, viewer, request), at)
        with new_file(deployment, ENDING[request.format]) as (name, file):
            rows, subjects = _write(session, viewer, request, file, progress)
            file.flush()
            size, sha256 = file.tell(), _sha256(file)
    outcome = {"file": name, "rows": rows, "bytes": size, "sha256": sha256}
    return Written(outcome, subjects, principal)


def record_export(session: Session, written: Written, *, at: datetime) -> None:
    """That sections of others stand in the file: one line for all, in the transaction that lets it be fetched."""
    sections = {one.section: one.employee for one in written.subjects if one.section is not None}
    append_reading(session, written.principal, sections, at=at)


def _record(deployment: Deployment, job: Job, principal: Principal, total: int, at: datetime) -> None:
    actor = Actor.of(principal)
    details = [*actor.facts, *((name, str(value)) for name, value in job.wanted.items()), ("count", str(total))]

    def work(session: Session) -> None:
        subject = f"export:{job.id}"
        audit.append(session, at=at, actor=actor.id, action="export.write", subject=subject, details=details)

    committed(deployment, work)


def _write(
    session: Session, viewer: Viewer, request: ExportRequest, file: BinaryIO, progress: Advance
) -> tuple[int, list[Subject]]:
    total, done, rows = count(session, viewer, request), 0, 0
    subjects: list[Subject] = []
    form = export_file(request.format, request.kind, file)
    progress("write", 0, total)
    for number, chunk in chunks(session, viewer, request):
        form.write(chunk.rows)
        subjects += chunk.subjects
        rows += len(chunk.rows)
        done += number
        progress("write", done, total)
    form.close()
    return rows, subjects


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
