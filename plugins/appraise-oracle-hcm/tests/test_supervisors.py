"""Whose line has ended, or is to begin, is nobody's manager on the day of the import; nor is any whose days are unreadable."""

from datetime import date
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_oracle_hcm import adapter

LINES = """METADATA|Worker|SourceSystemId|EffectiveStartDate|PersonNumber|StartDate
MERGE|Worker|W3|2015/01/01|3|2015/01/01
MERGE|Worker|W4|2015/01/01|4|2015/01/01
MERGE|Worker|W5|2027/02/01|5|2027/02/01
METADATA|PersonName|EffectiveStartDate|PersonId(SourceSystemId)|NameType|LastName|FirstName
MERGE|PersonName|2015/01/01|W3|GLOBAL|Agent|Amy
MERGE|PersonName|2015/01/01|W4|GLOBAL|Agent|Bea
MERGE|PersonName|2015/01/01|W5|GLOBAL|Agent|Cem
METADATA|Assignment|EffectiveStartDate|PersonId(SourceSystemId)|AssignmentNumber|AssignmentStatusTypeCode
MERGE|Assignment|2015/01/01|W3|E3|ACTIVE_PROCESS
MERGE|Assignment|2015/01/01|W4|E4|ACTIVE_PROCESS
MERGE|Assignment|2027/02/01|W5|E5|ACTIVE_PROCESS
METADATA|AssignmentSupervisor|EffectiveStartDate|EffectiveEndDate|AssignmentNumber|ManagerAssignmentNumber|ManagerType
MERGE|AssignmentSupervisor|2015/01/01|2026/12/31|E3|E1|LINE_MANAGER
MERGE|AssignmentSupervisor|2027/01/01|4712/12/31|E3|E2|LINE_MANAGER
MERGE|AssignmentSupervisor|2015/01/01|2020/12/31|E4|E1|LINE_MANAGER
MERGE|AssignmentSupervisor|2027/02/01|4712/12/31|E5|E2|LINE_MANAGER
"""


@pytest.mark.parametrize(
    ("on", "managers"),
    [
        (date(2020, 12, 31), {"3": ["E1"], "4": ["E1"], "5": ["E2"]}),
        (date(2026, 12, 31), {"3": ["E1"], "4": [], "5": ["E2"]}),
        (date(2027, 1, 1), {"3": ["E2"], "4": [], "5": ["E2"]}),
    ],
    ids=["last day of one line", "last day of another", "first day of the next"],
)
def test_the_manager_is_who_is_it_on_the_day_or_on_the_hire_to_come(
    tmp_path: Path, on: date, managers: dict[str, list[str]]
) -> None:
    path = tmp_path / "Worker.dat"
    path.write_text(LINES)

    read = adapter.read_people(path, ImportOptions("oracle-hcm", as_of=on))

    assert {one.key.value: [named.reference.value for named in one.managers] for one in read.records} == managers


@pytest.mark.parametrize("as_of", [date(2026, 6, 1), None])
@pytest.mark.parametrize(
    ("line", "damaged", "column", "value"),
    [
        ("MERGE|Worker|W3|2015/01/01|", "MERGE|Worker|W3|2015/13/01|", "EffectiveStartDate", "2015/13/01"),
        ("Assignment|2015/01/01|W3", "Assignment|01/02/2015|W3", "EffectiveStartDate", "01/02/2015"),
        ("2027/01/01|4712/12/31|E3", "soon|4712/12/31|E3", "EffectiveStartDate", "soon"),
        ("2015/01/01|2026/12/31|E3", "2015/01/01|2026/02/30|E3", "EffectiveEndDate", "2026/02/30"),
    ],
    ids=["worker", "job", "manager begins", "manager ends"],
)
def test_whoever_has_an_unreadable_day_is_rejected_where_it_stands(
    tmp_path: Path, line: str, damaged: str, column: str, value: str, as_of: date | None
) -> None:
    """Nothing else tells which job or which manager holds; the others are read as before."""
    assert LINES.count(line) == 1
    path = tmp_path / "Worker.dat"
    path.write_text(LINES.replace(line, damaged))

    read = adapter.read_people(path, ImportOptions("oracle-hcm", as_of=as_of))

    number = next(n for n, text in enumerate(LINES.splitlines(), start=1) if line in text)
    [rejected] = read.rejected
    assert (rejected.file, rejected.row, rejected.column, rejected.value) == ("Worker.dat", number, column, value)
    assert rejected.reason == (
        "not a day in the format %Y/%m/%d, and it decides what holds of the person of line 2, who is left out"
    )
    assert [one.key.value for one in read.records] == ["4", "5"]
    assert read.skipped == ()


def test_a_file_of_nobody_else_is_still_a_file_of_workers(tmp_path: Path) -> None:
    path = tmp_path / "Worker.dat"
    path.write_text(
        "METADATA|Worker|EffectiveStartDate|PersonNumber\nMERGE|Worker|today|3\n"
        "METADATA|PersonName|EffectiveStartDate|PersonNumber|LastName\nMERGE|PersonName|never|3|Agent\n"
    )

    read = adapter.read_people(path, ImportOptions("oracle-hcm"))

    assert [(one.row, one.value) for one in read.rejected] == [(2, "today"), (4, "never")]
    assert read.records == ()


@pytest.mark.parametrize("blank", ["", "#NULL", "0000/00/00", "4712/12/31", "9999/12/31"])
def test_a_blank_end_is_none(tmp_path: Path, blank: str) -> None:
    path = tmp_path / "Worker.dat"
    path.write_text(LINES.replace("2027/01/01|4712/12/31|E3", f"2027/01/01|{blank}|E3"))

    read = adapter.read_people(path, ImportOptions("oracle-hcm", as_of=date(2027, 1, 1)))

    assert [one.reference.value for one in read.records[0].managers] == ["E2"]
    assert read.rejected == ()


def test_a_time_zone_that_there_is_not_is_named(tmp_path: Path) -> None:
    path = tmp_path / "Worker.dat"
    path.write_text(LINES.replace("|2015/01/01\n", "|2015-01-01T22:00:00Z\n"))
    options = ImportOptions("oracle-hcm", as_of=date(2026, 6, 1), time_zone="Europe/Belin")

    with pytest.raises(InvalidInput, match="no time zone named 'Europe/Belin'"):
        adapter.read_people(path, options)
