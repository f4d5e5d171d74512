"""What a job says of itself at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from appraise.domain.identifiers import EmployeeId, JobId
from appraise.domain.jobs import Asker, Job, JobKind, JobState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ASKER = Asker("reports", None, None)


def test_an_asker_has_the_key_of_the_principal() -> None:
    assert ASKER.key == "service:reports"
    assert Asker("Ann", EmployeeId("e1"), None).key == "employee:e1"


@pytest.mark.parametrize(
    ("state", "expires", "then"),
    [
        pytest.param(JobState.DONE, NOW + timedelta(seconds=1), JobState.DONE, id="not yet over"),
        pytest.param(JobState.DONE, NOW, JobState.EXPIRED, id="over now"),
        pytest.param(JobState.DONE, None, JobState.DONE, id="kept for good"),
        pytest.param(JobState.FAILED, NOW, JobState.FAILED, id="there was nothing to clear away"),
    ],
)
def test_what_a_job_gave_counts_until_its_time_is_over(
    state: JobState, expires: datetime | None, then: JobState
) -> None:
    job = Job(JobId("j"), JobKind.EXPORT, ASKER, {"kind": "AUDIT"}, NOW, state, expires_at=expires, done=7)

    assert job.as_of(NOW) == Job(
        JobId("j"), JobKind.EXPORT, ASKER, {"kind": "AUDIT"}, NOW, then, expires_at=expires, done=7
    )
