"""Imports that were asked for through the API, and how far they are."""

from dataclasses import replace
from datetime import datetime

from appraise.domain.access import Principal, may_administer, may_import
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import Job, JobKind
from appraise.domain.reading import Page
from appraise.errors import Forbidden
from appraise.storage import jobs
from appraise.use_cases.change_import import visible_import
from appraise.use_cases.deployment import Deployment


def get_import(deployment: Deployment, principal: Principal, key: JobId, *, at: datetime) -> Job:
    """Raises `Forbidden` and `NotFound`."""
    with deployment.database.reading() as session:
        return visible_import(session, principal, key, at=at)


def list_imports(
    deployment: Deployment, principal: Principal, *, first: int, after: str | None, at: datetime
) -> Page[Job]:
    """The one that was asked for last first. Raises `Forbidden`."""
    owner = _owner(principal)
    with deployment.database.reading() as session:
        page = jobs.listed(session, JobKind.IMPORT, owner=owner, first=first, after=after)
    return replace(page, items=tuple(job.as_of(at) for job in page.items))


def count_imports(deployment: Deployment, principal: Principal) -> int:
    owner = _owner(principal)
    with deployment.database.reading() as session:
        return jobs.counted(session, JobKind.IMPORT, owner=owner)


def _owner(principal: Principal) -> str | None:
    if not may_import(principal):
        raise Forbidden(f"{principal.name} may not import")
    return None if may_administer(principal) else principal.key
