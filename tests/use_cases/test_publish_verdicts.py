"""What of the adverse-impact report comes to the pages of HR: verdicts, and nothing that tells of a person."""

import pytest
from sqlalchemy import select
from tests.use_cases.conftest import AT, Company
from tests.use_cases.test_impact_report import guidelines_company

from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.indicators import SATISFACTION
from appraise.errors import Forbidden
from appraise.storage import audit
from appraise.storage.protected import ProtectedStore
from appraise.storage.tables import FAIRNESS_VERDICTS
from appraise.use_cases.erase_protected_attributes import erase_protected_attributes
from appraise.use_cases.impact_report import Question, attribute_report
from appraise.use_cases.publish_verdicts import publish_verdicts, read_verdicts
from appraise.use_cases.report_adverse_impact import ImpactReport, verdicts_of


@pytest.fixture
def store(company: Company, tmp_path: object) -> ProtectedStore:
    opened = ProtectedStore(f"sqlite:///{tmp_path}/protected.sqlite", records=company.deployment.database.url)
    opened.create()
    opened.replace({"sex": {company.ids["ann"]: "f", company.ids["ben"]: "m"}})
    return opened


def test_verdicts_are_published_without_counts_for_hr_and_go_with_the_attributes(
    company: Company, store: ProtectedStore
) -> None:
    sections, known = guidelines_company()
    known |= {EmployeeId(f"e{at}"): "few" for at in range(120, 123)}
    report = ImpactReport("2025", AT, len(sections), (attribute_report("sex", sections, known),))
    hal, database = company.principal("hal"), company.deployment.database
    found = verdicts_of(company.cycle.id, report)

    publish_verdicts(company.deployment, hal, found, at=AT)
    publish_verdicts(company.deployment, hal, found, at=AT)
    (read,) = read_verdicts(company.deployment, hal, at=AT)
    assert (read.cycle_name, read.found) == ("2025", found)
    (part,) = read.found.attributes
    assert not part.is_complete
    with database.reading() as session:
        kept = str(session.execute(select(FAIRNESS_VERDICTS)).all())
        lines = [line.action for line in audit.entries(session) if line.action.startswith("fairness.")]
    assert "few" not in kept
    assert lines == ["fairness.publish", "fairness.publish", "fairness.read"]
    for who in ("ann", "max", "vera", "otto"):
        with pytest.raises(Forbidden):
            read_verdicts(company.deployment, company.principal(who), at=AT)

    erase_protected_attributes(company.deployment, store, hal, None, at=AT)
    assert read_verdicts(company.deployment, hal, at=AT) == []
    store.close()


def test_what_is_published_of_the_guidelines_example_is_its_verdict() -> None:
    sections, known = guidelines_company()
    report = ImpactReport("2025", AT, len(sections), (attribute_report("sex", sections, known),))

    (part,) = verdicts_of(CycleId("c"), report).attributes
    rated = [one for one in part.verdicts if one.question == Question.RATED_HIGH]
    assert part.is_complete
    assert [(one.indicator, one.category, one.compared_with, one.verdict) for one in rated] == [
        (None, "women", "men", "EVIDENCE"),
        (SATISFACTION, "women", "men", "EVIDENCE"),
    ]
