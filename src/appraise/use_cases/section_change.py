"""What all changes of a section share: sight, permission, version, repetition, audit, and the answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from appraise.domain.access import Principal, may_act
from appraise.domain.global_ids import Kind, encoded
from appraise.domain.identifiers import SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action, SectionState
from appraise.domain.sections import Refusal, Section
from appraise.domain.webhooks import Notice
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, idempotency, outbox, people, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.storage.documents import digest
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_view import Actor, view
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
    """Carry out `step` on the section if the principal may.

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
        raise Forbidden(f"to {request.action.lower()} this section is not yours", expected=_WHOSE[request.action])
    if section.version != request.expected_version:
        return _conflict(session, section, request.expected_version)
    after = step(session, section)
    if isinstance(after, Refusal):
        return after
    sections.save(session, [after])
    if request.idempotency_key is not None:
        idempotency.keep(
            session, actor.id, request.idempotency_key, body_hash=body, answer=sections.frozen(after), at=at
        )
    details = [*actor.facts, ("version", str(after.version)), ("state", after.state.value), *request.facts]
    subject = f"section:{section_id}"
    viewed = view(session, principal, after, at=at)
    if after.state is not section.state:
        outbox.append(
            session, Notice.SECTION_STATE_CHANGED, section_id, facts=_facts(after, before=section.state), at=at
        )
    audit.append(
        session,
        at=at,
        actor=actor.id,
        action=f"section.{request.action.lower()}",
        subject=subject,
        details=details,
    )
    return viewed


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


_WHOSE = {
    Action.RATE: "the employee's own manager",
    Action.SUBMIT: "the employee's manager, or theirs in turn",
    Action.RETURN: "a manager further up, or an HR administrator",
    Action.FINALISE: "an HR administrator; nobody acts on their own section",
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
