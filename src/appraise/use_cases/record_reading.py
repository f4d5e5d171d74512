"""Leave a line in the audit log for a list that hands out figures of individuals: one for all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from appraise.domain.access import Principal, read_is_audited
from appraise.domain.audit import AuditEntry, ListRead
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.errors import Retriable
from appraise.storage import audit
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

Told = dict[frozenset[SectionId], Mapping[SectionId, EmployeeId]]
"""The lists of one request that have their line."""


def record_reading(
    deployment: Deployment,
    principal: Principal,
    sections: Mapping[SectionId, EmployeeId],
    *,
    at: datetime,
    told: Told | None = None,
) -> None:
    """For sections, with whose they are, before their figures go out; none for somebody's own.

    A list that is in `told` already has its line: one that is read twice in a request has one. Lines of
    requests that end at the same time are written together; none of these goes on before they are committed.
    """
    list_read = frozenset(sections)
    if told is not None and list_read in told:
        return
    for one in _read(principal, sections, at):
        deployment.lists_read.done(one, partial(_written, deployment))
    if told is not None:
        told[list_read] = sections


def append_reading(
    session: Session, principal: Principal, sections: Mapping[SectionId, EmployeeId], *, at: datetime
) -> None:
    """The same in a transaction of the caller's."""
    audit.append_lists(session, _read(principal, sections, at))


def _read(principal: Principal, sections: Mapping[SectionId, EmployeeId], at: datetime) -> list[ListRead]:
    """At most one."""
    others = sorted(f"section:{key}" for key, employee in sections.items() if read_is_audited(principal, employee))
    if not others:
        return []
    actor = Actor.of(principal)
    details = [*actor.facts, ("sections", str(len(others)))]
    if principal.stands_in:
        details.append(("stands_in_for", ", ".join(one.name for one in principal.stands_in)))
    return [ListRead(at, actor.id, "sections.read", tuple(others), tuple(details))]


def _written(deployment: Deployment, read: Sequence[ListRead]) -> None:
    """At once after the line that was written last from here, where no other came between."""
    memory = deployment.audit_memory
    try:
        if memory.appended(deployment.database, read):
            return
    except Retriable:
        memory.last = None

    def work(session: Session) -> AuditEntry:
        return audit.append_lists(session, read)[-1]

    memory.last = committed(deployment, work)
