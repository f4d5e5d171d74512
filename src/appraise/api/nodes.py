"""What an id names, by its kind. Each reader calls one use case, which takes the principal and limits the rows."""

from collections.abc import Callable
from datetime import date
from typing import Final

from appraise.api.context import RequestContext
from appraise.api.exports import one_export
from appraise.api.global_ids import Kind, from_global
from appraise.api.imports import one_import
from appraise.api.permissions import Permission, require
from appraise.api.scoring import one_scoring_job
from appraise.api.trials import one_trial
from appraise.api.types.cycles import CycleType
from appraise.api.types.departments import DepartmentType
from appraise.api.types.disputes import CalibrationSessionType, CorrectionType, DisputeType
from appraise.api.types.node import Node
from appraise.api.types.people import EmployeeType
from appraise.api.types.runs import ScoringRunType
from appraise.api.types.sections import SectionType
from appraise.api.types.webhooks import DeliveryType, WebhookType
from appraise.domain.identifiers import (
    CalibrationId,
    CorrectionId,
    CycleId,
    DeliveryId,
    DisputeId,
    EmployeeId,
    RunId,
    SectionId,
    WebhookId,
)
from appraise.errors import InvalidInput, NotFound
from appraise.use_cases.read_calibrations import get_calibration
from appraise.use_cases.read_cycles import get_cycle, get_run
from appraise.use_cases.read_disputes import section_of_correction, section_of_dispute
from appraise.use_cases.read_webhooks import get_delivery, get_webhook


def read_node(context: RequestContext, text: str) -> Node | None:
    """None where there is none, or it is not the reader's to see. Raises `InvalidInput` and `Forbidden`."""
    kind, key = from_global(text)
    reader = READERS.get(kind)
    if reader is None:
        raise InvalidInput(f"this is the id of a {kind}, which is no Node", hint="read it by what it belongs to")
    try:
        return reader(context, key)
    except NotFound:
        return None


def employee(context: RequestContext, key: str, day: date | None = None) -> EmployeeType:
    row = context.people_on(day).load(EmployeeId(key))
    if row is None:
        raise NotFound("there is no such employee, or they are not yours to see")
    return EmployeeType.of(row, day)


def department(context: RequestContext, key: str, day: date | None = None) -> DepartmentType:
    require(context, Permission.READ_DEPARTMENTS)
    found = context.departments_on(day).get(key)
    if found is None:
        raise NotFound("there is no such department on this day")
    return DepartmentType.of(found, day)


def cycle(context: RequestContext, key: str) -> CycleType:
    return CycleType.of(get_cycle(context.deployment, context.principal, CycleId(key)))


def section(context: RequestContext, key: str) -> SectionType:
    return SectionType.viewed(context.sections.view(SectionId(key)), context)


def _dispute(context: RequestContext, key: str) -> DisputeType:
    require(context, Permission.READ_SECTIONS)  # before it is known whether there is such a dispute
    dispute = DisputeId(key)
    beside = context.sections.beside(section_of_dispute(context.deployment, dispute))
    return next(DisputeType.of(one, beside.names) for one in beside.disputes if one.id == dispute)


def _correction(context: RequestContext, key: str) -> CorrectionType:
    require(context, Permission.READ_SECTIONS)
    notice = CorrectionId(key)
    beside = context.sections.beside(section_of_correction(context.deployment, notice))
    return next(CorrectionType.of(one) for one in beside.corrections if one.id == notice)


def _calibration(context: RequestContext, key: str) -> CalibrationSessionType:
    found = get_calibration(context.deployment, context.principal, CalibrationId(key), at=context.at)
    return CalibrationSessionType.of(*found)


def _run(context: RequestContext, key: str) -> ScoringRunType:
    return ScoringRunType.of(get_run(context.deployment, context.principal, RunId(key), at=context.at))


def _webhook(context: RequestContext, key: str) -> WebhookType:
    require(context, Permission.MANAGE_WEBHOOKS)
    return WebhookType.of(get_webhook(context.deployment, context.principal, WebhookId(key), at=context.at))


def _delivery(context: RequestContext, key: str) -> DeliveryType:
    require(context, Permission.MANAGE_WEBHOOKS)
    return DeliveryType.of(get_delivery(context.deployment, context.principal, DeliveryId(key)))


READERS: Final[dict[Kind, Callable[[RequestContext, str], Node]]] = {
    Kind.EMPLOYEE: employee,
    Kind.DEPARTMENT: department,
    Kind.CYCLE: cycle,
    Kind.SECTION: section,
    Kind.RUN: _run,
    Kind.DISPUTE: _dispute,
    Kind.CORRECTION: _correction,
    Kind.CALIBRATION: _calibration,
    Kind.WEBHOOK: _webhook,
    Kind.DELIVERY: _delivery,
    Kind.EXPORT: one_export,
    Kind.IMPORT: one_import,
    Kind.SCORING: one_scoring_job,
    Kind.TRIAL: one_trial,
}
