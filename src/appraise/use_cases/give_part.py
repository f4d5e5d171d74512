"""A former manager, or a dotted one, says how somebody worked in their time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.identifiers import SectionId
from appraise.domain.parts import Mark, Part, hindrance_to_giving
from appraise.domain.section_guards import Moment, hindrance
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, words
from appraise.errors import NotFound
from appraise.storage import audit, parts, sections
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_parts import Asked, one_asked
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed


def give_part(
    deployment: Deployment, principal: Principal, section_id: SectionId, marks: Sequence[Mark], *, at: datetime
) -> Asked | Refusal:
    """All of it, in the place of what was given before; until the section is handed in.

    Raises `NotFound` where the principal is not asked, as where there is no such section.
    """
    me = principal.employee

    def work(session: Session) -> Asked | Refusal:
        known = (
            None if me is None or principal.embedded is not None else one_asked(session, me, section_id, on=at.date())
        )
        if me is None or known is None:
            raise NotFound("there is no such section, or no part of yours is asked for in it now")
        section = sections.held(session, section_id)
        moment = Moment(on=at.date(), cycle=known.cycle, actor=me, is_hr=False)
        refusal = hindrance(section, Action.RATE, moment)  # it may have been handed in a moment ago
        if refusal is not None:
            return refusal
        said = tuple(replace(mark, comment=words(mark.comment)) for mark in marks)
        said = tuple(mark for mark in said if mark.rating is not None or mark.comment is not None)
        refusal = hindrance_to_giving(section, said)
        if refusal is not None:
            return refusal
        part = Part(section_id, me, said, at)
        parts.save(session, part)
        actor = Actor.of(principal)
        details = [*actor.facts, ("kind", known.expected.kind.value), ("days", str(known.expected.days))]
        subject = f"section:{section_id}"
        audit.append(session, at=at, actor=actor.id, action="section.give_part", subject=subject, details=details)
        return replace(known, section=section, part=part)

    return committed(deployment, work)
