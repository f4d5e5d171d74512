"""Ask for an export; a worker writes it."""

from datetime import datetime
from typing import Final

from appraise.domain.access import Principal
from appraise.domain.exports import ExportRequest, may_export, refused
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import Job, JobKind
from appraise.domain.sections import Refusal
from appraise.errors import Forbidden
from appraise.storage import audit, cycles, jobs
from appraise.storage.database import Session
from appraise.storage.identifiers import new_id
from appraise.use_cases.asker import asker_of
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.export_people import as_of_newest_look
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

MOST_OPEN: Final = 5
"""Exports of one principal that wait or are written."""


def create_export(
    deployment: Deployment,
    principal: Principal,
    request: ExportRequest,
    *,
    at: datetime,
) -> Job | Refusal:
    """The job that waits.

    Raises `Forbidden` where nothing of the kind is the principal's to read, `NotFound` for an unknown cycle or source.
    """
    if not may_export(principal, request.kind):
        raise Forbidden(f"you may export nothing of {request.kind}")
    refusal = refused(request)
    if refusal is not None:
        return refusal
    actor = Actor.of(principal)

    def work(session: Session) -> Job | Refusal:
        if request.cycle is not None:
            cycles.get(session, request.cycle)
        if request.source is not None:
            as_of_newest_look(session, request.source)
        if jobs.open_count(session, JobKind.EXPORT, owner=principal.key) >= MOST_OPEN:
            return Refusal("TOO_MANY", f"{MOST_OPEN} of your exports are being written; wait until one of them is done")
        job = Job(JobId(new_id()), JobKind.EXPORT, principal.key, asker_of(session, principal), request.document, at)
        jobs.add(session, job)
        details = [*actor.facts, *request.document.items()]
        subject = f"export:{job.id}"
        audit.append(session, at=at, actor=actor.id, action="export.ask", subject=subject, details=details)
        return job

    return committed(deployment, work)
