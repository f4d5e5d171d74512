"""The vendor's own sample replies. The expected counts were taken with the json module alone."""

from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_adp import adapter

SAMPLES = Path("../shared/samples/hris/adp_wfn")
OPTIONS = ImportOptions(source="adp")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "counts", "repeated"),
    [
        ("ihcm_hr_workers-v2_success_Retrieve-all-workers-details-http-200-response.json", (99, 55, 11, 10), 0),
        (
            "ihcm_hr_workers-v2-demographics_success_workers-v2-demographics-all-workers-http-200-response.json",
            (99, 89, 27, 1),
            4,
        ),
    ],
)
def test_whole_replies_are_read(name: str, counts: tuple[int, ...], repeated: int) -> None:
    """Counts are of workers, workers with a manager, managers, departments; one worker has two unlike assignments."""
    read = adapter.read_people(sample(name), OPTIONS)

    managers = [record.managers[0].reference.value for record in read.records if record.managers]
    departments = {record.department_code for record in read.records} - {None}
    assert (len(read.records), len(managers), len(set(managers)), len(departments)) == counts
    assert [row.column for row in read.rejected] == ["workAssignments"]
    assert [row.reason for row in read.skipped] == ["repeats another row of the person"] * repeated


@pytest.mark.samples
def test_a_worker_whose_end_is_in_2099_has_none_and_manages_himself() -> None:
    name = "workforce_hr_workers-v2_success_Retrieve-single-associate-details-http-200-response.json"

    (worker,) = adapter.read_people(sample(name), OPTIONS).records

    assert (worker.key.value, worker.termination_date, worker.department_name) == (
        "000001",
        None,
        "Corporate Headquarter",
    )
    assert worker.managers[0].reference == worker.key


@pytest.mark.samples
@pytest.mark.parametrize(
    "name",
    [
        "workforce_core_success_core-organization-departments-http-200-response.json",
        "workforce_hr_workers-v2_success_event-notification-worker-hire.read-http-200-response.json",
    ],
)
def test_departments_and_events_are_no_workers(name: str) -> None:
    with pytest.raises(InvalidInput, match="the file is no list of ADP workers"):
        adapter.read_people(sample(name), OPTIONS)
