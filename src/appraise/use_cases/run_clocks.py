"""What time does: sections that were answered, or not in time, become final; disputes expire; people are reminded."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.disputes import DisputeKind, ended_for, expired
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import DisputeId, SectionId
from appraise.domain.section_states import SectionState
from appraise.domain.section_steps import close_by_clock
from appraise.domain.sections import Section, moved
from appraise.domain.tasks import Task
from appraise.domain.webhooks import Notice
from appraise.storage import cycles, disputes, outbox, people, sections, tasks
from appraise.storage.database import Session, lock
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.dispute_notice import tell_of_dispute
from appraise.use_cases.read_tasks import all_tasks
from appraise.use_cases.section_change import record_step, store_step
from appraise.use_cases.section_view import Actor, respond_by
from appraise.use_cases.transactions import committed

CLOCK: Final = Actor("clock", ())
STOPPED: Final = frozenset({CycleState.ARCHIVED, CycleState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Rung:
    """How much the clocks did."""

    finalised: int
    expired: int
    reminded: int


def run_clocks(deployment: Deployment, *, at: datetime) -> Rung:
    """Each section in a transaction of its own; what was done before is not done again."""
    with deployment.database.reading() as session:
        waiting = _over(session, at)
        late = [one.id for one in disputes.all_open(session) if one.decide_by < at.date()]
    gone = sum(committed(deployment, lambda session, key=key: _expire(session, key, at)) for key in late)  # type: ignore[misc]
    final = sum(committed(deployment, lambda session, key=key: _close(session, key, at)) for key in waiting)  # type: ignore[misc]
    with deployment.database.reading() as session:
        due = _due(session, at.date())
    reminded = committed(deployment, lambda session: _remind(session, due, at)) if due else 0
    return Rung(final, gone, reminded)


def _over(session: Session, at: datetime) -> list[SectionId]:
    """What may become final, found out without keeping anybody from anything."""
    known = {cycle.id: cycle for cycle in cycles.all_of_them(session)}
    leave = people.leave(session)
    return [
        section.id
        for section in sections.in_states(session, [SectionState.SHARED, SectionState.ACKNOWLEDGED])
        if _is_over(
            section,
            known[section.cycle],
            respond_by(section, known[section.cycle], leave.get(section.employee, ())),
            at,
        )
    ]


def _is_over(section: Section, cycle: Cycle, last: date | None, at: datetime) -> bool:
    if cycle.state in STOPPED:
        return False
    if section.state is SectionState.ACKNOWLEDGED:
        return True
    return section.state is SectionState.SHARED and last is not None and last < at.date()


def _close(session: Session, key: SectionId, at: datetime) -> bool:
    before = sections.held(session, key)
    cycle = cycles.get(session, before.cycle)
    leave = people.leave(session, before.employee).get(before.employee, ())
    if not _is_over(before, cycle, respond_by(before, cycle, leave), at):
        return False
    after = close_by_clock(before, at=at)
    store_step(session, before, after, at=at)
    record_step(session, before, after, "section.finalise", CLOCK, at=at)
    return True


def _expire(session: Session, key: DisputeId, at: datetime) -> bool:
    found = disputes.get(session, key)
    if found is None:
        return False
    before = sections.held(session, found.section)
    known = disputes.of(session, before.id)
    dispute = next(one for one in known if one.id == key)
    if not dispute.is_open or dispute.decide_by >= at.date():
        return False
    ended = expired(dispute, at=at)
    others = [one for one in known if one.id != key]
    is_rating = dispute.kind is DisputeKind.RATING
    after = ended_for(before, others, at=at) if is_rating else moved(before, before.state)
    disputes.save(session, ended)
    tell_of_dispute(session, before, ended, at=at)
    store_step(session, before, after, at=at)
    action = "section.decide_dispute" if is_rating else "section.decide_claim"
    record_step(session, before, after, action, CLOCK, (("dispute", key), ("outcome", ended.state.value)), at=at)
    return True


def _due(session: Session, on: date) -> list[Task]:
    """Of whom to be reminded, which takes a while with many sections: nobody who writes has to wait for it."""
    found = all_tasks(session, hr=tasks.hr_administrators(session), viewer=None, on=on)
    return _untold(session, [named.task for named in found if named.task.is_to_be_reminded(on)], on)


def _untold(session: Session, due: list[Task], on: date) -> list[Task]:
    told = tasks.reminded(session, since=on)
    return [task for task in due if (task.owner, task.kind.value, task.section, on) not in told]


def _remind(session: Session, due: list[Task], at: datetime) -> int:
    lock(session, "reminders")
    on = at.date()
    untold = _untold(session, due, on)  # another process may have told meanwhile
    for task in untold:
        assert task.section is not None  # noqa: S101  # what has a day is about a section
        tasks.note_reminder(session, task, at=at)
        facts = {
            "sectionId": encoded(Kind.SECTION, task.section),
            "employeeId": encoded(Kind.EMPLOYEE, task.owner),
            "task": task.kind.value,
            "due": task.due.isoformat(),
            "daysLeft": (task.due - on).days,
        }
        outbox.append(session, Notice.TASK_DUE, task.section, facts=facts, at=at)
    return len(untold)
