"""Check that no line of the audit log was changed, removed or moved."""

from dataclasses import dataclass

from appraise.domain.audit import START, AuditEntry, first_break
from appraise.storage import audit
from appraise.use_cases.deployment import Deployment


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """`head` is the hash of the last line: kept elsewhere, it also shows later whether the log's end was cut off."""

    entries: int
    first_break: AuditEntry | None
    head: str


def verify_audit(deployment: Deployment) -> AuditVerdict:
    with deployment.database.reading() as session:
        entries = list(audit.entries(session))
    head = entries[-1].hash if entries else START
    return AuditVerdict(len(entries), first_break(entries), head)
