"""Leave a line in the audit log for a list that hands out figures of individuals: one for all of them."""

from collections.abc import Mapping
from datetime import datetime

from appraise.domain.access import Principal, read_is_audited
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.storage import audit, audit_lists
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

Told = set[frozenset[SectionId]]


def record_reading(
    deployment: Deployment,
    principal: Principal,
    sections: Mapping[SectionId, EmployeeId],
    *,
    at: datetime,
    told: Told | None = None,
) -> None:
    """For sections, with whose they are, before their figures go out; none for somebody's own.

    `told` are the lists of this request that have their line already: one that is read twice in it has one.
    """
    list_read = frozenset(sections)
    if told is not None and list_read in told:
        return
    if any(read_is_audited(principal, employee) for employee in sections.values()):
        committed(deployment, lambda session: append_reading(session, principal, sections, at=at))
    if told is not None:
        told.add(list_read)


def append_reading(
    session: Session, principal: Principal, sections: Mapping[SectionId, EmployeeId], *, at: datetime
) -> None:
    """The same in a transaction of the caller's."""
    others = [section for section, employee in sections.items() if read_is_audited(principal, employee)]
    if not others:
        return
    lock(session, audit.LOCK)
    actor = Actor.of(principal)
    subject = audit_lists.named(session, [f"section:{section}" for section in others])
    details = [*actor.facts, ("sections", str(len(others)))]
    audit.append(session, at=at, actor=actor.id, action="sections.read", subject=subject, details=details)
