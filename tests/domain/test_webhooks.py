"""When a message that did not arrive is sent again."""

from datetime import UTC, datetime, timedelta

import pytest

from appraise.domain.webhooks import next_try

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "chance", "seconds"),
    [
        pytest.param(1, 0.5, 5, id="the first pause, as it is"),
        pytest.param(1, 0.0, 4, id="a fifth less"),
        pytest.param(1, 1.0, 6, id="a fifth more"),
        pytest.param(2, 0.75, 330, id="the second pause, a tenth more"),
        pytest.param(7, 0.5, 36_000, id="the last pause"),
    ],
)
def test_pauses_grow_and_vary_by_a_fifth(tries: int, chance: float, seconds: float) -> None:
    assert next_try(tries, at=NOW, chance=chance) == NOW + timedelta(seconds=seconds)


def test_after_eight_tries_there_is_no_other() -> None:
    assert next_try(8, at=NOW, chance=0.5) is None
