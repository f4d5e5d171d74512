from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from tests.events.conftest import HEADER, OPTIONS, only, orders, plan, rows_of

from appraise.domain.events import EventKind
from appraise.domain.mapping import EventPlan, Parse, RejectedRow, Rule
from appraise.errors import Fatal, InvalidInput
from appraise.events.ingest import import_events
from appraise.events.log import KindCounts
from appraise.events.report import ImportReport, UnknownEmployee
from appraise.events.store import EventStore

Load = Callable[..., ImportReport]

MIXED = orders(
    "1,anna,,2024-05-01,10,EUR,k1,,",
    "2,bert,,2024-05-02,20,JPY,k2,,",
    "2,bert,,2024-05-02,20,JPY,k2,,",
    "3,cleo,,2024-05-03,x,EUR,k1,,",
    "4,dora,,2024-05-04,40,EUR,k2,test,",
)


def test_a_report_accounts_for_every_row(load: Load) -> None:
    report = load(MIXED)

    day = datetime(2024, 4, 30, 22, tzinfo=UTC)
    assert report.counts[EventKind.PURCHASES] == KindCounts(
        considered=5,
        accepted=2,
        duplicates=1,
        skipped=1,
        rejected=1,
        first=day,
        last=day.replace(month=5, day=1),
        money={"EUR": 1000, "JPY": 20},
    )
    assert (report.read, report.malformed, report.skipped_by_reason) == (5, 0, {"test order": 1})
    assert report.rejected_by_reason == {"not an amount of money": 1}
    assert report.rejected_sample == (RejectedRow("orders.csv", 5, "sum", "x", "not an amount of money"),)
    assert report.unmapped_columns == ("note",)
    assert report.warnings == ("The export does not tell refunds.",)


def test_unknown_employees_are_listed_by_key_and_their_rows_are_taken(store: EventStore, load: Load) -> None:
    report = load(MIXED, known_references=[("corner-shop:clerk", "k1")])

    assert report.unknown_employees == (UnknownEmployee("corner-shop:clerk", "k2", 1),)
    assert rows_of(store, EventKind.PURCHASES, "event_id", "employee_key") == [("1", "k1"), ("2", "k2")]


def test_a_row_without_employee_has_no_kind_of_reference_either(store: EventStore, load: Load) -> None:
    report = load(orders("1,anna,,2024-05-01,10,EUR,,,"))

    assert report.unknown_employees == ()
    assert rows_of(store, EventKind.PURCHASES, "employee_namespace", "employee_key") == [(None, None)]


def test_all_reasons_against_a_row_are_found(load: Load) -> None:
    report = load(orders(",anna,,2099-05-01,ten,EUR,,,"))

    assert [(one.column, one.reason) for one in report.rejected_sample] == [
        ("no", "a required value is missing"),
        ("sum", "not an amount of money"),
        ("time", "in the future"),
    ]


def test_rejected_rows_that_give_money_back_are_warned_of(load: Load) -> None:
    """The purchase beside such a row counts in full."""
    kind = Rule(sql="CASE WHEN state = 'back' THEN 'reversal' ELSE 'purchase' END")
    under = only(EventKind.PURCHASES, {**plan().stages[0].rules, "kind": kind})
    kept = "1,anna,,2024-05-01,10,EUR,,,", "2,anna,,2024-05-02,-3,EUR,,back,", "3,anna,,2024-05-03,x,EUR,,,"
    lost = "4,anna,,2024-05-04,ten,EUR,,back,", "5,anna,,2024-05-05,5,EUR,,back,"

    assert load(orders(*kept), under=under).warnings == ()
    assert load(orders(*kept, *lost), under=under).warnings == (
        "rejected rows that give money back: 2; it counts as kept until they are mended and imported",
    )


def test_provenance_names_file_row_source_and_load(store: EventStore, load: Load) -> None:
    report = load(orders("1,anna,,2024-05-01,10,EUR,,,"))

    assert rows_of(store, EventKind.PURCHASES, "source", "load_id", "file", "row") == [
        ("corner-shop", report.load_id, "orders.csv", 2)
    ]


def test_of_differing_rows_of_one_event_the_last_counts_and_the_earlier_is_reported(
    store: EventStore, load: Load, tmp_path: Path
) -> None:
    text = orders("1,anna,,2024-05-01,10,EUR,,,", "1,anna,,2024-05-01,11,EUR,,,")

    report = load(text, rejected_csv=tmp_path / "rejected.csv")

    assert (report.duplicates, report.overridden, report.rejected) == (2, 1, 0)  # anna stands there twice as well
    assert rows_of(store, EventKind.PURCHASES, "amount", "row") == [(1100, 3)]
    assert (tmp_path / "rejected.csv").read_text().splitlines()[1:] == [
        "orders.csv,2,event_id,1,the same event stands in row 3 with other content; that one counts"
    ]


@pytest.mark.parametrize("under", [plan(), replace(plan(), stages=plan().stages[:1])], ids=["copied", "read once"])
def test_row_numbers_are_those_of_a_spreadsheet(store: EventStore, load: Load, under: EventPlan) -> None:
    text = orders(
        '1,anna,,2024-05-01,10,EUR,,,"two\nlines"',  # row 2
        "",  # row 3
        "too,few",  # row 4
        "",  # row 5
        "",  # row 6
        "2,bert,,2024-05-01,20,EUR,,,",  # row 7
        "3,cleo,,2024-05-01,oops,EUR,,,",  # row 8
        "4,dora,,2024-05-01,1,EUR,,,,,too,many",  # row 9
        "5,emil,,2024-05-01,50,EUR,,,",  # row 10
    )

    report = load(text, under=under)

    assert rows_of(store, EventKind.PURCHASES, "event_id", "row") == [("1", 2), ("2", 7), ("5", 10)]
    assert [(one.row, one.reason) for one in report.rejected_sample] == [
        (4, "too few cells in the row"),
        (8, "not an amount of money"),
        (9, "too many cells in the row"),
    ]
    assert (report.read, report.malformed, report.rejected) == (6, 2, 3)


def test_lines_within_a_long_cell_are_no_rows(store: EventStore, load: Load) -> None:
    told = (
        "9,zoe,,2024-05-01,90,EUR,,,\n" * 120_000
    )  # 3 MiB; the engine gives up on rows that are longer than it was told
    rows = (f'1,anna,,2024-05-01,10,EUR,,,"{told}"', "2,bert,,2024-05-01,x,EUR,,,")

    report = load(orders(*rows))

    assert rows_of(store, EventKind.PURCHASES, "event_id", "row") == [("1", 2)]
    assert [(one.row, one.column) for one in report.rejected_sample] == [(3, "sum")]


def test_a_row_that_is_longer_than_the_engine_could_hold_is_refused_with_its_place(load: Load) -> None:
    long = "x" * 99 + "\n"

    with pytest.raises(InvalidInput, match=r"a row of more than 16 MiB\n.*row 3\n.*\n.*a quote that is not closed"):
        load(orders("1,anna,,2024-05-01,10,EUR,,,", f'2,bert,,2024-05-01,20,EUR,,,"{long * 180_000}'))


def test_quotes_that_stand_within_cells_make_no_long_row(store: EventStore, load: Load) -> None:
    rows = [f'{number},anna,,2024-05-01,10,EUR,,,5" pipe{"" if number == 2 else "s"}' for number in range(2, 4)]

    load(orders(*rows, *(f"{number},c,,2024-05-01,10,EUR,,,{'x' * 90}" for number in range(4, 20_000))))

    assert len(rows_of(store, EventKind.PURCHASES, "event_id")) == 19_998


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system_are_read(store: EventStore, load: Load, ends: str) -> None:
    load(orders("1,anna,,2024-05-01,10,EUR,,,", "", "2,bert,,2024-05-01,20,EUR,,,").replace("\n", ends))

    assert rows_of(store, EventKind.PURCHASES, "event_id", "row") == [("1", 2), ("2", 4)]


def test_a_byte_order_mark_is_no_part_of_the_header(store: EventStore, load: Load) -> None:
    load("\ufeff" + orders("1,anna,,2024-05-01,10,EUR,,,"))

    assert rows_of(store, EventKind.PURCHASES, "event_id") == [("1",)]


def test_rows_that_were_malformed_long_after_the_first_buffers_keep_their_numbers(
    store: EventStore, load: Load
) -> None:
    filler = "x" * 1000
    rows = [f"{i},c{i},,2024-05-01,1,EUR,,,{filler}" for i in range(2, 80_000)]
    rows[70_000] = "broken"
    rows[40_000] = "broken"

    report = load(orders(*rows))

    assert [one.row for one in report.rejected_sample] == [40_002, 70_002]
    numbers = rows_of(store, EventKind.PURCHASES, "event_id", "row")
    assert len(numbers) == 79_996
    assert all(int(str(event)) == row for event, row in numbers)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "orders.csv is empty"),
        (b"no,buyer\n1,\x00\n", "holds NUL bytes"),
        (b"PK\x03\x04" + bytes(range(256)) * 10, "holds NUL bytes"),
        (HEADER.encode() + b"\n" + b"x" * (17 << 20), "has a line of more than 16 MiB"),
    ],
)
def test_what_is_no_delimited_text_is_refused(store: EventStore, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)

    with pytest.raises(InvalidInput, match=message):
        import_events(store, plan(), path, options=OPTIONS)


def test_bytes_that_are_not_utf_8_reject_their_row_alone(store: EventStore, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(orders("1,anna,,2024-05-01,10,EUR,,,", "2,J\xfcrgen,,2024-05-01,20,EUR,,,").encode("latin-1"))

    report = import_events(store, plan(), path, options=OPTIONS)

    assert [(one.row, one.reason) for one in report.rejected_sample] == [(3, "bytes that are not UTF-8")]
    assert rows_of(store, EventKind.PURCHASES, "event_id") == [("1",)]


def test_a_spreadsheet_may_open_the_rejected_rows(load: Load, tmp_path: Path) -> None:
    texts = ("=1+1", "+x", "-x", "@SUM(A1)")
    rows = [f"{row},anna,,2024-05-01,{text},EUR,,," for row, text in enumerate(texts, 2)]

    load(orders(*rows), rejected_csv=tmp_path / "rejected.csv")

    lines = (tmp_path / "rejected.csv").read_text().splitlines()
    assert lines[1:] == [f"orders.csv,{row},sum,'{text},not an amount of money" for row, text in enumerate(texts, 2)]


def test_a_sample_is_short_and_the_file_holds_all(load: Load, tmp_path: Path) -> None:
    report = load(orders(*["1,anna,,2024-05-01,?,EUR,,,"] * 150), rejected_csv=tmp_path / "rejected.csv")

    assert (len(report.rejected_sample), report.rejected_by_reason) == (100, {"not an amount of money": 150})
    assert len((tmp_path / "rejected.csv").read_text().splitlines()) == 151


def test_a_dry_run_reports_the_same_and_writes_nothing(store: EventStore, load: Load) -> None:
    dry = load(MIXED, dry_run=True)
    assert (rows_of(store, EventKind.PURCHASES, "event_id"), store.loads(), dry.written) == ([], [], False)

    assert load(MIXED) == replace(dry, dry_run=False, written=True)


def test_a_file_with_a_rejected_row_is_refused_where_that_is_the_policy(store: EventStore, load: Load) -> None:
    report = load(MIXED, error_policy="reject-file")

    assert (report.refused, report.written, report.rejected) == (True, False, 1)
    assert store.loads() == []


def test_the_same_file_again_is_a_repetition(store: EventStore, load: Load) -> None:
    first = load(MIXED)
    versions = store.snapshot().versions

    again = load(MIXED)

    assert (again.repeated, again.written, again.counts) == (True, False, first.counts)
    assert store.snapshot().versions == versions


def test_the_same_file_under_another_mapping_is_another_load(load: Load) -> None:
    assert load(MIXED).load_id != load(MIXED, under=plan("Europe/London")).load_id


def test_events_that_did_not_change_are_not_written_again(store: EventStore, load: Load) -> None:
    first = load(orders("1,anna,,2024-05-01,10,EUR,,,"))

    second = load(orders("1,anna,,2024-05-01,10.00,EUR,,,"), "again.csv")

    assert (second.accepted, second.unchanged) == (0, 2)
    assert rows_of(store, EventKind.PURCHASES, "load_id") == [(first.load_id,)]


def test_two_stages_of_one_kind_make_one_commit(store: EventStore, load: Load) -> None:
    shop = plan().stages[0]
    refund = {**shop.rules, "event_id": Rule(sql="'r' || no"), "kind": Rule(constant="reversal")}
    refund["amount"] = Rule(Parse.MONEY, sql="'-' || sum", blame="sum")
    both = replace(plan(), stages=(replace(shop, only="sum > '0'"), replace(shop, rules=refund, only="clerk = 'k2'")))

    report = load(MIXED, under=both)

    assert rows_of(store, EventKind.PURCHASES, "event_id", "amount") == [("1", 1000), ("2", 20), ("r2", -20)]
    assert report.counts[EventKind.PURCHASES].considered == 5 + 3


def test_a_stage_may_reshape_the_raw_rows(store: EventStore, load: Load) -> None:
    rules = {name: Rule(column="buyer") for name in ("event_id", "customer_key")}
    rules["occurred_at"] = Rule(Parse.TIMESTAMP, column="first", time_zone="UTC")
    first = "SELECT min(_row) AS _row, buyer, min(time) AS first FROM raw GROUP BY buyer"

    load(MIXED, under=only(EventKind.CUSTOMERS, rules, prepare=first))

    assert rows_of(store, EventKind.CUSTOMERS, "event_id", "row") == [
        ("anna", 2),
        ("bert", 3),
        ("cleo", 5),
        ("dora", 6),
    ]


def test_an_adapters_sql_that_does_not_bind_is_named(load: Load) -> None:
    with pytest.raises(Fatal, match="description of customers is not valid SQL"):
        load(MIXED, under=only(EventKind.CUSTOMERS, {**plan().stages[1].rules, "region": Rule(column="nowhere")}))


def test_an_adapters_sql_cannot_read_other_files(load: Load, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    peek = Rule(sql=f"(SELECT content FROM read_text('{tmp_path / 'secret.txt'}'))")

    with pytest.raises(InvalidInput, match="cannot be worked out"):
        load(MIXED, under=only(EventKind.CUSTOMERS, {**plan().stages[1].rules, "region": peek}))


def test_parquet_is_read_like_text(store: EventStore, tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    columns = "1 AS no, 'anna' AS buyer, '' AS mail, DATE '2024-05-01' AS time, 9.5 AS sum, 'EUR' AS cur, '' AS clerk"
    duckdb.execute(f"COPY (SELECT {columns}, '' AS state, 0 AS note) TO '{path}'")

    import_events(store, plan(), path, options=replace(OPTIONS, first_row=1))

    assert rows_of(store, EventKind.PURCHASES, "event_id", "amount", "row") == [("1", 950, 1)]


def test_a_copy_is_accounted_for_as_the_file_that_was_received(store: EventStore, tmp_path: Path) -> None:
    received, copy = tmp_path / "orders.xlsx", tmp_path / "copy.csv"
    received.write_bytes(b"a worksheet")
    copy.write_text(orders("1,anna,,2024-05-01,10,EUR,,,"), encoding="utf-8")
    lost = RejectedRow("orders.xlsx", 9, None, "a;b", "too many cells in the row")

    report = import_events(
        store, plan(), copy, options=replace(OPTIONS, original=received, first_row=5, rejected_before=(lost,))
    )

    assert (report.malformed, report.rejected_sample) == (1, (lost,))
    assert rows_of(store, EventKind.PURCHASES, "file", "row") == [("orders.xlsx", 5)]
