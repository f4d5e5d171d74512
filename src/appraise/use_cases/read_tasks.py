"""What somebody has to do: the same query that reminders are sent by."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from appraise.domain.access import Principal, Role, may_watch
from appraise.domain.delegations import NamedDelegation
from appraise.domain.identifiers import EmployeeId
from appraise.domain.section_states import SectionState
from appraise.domain.tasks import NamedTask, Open, Task, TaskKind, owed
from appraise.storage import corrections, cycles, delegations, disputes, parts, people, tasks, watches
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_parts import asked
from appraise.use_cases.read_watches import scored, watcher
from appraise.use_cases.section_view import respond_by
from appraise.use_cases.stand_ins import judged


def read_tasks(deployment: Deployment, principal: Principal, *, at: datetime) -> list[NamedTask]:
    """The most urgent first; of one who is no employee, none."""
    me = principal.employee
    if me is None:
        return []
    hr = frozenset({me} if Role.HR_ADMINISTRATOR in principal.roles else ())
    with deployment.database.reading() as session:
        return all_tasks(session, hr=hr, viewer=Viewer(principal, at.date()), on=at.date())


def all_tasks(session: Session, *, hr: Collection[EmployeeId], viewer: Viewer | None, on: date) -> list[NamedTask]:
    """Of the viewer, in the sections that they reach, or, where there is none, of everybody in all."""
    me = None if viewer is None else viewer.principal.employee
    known = {cycle.id: cycle for cycle in cycles.all_of_them(session)}
    leave = people.leave(session)
    above, absent = tasks.managers(session, on=on), tasks.absent(session, on=on)
    objections = tasks.by_section(disputes.all_open(session))
    notices = tasks.by_section(corrections.all_open(session))
    standing_in = _standing_in(session, on)
    found, opened = [], tasks.open_sections(session, known.values(), viewer=viewer)
    unrated = tasks.with_nothing_to_rate(session, known)
    late = [cycle.id for cycle in known.values() if (last := cycle.rules.rate_by) is not None and last < on]
    gradeless = tasks.without_grades(session, late) if late else frozenset()
    for section, name in opened:
        cycle = known[section.cycle]
        is_shared = section.state is SectionState.SHARED
        managers = _chain(section.employee, above)
        open_ = Open(
            section=section,
            cycle=cycle,
            managers=managers,
            delegates=standing_in.get(managers[0], ()) if managers else (),
            absent=absent,
            disputes=objections.get(section.id, ()),
            corrections=notices.get(section.id, ()),
            respond_by=respond_by(section, cycle, leave.get(section.employee, ())) if is_shared else None,
            is_to_rate=section.id not in unrated,
            has_grades=section.id not in gradeless,
        )
        names = {one.delegation.manager: one.manager_name for one in open_.delegates}
        found += [
            NamedTask(task, name, cycle.name, None if task.acts_for is None else names[task.acts_for])
            for task in owed(open_, hr=hr, on=on, by=me)
        ]
    found += _parts(session, me, on)
    found += _watches(session, viewer, on)
    return sorted(found, key=_urgency)


def _parts(session: Session, author: EmployeeId | None, on: date) -> list[NamedTask]:
    """Of sections that their author need not reach."""
    given = parts.given(session)
    return [
        NamedTask(
            Task(
                one.cycle.rules.rate_by or date.max,
                TaskKind.GIVE_PART,
                one.section.id,
                one.expected.author,
                one.section.employee,
            ),
            one.employee_name,
            one.cycle.name,
        )
        for one in asked(session, author, on=on)
        if (one.section.id, one.expected.author) not in given
    ]


def _watches(session: Session, viewer: Viewer | None, on: date) -> list[NamedTask]:
    """Of whoever keeps thresholds beyond which something lies that they have not seen."""
    owners = watches.owners_with_news(session)
    if viewer is not None:
        mine = viewer.principal.employee if may_watch(viewer.principal) else None
        owners = [owner for owner in owners if owner == mine]
    else:
        owners = [owner for owner in owners if watcher(session, owner, on=on) is not None]
    name = newest[0].cycle.name if owners and (newest := scored(session)) else ""
    return [NamedTask(Task(date.max, TaskKind.LOOK_AT_WATCHES, None, owner, owner), "", name) for owner in owners]


def _standing_in(session: Session, on: date) -> Mapping[EmployeeId, Sequence[NamedDelegation]]:
    """Who stands in for whom today."""
    found: dict[EmployeeId, list[NamedDelegation]] = defaultdict(list)
    for one in judged(session, delegations.live(session, on=on), on=on):
        if one.is_good:
            found[one.delegation.manager].append(one)
    return found


def _urgency(named: NamedTask) -> tuple[Any, ...]:
    """What may be left undone comes last of its day."""
    task = named.task
    return task.due, task.kind is TaskKind.ASSESS_SELF, task.kind, named.subject_name, task.section


def _chain(employee: EmployeeId, above: Mapping[EmployeeId, EmployeeId]) -> tuple[EmployeeId, ...]:
    """From the nearest up. A loop, which the import refuses, would end where it closes."""
    chain: list[EmployeeId] = []
    person = above.get(employee)
    while person is not None and person != employee and person not in chain:
        chain.append(person)
        person = above.get(person)
    return tuple(chain)
