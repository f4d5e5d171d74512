"""Which revision of a section counts, and which one did at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from appraise.domain.identifiers import CycleId, EmployeeId, RunId, SectionId
from appraise.domain.revisions import SectionRevision, as_of, revisions
from appraise.domain.section_states import SectionState
from appraise.domain.sections import Section

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FINAL, DRAFT = SectionState.FINALISED, SectionState.DRAFT


def section(revision: int, state: SectionState) -> Section:
    return Section(
        SectionId("s"), EmployeeId("ann"), CycleId("c"), RunId("r"), state, version=1, revision=revision, items=()
    )


@pytest.mark.parametrize(
    ("states", "superseded"),
    [
        pytest.param([DRAFT], [False], id="the only one"),
        pytest.param([FINAL, DRAFT], [False, False], id="the last final one counts while another is written"),
        pytest.param([FINAL, FINAL], [True, False], id="a later one is final"),
        pytest.param([FINAL, FINAL, DRAFT], [True, False, False], id="one between is final"),
    ],
)
def test_a_revision_is_superseded_by_a_later_final_one(states: list[SectionState], superseded: list[bool]) -> None:
    *earlier, current = (section(number, state) for number, state in enumerate(states, start=1))
    ends = [NOW + timedelta(days=number) for number in range(len(earlier))]
    kept = list(zip(earlier, ends, strict=True))

    assert revisions(current, kept[::-1]) == tuple(
        SectionRevision(one, end, gone)
        for one, end, gone in zip([*earlier, current], [*ends, None], superseded, strict=True)
    )


def test_the_revision_of_a_time_is_the_one_that_had_not_ended() -> None:
    first, second = SectionRevision(section(1, FINAL), NOW), SectionRevision(section(2, DRAFT), None)

    assert as_of([first, second], NOW - timedelta(seconds=1)) is first
    assert as_of([first, second], NOW) is second
