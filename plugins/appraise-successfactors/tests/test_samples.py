"""Recorded OData replies. The expected values were taken with the json module alone."""

from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_successfactors import adapter

SAMPLES = Path("../shared/samples/hris/sap_successfactors")
OPTIONS = ImportOptions(source="successfactors")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_persons_are_read_with_the_employment_that_holds() -> None:
    """The first person has the users 103255 (left), 108733 and 103100 (over the day it began)."""
    read = adapter.read_people(sample("nango_PerPerson_deep_expand_3_people.json"), OPTIONS)

    assert [
        (record.key.value, record.managers[0].reference.value, record.department_code, record.status.value)
        for record in read.records
    ] == [
        ("108733", "802983", "50150015", "active"),
        ("82096", "108736", "50150001", "active"),
        ("103257", "dpeeters", "2510133", "active"),
    ]
    assert {"103255", "103100"} <= {reference.value for reference in read.records[0].references}
    assert (read.rejected, read.skipped) == ((), ())


@pytest.mark.samples
def test_departments_are_no_people() -> None:
    with pytest.raises(InvalidInput, match="the file is no SuccessFactors OData reply"):
        adapter.read_people(sample("nango_FODepartment_page.json"), OPTIONS)
