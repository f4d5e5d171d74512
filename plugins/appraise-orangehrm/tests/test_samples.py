"""The import file of OrangeHRM's own test: one row."""

from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise_orangehrm import adapter

SAMPLES = Path("../shared/samples/hris/orangehrm")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_the_import_file_is_read_and_not_taken_for_everybody() -> None:
    read = adapter.read_people(sample("importData_from_test.csv"), ImportOptions(source="orangehrm"))

    (person,) = read.records
    assert (person.key.value, person.display_name, person.email) == (
        "EMP-003",
        "Andrew Russel",
        "yasiru@orangehrmlive.com",
    )
    assert (read.rejected, read.complete) == ((), False)
    assert {"gender", "date_of_birth", "driver's_license_no", "nationality"} <= set(read.unmapped_columns)
