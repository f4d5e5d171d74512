"""Days that count, counted on a calendar."""

from datetime import date, timedelta

import pytest

from appraise.domain.clocks import due_on
from appraise.domain.periods import Period

START = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("days", "pauses", "due"),
    [
        pytest.param(0, [], date(2026, 3, 1), id="none"),
        pytest.param(1, [], date(2026, 3, 2), id="the next day"),
        pytest.param(31, [], date(2026, 4, 1), id="a month"),
        pytest.param(3, [(date(2026, 3, 2), date(2026, 3, 5))], date(2026, 3, 7), id="away from the first day on"),
        pytest.param(
            3,
            [(date(2026, 3, 3), date(2026, 3, 5)), (date(2026, 3, 6), date(2026, 3, 7))],
            date(2026, 3, 7),
            id="away twice",
        ),
        pytest.param(3_660, [], START + timedelta(days=3_660), id="the longest"),
        pytest.param(3_661, [], None, id="beyond it"),
        pytest.param(1, [(START, None)], None, id="away for good"),
    ],
)
def test_the_last_of_so_many_days_that_lie_in_no_pause(
    days: int, pauses: list[tuple[date, date | None]], due: date | None
) -> None:
    assert due_on(START, days, (Period(*pause) for pause in pauses)) == due
