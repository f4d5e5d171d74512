"""Import and erasure of protected attributes, on each kind of database."""

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from tests.use_cases.conftest import AT, Company
from typer.testing import CliRunner

from appraise.cli import app
from appraise.errors import Forbidden, InvalidInput, NotFound
from appraise.storage import audit
from appraise.storage.database import Database
from appraise.storage.protected import ProtectedStore
from appraise.use_cases.erase_protected_attributes import erase_protected_attributes
from appraise.use_cases.import_protected_attributes import ProtectedReport, import_protected_attributes


@pytest.fixture
def store(request: pytest.FixtureRequest, company: Company, tmp_path: Path) -> Iterator[ProtectedStore]:
    """Apart from the records, on the same kind of database."""
    url = f"sqlite:///{tmp_path / 'protected.sqlite'}"
    if not company.deployment.database.is_sqlite:
        postgres = request.getfixturevalue("postgres")
        postgres.administer("DROP DATABASE IF EXISTS protected_of_tests")
        postgres.administer("CREATE DATABASE protected_of_tests")
        url = postgres.url("protected_of_tests")
    opened = ProtectedStore(url, records=company.deployment.database.url)
    yield opened
    opened.close()


@dataclass(frozen=True, slots=True)
class Take:
    """Imports a table of attributes as somebody."""

    company: Company
    store: ProtectedStore
    path: Path

    def __call__(
        self, table: str, *, by: str = "hal", namespace: str | None = "hr:id", dry_run: bool = False
    ) -> ProtectedReport:
        self.path.write_text(table, encoding="utf-8")
        hr, deployment = self.company.principal(by), self.company.deployment
        return import_protected_attributes(
            deployment, self.store, hr, self.path, namespace=namespace, at=AT, dry_run=dry_run
        )


@pytest.fixture
def take(company: Company, store: ProtectedStore, tmp_path: Path) -> Take:
    return Take(company, store, tmp_path / "attributes.csv")


def by_name(company: Company, store: ProtectedStore, attribute: str) -> dict[str, str]:
    known = store.categories(attribute)
    return {name: known[employee] for name, employee in company.ids.items() if employee in known}


TABLE = "Employee,sex,age band\nann,female,50+\nben, male ,\nmax,,under  50\n"


def test_every_column_but_the_employee_is_an_attribute_and_blank_is_unknown(
    company: Company, store: ProtectedStore, take: Take
) -> None:
    report = take(TABLE)

    assert (report.people, dict(report.known), report.rejected) == (3, {"sex": 2, "age band": 2}, ())
    assert store.attributes() == ("age band", "sex")
    assert by_name(company, store, "sex") == {"ann": "female", "ben": "male"}
    assert by_name(company, store, "age band") == {"ann": "50+", "max": "under 50"}


def test_an_import_replaces_what_was_known_of_its_attributes_and_of_no_other(
    company: Company, store: ProtectedStore, take: Take
) -> None:
    take(TABLE)
    take("employee,sex\ndora,female\n")

    assert by_name(company, store, "sex") == {"dora": "female"}
    assert by_name(company, store, "age band") == {"ann": "50+", "max": "under 50"}


def test_ids_and_references_name_people_without_a_namespace(
    company: Company, store: ProtectedStore, take: Take
) -> None:
    table = f"employee,sex\n{company.ids['ann']},f\nhr:id=ben,m\nemail=MAX@example.org,m\n"

    assert take(table, namespace=None).rejected == ()
    assert by_name(company, store, "sex") == {"ann": "f", "ben": "m", "max": "m"}


def test_rows_that_cannot_be_taken_say_where_and_why(company: Company, store: ProtectedStore, take: Take) -> None:
    table = f"employee,sex\nann,f\nzoe,f\nann,m\nben,m,x\nmax,{'y' * 101}\n,f\n"
    report = take(table)

    assert [(row.row, row.column, row.reason) for row in report.rejected] == [
        (3, "employee", "nobody is known by this; expected is one of hr:id"),
        (4, "employee", "row 2 speaks of the same person"),
        (5, None, "the row has 3 cells and the header 2"),
        (6, "sex", "a category has at most 100 characters"),
        (7, "employee", "nobody is known by this; expected is one of hr:id"),
    ]
    assert {row.file for row in report.rejected} == {"attributes.csv"}
    assert (report.rejected[0].value, report.people) == ("zoe", 1)
    assert by_name(company, store, "sex") == {"ann": "f"}


def test_neither_a_dry_run_nor_a_file_without_one_good_row_writes(
    company: Company, store: ProtectedStore, take: Take
) -> None:
    assert take(TABLE, dry_run=True).people == 3
    assert not store.is_created

    take(TABLE)
    assert take("employee,sex\nzoe,f\n").people == 0
    assert by_name(company, store, "sex") == {"ann": "female", "ben": "male"}


@pytest.mark.parametrize("header", ["name,sex", "employee"])
def test_a_file_without_the_columns_is_refused(
    company: Company, store: ProtectedStore, take: Take, header: str
) -> None:
    with pytest.raises(InvalidInput, match="the file's columns are"):
        take(f"{header}\nann{',f' * header.count(',')}\n")


def test_erasure_takes_one_person_or_everybody(company: Company, store: ProtectedStore, take: Take) -> None:
    take(TABLE)
    hal = company.principal("hal")

    assert erase_protected_attributes(company.deployment, store, hal, company.ids["ann"], at=AT) == 2
    assert by_name(company, store, "age band") == {"max": "under 50"}
    assert erase_protected_attributes(company.deployment, store, hal, None, at=AT) == 2
    assert store.attributes() == ()
    assert erase_protected_attributes(company.deployment, store, hal, None, at=AT) == 0


@pytest.mark.parametrize("who", ["ann", "max", "vera", "otto"])
def test_nobody_but_hr_administrators_imports_or_erases(
    company: Company, store: ProtectedStore, take: Take, who: str
) -> None:
    with pytest.raises(Forbidden):
        take(TABLE, by=who)
    assert not store.is_created
    take(TABLE)
    with pytest.raises(Forbidden):
        erase_protected_attributes(company.deployment, store, company.principal(who), None, at=AT)
    assert len(store.attributes()) == 2


def test_the_audit_log_tells_of_it_without_anybodys_category(
    company: Company, store: ProtectedStore, take: Take
) -> None:
    take(TABLE)
    erase_protected_attributes(company.deployment, store, company.principal("hal"), company.ids["ann"], at=AT)

    with company.deployment.database.reading() as session:
        imported, erased = list(audit.entries(session))[-2:]
    assert (imported.action, dict(imported.details)) == (
        "protected.import",
        {"name": "Hal", "sex": "2 people", "age band": "2 people"},
    )
    assert (erased.action, erased.subject) == ("protected.erase", f"employee:{company.ids['ann']}")
    assert "female" not in repr([imported, erased])


def test_nothing_imported_yet_is_said_so(company: Company, store: ProtectedStore) -> None:
    with pytest.raises(NotFound, match="no protected attributes are known"):
        store.attributes()
    with pytest.raises(NotFound):
        erase_protected_attributes(company.deployment, store, company.principal("hal"), None, at=AT)


def test_the_records_database_is_refused_as_their_place(company: Company) -> None:
    url = company.deployment.database.url
    with pytest.raises(InvalidInput, match="would lie in the records database"):
        ProtectedStore(url.render_as_string(hide_password=False), records=url)


def test_a_url_that_cannot_be_read_is_named_by_its_setting(sqlite_database: Database) -> None:
    with pytest.raises(InvalidInput) as caught:
        ProtectedStore("mysql://x", records=sqlite_database.url)
    assert caught.value.hint == "check APPRAISE_PROTECTED_URL"


def test_the_file_is_its_owners_and_erased_words_leave_the_disk(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "own" / "protected.sqlite"
    store = ProtectedStore(f"sqlite:///{path}", records=sqlite_database.url)
    store.create()
    store.replace({"faith": dict.fromkeys(map(str, range(500)), "an unmistakable word")})  # type: ignore[arg-type]
    before = path.read_bytes()
    store.erase(None)
    store.close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"unmistakable" in before
    assert [b"unmistakable" in file.read_bytes() for file in path.parent.iterdir()] == [False]


def test_the_commands_keep_attributes_out_of_the_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("APPRAISE_PROTECTED_URL", raising=False)
    people = tmp_path / "people.csv"
    people.write_text("id,name,mail\n7,Ann Lee,ann@example.org\n8,Ben Orr,ben@example.org\n", encoding="utf-8")
    mapping = tmp_path / "people.toml"
    mapping.write_text(
        'kind = "people"\n[columns]\nkey = "id"\ndisplay_name = "name"\nemail = "mail"\n', encoding="utf-8"
    )
    file = tmp_path / "attributes.csv"
    file.write_text("employee,sex\nemail=ann@example.org,female\nemail=zoe@example.org,female\n", encoding="utf-8")
    run = CliRunner().invoke
    assert run(app, ["init"], catch_exceptions=False).exit_code == 0
    imported = run(app, ["import", "csv", str(people), "--mapping", str(mapping)], catch_exceptions=False)
    assert imported.exit_code == 0, imported.output

    first = run(app, ["fairness", "import", str(file)], catch_exceptions=False)
    second = run(app, ["fairness", "import", str(file), "--dry-run", "--json"], catch_exceptions=False)
    erased = run(app, ["fairness", "erase", "ann@example.org"], catch_exceptions=False)

    assert first.exit_code == 3
    assert "attributes.csv: 1 people; written\n  sex: known of 1, blank for 0\n  1 rows rejected:" in first.output
    assert json.loads(second.stdout)["rejected"][0]["row"] == 3
    assert "1 categories of Ann Lee erased" in erased.output
    engine = create_engine(f"sqlite:///{tmp_path / 'data' / 'appraise.sqlite'}")
    with engine.connect() as connection:
        assert "protected_attributes" not in inspect(connection).get_table_names()
        details = " ".join(connection.execute(text("SELECT details FROM audit_log")).scalars())
    engine.dispose()
    assert "female" not in details
    assert (tmp_path / "data" / "protected.sqlite").exists()
