"""Read where a section stands in the HR systems."""

from datetime import datetime

from appraise.domain.access import Principal, sees_write_back
from appraise.domain.identifiers import CycleId
from appraise.domain.sections import Section
from appraise.domain.write_back import WriteBack, WriteBackState
from appraise.errors import Forbidden
from appraise.storage import people, sections, write_backs
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finished import finished


def read_write_backs(
    deployment: Deployment, principal: Principal, section: Section, *, at: datetime
) -> tuple[WriteBack, ...]:
    """The current line of each host, NOT_DUE where nothing was due yet. `section` was read as the principal may.

    Raises `Forbidden` for those who may read the section and not this.
    """
    with deployment.database.reading() as session:
        managers = people.managers_of(session, section.employee, on=at.date())
        if not sees_write_back(principal, section.employee, managers=managers):
            raise Forbidden("what was written into HR systems is for HR, the manager, auditors and services")
        lines = write_backs.of(session, [section.id])[section.id]
    current = {line.host: line for line in reversed(lines)}
    not_due = WriteBackState.NOT_DUE
    waiting = [
        WriteBack(section.id, section.revision, host.name, not_due, at)
        for host in deployment.hosts
        if host.name not in current
    ]
    return tuple(sorted([*current.values(), *waiting], key=lambda line: line.host))


def ledger(deployment: Deployment, cycle: CycleId, host: str | None) -> list[tuple[str, WriteBack]]:
    """Employee's name and line of each final section of a cycle, for the operator."""
    with deployment.database.reading() as session:
        ids = sections.final_in(session, cycle)
        names = {key: value.section.name for key, value in finished(session, ids).items()}
        lines = write_backs.of(session, ids)
    return sorted(
        (
            (names[section], line)
            for section, known in lines.items()
            for line in {one.host: one for one in reversed(known)}.values()
            if host in {None, line.host}
        ),
        key=lambda one: (one[1].host, one[0], one[1].section),
    )
