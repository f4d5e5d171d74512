"""What state an import is in, and what can be done with it then."""

from datetime import UTC, datetime
from typing import Any

import pytest

from appraise.domain.identifiers import JobId
from appraise.domain.imports import Stage, load_of, may_apply, may_undo, names_sql, stage_of, state_of
from appraise.domain.jobs import Asker, Job, JobKind, JobState

LOADED = {"applied": {"events": {"loadId": "l-1"}}}
REFUSED = {"applied": {"events": {"loadId": "l-1", "refused": True}}}


def job(stage: str, state: JobState, outcome: dict[str, Any] | None = None) -> Job:
    return Job(
        JobId("j"),
        JobKind.IMPORT,
        "employee:hal",
        Asker("hal", None, None),
        {"stage": stage},
        datetime(2026, 1, 15, tzinfo=UTC),
        state,
        outcome=outcome,
    )


# stage and state of the job: (the import's state, can be applied, can be undone where it loaded events)
KNOWN = {
    ("plan", "WAITING"): ("PLANNING", False, False),
    ("plan", "RUNNING"): ("PLANNING", False, False),
    ("plan", "DONE"): ("PLANNED", True, False),
    ("plan", "FAILED"): ("FAILED", False, False),
    ("plan", "EXPIRED"): ("EXPIRED", False, False),
    ("apply", "WAITING"): ("APPLYING", False, False),
    ("apply", "RUNNING"): ("APPLYING", False, False),
    ("apply", "DONE"): ("APPLIED", False, True),
    ("apply", "FAILED"): ("FAILED", True, False),
    ("apply", "EXPIRED"): ("EXPIRED", False, False),
    ("undo", "WAITING"): ("UNDOING", False, False),
    ("undo", "RUNNING"): ("UNDOING", False, False),
    ("undo", "DONE"): ("UNDONE", False, False),
    ("undo", "FAILED"): ("FAILED", False, True),
    ("undo", "EXPIRED"): ("EXPIRED", False, False),
}


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("stage", Stage)
def test_an_import_is_what_its_job_did_last(stage: Stage, state: JobState) -> None:
    one = job(stage.value, state, LOADED)

    assert stage_of(one) is stage
    assert (state_of(one).value, may_apply(one), may_undo(one)) == KNOWN[stage.value, state.value]


@pytest.mark.parametrize(
    ("outcome", "load"),
    [
        (None, None),
        ({}, None),
        ({"applied": {"people": {}}}, None),
        (LOADED, "l-1"),
        (REFUSED, None),
        ({"planned": {"events": {"loadId": "l-1"}}}, None),
    ],
)
def test_only_events_that_were_loaded_can_be_undone(outcome: dict[str, Any] | None, load: str | None) -> None:
    one = job("apply", JobState.DONE, outcome)

    assert load_of(one) == load
    assert may_undo(one) is (load is not None)


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ({"columns": {"id": "Id"}, "zone": "UTC"}, None),
        ({"sql": "select 1"}, "sql"),
        ({"columns": {"id": {"prepare": ""}}}, "prepare"),
        ({"files": ["a", {"only": "x"}]}, "only"),
        ({"files": [["a"], [{"b": "c"}, {"skip": None}]]}, "skip"),
        ({"a": {"b": "sql"}}, None),
        ("sql", None),
        (None, None),
    ],
)
def test_sql_is_found_however_deep(mapping: object, key: str | None) -> None:
    assert names_sql(mapping) == key
