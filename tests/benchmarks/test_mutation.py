"""The list of survivors is held to what survives."""

import pytest

from mutation import Mutant, Verdicts, complaints_about, read_reasons, row_of, with_rows

LISTED = {"statistics.funnel": [{"function": "f", "was": "x < 1", "becomes": ["x <= 1", "x < 2"], "reason": "same"}]}
ONE, TWO = (Mutant("statistics.funnel", "f", "x < 1", text) for text in ("x <= 1", "x < 2"))


def verdicts(*survivors: Mutant) -> Verdicts:
    return Verdicts("statistics.funnel", "0a1b2c3d", 10, 2, frozenset(survivors), len(survivors))


def test_survivors_with_reasons_are_no_complaint() -> None:
    assert complaints_about(verdicts(ONE, TWO), read_reasons(LISTED)) == []


def test_a_survivor_without_a_reason_and_a_reason_without_a_survivor_are_told() -> None:
    three = Mutant("statistics.funnel", "f", "x < 1", "x > 1")

    assert complaints_about(verdicts(ONE, three), read_reasons(LISTED)) == [
        "survives without a reason: statistics.funnel, f\n    - x < 1\n    + x > 1",
        "listed, but does not survive: statistics.funnel, f\n    - x < 1\n    + x < 2",
    ]


def test_an_empty_reason_is_none() -> None:
    empty = read_reasons({"statistics.funnel": [LISTED["statistics.funnel"][0] | {"reason": " "}]})

    assert len(complaints_about(verdicts(ONE), empty)) == 1


def test_a_mutant_is_listed_once() -> None:
    twice = LISTED["statistics.funnel"] * 2

    with pytest.raises(SystemExit, match="lists a mutant twice"):
        read_reasons({"statistics.funnel": twice})


def test_rows_are_put_in_by_name_and_brought_up_to_date() -> None:
    page = (
        "| module |\n|---|---:|---:|---:|---:|---|\n| `domain.periods` | 5 | 5 | 0 | 0 | `1b2c3d4e` |\n"
        "| `statistics.funnel` | 1 | 1 | 0 | 0 | `2c3d4e5f` |\n\nend\n"
    )

    assert row_of(verdicts(ONE)) == "| `statistics.funnel` | 10 | 7 | 2 | 1 | `0a1b2c3d` |\n"
    assert with_rows(page, [verdicts(ONE)]) == page.replace(
        "| 1 | 1 | 0 | 0 | `2c3d4e5f` |", "| 10 | 7 | 2 | 1 | `0a1b2c3d` |"
    )
