"""Whose line has ended, or is to begin, is nobody's manager on the day of the import."""

from datetime import date
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
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
