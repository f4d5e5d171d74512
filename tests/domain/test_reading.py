"""A scoring run as it must be taken at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appraise.domain.cursors import cursor
from appraise.domain.identifiers import CycleId, RunId
from appraise.domain.reading import Page, Progress, RunState, ScoringRun

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNNING = ScoringRun(RunId("r"), CycleId("c"), START, None, RunState.RUNNING, None, ())
SIGN_OF_LIFE = START + timedelta(hours=1)
AT_WORK = replace(RUNNING, progress=Progress("reading", 1, 2, SIGN_OF_LIFE))


@pytest.mark.parametrize(("run", "alive_at"), [(RUNNING, START), (AT_WORK, SIGN_OF_LIFE)])
def test_a_run_that_gave_no_sign_of_life_for_over_two_minutes_has_failed_then(
    run: ScoringRun, alive_at: datetime
) -> None:
    two_minutes = alive_at + timedelta(minutes=2)

    assert run.as_of(two_minutes) is run
    assert run.as_of(two_minutes + timedelta(microseconds=1)) == replace(
        run, state=RunState.FAILED, finished_at=alive_at
    )


@pytest.mark.parametrize("state", [RunState.DONE, RunState.FAILED])
def test_a_run_that_has_ended_stays_as_it_ended(state: RunState) -> None:
    ended = replace(AT_WORK, state=state, finished_at=SIGN_OF_LIFE)

    assert ended.as_of(SIGN_OF_LIFE + timedelta(days=1)) is ended


def test_a_page_has_a_cursor_for_each_of_its_items() -> None:
    page = Page(("a", "b"), (("2026-01-01", "x"), ("2026-01-02", "y")), has_next=True)

    assert [page.cursor(0), page.cursor(1), page.end_cursor] == [
        cursor("2026-01-01", "x"),
        cursor("2026-01-02", "y"),
        cursor("2026-01-02", "y"),
    ]
    assert Page((), (), has_next=False).end_cursor is None
