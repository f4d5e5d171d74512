"""Recorded replies. The expected counts were taken with the json module alone."""

from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise_bamboohr import adapter

SAMPLES = Path("../shared/samples/hris/bamboohr")
OPTIONS = ImportOptions(source="bamboohr")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the recorded file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_a_recorded_report_is_read_with_all_its_supervisors() -> None:
    """106 people of whom 99 name one of 28 supervisors; all of them are in the report, nobody names himself."""
    read = adapter.read_people(sample("sgnl_custom_report_response.json"), OPTIONS)

    keys = {record.key for record in read.records}
    supervisors = [record.managers[0].reference for record in read.records if record.managers]
    assert (len(read.records), len(keys), read.rejected, read.skipped) == (106, 106, (), ())
    assert (len(supervisors), len(set(supervisors)), set(supervisors) <= keys) == (99, 28, True)
    assert "dateOfBirth" in read.unmapped_columns


@pytest.mark.samples
def test_a_single_employee_with_zero_dates_is_read_and_the_file_is_not_taken_for_everybody() -> None:
    read = adapter.read_people(sample("faros_single_employee_with_zero_dates.json"), OPTIONS)

    (person,) = read.records
    assert (person.display_name, person.termination_date, read.complete) == ("yen hai", None, False)
    assert [one.reference.value for one in person.managers] == ["74"]
    assert {"ssn", "payRate", "gender", "ethnicity", "dateOfBirth", "maritalStatus"} <= set(read.unmapped_columns)


@pytest.mark.samples
def test_a_list_of_fields_is_no_report() -> None:
    with pytest.raises(Exception, match="the file is no BambooHR custom report"):
        adapter.read_people(sample("faros_meta_fields.json"), OPTIONS)
