"""Odoo's own template of 23 people. The expected counts were taken by looking at its cells."""

from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise_odoo import adapter

SAMPLES = Path("../shared/samples/hris/odoo")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_the_template_is_read_without_its_second_sheet() -> None:
    read = adapter.read_people(sample("hr_employee_odoo18_import_template.xls"), ImportOptions(source="odoo"))

    assert (len(read.records), read.rejected, read.skipped) == (23, (), ())
    assert {record.department_name for record in read.records} == {"Sales", "Administration"}
    assert sum(record.email is not None for record in read.records) == 16
    assert not any(record.managers for record in read.records)
    assert {"Gender", "Date of Birth", "Passport No", "Marital Status", "Work Phone"} <= set(read.unmapped_columns)
