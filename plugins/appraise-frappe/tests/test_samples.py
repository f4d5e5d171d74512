"""Records and files of the vendor's own tests. The expected counts were taken with the tomllib module alone."""

import json
import tomllib
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_frappe import adapter

SAMPLES = Path("../shared/samples/hris/frappe_erpnext")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_the_records_of_employees_are_read_as_the_api_would_give_them(tmp_path: Path) -> None:
    document = tomllib.loads(sample("erpnext_employee_test_records.toml").read_text(encoding="utf-8"))
    employees = [{"name": f"_T-Employee-{number:05}"} | one for number, one in enumerate(document["Employee"], start=1)]
    path = tmp_path / "employees.json"
    path.write_text(json.dumps({"data": employees}), encoding="utf-8")

    read = adapter.read_people(path, ImportOptions(source="frappe"))

    assert (len(read.records), read.rejected, read.skipped) == (3, (), ())
    assert len({record.department_name for record in read.records}) == 2
    assert all(str(record.hire_date) == "2010-01-01" for record in read.records)
    assert not any(record.managers for record in read.records)


@pytest.mark.samples
@pytest.mark.parametrize(
    "name", ["frappe_data_import_sample_import_file.csv", "frappe_data_import_sample_import_file_semicolon.csv"]
)
def test_a_file_of_another_doctype_is_refused(name: str) -> None:
    """The second one pads its quotes, which no CSV reader can tell from text."""
    with pytest.raises(
        InvalidInput, match=r"the file is no list of Frappe HR employees|the row cannot be cut into cells"
    ):
        adapter.read_people(sample(name), ImportOptions(source="frappe"))
