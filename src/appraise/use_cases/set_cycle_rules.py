"""HR sets the rules of a cycle: calibration, days, disputes, the host's scale."""

from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.cycle_steps import with_rules
from appraise.domain.cycles import Cycle, CycleRules, CycleState
from appraise.domain.identifiers import CycleId
from appraise.domain.sections import Refusal
from appraise.storage.course_documents import rules_document
from appraise.storage.documents import canonical
from appraise.storage.readiness import told_sections
from appraise.use_cases.cycle_change import change_cycle
from appraise.use_cases.deployment import Deployment


def set_cycle_rules(
    deployment: Deployment,
    principal: Principal,
    cycle: CycleId,
    *,
    rules: CycleRules,
    expected_state: CycleState,
    at: datetime,
) -> Cycle | Refusal:
    """Errors as for every change of a cycle: see `change_cycle`."""
    return change_cycle(
        deployment,
        principal,
        cycle,
        lambda session, before: with_rules(before, rules, told=told_sections(session, cycle)),
        action="set_rules",
        expected_state=expected_state,
        facts=[("rules", canonical(rules_document(rules)))],
        at=at,
    )
