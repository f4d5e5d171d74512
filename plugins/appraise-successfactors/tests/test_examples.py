from datetime import date
from pathlib import Path

from appraise.testing.tiny_company import tiny_company
from appraise_successfactors import adapter


def test_each_snapshot_is_a_file_with_two_header_rows_and_its_day(tmp_path: Path) -> None:
    first, second = adapter.write_example(tiny_company(), tmp_path)

    lines = second.path.read_bytes().decode().split("\r\n")
    assert [example.options.as_of for example in (first, second)] == [date(2025, 1, 1), date(2026, 1, 1)]
    assert lines[0].startswith("STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,MI,GENDER,EMAIL,MANAGER,HR,DEPARTMENT,")
    assert lines[1].startswith("STATUS,USERID,Username,First Name,Last Name,Middle Name,Gender,Email,Manager,")
    assert [line.count(",") for line in lines[:-1]] == [47] * 6
    assert lines[2] == (
        "active,04111,ada,Ada,Árva,,,ada@example.com,NO_MANAGER,NO_HR,Service desk,,,,Europe/Berlin,2015-01-01,E0001,"
        "Director,,,,,,,,,,,,1,,,,,,,,,,,,,,NO_MANAGER,en_GB,,,"
    )
    assert lines[5].startswith("inactive,4113,dan,Dan,Day,,,dan@example.com,04112,")


def test_the_change_of_manager_shows_between_the_snapshots(tmp_path: Path) -> None:
    managers = [
        {record.key.value: record.managers[0].reference.value for record in people.records if record.managers}
        for people in (
            adapter.read_people(example.path, example.options)
            for example in adapter.write_example(tiny_company(), tmp_path)
        )
    ]

    assert managers == [
        {"04112": "04111", "00007": "04112", "4113": "04112"},
        {"04112": "04111", "00007": "04111", "4113": "04112"},
    ]


def test_the_custom_column_names_the_agent_and_the_level(tmp_path: Path) -> None:
    example = next(iter(adapter.write_example(tiny_company(), tmp_path)))

    cleo = adapter.read_people(example.path, example.options).records[2]

    assert [reference.value for reference in cleo.references if reference.namespace == "zendesk:agent"] == ["903"]
    assert cleo.attributes == (("level", "4"),)
