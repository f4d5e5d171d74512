"""What the shared reader of people does with whole files: see `test_people_quirks` for what it does with rows."""

from dataclasses import replace
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.documents import read_xml
from appraise.adapters.names import turned
from appraise.adapters.people import ManagerColumn, PeopleFormat, object_rows, people_of
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.errors import InvalidInput

POSTS = PeopleFormat(
    title="list of posts",
    columns={"id": ("id",), "display_name": ("name",), "post": ("post",), "boss": ("boss",), "status": ("status",)},
    ids={"id": "id"},
    statuses={"active": EmploymentStatus.ACTIVE, "left": EmploymentStatus.TERMINATED},
    managers=(ManagerColumn("boss", "post"),),
    positions={"post": "post"},
)


def read(*people: dict[str, str]) -> ReadPeople:
    return people_of(object_rows(people), POSTS, ImportOptions(source="hr"), Path("list.json"))


def person(key: str, post: str, boss: str = "", status: str = "active") -> dict[str, str]:
    return {"id": key, "name": f"P {key}", "post": post, "boss": boss, "status": status}


def managers(people: ReadPeople) -> list[str]:
    return [f"{one.reference.namespace}={one.reference.value}" for record in people.records for one in record.managers]


def test_a_manager_named_by_post_is_whoever_holds_it_alone() -> None:
    assert managers(read(person("1", "lead"), person("2", "agent", boss="lead"))) == ["hr:id=1"]


def test_a_post_that_somebody_left_is_held_by_who_came_after() -> None:
    people = read(person("1", "lead", status="left"), person("3", "lead"), person("2", "agent", boss="lead"))

    assert managers(people) == ["hr:id=3"]


@pytest.mark.parametrize("second", ["lead", "other"])
def test_a_post_of_several_or_of_nobody_stays_what_was_written(second: str) -> None:
    boss = "lead" if second == "lead" else "vacant"

    assert managers(read(person("1", "lead"), person("3", second), person("2", "agent", boss=boss))) == [
        f"hr:post={boss}"
    ]


def test_a_post_is_no_reference_of_who_holds_it() -> None:
    assert ExternalReference("hr:post", "lead") not in read(person("1", "lead")).records[0].references


def test_columns_of_which_no_row_has_a_value_are_told() -> None:
    blank = read({"id": "1", "name": "Ann"})

    assert blank.warnings == (
        "no column tells who has left: everybody in the file is taken to be employed",
        "no row has manager: not selected for the export, or hidden from who exported it",
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Lee, Ann", "Ann Lee"),
        ("Ann Lee", "Ann Lee"),
        ("Lee, Jr., Bob", "Bob Lee, Jr."),
        ("Bob Lee, Jr.", "Bob Lee, Jr."),
        ("  van  Dyk ,  Jo ", "Jo van Dyk"),
        ("Zoë", "Zoë"),
    ],
)
def test_a_name_is_turned_at_its_comma(written: str, name: str) -> None:
    assert turned(written) == name


def test_an_xml_document_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>', encoding="utf-8")

    with pytest.raises(InvalidInput, match="the XML declares a document type"):
        read_xml(path, "report")


@pytest.mark.parametrize("content", ["<r><a></r>", "<r>"])
def test_a_damaged_xml_document_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "report.xml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(InvalidInput, match="the XML cannot be read"):
        read_xml(path, "report")


@pytest.mark.parametrize(
    ("others", "found"),
    [
        pytest.param(["102"], ["hr:id=102"], id="plainly this one"),
        pytest.param(["102", "0102"], [], id="two that a spreadsheet writes alike"),
        pytest.param(["102", "102.0"], [], id="one that it has written so: it may have been 0102"),
    ],
)
def test_a_manager_s_id_that_a_spreadsheet_made_a_number_is_believed_where_it_can_be_but_one(
    others: list[str], found: list[str]
) -> None:
    by_id = replace(POSTS, managers=(ManagerColumn("boss", "id"),))
    rows = object_rows([person("7", "agent", boss="102.0"), *(person(key, "lead") for key in others)])

    people = people_of(rows, by_id, ImportOptions(source="hr"), Path("list.json"))

    assert managers(people) == found
    assert ("102.0" in [one.value for one in people.rejected]) is (found == [])


@pytest.mark.parametrize(
    ("others", "found"),
    [
        pytest.param(["1234567890123456789"], [], id="somebody whose id begins so"),
        pytest.param(["1234567890123450000", "1234567890123456789"], ["hr:id=1234567890123450000"], id="their own"),
        pytest.param(
            ["2234567890123456789"], ["hr:id=1234567890123450000"], id="of another file, for all that is seen"
        ),
    ],
)
def test_a_manager_s_rounded_id_is_refused_where_it_may_be_somebody_s(others: list[str], found: list[str]) -> None:
    by_id = replace(POSTS, managers=(ManagerColumn("boss", "id"),))
    rows = object_rows([person("7", "agent", boss="1234567890123450000"), *(person(key, "lead") for key in others)])

    people = people_of(rows, by_id, ImportOptions(source="hr"), Path("list.json"))

    assert managers(people) == found
    assert [one.row for one in people.rejected] == ([] if found else [1])
