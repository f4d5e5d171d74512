"""Calibration sessions: HR opens one over submitted sections, ratings are moved in it with reasons, HR locks it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from appraise.domain.access import Principal, may_administer
from appraise.domain.calibration import (
    CalibrationSession,
    CalibrationState,
    calibrate,
    hindrance_to_calibrating,
    put_in,
    taken_out,
)
from appraise.domain.cycles import CycleState
from appraise.domain.identifiers import CalibrationId, CycleId, EmployeeId, ItemId, SectionId
from appraise.domain.reading import ViewedSection
from appraise.domain.section_states import Action
from appraise.domain.sections import Refusal, Section
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, calibrations, cycles, people, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session, lock
from appraise.storage.identifiers import new_id
from appraise.use_cases.around import Around
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.section_change import Request, change_section, record_step, store_step
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

RUNNING = frozenset({CycleState.SCORING, CycleState.CALIBRATION, CycleState.SHARING, CycleState.CLOSED})
"""In a closed one, what was reopened passes through a session as it did before."""


class _Refused(Exception):  # noqa: N818  # rolls back what was done of a session before
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def open_calibration(
    deployment: Deployment,
    principal: Principal,
    cycle_id: CycleId,
    *,
    name: str,
    section_ids: Sequence[SectionId],
    at: datetime,
) -> CalibrationSession | Refusal:
    """All of the sections or none are put in. Raises `Forbidden`, `NotFound`."""
    facilitator = _facilitator(principal)

    def work(session: Session) -> CalibrationSession:
        lock(session, f"cycle:{cycle_id}")
        cycle = cycles.get(session, cycle_id)
        if not cycle.rules.calibrates or cycle.state not in RUNNING:
            does = "calibrates" if cycle.rules.calibrates else "does not calibrate"
            found = f"the cycle {cycle.name} is {cycle.state}, and {does}"
            raise _Refused(Refusal("CYCLE_STATE", found))
        if not name.strip():
            raise _Refused(Refusal("REASON_MISSING", "give the session a name", "name"))
        opened = CalibrationSession(
            CalibrationId(new_id()), cycle_id, name.strip(), facilitator, at, tuple(dict.fromkeys(section_ids))
        )
        calibrations.add(session, opened)
        for section_id in opened.sections:
            before = _held(session, principal, section_id, at)
            if before.cycle != cycle_id:
                raise NotFound("one of the sections is of another cycle")
            after = put_in(before)
            if isinstance(after, Refusal):
                raise _Refused(after)
            _take(session, principal, before, after, opened, at=at)
        _note(session, principal, "open", opened, at=at)
        return opened

    try:
        return committed(deployment, work)
    except _Refused as refused:
        return refused.refusal


def calibrate_item(  # noqa: PLR0913  # the fields of one form
    deployment: Deployment,
    principal: Principal,
    section_id: SectionId,
    session_id: CalibrationId,
    item_id: ItemId,
    *,
    rating: int,
    reason: str,
    expected_version: int,
    at: datetime,
) -> ViewedSection | Refusal:
    """Errors as for every change of a section (see `change_section`), and `NotFound` for an unknown session."""
    facts = (("session", session_id), ("item", item_id), ("rating", str(rating)), ("reason", reason.strip()))
    request = Request(Action.CALIBRATE, expected_version, at, facts=facts)

    def step(around: Around, section: Section) -> Section | Refusal:
        session = around.session
        held = calibrations.get(session, session_id, to_change=True)
        if held is None:
            raise NotFound("there is no such calibration session")
        by = EmployeeId(str(principal.employee))
        above = people.managers_of(session, by, on=at.date())
        refusal = hindrance_to_calibrating(held, section, by, managers_of_actor=above)
        done = refusal or calibrate(held, section, item_id, rating=rating, reason=reason, by=by, at=at)
        if isinstance(done, Refusal):
            return done
        after, move = done
        calibrations.add_move(session, move)
        return after

    return change_section(deployment, principal, section_id, request, step)


def lock_calibration(
    deployment: Deployment, principal: Principal, session_id: CalibrationId, *, at: datetime
) -> CalibrationSession:
    """Its sections are CALIBRATED. A session that is locked stays as it is. Raises `Forbidden`, `NotFound`."""
    _facilitator(principal)

    def work(session: Session) -> CalibrationSession:
        held = calibrations.get(session, session_id, to_change=True)
        if held is None:
            raise NotFound("there is no such calibration session")
        if held.state is CalibrationState.LOCKED:
            return held
        locked = replace(held, state=CalibrationState.LOCKED, locked_at=at)
        calibrations.lock(session, locked)
        for section_id in locked.sections:
            before = _held(session, principal, section_id, at)
            _take(session, principal, before, taken_out(before), locked, at=at)
        _note(session, principal, "lock", locked, at=at)
        return locked

    return committed(deployment, work)


def _facilitator(principal: Principal) -> EmployeeId:
    if principal.employee is None or not may_administer(principal):
        raise Forbidden("calibration sessions are opened and locked by HR administrators")
    return principal.employee


def _held(session: Session, principal: Principal, section_id: SectionId, at: datetime) -> Section:
    section = sections.get(session, Viewer(principal, at.date()), section_id, to_change=True)
    if section is None:
        raise NotFound("one of the sections does not exist, or is not yours to see")
    return section


def _take(
    session: Session, principal: Principal, before: Section, after: Section, of: CalibrationSession, *, at: datetime
) -> None:
    store_step(session, before, after, at=at)
    record_step(session, before, after, "section.calibrate", Actor.of(principal), (("session", of.id),), at=at)


def _note(session: Session, principal: Principal, what: str, about: CalibrationSession, *, at: datetime) -> None:
    actor = Actor.of(principal)
    details = [*actor.facts, ("session", about.name), ("sections", str(len(about.sections)))]
    subject = f"cycle:{about.cycle}"
    audit.append(session, at=at, actor=actor.id, action=f"calibration.{what}", subject=subject, details=details)
