"""What all changes of a section share: sight, permission, version, guards, audit, and the answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraise.domain.access import Principal, acts_for, may_act
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import ItemId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_guards import hindrance
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, Section, is_stale
from appraise.domain.webhooks import Notice
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, outbox, section_revisions, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor, moment_of, view
from appraise.use_cases.transactions import committed

Step = Callable[[Around, Section], Section | Refusal]


@dataclass(frozen=True, slots=True)
class Request:
    """`facts` go to the audit log: short, and never anybody's words about a person, except reasons.

    `item` is the one that is written, and no other.
    """

    action: Action
    expected_version: int
    at: datetime
    facts: tuple[tuple[str, str], ...] = ()
    item: ItemId | None = None


def change_section(
    deployment: Deployment, principal: Principal, section_id: SectionId, request: Request, step: Step
) -> ViewedSection | Refusal:
    """Carry out `step` on the section if the principal may and nothing stands in the way.

    Raises `NotFound` where it is not theirs to see, `Forbidden` where it is and the action is not theirs. A refusal
    changes nothing.
    """
    if deployment.together is not None:
        return deployment.together.changed(section_id, request, step)
    return committed(deployment, lambda session: _changed(session, principal, section_id, request, step))


def _changed(
    session: Session, principal: Principal, section_id: SectionId, request: Request, step: Step
) -> ViewedSection | Refusal:
    at = request.at
    section = sections.get(session, Viewer(principal, at.date()), section_id, to_change=True)
    if section is None:
        raise NotFound(_NONE)
    around = Around(session, principal, at.date())
    after = _stepped(around, section, request, step)
    if isinstance(after, Refusal):
        return after
    store_step(session, section, after, at=at)
    viewed = view(around, after)
    record_step(session, section, after, _action(request), _actor(around, section, request), request.facts, at=at)
    return viewed


def _stepped(around: Around, section: Section, request: Request, step: Step) -> Section | Refusal:
    managers = around.managers(section.employee)
    is_manager_away = around.is_manager_away(section.employee)
    if not may_act(
        around.principal, request.action, section.employee, managers=managers, is_manager_away=is_manager_away
    ):
        doing = request.action.lower().replace("_", " ")
        raise Forbidden(f"to {doing} this section is not yours", expected=_WHOSE[request.action])
    if is_stale(section, request.action, request.item, request.expected_version):
        return _conflict(around.session, section, request)
    return hindrance(section, request.action, moment_of(around, section)) or step(around, section)


def _action(request: Request) -> str:
    return f"section.{request.action.lower()}"


def _actor(around: Around, section: Section, request: Request) -> Actor:
    managers = around.managers(section.employee)
    return Actor.of(around.principal, acts_for(around.principal, request.action, section.employee, managers=managers))


class Together:
    """Changes of many sections in one transaction: read at once, and written at once by `write`.

    Only for steps that write nothing themselves.
    """

    def __init__(self, session: Session, principal: Principal, wanted: Iterable[SectionId], *, at: datetime) -> None:
        self._around = Around(session, principal, at.date())
        self._sections = sections.all_to_change(session, Viewer(principal, at.date()), wanted)
        self._around.gather(list(self._sections.values()))
        self._done: list[tuple[Section, Section, Request]] = []

    def changed(self, key: SectionId, request: Request, step: Step) -> ViewedSection | Refusal:
        """As `change_section`; what is told of a section is how it stands after the changes before."""
        section = self._sections.get(key)
        if section is None:
            raise NotFound(_NONE)
        after = _stepped(self._around, section, request, step)
        if isinstance(after, Refusal):
            return after
        self._sections[key] = after
        self._done.append((section, after, request))
        return view(self._around, after)

    def write(self, *, at: datetime) -> None:
        """The last writes of the transaction."""
        session = self._around.session
        sections.save(session, list({after.id: after for _, after, _ in self._done}.values()), at=at)
        moved = [
            (after.id, _facts(after, before)) for before, after, _ in self._done if after.state is not before.state
        ]
        outbox.append_all(session, Notice.SECTION_STATE_CHANGED, moved, at=at)
        lines = [
            _line(after, _action(request), _actor(self._around, after, request), request.facts)
            for _, after, request in self._done
        ]
        audit.append_all(session, lines, at=at)


def store_step(session: Session, before: Section, after: Section, *, at: datetime) -> None:
    """Write the section as it is after a step; where that began a revision, keep the one before."""
    if after.revision > before.revision:
        section_revisions.keep(session, before, ended_at=at)
    sections.save(session, [after], at=at)


def record_step(  # noqa: PLR0913  # what happened to what, by whom, with which facts, and when
    session: Session,
    before: Section,
    after: Section,
    action: str,
    actor: Actor,
    facts: tuple[tuple[str, str], ...] = (),
    *,
    at: datetime,
) -> None:
    """Tell host systems of a new state, and the audit log of the step; the last writes of a transaction."""
    if after.state is not before.state:
        outbox.append(session, Notice.SECTION_STATE_CHANGED, after.id, facts=_facts(after, before), at=at)
    audit.append_all(session, [_line(after, action, actor, facts)], at=at)


def _line(after: Section, action: str, actor: Actor, facts: tuple[tuple[str, str], ...]) -> audit.Line:
    details = (*actor.facts, ("version", str(after.version)), ("state", after.state.value), *facts)
    return audit.Line(actor.id, action, f"section:{after.id}", details)


def _facts(section: Section, before: Section) -> dict[str, str | int]:
    return {
        "sectionId": encoded(Kind.SECTION, section.id),
        "employeeId": encoded(Kind.EMPLOYEE, section.employee),
        "cycleId": encoded(Kind.CYCLE, section.cycle),
        "state": section.state.value,
        "stateBefore": before.state.value,
        "version": section.version,
        "revision": section.revision,
    }


_NONE: Final = "there is no such section, or it is not yours to see"
HR: Final = "an HR administrator; nobody acts on their own section"
_WHOSE: Final = dict.fromkeys(Action, HR) | {
    Action.RATE: "the employee's own manager, or whoever stands in for them",
    Action.ASSESS_SELF: "the employee",
    Action.ACKNOWLEDGE: "the employee",
    Action.SUBMIT: "the employee's manager, theirs in turn while they are away, or whoever stands in for them with "
    "the right to hand in",
    Action.RETURN: "a manager further up, or an HR administrator",
    Action.APPROVE: "a manager further up, or an HR administrator",
    Action.SHARE: "the employee's manager, a manager further up, or an HR administrator",
    Action.DISPUTE: "the employee",
    Action.CLAIM: "the employee",
    Action.DECIDE_DISPUTE: "a manager further up, or an HR administrator",
    Action.DECIDE_CLAIM: "a manager, or an HR administrator",
}


def _conflict(session: Session, section: Section, request: Request) -> Refusal:
    """Who did what since the version that the caller read, the other side's own writing left aside."""
    expected, since = request.expected_version, []
    own_view = f"section.{Action.ASSESS_SELF.lower()}"
    is_own = request.action is Action.ASSESS_SELF
    for entry in audit.about(session, f"section:{section.id}"):
        facts = dict(entry.details)
        is_theirs = entry.action != "section.read" and (entry.action == own_view) is is_own
        if is_theirs and int(facts.get("version", "0")) > expected:
            since.append(f"{facts.get('name', entry.actor)}: {entry.action.removeprefix('section.')}")
    found = f"the section has been changed since: it is at version {section.version}, not {expected}"
    return Refusal("VERSION_CONFLICT", f"{found} ({'; '.join(since)})" if since else found, "expectedVersion")
