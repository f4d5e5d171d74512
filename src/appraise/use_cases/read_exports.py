"""One's own exports, and how far they are."""

from dataclasses import replace
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import Job, JobKind
from appraise.domain.reading import Page
from appraise.errors import NotFound
from appraise.storage import jobs
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment


def own_export(session: Session, principal: Principal, export: JobId, *, at: datetime) -> Job:
    """Raises `NotFound` alike where there is none and where somebody else asked for it."""
    found = jobs.get(session, export, JobKind.EXPORT)
    if found is None or found.owner != principal.key or principal.embedded is not None:
        raise NotFound("there is no such export, or it is not yours")
    return found.as_of(at)


def get_export(deployment: Deployment, principal: Principal, export: JobId, *, at: datetime) -> Job:
    with deployment.database.reading() as session:
        return own_export(session, principal, export, at=at)


def list_exports(
    deployment: Deployment, principal: Principal, *, first: int, after: str | None, at: datetime
) -> Page[Job]:
    """The newest first. Nothing is told of them in a host's frame."""
    if principal.embedded is not None:
        return Page((), (), has_next=False)
    with deployment.database.reading() as session:
        page = jobs.listed(session, JobKind.EXPORT, owner=principal.key, first=first, after=after)
    return replace(page, items=tuple(job.as_of(at) for job in page.items))


def count_exports(deployment: Deployment, principal: Principal) -> int:
    if principal.embedded is not None:
        return 0
    with deployment.database.reading() as session:
        return jobs.counted(session, JobKind.EXPORT, owner=principal.key)
