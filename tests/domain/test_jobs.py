"""What a job says of itself at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from appraise.domain.identifiers import JobId
from appraise.domain.jobs import Asker, Job, JobKind, JobState

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ASKER = Asker("reports", None, None)


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
    def at(state: JobState) -> Job:
        wanted = {"kind": "AUDIT"}
        return Job(JobId("j"), JobKind.EXPORT, "service:reports", ASKER, wanted, NOW, state, expires_at=expires, done=7)

    assert at(state).as_of(NOW) == at(then)
