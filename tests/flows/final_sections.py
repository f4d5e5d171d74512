"""Sections taken the whole way: scored with one figure, rated 4 by the manager of record, finalised by HR."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from tests.use_cases.conftest import absence, estimate

from appraise.domain.access import Principal, Role
from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.domain.people import PeopleSnapshot
from appraise.domain.periods import Period
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.reading import ViewedSection
from appraise.domain.scorecards import Manifest, Scorecard, ScoringResult
from appraise.storage import people
from appraise.use_cases.approve_section import approve_section
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.finalise_section import finalise_section
from appraise.use_cases.open_cycle import open_cycle
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.read_sections import section_of
from appraise.use_cases.share_section import share_section
from appraise.use_cases.store_scores import store_scores
from appraise.use_cases.submit_section import submit_section

AT: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY: Final = replace(DEFAULT_POLICY, minimum_observed_weight=0.0)
HR: Final = Principal("hr", EmployeeId("hr"), frozenset({Role.HR_ADMINISTRATOR}))


def final_sections(deployment: Deployment, references: Sequence[ExternalReference]) -> list[ViewedSection]:
    """Those of the employees, in the cycle 2025, in their order. Each needs a manager."""
    with deployment.database.reading() as session:
        known = {one: person.id for person in people.snapshot(session).employees for one in person.references}
        managers = {one: people.managers_of(session, known[one], on=AT.date())[0] for one in references}
    cycle = open_cycle(deployment, "2025", Period(date(2025, 1, 1), date(2026, 1, 1)), at=AT)
    manifest = Manifest("test", "p" * 64, "q" * 64, (), date(2025, 1, 1), date(2026, 1, 1), AT.date())
    cards = tuple(Scorecard(known[one], (estimate(), absence()), None) for one in references)
    result = ScoringResult(cards, (), manifest)
    store_scores(deployment, cycle, result, POLICY, scored=PeopleSnapshot((), (), ()), started_at=AT, at=AT)
    finals = []
    for one in references:
        found = section_of(deployment, HR, known[one], cycle.id, at=AT)
        assert found
        finals.append(_taken(deployment, found, Principal("manager", managers[one])))
    return finals


def _taken(deployment: Deployment, found: ViewedSection, manager: Principal) -> ViewedSection:
    key, item = found.section.id, found.section.items[0].id
    steps = [
        rate_item(deployment, manager, key, item, rating=4, comment="answers at once", expected_version=1, at=AT),
        submit_section(deployment, manager, key, expected_version=2, at=AT),
        approve_section(deployment, HR, key, expected_version=3, at=AT),
        share_section(deployment, HR, key, expected_version=4, at=AT),
        finalise_section(deployment, HR, key, reason="agreed", expected_version=5, at=AT),
    ]
    assert [type(step) for step in steps] == [ViewedSection] * len(steps), steps
    last = steps[-1]
    assert isinstance(last, ViewedSection)
    return last
