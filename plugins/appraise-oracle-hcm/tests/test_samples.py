"""Files of Oracle's documents and others'. The expected values were taken by looking at them."""

from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_oracle_hcm import adapter

SAMPLES = Path("../shared/samples/hris/oracle_hcm")
OPTIONS = ImportOptions(source="oracle-hcm")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_the_smallest_worker_is_read() -> None:
    read = adapter.read_people(sample("hdl_worker_minimum.dat"), OPTIONS)

    (worker,) = read.records
    assert (worker.key.value, worker.display_name, str(worker.hire_date)) == ("PER_111", "Hood Robin", "2019-02-18")
    assert (worker.managers, read.rejected, read.skipped, read.complete) == ((), (), (), False)


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("hdl_worker_manager_change_oracle_docs.dat", "it has Assignment, AssignmentSupervisor, WorkTerms"),
        ("hdl_jobs_oracle_docs.dat", "it has Job"),
        ("hdl_TalentProfile_performance_rating.dat", "it has ProfileItem"),
    ],
)
def test_files_that_show_nobody_are_refused_with_what_they_hold(name: str, kinds: str) -> None:
    with pytest.raises(InvalidInput, match=f"it has no Worker; {kinds}"):
        adapter.read_people(sample(name), OPTIONS)
