"""The plain event files of docs/event-files.md, and the same as Parquet."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.testing.imported import Imported, imported, link_key
from appraise_csv import adapter

PAGE = Path(__file__).parents[3] / "docs" / "event-files.md"
IDA = link_key("ida@example.org")
READ: dict[str, list[dict[str, object]]] = {
    "contacts": [{"employee_key": "ann.lee@example.org", "link_key": IDA, "transferred": False}],
    "ratings": [{"contact_id": "call-1", "scale": "csat_1_5", "score": 4, "score_low": 1, "score_high": 5}],
    "purchases": [{"kind": "purchase", "amount": 12900}, {"kind": "reversal", "amount": -2900}],
    "subscriptions": [{"ended_at": datetime(2025, 6, 1, tzinfo=UTC), "end_reason": "voluntary", "amount": 990}],
    "ownerships": [{"employee_namespace": "email", "employee_key": "ann.lee@example.org"}],
    "customers": [{"segment": "business", "region": "DE", "link_key": IDA}],
}


def examples() -> Iterator[tuple[str, str, str]]:
    """Kind, format and text of each example on the page."""
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        for suffix, text in re.findall(r"^```(csv|jsonl)\n(.*?)```", section, re.MULTILINE | re.DOTALL):
            yield section.splitlines()[0], suffix, text


def read(path: Path, source: str = "warehouse", **settings: str) -> Imported:
    return imported(adapter, path, ImportOptions(source=source, settings=settings))


def test_every_kind_has_an_example_that_is_read_whole(tmp_path: Path) -> None:
    found: dict[str, list[dict[str, object]]] = {}
    for kind, suffix, text in examples():
        path = tmp_path / f"{kind}.{suffix}"
        path.write_text(text, encoding="utf-8")
        result = read(path)
        assert (result.rejected, result.unmapped) == ((), ())
        events = result.events[EventKind(kind)]
        found[kind] = [{name: event.get(name) for name in READ[kind][row]} for row, event in enumerate(events)]

    assert found == READ
    assert set(found) == set(EventKind)


def test_a_warehouse_may_keep_all_sources_in_one_parquet_table(tmp_path: Path) -> None:
    path = tmp_path / "sold"
    moment = datetime(2025, 7, 5, 12, tzinfo=UTC)
    rows = [
        {"event_id": "1", "occurred_at": moment, "customer_key": "c", "order_id": "1", "kind": "purchase"}
        | {"amount": 12900, "currency": "EUR", "source": source}
        for source in ("shop", "till", "shop")
    ]
    pq.write_table(pa.Table.from_pylist([row | {"event_id": str(n)} for n, row in enumerate(rows)]), path)

    result = read(path, source="shop")

    assert [(one["event_id"], one["occurred_at"], one["amount"]) for one in result.events[EventKind.PURCHASES]] == [
        ("0", moment, 12900),
        ("2", moment, 12900),
    ]
    assert result.skipped == {"an event of another source": 1}


def test_an_amount_in_major_units_is_not_taken_for_minor_ones(tmp_path: Path) -> None:
    path = tmp_path / "purchases.csv"
    path.write_text(
        "event_id,occurred_at,customer_key,order_id,kind,amount,currency\n1,2025-07-05T12:00Z,c,1,purchase,129.00,EUR\n"
    )

    (row,) = read(path).rejected
    assert (row.column, row.value, row.reason) == ("amount", "129.00", "not a whole number")


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "contacts.parquet"
    path.write_bytes(b"PAR1 and nothing else")

    with pytest.raises(InvalidInput, match="damaged or cut off"):
        read(path)


def test_a_crosswalk_links_the_customers_of_the_source_that_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text("source,customer_key,link_key\nshop,7,M-1\ndesk,42,M-1\nshop,8,\nshop,9,M-2\n")

    result = read(path, source="shop")

    assert [(one["customer_key"], one.get("link_key")) for one in result.events[EventKind.CUSTOMERS]] == [
        ("7", "M-1"),
        ("8", None),
        ("9", "M-2"),
    ]
    assert result.skipped == {"a customer of another source": 1}


@pytest.mark.parametrize("column", ["link_key", "email"])
def test_links_of_a_crosswalk_add_up_in_a_file_and_over_files(tmp_path: Path, column: str) -> None:
    path = tmp_path / "crosswalk.csv"
    ids = []
    for lines in ("shop,7,a@x\nshop,7,b@x\nshop,7, a@x\n", "shop,7,c@x\nshop,8,a@x\nshop,a,A@x\nshop,A,A@x\n"):
        path.write_text(f"source,customer_key,{column}\n{lines}")
        result = read(path, source="shop")
        assert result.rejected == ()
        ids.append([(one["event_id"], one["customer_key"]) for one in result.events[EventKind.CUSTOMERS]])

    assert [key for _, key in ids[0]] == ["7", "7"]  # the third line says what the first one does
    assert [key for _, key in ids[1]] == ["7", "8", "a", "A"]
    assert len({one for one, _ in ids[0] + ids[1]}) == 6
    assert not any(str(one) == "7" or "@" in str(one) for one, _ in ids[0] + ids[1])


def test_a_table_that_only_bears_the_name_of_a_kind_needs_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("id,agent,answer\n1,ann,5\n")

    with pytest.raises(InvalidInput, match="no plain event file of ratings: it has no event_id") as refusal:
        read(path)
    assert "or a mapping file" in (refusal.value.expected or "")
