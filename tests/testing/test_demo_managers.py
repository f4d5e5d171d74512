"""The generated company's managers hand in what they see, and stop at nothing else."""

from datetime import date
from pathlib import Path

from tests.api.builder import AT, build, empty_deployment

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import PeopleRecord
from appraise.cli.demo_managers import rate_and_submit
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.section_states import SectionState
from appraise.use_cases.import_people import reconcile_people


def test_the_section_of_somebody_who_left_is_passed_over_and_the_others_are_handed_in(tmp_path: Path) -> None:
    company = build(empty_deployment(tmp_path))
    left = PeopleRecord(
        key=ExternalReference("hr:id", "E0005"),
        references=(ExternalReference("hr:id", "E0005"),),
        display_name="Ann Archer",
        status=EmploymentStatus.TERMINATED,
        row=2,
    )
    reconcile_people(
        company.deployment,
        ReadPeople((left,), (), complete=False),
        ImportOptions("hr", as_of=date(2026, 1, 1)),
        file="later.csv",
        at=AT,
        dry_run=False,
    )

    rate_and_submit(company.deployment, "2025", spared=None, hr=company.ids["Hal Novak"])

    assert {name: company.section(name).section.state for name in ("Ann Archer", "Ben Castellanos", "Cem Yıldız")} == {
        "Ann Archer": SectionState.COLLECTING,
        "Ben Castellanos": SectionState.FINALISED,
        "Cem Yıldız": SectionState.SUBMITTED,
    }
