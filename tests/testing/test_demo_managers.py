"""The generated company's managers hand in what they see, and stop at nothing else."""

from datetime import date
from pathlib import Path

from tests.api.builder import AT, build, empty_deployment

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import PeopleRecord
from appraise.cli.demo_managers import finish, rate_and_submit
from appraise.cli.deployment import all_sections, cycle_named
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.scorecards import Estimate
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


def test_a_year_that_is_over_leaves_no_section_with_a_figure_open_and_exempts_the_others(tmp_path: Path) -> None:
    company = build(empty_deployment(tmp_path))

    finish(company.deployment, "2025", hr=company.ids["Hal Novak"])

    cycle = cycle_named(company.deployment, "2025")
    for row in all_sections(company.deployment, cycle):
        measured = any(isinstance(item.result, Estimate) for item in row.section.items)
        if row.section.employee != company.ids["Hal Novak"]:
            assert row.section.state is (SectionState.FINALISED if measured else SectionState.EXEMPT), row.employee_name
