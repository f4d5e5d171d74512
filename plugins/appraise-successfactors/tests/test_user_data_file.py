from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions, ReadPeople
from appraise.adapters.records import ManagerReference, PeopleRecord, RejectedRow
from appraise.domain.damaged_ids import AN_ERROR, MADE_A_NUMBER
from appraise.domain.employees import EmploymentStatus, ExternalReference, ReportingKind
from appraise.errors import InvalidInput
from appraise_successfactors import adapter

SAMPLE = Path("../shared/samples/hris/sap_successfactors/udf_rebuilt_from_java_literals.csv")
KEYS = "STATUS,USERID,FIRSTNAME,LASTNAME,GENDER,EMAIL,MANAGER,HR,DEPARTMENT,HIREDATE,EMPID,TITLE,CUSTOM01,CUSTOM02,MATRIX_MANAGER"
LABELS = "STATUS,USERID,Forename,Surname,Sex,Mail,Line Manager,Human Resource,Store / Site,Hire Date,Number,Title,Agent,Grade,Matrix"


def read(
    directory: Path,
    *rows: str,
    header: tuple[str, ...] = (KEYS, LABELS),
    date_format: str | None = None,
    settings: Mapping[str, str] | None = None,
    time_zone: str | None = None,
) -> ReadPeople:
    path = directory / "users.csv"
    path.write_text("\r\n".join([*header, *rows]) + "\r\n", encoding="utf-8")
    return adapter.read_people(
        path,
        ImportOptions(source="successfactors", date_format=date_format, settings=settings or {}, time_zone=time_zone),
    )


def user(key: str) -> ExternalReference:
    return ExternalReference("successfactors:userid", key)


def test_a_user_becomes_a_record_and_sex_is_not_read(tmp_path: Path) -> None:
    people = read(
        tmp_path,
        "Active,04111,Ada,Árva,F,Ada@Example.com,000123,NO_HR,Desk,2015-01-01,E1,Agent,902,4,04112",
        settings={"reference.CUSTOM01": "zendesk:agent", "attribute.CUSTOM02": "level"},
    )

    assert people == ReadPeople(
        records=(
            PeopleRecord(
                key=user("04111"),
                references=(
                    user("04111"),
                    ExternalReference("successfactors:empid", "E1"),
                    ExternalReference("zendesk:agent", "902"),
                    ExternalReference("email", "ada@example.com"),
                    ExternalReference("name", "ada árva"),
                ),
                display_name="Ada Árva",
                status=EmploymentStatus.ACTIVE,
                row=3,
                email="Ada@Example.com",
                job_title="Agent",
                department_code="Desk",
                department_name="Desk",
                hire_date=date(2015, 1, 1),
                managers=(ManagerReference(user("000123")), ManagerReference(user("04112"), ReportingKind.DOTTED)),
                attributes=(("level", "4"),),
            ),
        ),
        rejected=(),
        unmapped_columns=("GENDER", "HR"),
        told=frozenset(
            {"status", "managers", "dotted_managers", "job_title", "department", "attribute.level"},
        ),
    )


def test_a_file_without_the_row_of_labels_starts_in_row_two(tmp_path: Path) -> None:
    people = read(tmp_path, "active,1,Ada,Lee,,,NO_MANAGER,,,,,,,,", header=(KEYS,))

    assert [record.row for record in people.records] == [2]


@pytest.mark.parametrize("sentinel", ["NO_MANAGER", "NO_MGR", "no_manager", ""])
def test_a_sentinel_is_no_manager(tmp_path: Path, sentinel: str) -> None:
    people = read(tmp_path, f"active,1,Ada,Lee,,,{sentinel},NO_HR,,,,,,,{sentinel}")

    assert people.records[0].managers == ()


def test_leading_zeros_tell_users_apart(tmp_path: Path) -> None:
    people = read(tmp_path, "active,000123,Ada,Lee,,,123,,,,,,,,", "active,123,Bob,Lee,,,NO_MANAGER,,,,,,,,")

    assert [record.key.value for record in people.records] == ["000123", "123"]
    assert people.records[0].managers == (ManagerReference(user("123")),)


def test_inactive_users_are_taken_to_have_left_and_that_is_said(tmp_path: Path) -> None:
    people = read(tmp_path, "INACTIVE,1,Ada,Lee,,,NO_MANAGER,,,,,,,,")

    assert people.records[0].status is EmploymentStatus.TERMINATED
    assert people.warnings[-1] == "1 inactive users are taken to have left: the file does not tell leave from leaving"


def test_a_moment_in_utc_is_a_day_of_the_declared_zone(tmp_path: Path) -> None:
    row = "active,1,Ada,Lee,,,NO_MANAGER,,,2020-01-31T23:00:00Z,,,,,"

    assert read(tmp_path, row, time_zone="Europe/Berlin").records[0].hire_date == date(2020, 2, 1)


def test_month_first_days_are_refused_until_declared(tmp_path: Path) -> None:
    row = "active,1,Ada,Lee,,,NO_MANAGER,,,03/04/2020,,,,,"

    assert read(tmp_path, row).rejected == (
        RejectedRow(
            "users.csv",
            3,
            "HIREDATE",
            "03/04/2020",
            "not a day in the format YYYY-MM-DD: may be 2020-03-04 or 2020-04-03; "
            "declare the date format (%m/%d/%Y or %d/%m/%Y)",
        ),
    )
    assert read(tmp_path, row, date_format="%m/%d/%Y").records[0].hire_date == date(2020, 3, 4)


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        ("active,,Ada,Lee,,,,,,,E1,,,,", "USERID", None, "the person has no id"),
        ("active,5480.0,Ada,Lee,,,,,,,,,,,", "USERID", "5480.0", MADE_A_NUMBER),
        ("active,1,Ada,Lee,,,,,,,7E+05,,,,", "EMPID", "7E+05", MADE_A_NUMBER),
        ("active,1,Ada,Lee,,,#N/A,,,,,,,,", "MANAGER", "#N/A", AN_ERROR),
        ("active,1,Ada,Lee,,,,,#REF!,,,,,,", "DEPARTMENT", "#REF!", AN_ERROR),
        (
            "t,1,Ada,Lee,,,,,,,,,,,",
            "STATUS",
            "t",
            "this status is not known (active, inactive); say what it means by a setting such as status.t=active",
        ),
        ("active,1,,,,,,,,,,,,,", "FIRSTNAME", None, "the person has no name"),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected(
    tmp_path: Path, row: str, column: str, value: str | None, reason: str
) -> None:
    assert read(tmp_path, row).rejected == (RejectedRow("users.csv", 3, column, value, reason),)


def test_a_repeated_user_is_left_out_and_a_contradicted_one_rejected(tmp_path: Path) -> None:
    row = "active,1,Ada,Lee,,,NO_MANAGER,,,,,,,,"

    again = read(tmp_path, row, row)
    other = read(tmp_path, row, row.replace("NO_MANAGER", "7"))

    assert again.skipped == (RejectedRow("users.csv", 4, None, "1", "repeats another row of the person"),)
    assert [record.row for record in again.records] == [3]
    reason = "rows 3, 4 say different things of this person (managers), and nothing tells which holds"
    assert other.rejected == tuple(RejectedRow("users.csv", row, None, "1", reason) for row in (3, 4))


def test_user_ids_that_a_spreadsheet_guarded_or_rounded(tmp_path: Path) -> None:
    guarded = read(tmp_path, '"active","=""04111""",Ada,Lee,,,"=""0007""",,,,,,,,')
    rounded = read(tmp_path, *(f"active,{one}{'0' * 17},Ada,Lee,,,,,,,,,,," for one in (1, 2)))

    assert [(one.key, one.managers[0].reference) for one in guarded.records] == [(user("04111"), user("0007"))]
    assert (rounded.records, ["rounded" in row.reason for row in rounded.rejected]) == ((), [True, True])


def test_columns_that_are_hidden_from_who_exported_are_not_told(tmp_path: Path) -> None:
    people = read(
        tmp_path,
        "active,1,Ada,Lee,,,,,,,,,,,",
        "active,2,Bo,Lee,,,,,,,,,,,",
        settings={"attribute.CUSTOM02": "level"},
    )

    assert people.told == frozenset({"status"})
    assert people.warnings[0].startswith("no row has email, job_title, department_name, hire_date, manager: ")


@pytest.mark.parametrize("kind", ["attribute", "reference"])
@pytest.mark.parametrize(
    "column", ["gender", "SSN", "DateOfBirth", "BIZ_PHONE", "FAX", "ADDR1", "city", "STATE", "ZIP"]
)
def test_columns_on_private_matters_cannot_be_asked_for(tmp_path: Path, kind: str, column: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(tmp_path, header=(f"{KEYS},{column}",), settings={f"{kind}.{column}": "x"})

    assert refusal.value.found == f"the column {column!r} is never read"
    assert refusal.value.expected == "a column that says nothing about sex, birth, pay, health, address or telephone"


def test_a_misspelt_setting_is_refused_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(tmp_path, settings={"referenec.CUSTOM01": "zendesk:agent"})

    assert refusal.value.hint == "did you mean 'reference.CUSTOM01'?"


@pytest.mark.samples
def test_the_recorded_file_is_read() -> None:
    """Three users of SAP's own Java client; they share an e-mail address and an employee id."""
    if not SAMPLE.exists():
        pytest.skip(f"the recorded file is not beside the project: {SAMPLE}")

    people = adapter.read_people(SAMPLE, ImportOptions(source="successfactors"))

    assert people.rejected == ()
    assert [
        (record.row, record.key.value, record.display_name, record.hire_date, record.managers)
        for record in people.records
    ] == [(number + 3, f"1705SuperCSV{number}", "1705xiaofeng ge", date(2017, 1, 1), ()) for number in range(3)]


def test_ids_of_two_tenants_are_of_two_kinds(tmp_path: Path) -> None:
    path = tmp_path / "users.csv"
    path.write_text(f"{KEYS}\nactive,2,Bo,Beta,,,1,,,,E2,,,,\n")

    [bo] = adapter.read_people(path, ImportOptions(source="sap-eu")).records

    assert [one.namespace for one in bo.references] == ["sap-eu:userid", "sap-eu:empid", "name"]
    assert [one.reference for one in bo.managers] == [ExternalReference("sap-eu:userid", "1")]
