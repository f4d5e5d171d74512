"""Microsoft's bulk request: three users. The expected values were taken by looking at it."""

from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_scim import adapter

SAMPLES = Path("../shared/samples/hris/scim_generic_csv")
OPTIONS = ImportOptions(source="scim")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_the_bulk_request_is_read() -> None:
    read = adapter.read_people(sample("scim_bulk_core_enterprise.json"), OPTIONS)

    assert [(record.key.value, record.display_name) for record in read.records] == [
        ("701984", "Barbara Jensen"),
        ("807609", "Jane Doe"),
        ("807600", "Donald Duck"),
    ]
    assert [one.reference.value for record in read.records for one in record.managers] == ["89607"]
    assert (read.records[0].department_name, str(read.records[0].hire_date)) == ("Tour Operations", "2020-01-01")
    assert (read.rejected, read.complete) == ((), False)


@pytest.mark.samples
def test_a_table_is_no_scim() -> None:
    with pytest.raises(InvalidInput, match="no SCIM list response or bulk request"):
        adapter.read_people(sample("csv-with-5-records.txt"), OPTIONS)
