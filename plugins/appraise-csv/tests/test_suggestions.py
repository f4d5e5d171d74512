import tomllib
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise_csv import adapter, suggest_mapping


def test_a_table_of_people_gets_a_mapping_that_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text(
        "EmpID;First Name;Last Name;E-Mail;Reports To;Hire Date;Shoe size\n"
        "0042;Ann;Lee;ann@example.org;;31.12.2020;38\n"
        "0043;Bob;Ray;bob@example.org;0042;01.02.2021;44\n",
        encoding="utf-8",
    )

    text = suggest_mapping(path)
    (tmp_path / "staff.toml").write_text(text, encoding="utf-8")
    people = adapter.read_people(path, ImportOptions(source="staff", mapping=tmp_path / "staff.toml"))

    assert tomllib.loads(text) == {
        "kind": "people",
        "date_format": "%d.%m.%Y",
        "file": {"format": "csv", "delimiter": ";"},
        "columns": {
            "key": "EmpID",
            "given_name": "First Name",
            "family_name": "Last Name",
            "email": "E-Mail",
            "manager": "Reports To",
            "hire_date": "Hire Date",
        },
    }
    assert [record.display_name for record in people.records] == ["Ann Lee", "Bob Ray"]


@pytest.mark.parametrize(
    "header",
    [
        "employee_id,full_name,work_email,manager_id,hire_date",
        "EmployeeID,FullName,WorkEmail,ManagerID,HireDate",
        "Employee Number,Employee Name,E-Mail,Reports-To,Date of joining",
        "Personalnummer,Name,Mail,Vorgesetzter,Eintrittsdatum",
    ],
)
def test_how_a_header_is_spelt_does_not_matter(header: str, tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text(f"{header}\n1,Ann Lee,ann@example.org,2,2020-01-31\n", encoding="utf-8")

    found = tomllib.loads(suggest_mapping(path))["columns"]

    assert found == dict(zip(("key", "display_name", "email", "manager", "hire_date"), header.split(","), strict=True))


def test_the_evidence_stands_beside_each_guess_and_copies_nobodys_data(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    rows = "".join(f"00{number},P{number} X,p{number}@example.org,active\n" for number in range(10, 30))
    path.write_text(f"EmpID,Name,Email,Status\n{rows}", encoding="utf-8")

    text = suggest_mapping(path)

    assert 'key = "EmpID"  # 20 different of 20, numbers with leading zeros: ids, kept as text' in text
    assert 'email = "Email"  # 20 different of 20, all e-mail addresses' in text
    assert 'status = "Status"  # 1 different of 20: active' in text
    assert "p10@example.org" not in text


def test_an_order_of_day_and_month_that_the_values_leave_open_is_not_decided(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("EmpID,Name,Hire Date\n1,Ann,03/04/2020\n2,Bob,05/06/2020\n", encoding="utf-8")

    text = suggest_mapping(path)

    assert "date_format" not in tomllib.loads(text)
    assert '# "Hire Date" fits %d/%m/%Y, %m/%d/%Y (the values fit several; look at them): e.g. 03/04/2020' in text


def test_the_scale_of_a_rating_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "csat.csv"
    path.write_text(
        "Response id,Customer,Agent,Rating,Ticket id,Date\n1,a,x,2,7,2025-01-01 10:00\n2,b,y,5,8,2025-01-02 11:30\n",
        encoding="utf-8",
    )

    text = suggest_mapping(path)

    assert tomllib.loads(text)["kind"] == "ratings"
    assert "scale" not in tomllib.loads(text)
    assert "# Scores seen: 2, 5. Which scale they were given on, only you know." in text


RIPPLING = (
    "Employee ID,Employee name,Work email,Title,Manager - Work email,Employment status,Start date,Department\n"
    "0042,Ann Lee,ann@example.org,Lead,,Active,2020-01-31,Service\n"
    '0043,"Ray, Bob",bob@example.org,Agent,Ann@example.org,Accepted,2026-02-01,Service\n'
)
UKG = (
    "employeeId,firstName,lastName,emailAddress,supervisorId,employeeStatus,hireDate,terminationDate,orgLevel1Code\n"
    "42,Ann,Lee,ann@example.org,,A,2020-01-31,,10\n43,Bob,Ray,bob@example.org,42,L,2021-01-31,,10\n"
)
GUSTO = (
    '{"people": [{"uuid": "a-1", "first_name": "Ann", "last_name": "Lee", "work_email": null, "manager_uuid": null, '
    '"department": "Service", "department_uuid": "d-1", "terminated": false, "ssn": "x"}, '
    '{"uuid": "a-2", "first_name": "Bob", "last_name": "Ray", "work_email": "bob@example.org", "manager_uuid": "a-1", '
    '"department": "Service", "department_uuid": "d-1", "terminated": true, "ssn": "y"}]}'
)
HIBOB = (
    '{"employees": [{"id": "3332883884017713938", "firstName": "Ann", "surname": "Lee", "email": "ann@example.org", '
    '"work": {"title": "Lead", "department": "Service", "startDate": "2020-01-31", "reportsTo": null}}, '
    '{"id": "3332883884017713939", "firstName": "Bob", "surname": "Ray", "email": "bob@example.org", "work": {"title": '
    '"Agent", "department": "Service", "startDate": "2021-01-31", "reportsTo": {"id": "3332883884017713938"}}}]}'
)
PAYLOCITY = (
    '{"people": [{"employeeId": "042", "firstName": "Ann", "lastName": "Lee", "workAddress": {"emailAddress": "a@x.org"}, '
    '"departmentPosition": {"jobTitle": "Lead", "supervisorEmployeeId": null, "costCenter1": "10"}, '
    '"status": {"employeeStatus": "active", "hireDate": "2020-01-31"}}, {"employeeId": "043", "firstName": "Bob", '
    '"lastName": "Ray", "workAddress": {"emailAddress": "b@x.org"}, "departmentPosition": {"jobTitle": "Agent", '
    '"supervisorEmployeeId": "042", "costCenter1": "10"}, "status": {"employeeStatus": "leave", "hireDate": "2021-01-31"}}]}'
)
DAYFORCE = (
    '{"Data": [{"XRefCode": "042", "EmployeeNumber": "42", "FirstName": "Ann", "LastName": "Lee", '
    '"HireDate": "2002-01-01T00:00:00", "TerminationDate": null}, {"XRefCode": "043", "EmployeeNumber": "43", '
    '"FirstName": "Bob", "LastName": "Ray", "HireDate": "2003-01-01T00:00:00", "TerminationDate": "2020-01-31T00:00:00"}]}'
)


@pytest.mark.parametrize(
    ("system", "content", "managers", "statuses"),
    [
        ("Rippling", RIPPLING, ["ann@example.org"], ["active", "prehire"]),
        ("UKG Pro", UKG, ["42"], ["active", "leave"]),
        ("Gusto", GUSTO, ["a-1"], ["active", "terminated"]),
        ("HiBob", HIBOB, ["3332883884017713938"], ["active", "active"]),
        ("Paylocity", PAYLOCITY, ["042"], ["active", "leave"]),
        ("Dayforce", DAYFORCE, [], ["active", "terminated"]),
    ],
)
def test_a_table_of_a_known_system_gets_its_mapping_marked_unverified(
    tmp_path: Path, system: str, content: str, managers: list[str], statuses: list[str]
) -> None:
    path = tmp_path / "staff.txt"
    path.write_text(content, encoding="utf-8")

    text = suggest_mapping(path)
    (tmp_path / "staff.toml").write_text(text, encoding="utf-8")
    people = adapter.read_people(path, ImportOptions(source="staff", mapping=tmp_path / "staff.toml"))

    assert f"# The columns are like {system}'s. UNVERIFIED" in text
    assert (len(people.records), people.rejected) == (2, ())
    assert [one.reference.value for record in people.records for one in record.managers] == managers
    assert [record.status.value for record in people.records] == statuses
