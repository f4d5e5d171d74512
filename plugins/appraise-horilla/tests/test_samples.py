"""The demonstration's 126 people, written as Horilla's import file. The expected counts were taken from the fixtures alone."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from appraise.adapters.contract import ImportOptions
from appraise_horilla import adapter

SAMPLES = Path("../shared/samples/hris/horilla")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


def objects(name: str, model: str) -> dict[int, dict[str, Any]]:
    document = json.loads(sample(name).read_text(encoding="utf-8"))
    return {one["pk"]: one["fields"] for one in document if one["model"] == model}


@pytest.mark.samples
def test_the_people_of_the_demonstration_are_read(tmp_path: Path) -> None:
    """125 of 126 name one of 20 managers; one of them is his own."""
    people = objects("employee_info_data.json", "employee.employee")
    departments = objects("base_data.json", "base.department")
    work = objects("work_info_data.json", "employee.employeeworkinformation").values()
    names = {key: f"{one['employee_first_name']} {one['employee_last_name']}" for key, one in people.items()}
    path = tmp_path / "import.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["Badge ID", "First Name", "Last Name", "Email", "Department", "Reporting Manager", "Date Joining"]
        )
        for one in work:
            person = people[one["employee_id"]]
            writer.writerow(
                [
                    person["badge_id"],
                    person["employee_first_name"],
                    person["employee_last_name"],
                    person["email"],
                    departments[one["department_id"]]["department"],
                    names.get(one["reporting_manager_id"], ""),
                    one["date_joining"] or "",
                ]
            )

    read = adapter.read_people(path, ImportOptions(source="horilla"))

    name_of = {record.key.value: record.display_name.casefold() for record in read.records}
    named = {record.key.value: record.managers[0].reference.value for record in read.records if record.managers}
    assert (len(read.records), read.rejected, read.skipped) == (126, (), ())
    assert (len(named), len(set(named.values()))) == (125, 20)
    assert sum(name_of[key] == manager for key, manager in named.items()) == 1
    assert len({record.department_name for record in read.records}) == 6
    assert sum(record.hire_date is not None for record in read.records) == 76
