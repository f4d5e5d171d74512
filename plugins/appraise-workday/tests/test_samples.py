"""Rows of custom reports that a connector's tests hold. The expected counts were taken with the json module alone."""

import json
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_workday import adapter

SAMPLES = Path("../shared/samples/hris/workday")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


def report(directory: Path, name: str) -> Path:
    """The rows as the report itself would give them, without the connector's wrapping."""
    lines = sample(name).read_text(encoding="utf-8").splitlines()
    path = directory / "report.json"
    path.write_text(
        json.dumps({"Report_Entry": [json.loads(line)["record"]["data"] for line in lines]}), encoding="utf-8"
    )
    return path


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("faros_raas_stream_v1.jsonl", (3, 0, 3, 2, 2)),
        ("faros_raas_stream_v3.jsonl", (103, 3, 103, 100, 4)),
        ("faros_raas_stream_v5_cycles.jsonl", (100, 0, 99, 12, 12)),
    ],
)
def test_reports_are_read_whole(tmp_path: Path, name: str, counts: tuple[int, ...]) -> None:
    """Counts are of people, departures (2020, 2022, 2050), people with a manager, managers, departments.

    Every Start_Date is an instant in UTC, none of them a midnight: whose day it is, only a zone tells.
    """
    path = report(tmp_path, name)
    undeclared = adapter.read_people(path, ImportOptions(source="workday"))
    read = adapter.read_people(path, ImportOptions(source="workday", time_zone="UTC"))

    assert (len(undeclared.records), {row.column for row in undeclared.rejected}) == (0, {"Start_Date"})
    assert len(undeclared.rejected) == counts[0]
    named = [record.managers[0].reference for record in read.records if record.managers]
    departures = sum(record.termination_date is not None for record in read.records)
    departments = {record.department_code for record in read.records} - {None}
    assert (read.rejected, read.skipped) == ((), ())
    assert (len(read.records), departures, len(named), len(set(named)), len(departments)) == counts


@pytest.mark.samples
@pytest.mark.parametrize("name", ["fivetran_workday_person_name_data.csv", "fivetran_workday_organization_data.csv"])
def test_tables_of_a_warehouse_are_no_report(name: str) -> None:
    with pytest.raises(InvalidInput, match="the file is no Workday custom report"):
        adapter.read_people(sample(name), ImportOptions(source="workday"))
