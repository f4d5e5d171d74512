import tomllib
from pathlib import Path

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
