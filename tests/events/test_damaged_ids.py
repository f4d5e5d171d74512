"""Ids that went through a spreadsheet: rows that could be taken for one another are rejected, and told how to mend."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from tests.events.conftest import OPTIONS, orders, plan, rows_of

from appraise.domain.damaged_ids import AN_ERROR, MADE_A_NUMBER, ROUNDED
from appraise.domain.events import EventKind
from appraise.domain.mapping import EventPlan, RejectedRow, Rule, Skip
from appraise.events.damaged_ids import NUL
from appraise.events.ingest import import_events
from appraise.events.report import ImportReport
from appraise.events.store import EventStore

Load = Callable[..., ImportReport]
PURCHASES = EventKind.PURCHASES
SALES = replace(plan(), stages=plan().stages[:1])  # read once
COPIED = replace(plan(), stages=(replace(plan().stages[0], only="true"),))


def told(report: ImportReport) -> list[tuple[int, str | None, str | None, str]]:
    return [(one.row, one.column, one.value, one.reason) for one in report.rejected_sample]


DAMAGED = {
    "1.2E+18": MADE_A_NUMBER,
    "1.23456789012346E+18": MADE_A_NUMBER,
    '"1,23E+18"': MADE_A_NUMBER,
    "1.234567890123457e+18": MADE_A_NUMBER,
    "5480.0": MADE_A_NUMBER,
    "#REF!": AN_ERROR,
    "#N/A": AN_ERROR,
}


@pytest.mark.parametrize("under", [SALES, COPIED], ids=["read once", "copied"])
def test_an_id_of_which_a_spreadsheet_made_something_else_is_rejected_in_every_column(
    store: EventStore, load: Load, under: EventPlan
) -> None:
    rows: list[str] = []
    expected = []
    for found, reason in DAMAGED.items():
        for name, start, clerk in (
            ("no", f"{found},anna", "k1"),
            ("buyer", "{},{found}", "k1"),
            ("clerk", "{},anna", found),
        ):
            number = len(rows) + 2
            rows.append(f"{start.format(number, found=found)},,2024-05-01,10,EUR,{clerk},,")
            expected.append((number, name, found.strip('"'), reason))

    report = load(orders(*rows), under=under)

    assert told(report) == expected
    assert (report.rejected, rows_of(store, PURCHASES, "event_id")) == (21, [])


def test_an_id_that_only_looks_odd_is_taken(store: EventStore, load: Load) -> None:
    odd = ("1E5", "E+18", "3e8f0a", "v1.0", "1.5", "#1001", "10+E", "12000", "1234567890123450")

    assert load(orders(*(f"{found},{found},,2024-05-01,10,EUR,{found},," for found in odd))).rejected == 0
    seen = rows_of(store, PURCHASES, "event_id", "customer_key", "employee_key")
    assert seen == sorted(((found,) * 3 for found in odd), key=repr)


def test_an_id_that_was_kept_from_a_spreadsheet_is_what_it_was(store: EventStore, load: Load) -> None:
    guarded = '"=""04111"""'
    load(orders(f"{guarded},'04111,,2024-05-01,10,EUR,{guarded},,", "'7,c,,2024-05-01,10,EUR,,,"))

    seen = rows_of(store, PURCHASES, "event_id", "customer_key", "employee_key")
    assert seen == [("04111", "04111", "04111"), ("7", "c", None)]


def test_nothing_in_a_guard_is_nothing(load: Load) -> None:
    assert told(load(orders('"=""""",anna,,2024-05-01,10,EUR,,,'), under=SALES)) == [
        (2, "no", '=""', "a required value is missing")
    ]


LONG = "1234567890123450000"
OTHER = "9876543210987650000"


@pytest.mark.parametrize("under", [SALES, COPIED], ids=["read once", "copied"])
def test_a_column_of_which_all_long_ids_end_in_zeros_was_rounded(
    store: EventStore, load: Load, tmp_path: Path, under: EventPlan
) -> None:
    rows = (
        f"{LONG},anna,,2024-05-01,10,EUR,,,",
        f"{LONG},anna,,2024-05-01,11,EUR,,,",  # another order, or the same one
        f"7,{LONG},,2024-05-01,12,EUR,,,",
        f"8,{OTHER},,2024-05-01,12,EUR,,,",
        "9,zoe,,2024-05-01,12,EUR,,,",
    )

    report = load(orders("", *rows), under=under, rejected_csv=tmp_path / "rejected.csv")

    assert report.rejected_sample[0] == RejectedRow("orders.csv", 3, "no", LONG, ROUNDED)
    assert told(report) == [
        (3, "no", LONG, ROUNDED),
        (4, "no", LONG, ROUNDED),
        (5, "buyer", LONG, ROUNDED),
        (6, "buyer", OTHER, ROUNDED),
    ]
    assert (report.rejected, report.overridden, report.counts[PURCHASES].duplicates) == (4, 0, 0)
    assert rows_of(store, PURCHASES, "event_id") == [("9",)]
    assert len((tmp_path / "rejected.csv").read_text().splitlines()) == 5


def test_long_ids_are_sound_where_one_of_them_does_not_end_in_zeros(store: EventStore, load: Load) -> None:
    rows = [f"{id_},{id_},,2024-05-01,10,EUR,,," for id_ in (LONG, OTHER, "1234567890123456789")]

    assert load(orders(*rows)).rejected == 0
    assert len(rows_of(store, PURCHASES, "event_id")) == 3


def test_one_long_id_that_ends_in_zeros_is_sound_unless_another_was_made_a_number(load: Load) -> None:
    sale = "{},{},,2024-05-01,10,EUR,,,"

    assert load(orders(sale.format(1, LONG), sale.format(2, LONG)), under=SALES).rejected == 0
    assert told(load(orders(sale.format(1, LONG), sale.format(2, "1.2E+18")), "more.csv", under=SALES)) == [
        (2, "buyer", LONG, ROUNDED),
        (3, "buyer", "1.2E+18", MADE_A_NUMBER),
    ]


def test_a_row_that_is_left_out_under_a_damaged_id_withdraws_nothing_and_is_rejected(
    store: EventStore, load: Load
) -> None:
    load(orders(*(f"{id_},anna,,2024-05-01,10,EUR,,," for id_ in (LONG, "1234567890123456789"))))
    left = [f"{id_},anna,,2024-05-01,10,EUR,,test," for id_ in (LONG, OTHER, "1.2E+18")]

    report = load(orders(*left, "5,1.2E+18,,2024-05-01,10,EUR,,test,"), "later.csv", under=SALES)

    assert told(report) == [
        (2, "no", LONG, ROUNDED),
        (3, "no", OTHER, ROUNDED),
        (4, "no", "1.2E+18", MADE_A_NUMBER),
    ]
    assert (report.withdrawn, report.skipped, len(rows_of(store, PURCHASES, "event_id"))) == (0, 1, 2)


def test_an_id_that_is_put_together_shows_what_was_made_of_its_part(load: Load) -> None:
    sale = SALES.stages[0]
    composed = {**sale.rules, "event_id": Rule(sql="no || '/refund'", blame="no")}

    report = load(
        orders("1.2E+18,anna,,2024-05-01,10,EUR,,,"), under=replace(SALES, stages=(replace(sale, rules=composed),))
    )

    assert (2, "no", "1.2E+18/refund", MADE_A_NUMBER) in told(report)


def test_an_error_of_a_spreadsheet_is_no_kind_of_case(load: Load) -> None:
    sale = SALES.stages[0]
    with_segment = replace(sale, rules={**sale.rules, "segment": Rule(column="state")}, skips=(Skip("false", "never"),))

    report = load(orders("1,anna,,2024-05-01,10,EUR,,#N/A,"), under=replace(SALES, stages=(with_segment,)))

    assert told(report) == [(2, "state", "#N/A", AN_ERROR)]


def test_a_nul_in_an_id_is_rejected(store: EventStore, tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    columns = "'1' || chr(0) AS no, 'anna' AS buyer, '' AS mail, '2024-05-01' AS time, '9' AS sum, 'EUR' AS cur"
    duckdb.execute(f"COPY (SELECT {columns}, '' AS clerk, '' AS state, '' AS note) TO '{path}'")

    report = import_events(store, SALES, path, options=replace(OPTIONS, first_row=1))

    assert [(one.column, one.reason) for one in report.rejected_sample] == [("no", NUL)]
