"""What all changes of a section share: sight, permission, version, repetition, guards, audit, and the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraise.domain.access import Principal, acts_for, may_act
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_guards import hindrance
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal, Section
from appraise.domain.webhooks import Notice
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, cycles, idempotency, outbox, people, section_revisions, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.storage.documents import digest
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor, moment_of, view
from appraise.use_cases.transactions import committed

Step = Callable[[Session, Section], Section | Refusal]


@dataclass(frozen=True, slots=True)
class Request:
    """`body` is all that the caller sent beside section and version: it tells a repetition from another request.

    `facts` go to the audit log: short, and never a customer's or a manager's words about a person, except reasons.
    """

    action: Action
    expected_version: int
    at: datetime
    idempotency_key: str | None
    body: tuple[str | int | None, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


def change_section(
    deployment: Deployment, principal: Principal, section_id: SectionId, request: Request, step: Step
) -> ViewedSection | Refusal:
    """Carry out `step` on the section if the principal may and nothing stands in the way.

    Raises `NotFound` where it is not theirs to see, `Forbidden` where it is and the action is not theirs, `Conflict`
    where the idempotency key was used for another request. A refusal changes nothing and is not kept under the key.
    """
    return committed(deployment, lambda session: _changed(session, principal, section_id, request, step))


def _changed(
    session: Session, principal: Principal, section_id: SectionId, request: Request, step: Step
) -> ViewedSection | Refusal:
    at = request.at
    section = sections.get(session, Viewer(principal, at.date()), section_id, to_change=True)
    if section is None:
        raise NotFound("there is no such section, or it is not yours to see")
    actor = Actor.of(principal)
    body = digest([request.action.value, section_id, request.expected_version, *request.body])
    if request.idempotency_key is not None:
        answer = idempotency.answer(session, actor.id, request.idempotency_key, body_hash=body)
        if answer is not None:
            return view(session, principal, sections.thawed(session, answer), at=at)
    managers = people.managers_of(session, section.employee, on=at.date())
    if not may_act(principal, request.action, section.employee, managers=managers):
        doing = request.action.lower().replace("_", " ")
        raise Forbidden(f"to {doing} this section is not yours", expected=_WHOSE[request.action])
    if section.version != request.expected_version:
        return _conflict(session, section, request.expected_version)
    cycle = cycles.get(session, section.cycle)
    moment = moment_of(session, principal, section, cycle, on=at.date())
    after = hindrance(section, request.action, moment) or step(session, section)
    if isinstance(after, Refusal):
        return after
    store_step(session, section, after, at=at)
    if request.idempotency_key is not None:
        idempotency.keep(
            session, actor.id, request.idempotency_key, body_hash=body, answer=sections.frozen(after), at=at
        )
    viewed = view(session, principal, after, at=at, managers=managers, cycle=cycle)
    actor = Actor.of(principal, acts_for(principal, request.action, section.employee, managers=managers))
    record_step(session, section, after, f"section.{request.action.lower()}", actor, request.facts, at=at)
    return viewed


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
        told = _facts(after, before=before.state)
        outbox.append(session, Notice.SECTION_STATE_CHANGED, after.id, facts=told, at=at)
    details = [*actor.facts, ("version", str(after.version)), ("state", after.state.value), *facts]
    audit.append(session, at=at, actor=actor.id, action=action, subject=f"section:{after.id}", details=details)


def _facts(section: Section, *, before: SectionState) -> dict[str, str | int]:
    return {
        "sectionId": encoded(Kind.SECTION, section.id),
        "employeeId": encoded(Kind.EMPLOYEE, section.employee),
        "cycleId": encoded(Kind.CYCLE, section.cycle),
        "state": section.state.value,
        "stateBefore": before.value,
        "version": section.version,
        "revision": section.revision,
    }


HR: Final = "an HR administrator; nobody acts on their own section"
_WHOSE: Final = dict.fromkeys(Action, HR) | {
    Action.RATE: "the employee's own manager, or whoever stands in for them",
    Action.ASSESS_SELF: "the employee",
    Action.ACKNOWLEDGE: "the employee",
    Action.SUBMIT: "the employee's manager, theirs in turn, or whoever stands in for them with the right to hand in",
    Action.RETURN: "a manager further up, or an HR administrator",
    Action.APPROVE: "a manager further up, or an HR administrator",
    Action.SHARE: "the employee's manager, a manager further up, or an HR administrator",
    Action.DISPUTE: "the employee",
    Action.CLAIM: "the employee",
    Action.DECIDE_DISPUTE: "a manager further up, or an HR administrator",
    Action.DECIDE_CLAIM: "a manager, or an HR administrator",
}


def _conflict(session: Session, section: Section, expected: int) -> Refusal:
    """Who did what since the version that the caller read."""
    since = []
    for entry in audit.about(session, f"section:{section.id}"):
        facts = dict(entry.details)
        if entry.action != "section.read" and int(facts.get("version", "0")) > expected:
            since.append(f"{facts.get('name', entry.actor)}: {entry.action.removeprefix('section.')}")
    what = f" ({'; '.join(since)})" if since else ""
    return Refusal(
        "VERSION_CONFLICT",
        f"the section has been changed since: it is at version {section.version}, not {expected}{what}",
        "expectedVersion",
    )
