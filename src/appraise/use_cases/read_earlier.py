"""Read what an employee's figures were in the cycle before, as far as the principal reads that section."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from appraise.domain.access import Principal
from appraise.domain.changes import incomparable
from appraise.domain.cycles import Cycle, CycleState
from appraise.domain.identifiers import IndicatorKey
from appraise.domain.reading import ViewedSection
from appraise.domain.scorecards import Estimate
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Section
from appraise.storage import cycles
from appraise.storage.database import Session
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.read_sections import section_of


@dataclass(frozen=True, slots=True)
class Earlier:
    """Figures that can be held beside those of today: the indicator's rules were the same."""

    cycle_name: str
    figures: Mapping[IndicatorKey, Estimate]


def read_earlier(deployment: Deployment, principal: Principal, section: Section, *, at: datetime) -> Earlier | None:
    """Of the latest cycle that was over before the section's began; None where nothing of it is to be read.

    Somebody else's leaves a line in the audit log, as the section of that cycle does when it is opened.
    """
    with deployment.database.reading() as session:
        this = cycles.get(session, section.cycle)
        before = list(_before(session, this))
    for cycle in before:
        viewed = section_of(deployment, principal, section.employee, cycle.id, at=at)
        if viewed is not None and viewed.section.state is not SectionState.VOID:
            return Earlier(cycle.name, _comparable(deployment, viewed, section, this))
    return None


def _before(session: Session, this: Cycle) -> Iterator[Cycle]:
    """The latest first."""
    for cycle in cycles.all_of_them(session):
        end = cycle.period.end
        if end is not None and end <= this.period.start and cycle.state is not CycleState.CANCELLED:
            yield cycle


def _comparable(
    deployment: Deployment, viewed: ViewedSection, section: Section, this: Cycle
) -> Mapping[IndicatorKey, Estimate]:
    with deployment.database.reading() as session:
        policies = cycles.policy_of(session, viewed.section.run), cycles.policy_of(session, section.run)
    return {
        item.indicator: item.result
        for item in viewed.section.items
        if isinstance(item.result, Estimate) and incomparable(item.indicator, (viewed.cycle, this), policies) is None
    }
