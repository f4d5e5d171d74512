"""Report whether a cycle's ratings and estimates fall differently on groups, by their protected attributes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from appraise.domain.access import Principal, may_administer
from appraise.domain.fairness import AttributeVerdicts, FairnessVerdicts, GroupVerdict
from appraise.domain.identifiers import CycleId
from appraise.domain.reading import SectionsWanted
from appraise.domain.sections import Section
from appraise.errors import Forbidden, NotFound
from appraise.storage import audit, cycles, sections
from appraise.storage.access import Viewer
from appraise.storage.database import Session
from appraise.storage.protected import ProtectedStore
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.impact_report import TOO_THIN, AttributeReport, attribute_report
from appraise.use_cases.section_view import Actor
from appraise.use_cases.transactions import committed

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class ImpactReport:
    cycle: str
    at: datetime
    sections: int
    attributes: tuple[AttributeReport, ...]


def report_adverse_impact(
    deployment: Deployment,
    store: ProtectedStore,
    principal: Principal,
    cycle: CycleId,
    *,
    attribute: str | None,
    at: datetime,
) -> ImpactReport:
    """By one attribute, or by each that is known. Audited before anything is computed.

    Raises `Forbidden` unless an HR administrator asks, `NotFound` for a cycle or an attribute that there is not.
    """
    if not may_administer(principal):
        raise Forbidden("only HR administrators may read the adverse-impact report")
    known = store.attributes()
    if attribute is not None and attribute not in known:
        raise NotFound(f"nothing is known of the attribute {attribute!r}", expected="one of: " + ", ".join(known))
    chosen = known if attribute is None else (attribute,)
    actor = Actor.of(principal)

    def record(session: Session) -> str:
        name = cycles.get(session, cycle).name
        details = [*actor.facts, ("cycle", name), ("attributes", ", ".join(chosen))]
        audit.append(
            session, at=at, actor=actor.id, action="fairness.report", subject=f"cycle:{cycle}", details=details
        )
        return name

    name = committed(deployment, record)
    viewer = Viewer(principal, at.date())
    with deployment.database.reading() as session:
        everything = tuple(_sections(session, viewer, cycle))
    reports = tuple(attribute_report(one, everything, store.categories(one)) for one in chosen)
    return ImpactReport(name, at, len(everything), reports)


def verdicts_of(cycle: CycleId, report: ImpactReport) -> FairnessVerdicts:
    """What of a report may be published: of each comparison that it shows the verdict, and no count."""
    return FairnessVerdicts(
        cycle,
        report.at,
        tuple(
            AttributeVerdicts(
                part.attribute,
                not part.hidden and all(table.note != TOO_THIN for table in part.tables),
                tuple(
                    GroupVerdict(
                        table.question.value,
                        table.indicator,
                        line.category,
                        table.compared_with,
                        line.impact.verdict.value,
                    )
                    for table in part.tables
                    for line in table.lines
                    if line.impact is not None and table.compared_with is not None
                ),
            )
            for part in report.attributes
        ),
    )


def _sections(session: Session, viewer: Viewer, cycle: CycleId) -> Iterator[Section]:
    after = None
    while True:
        page = sections.listed(session, viewer, SectionsWanted(cycle), first=PAGE, after=after)
        for row in page.items:
            yield row.section
        if not page.has_next:
            return
        after = page.end_cursor
