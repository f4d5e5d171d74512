"""What is refused of a table in place before a row is read, and which rows are left out."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake
from tests.events.conftest import AT

from appraise.adapters.in_place import read_places, stage_of
from appraise.domain.in_place import Form
from appraise.errors import AppraiseError, InvalidInput, Retriable
from appraise.events.in_place import CONFLICTING, Read, Wanted, check, read
from appraise.events.locations import OPENED
from appraise.events.postgresql import connected
from appraise.events.reading_space import clear, left_behind, reading_space

SALE = {
    "no": "1",
    "at": datetime(2024, 3, 3, 9),  # noqa: DTZ001  # as a table without zones has it
    "who": "c1",
    "sum": Decimal("12.50"),
    "rate": 0.5,
    "blob": b"x",
}
FILE = """
source = "warehouse"
[[events]]
kind = "purchases"
parquet = "sales"
{keys}
[events.columns]
event_id = "no"
order_id = "no"
occurred_at = "at"
customer_key = "who"
amount = "sum"
{columns}
[events.constants]
kind = "purchase"
currency = "EUR"
{more}
"""
Place = Callable[..., Path]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Rows in a file, and the file that says what they mean; `changes` are texts of the latter and what replaces them."""

    def put(*rows: dict[str, Any], keys: str = 'time_zone = "UTC"', columns: str = "", more: str = "") -> Path:
        (tmp_path / "sales").mkdir(exist_ok=True)
        pq.write_table(pa.Table.from_pylist([SALE, *rows]), tmp_path / "sales" / "a.parquet")
        file = tmp_path / "places.toml"
        file.write_text(FILE.format(keys=keys, columns=columns, more=more), encoding="utf-8")
        return file

    return put


def wanted(file: Path) -> Wanted:
    places = read_places(file)
    [table] = places.tables
    opened = OPENED[table.location.form](table.location)
    return Wanted(opened, *stage_of(table, tuple(opened.columns), places.file), table.source, table.document)


def looked_at(file: Path) -> Read:
    one = wanted(file)
    check(one)
    into = file.parent / "into"
    into.mkdir()
    return read(one, at=AT, link_secret=b"key", into=into)


def without(file: Path, *changes: tuple[str, str]) -> Path:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([('"who"', '"Whom"')], "have no column 'Whom'.*there are no, at, who, sum, rate, blob.*may be 'who' there"),
        ([('"sum"', '"at"')], "the column 'at' is TIMESTAMP.*whole number, decimal number"),
        ([('"at"', '"sum"')], r"the column 'sum' is DECIMAL\(4,2\).*time with zone, time without zone, day"),
        ([('"who"', '"rate"')], "the column 'rate' is DOUBLE.*expected: text, whole number"),
        ([('"who"', '"blob"')], "the column 'blob' is BLOB"),
        ([('time_zone = "UTC"', "")], r'the column .at. is TIMESTAMP.*time_zone = "Europe/Berlin"'),
        ([('time_zone = "UTC"', 'time_zone = "UTC"\nformats = ["%d.%m.%Y"]')], "formats say how texts are read"),
        ([('time_zone = "UTC"', 'time_zone = "UTC"\ndecimal_comma = true')], "would misread a number"),
        ([('time_zone = "UTC"', 'time_zone = "UTC"\nminor_units = true')], r"DECIMAL\(4,2\).*text, whole number\n"),
        ([('amount = "sum"', ""), ("[events.constants]", "[events.sql]\namount = 'nosuch'\n[events.constants]")], "SQL"),
        ([('amount = "sum"', ""), ("[events.constants]", "[events.sql]\namount = '''(SELECT a FROM read_csv(\"/etc/passwd\") AS t(a) LIMIT 1)'''\n[events.constants]")], "SQL of the mapping does not fit"),
        ([('kind = "purchase"\n', "")], "nothing says where kind of the purchases come from"),
        ([('parquet = "sales"', 'parquet = "nowhere"')], "there is no Parquet file"),
        ([('parquet = "sales"', 'delta = "sales"')], "the Delta table cannot be read"),
        ([('parquet = "sales"', "")], "names no place.*one of: parquet, delta, postgresql"),
        ([('parquet = "sales"', 'parquet = "sales"\ndelta = "x"')], "several places"),
        ([('parquet = "sales"', 'parquet = "s3://bucket/sales"')], "object stores are not read in place yet"),
        ([('parquet = "sales"', 'parqet = "sales"')], "no place"),
        ([('parquet = "sales"', 'postgresql = "sales"')], "schema.table"),
        ([('parquet = "sales"', 'postgresql = "a.b"')], "where the PostgreSQL server is.*url_file"),
        ([('time_zone = "UTC"', 'timezone = "UTC"')], "unknown key 'timezone'.*did you mean 'time_zone'"),
        ([('source = "warehouse"', "")], "source is None.*whose events"),
        ([('source = "warehouse"', 'sauce = "warehouse"')], "unknown key 'sauce'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_as_mapped_is_refused_with_what_was_found(
    place: Place, changes: list[tuple[str, str]], says: str
) -> None:
    file = without(place(), *changes)

    with pytest.raises(InvalidInput) as refused:
        check(wanted(file))

    assert re.search(says, str(refused.value), re.DOTALL), str(refused.value)


def test_two_tables_of_one_kind_and_source_are_refused(place: Place) -> None:
    file = place()
    file.write_text(file.read_text("utf-8") + file.read_text("utf-8").split('"warehouse"')[1], "utf-8")

    with pytest.raises(InvalidInput, match="purchases of the source 'warehouse' are there twice"):
        read_places(file)


def test_of_rows_of_one_event_that_differ_none_counts(place: Place) -> None:
    other = {**SALE, "no": "2"}
    found = looked_at(place(other, other, {**SALE, "sum": Decimal("1.00")}, {**SALE, "no": "3", "who": " "}))

    assert (found.told.rows, found.told.taken) == (5, 1)
    assert dict(found.told.left_out) == {CONFLICTING: 2, "the same event again": 1, "a required value is missing": 1}
    assert {(row.event_id, row.reason) for row in found.sample if row.column == "event_id"} == {
        ("1", CONFLICTING),
        ("2", "the same event again"),
    }


def test_skipped_rows_are_counted_under_their_reason_and_those_of_other_kinds_are_not(place: Place) -> None:
    rows = [{**SALE, "no": str(number)} for number in range(2, 8)]
    skip = '[[events.skip]]\nwhere = "no = \'2\'"\nreason = "a test sale"'
    found = looked_at(place(*rows, keys='time_zone = "UTC"\nonly = "no <> \'7\'"', more=skip))

    assert (found.told.rows, found.told.taken, found.told.left_out) == (6, 5, (("a test sale", 1),))


def test_a_table_in_our_own_form_needs_no_columns(tmp_path: Path) -> None:
    given = {
        "source": "shop", "event_id": "1", "occurred_at": datetime.fromisoformat("2024-01-01T00:00:00+01:00"), "customer_key": "c",
        "order_id": "1", "kind": "purchase", "amount": 1250, "currency": "EUR", "link_key": "known",
    }  # fmt: skip
    write_deltalake(
        tmp_path / "own", pa.Table.from_pylist([given, {**given, "source": "other"}]), partition_by=["source"]
    )
    file = tmp_path / "places.toml"
    file.write_text('[[events]]\nsource = "shop"\nkind = "purchases"\ndelta = "own"\n', encoding="utf-8")

    found = looked_at(file)

    assert (found.told.taken, found.told.left_out) == (1, (("an event of another source", 1),))
    [row] = pq.read_table(found.files[0]).to_pylist()
    assert (row["amount"], row["link_key"], row["occurred_at"]) == (1250, "known", given["occurred_at"])


def test_the_directory_of_a_delta_table_is_not_read_as_files(place: Place, tmp_path: Path) -> None:
    file = place()
    write_deltalake(tmp_path / "sales", pa.table({"no": ["1"]}))

    with pytest.raises(InvalidInput, match=r'expected: delta = ".*sales"'):
        wanted(file)


def test_files_that_change_while_they_are_read_are_not_taken(place: Place, tmp_path: Path) -> None:
    one = wanted(place())
    place({**SALE, "no": "2"})

    with pytest.raises(Retriable, match="changed while they were read"):
        read(one, at=AT, link_secret=b"key", into=tmp_path)


def test_the_sql_of_a_mapping_sees_no_other_files(place: Place, tmp_path: Path) -> None:
    """Also where it is only found out while rows are read."""
    (tmp_path / "secret.csv").write_text("s3cret\n", encoding="utf-8")
    file = place(
        more=f"[events.sql]\nproduct = '''(SELECT string_agg(content) FROM read_text('{tmp_path}/secret.csv'))'''"
    )

    with pytest.raises(AppraiseError) as refused:
        looked_at(file)

    assert "s3cret" not in str(refused.value)
    assert re.search("disabled|permission|access", str(refused.value), re.IGNORECASE), str(refused.value)


def test_an_address_that_is_none_is_refused_without_its_password(tmp_path: Path) -> None:
    url = tmp_path / "url"
    url.write_text("postgresql://reader:s3cret@host:notaport/x y", encoding="utf-8")

    with pytest.raises(InvalidInput, match="holds no address") as refused, connected(url):
        pass
    assert "s3cret" not in str(refused.value)
    url.write_text(f"postgresql:///nothing?host={tmp_path}", encoding="utf-8")
    with pytest.raises(Retriable, match="cannot be reached"), connected(url):
        pass
    assert OPENED.keys() == {Form.PARQUET, Form.DELTA}


def test_what_was_left_behind_is_cleared_and_what_is_held_is_not(tmp_path: Path) -> None:
    (tmp_path / "reading" / "dead").mkdir(parents=True)
    (tmp_path / "reading" / "dead.lock").touch()
    with reading_space(str(tmp_path)) as held:
        assert not (tmp_path / "reading" / "dead").exists()
        clear(str(tmp_path))
        assert held.is_dir()
    assert left_behind(str(tmp_path)) == []
    assert [*(tmp_path / "reading").iterdir()] == []
