from datetime import date
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, PeopleRecord, RejectedRow
from appraise.domain.damaged_ids import MADE_A_NUMBER
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.errors import InvalidInput
from appraise_csv import adapter

MAPPING = """
kind = "people"
date_format = "%d/%m/%Y"
name_order = "last, first"

[columns]
key = "EmpID"
display_name = "Employee_Name"
email = "Mail"
manager = "ManagerName"
dotted_manager = "Project lead"
job_title = "Position"
department_name = "Department"
status = "State of employment"
hire_date = "Hired"
termination_date = "Left"

[key]
namespace = "payroll:number"

[manager]
kind = "name"
name_order = "last, first"
absent = ["Board of Directors"]

[dotted_manager]
kind = "email"

[words.status]
"Active" = "active"
"Voluntarily Terminated" = "terminated"

[references]
"zendesk:agent" = "Zendesk"

[attributes]
level = "Grade"
"""
PLAIN = 'kind = "people"\n[columns]\nkey = "id"\ndisplay_name = "name"\n'
HEADER = "EmpID,Employee_Name,Mail,ManagerName,Project lead,Position,Department,State of employment,Hired,Left,Zendesk,Grade,SSN"


def read(directory: Path, mapping: str | None, *rows: str, **options: object) -> ReadPeople:
    (directory / "people.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    if mapping is not None:
        (directory / "people.toml").write_text(mapping, encoding="utf-8")
        options["mapping"] = directory / "people.toml"
    return adapter.read_people(directory / "people.csv", ImportOptions(source="payroll", **options))  # type: ignore[arg-type]


def test_a_mapped_row_becomes_one_record(tmp_path: Path) -> None:
    read_people = read(
        tmp_path,
        MAPPING,
        HEADER,
        '00042,"Adinolfi, Wilson  K",W@Example.org,"Albert, Michael",pm@example.org,Clerk,Sales,active,01/02/2020,31/12/2099,900,3,1-2-3',
    )

    assert read_people == ReadPeople(
        records=(
            PeopleRecord(
                key=ExternalReference("payroll:number", "00042"),
                references=(
                    ExternalReference("payroll:number", "00042"),
                    ExternalReference("zendesk:agent", "900"),
                    ExternalReference("email", "w@example.org"),
                    ExternalReference("name", "wilson k adinolfi"),
                ),
                display_name="Wilson K Adinolfi",
                status=EmploymentStatus.ACTIVE,
                row=2,
                email="W@Example.org",
                job_title="Clerk",
                department_code="Sales",
                department_name="Sales",
                hire_date=date(2020, 2, 1),
                managers=(
                    ManagerReference(ExternalReference("name", "michael albert")),
                    ManagerReference(ExternalReference("email", "pm@example.org"), ReportingKind.DOTTED),
                ),
                attributes=(("level", "3"),),
            ),
        ),
        rejected=(),
        unmapped_columns=("SSN",),
        told=frozenset(
            ["job_title", "department", "managers", "dotted_managers", "status", "termination_date", "attribute.level"],
        ),
    )


def test_the_board_of_directors_is_nobody(tmp_path: Path) -> None:
    people = read(tmp_path, MAPPING, HEADER, '1,"King, Janet",,board of directors,,,,Active,,,,,')

    assert people.records[0].managers == ()


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        (',"A, B",,,,,,Active,,,,,', "EmpID", None, "the person has no id"),
        ("1,,,,,,,Active,,,,,", "Employee_Name", None, "the person has no name"),
        ('5480.0,"A, B",,,,,,Active,,,,,', "EmpID", "5480.0", MADE_A_NUMBER),
        ('1,"A, B",,,,,,Active,,,5.48E+03,,', "Zendesk", "5.48E+03", MADE_A_NUMBER),
        (
            '1,"A, B",,,,,,On parole,,,,,',
            "State of employment",
            "On parole",
            (
                "this status is not known (active, voluntarily terminated); say what it means by a setting such as"
                " status.on parole=active"
            ),
        ),
        ('1,"A, B",,,,,,Active,13/13/2020,,,,', "Hired", "13/13/2020", "not a day in the format %d/%m/%Y"),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected_with_its_column(
    tmp_path: Path, row: str, column: str, value: str | None, reason: str
) -> None:
    people = read(tmp_path, MAPPING, HEADER, row)

    assert (people.records, people.rejected) == ((), (RejectedRow("people.csv", 2, column, value, reason),))


RATINGS = """
    kind = "people"
    [columns]
    key = "agent"
    display_name = "agent"
    manager = "lead"
"""


def test_a_table_of_something_else_gives_each_of_its_people_once(tmp_path: Path) -> None:
    people = read(tmp_path, RATINGS, "agent,lead,score", "Ann,Zoe,5", "Bob,Zoe,1", "Ann,Zoe,3")

    assert [(record.row, record.display_name) for record in people.records] == [(2, "Ann"), (3, "Bob")]
    assert people.rejected == ()
    assert people.skipped == (RejectedRow("people.csv", 4, None, "Ann", "repeats another row of the person"),)


def test_rows_that_contradict_one_another_are_all_rejected(tmp_path: Path) -> None:
    people = read(tmp_path, RATINGS, "agent,lead,score", "Ann,Zoe,5", "Ann,Yves,3")

    reason = "rows 2, 3 say different things of this person (managers), and nothing tells which holds"
    assert people.rejected == tuple(RejectedRow("people.csv", row, None, "Ann", reason) for row in (2, 3))


def test_settings_say_more_than_the_mapping(tmp_path: Path) -> None:
    people = read(
        tmp_path,
        PLAIN + '[words.status]\nHere = "active"\n',
        "id,name,state,agent",
        "7,Ann,Away,9",
        settings={"column.status": "state", "status.Away": "leave", "reference.agent": "desk:agent"},
    )

    assert people.records[0].status is EmploymentStatus.LEAVE
    assert ExternalReference("desk:agent", "9") in people.records[0].references


def test_a_manager_may_be_named_by_another_id_than_the_persons_key(tmp_path: Path) -> None:
    mapping = """
        kind = "people"
        [columns]
        key = "login"
        display_name = "login"
        manager = "parent"
        [manager]
        namespace = "warehouse:row"
        [references]
        "warehouse:row" = "row"
    """
    people = read(tmp_path, mapping, "login,row,parent", "ann,7,3")

    assert people.records[0].managers == (ManagerReference(ExternalReference("warehouse:row", "3")),)


def test_rows_that_are_periods_may_repeat_a_person(tmp_path: Path) -> None:
    mapping = """
        kind = "people"
        effective_to_is_last_day = true
        [columns]
        key = "id"
        display_name = "name"
        effective_from = "from"
        effective_to = "to"
    """
    people = read(tmp_path, mapping, "id,name,from,to", "7,Ann,2024-01-01,2024-06-30", "7,Ann,2024-07-01,4712-12-31")

    assert [(record.effective_from, record.effective_to) for record in people.records] == [
        (date(2024, 1, 1), date(2024, 7, 1)),
        (date(2024, 7, 1), None),
    ]


def test_a_period_that_ends_before_it_starts_is_rejected(tmp_path: Path) -> None:
    people = read(tmp_path, None, "key,display_name,effective_from,effective_to", "7,Ann,2024-07-01,2024-06-30")

    assert [row.reason for row in people.rejected] == ["the period ends before it starts"]


@pytest.mark.parametrize(
    "sentinel", ["", "0000-00-00", "9999-12-31", "4712-12-31", "2099-12-31", "1900-01-01", "0000-00-00 00:00:00"]
)
def test_a_sentinel_day_is_no_day(tmp_path: Path, sentinel: str) -> None:
    people = read(tmp_path, None, "key,display_name,termination_date", f"7,Ann,{sentinel}")

    assert (people.records[0].termination_date, people.records[0].status) == (None, EmploymentStatus.ACTIVE)


def test_without_a_status_whoever_has_left_by_the_day_of_the_snapshot_is_terminated(tmp_path: Path) -> None:
    people = read(
        tmp_path,
        None,
        "key,display_name,termination_date",
        "7,Ann,2025-12-31",
        "8,Bob,2026-01-02T00:00:00+05:30",
        as_of=date(2026, 1, 1),
    )

    assert [record.status for record in people.records] == [EmploymentStatus.TERMINATED, EmploymentStatus.ACTIVE]
    assert people.records[1].termination_date == date(2026, 1, 2)


def test_our_own_column_names_need_no_mapping(tmp_path: Path) -> None:
    people = read(
        tmp_path,
        None,
        "Key,given_name,Family_Name,manager,reference.zendesk:agent,attribute.level",
        "007,Ann,Lee,001,9,4",
    )

    assert people.records[0] == PeopleRecord(
        key=ExternalReference("payroll:key", "007"),
        references=(
            ExternalReference("payroll:key", "007"),
            ExternalReference("zendesk:agent", "9"),
            ExternalReference("name", "ann lee"),
        ),
        display_name="Ann Lee",
        status=EmploymentStatus.ACTIVE,
        row=2,
        managers=(ManagerReference(ExternalReference("payroll:key", "001")),),
        attributes=(("level", "4"),),
    )
    assert people.warnings == ("no column tells who has left: everybody in the file is taken to be employed",)


@pytest.mark.parametrize(
    ("name", "content", "holds"),
    [
        ("people.csv", b"Key,Display_Name\n7,Ann\n", True),
        ("people.jsonl", b'{"key": "7", "given_name": "Ann"}\n{"key": "8", "given_name": "Bo"}\n', True),
        ("ratings.csv", b"event_id,occurred_at,customer_key,score\n7,2025-01-01,c,5\n", False),
        ("other.csv", b"key,value\n7,Ann\n", False),
        ("empty.csv", b"", False),
        ("events.gz", b"\x1f\x8b\x08", False),
    ],
)
def test_without_a_mapping_the_columns_tell_whether_there_are_people(
    tmp_path: Path, name: str, content: bytes, holds: bool
) -> None:
    (tmp_path / name).write_bytes(content)

    assert adapter.holds_people(tmp_path / name, ImportOptions(source="hr")) is holds


OURS = (
    "key_namespace,key,display_name,status,ended_as,effective_from,effective_to,termination_date,manager,dotted_manager"
)


def test_a_table_of_ours_tells_what_every_id_and_every_end_is(tmp_path: Path) -> None:
    people = read(
        tmp_path,
        None,
        OURS + ",reference.email",
        'hr:id,007,\'=Ann,leave,retired,2024-01-01,2024-07-01,2024-06-30,hr:id=1=2,"crm:no=5\nemail=B@x.org","a@x.org\nb@x.org"',
        "hr:number,8,Bo,active,,2024-01-01,,,,,",
        "hr:number,8,Bo,leave,,2024-01-01,,,,,",
    )

    ann, *bo = people.records
    assert (ann.key, ann.display_name) == (ExternalReference("hr:id", "007"), "=Ann")
    assert (ann.status, ann.ended_as) == (EmploymentStatus.LEAVE, EmploymentStatus.RETIRED)
    assert ann.managers == (
        ManagerReference(ExternalReference("hr:id", "1=2")),
        ManagerReference(ExternalReference("crm:no", "5"), ReportingKind.DOTTED),
        ManagerReference(ExternalReference("email", "b@x.org"), ReportingKind.DOTTED),
    )
    assert {ExternalReference("email", one) for one in ("a@x.org", "b@x.org")} <= set(ann.references)
    assert [(one.key.namespace, one.status.value) for one in bo] == [("hr:number", "active"), ("hr:number", "leave")]


def test_kinds_of_ids_and_attributes_may_be_called_as_our_columns_are(tmp_path: Path) -> None:
    people = read(
        tmp_path,
        None,
        "key,display_name,email,status,reference.email,attribute.status",
        "7,Ann,a@x.org,active,old@x.org,probation",
    )

    [ann] = people.records
    assert (ann.email, ann.status, ann.attributes) == ("a@x.org", EmploymentStatus.ACTIVE, (("status", "probation"),))
    assert {ExternalReference("email", one) for one in ("a@x.org", "old@x.org")} <= set(ann.references)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("hr:id,7,Ann,active,retired,2024-01-01,,,,", "ended_as", "one of them is missing"),
        (
            "hr:id,7,Ann,active,active,2024-01-01,,2024-06-30,,",
            "ended_as",
            "a job ends as deceased, retired, terminated",
        ),
        (
            "hr:id,7,Ann,active,,2024-01-01,,,0001,",
            "manager",
            "the manager is not told as NAMESPACE=VALUE, e.g. hr:id=0007",
        ),
    ],
)
def test_a_row_of_ours_that_cannot_be_taken_is_rejected(tmp_path: Path, row: str, column: str, reason: str) -> None:
    [rejected] = read(tmp_path, None, OURS, row).rejected

    assert (rejected.column, reason in rejected.reason) == (column, True)


def test_a_mapped_column_that_is_missing_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(tmp_path, MAPPING, HEADER.replace("Position", "Positions"))

    assert refusal.value.hint == "'Position' may be what the file calls 'Positions'"


def test_a_mapping_of_events_does_not_read_people(tmp_path: Path) -> None:
    mapping = 'kind = "customers"\n[columns]\nevent_id="a"\noccurred_at="b"\ncustomer_key="c"\n'

    with pytest.raises(InvalidInput, match="the mapping is one of customers"):
        read(tmp_path, mapping, "a,b,c")


def test_a_day_written_as_a_moment_in_utc_is_that_of_the_declared_zone(tmp_path: Path) -> None:
    mapping = f'{PLAIN}hire_date = "since"\n'

    people = read(tmp_path, mapping, "id,name,since", "1,Ann,2020-01-31T23:00:00Z", time_zone="Europe/Berlin")

    assert [record.hire_date for record in people.records] == [date(2020, 2, 1)]


@pytest.mark.parametrize(
    ("mapping", "header", "column"),
    [
        (f'{PLAIN}[attributes]\nsex = "Gender"\n', "id,name,Gender", "Gender"),
        (f'{PLAIN}[attributes]\nnumber = "Social security no"\n', "id,name,Social security no", "Social security no"),
        (f'{PLAIN}[references]\n"tax:id" = "SSN"\n', "id,name,SSN", "SSN"),
        (f'{PLAIN}job_title = "Salary"\n', "id,name,Salary", "Salary"),
        (None, "key,display_name,attribute.gender", "attribute.gender"),
    ],
)
def test_columns_on_private_matters_cannot_be_asked_for(
    tmp_path: Path, mapping: str | None, header: str, column: str
) -> None:
    with pytest.raises(InvalidInput, match="is never read") as refusal:
        read(tmp_path, mapping, header, "1,Ann,x")

    assert refusal.value.found == f"the column {column!r} is never read"


def test_a_kind_of_id_is_called_as_its_source_is_in_a_table_with_our_names(tmp_path: Path) -> None:
    people = read(tmp_path, None, "key,display_name,reference.phone:agent", "1,Ann,902")

    assert ExternalReference("phone:agent", "902") in people.records[0].references
