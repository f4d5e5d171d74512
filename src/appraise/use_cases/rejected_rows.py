"""All rows that the plan of an import rejected."""

from datetime import datetime
from pathlib import Path

from appraise.domain.access import Principal
from appraise.domain.identifiers import JobId
from appraise.domain.jobs import JobState
from appraise.errors import NotFound
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.files import existing
from appraise.use_cases.read_imports import get_import


def rejected_rows(deployment: Deployment, principal: Principal, key: JobId, *, at: datetime) -> tuple[Path, str]:
    """The CSV file, and a name for it. Raises `Forbidden`, and `NotFound` where there is none."""
    job = get_import(deployment, principal, key, at=at)
    file = (job.outcome or {}).get("file")
    if file is None or job.state is JobState.EXPIRED:
        raise NotFound("no row was rejected, or the import's time is over")
    return existing(deployment, file), f"rejected-{Path(job.wanted['name']).stem}.csv"
