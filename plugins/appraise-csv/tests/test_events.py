from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.testing.imported import Imported, imported, link_key
from appraise_csv import adapter

RATINGS = r"""
kind = "ratings"
time_zone = "Europe/Paris"
formats = ["%d/%m/%Y %H:%M"]
decimal_comma = true
only = '''"Type" = 'csat' '''
[scale]
name = "csat_0_10"
low = 0
high = 10
[employee]
namespace = "email"
column = "Agent"
[columns]
event_id = "Id"
occurred_at = "Answered"
customer_key = "Customer"
link_key = "Mail"
score = "Note"
[words.topic]
"facture" = "billing"
[sql]
topic = "lower(Objet)"
[[skip]]
where = "Agent = 'bot@example.org'"
reason = "a bot"
"""


def read(directory: Path, text: str, mapping: str | None = None, settings: Mapping[str, str] | None = None) -> Imported:
    path = directory / "table.csv"
    path.write_text(text, encoding="utf-8")
    if mapping is not None:
        (directory / "map.toml").write_text(mapping, encoding="utf-8")
    options = ImportOptions(
        source="table", mapping=None if mapping is None else directory / "map.toml", settings=settings or {}
    )
    return imported(adapter, path, options)


def test_a_mapping_turns_a_foreign_table_into_ratings(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "Id;Type;Answered;Customer;Mail;Agent;Note;Objet\n"
        "0001;csat;26/10/2025 01:30;Zoë;Zoe@Example.org;ann@example.org;7,5;Facture\n"
        "0002;nps;26/10/2025 01:30;Zoë;;ann@example.org;7;Facture\n"
        "0003;csat;26/10/2025 01:30;Zoë;;bot@example.org;7;Facture\n"
        "0004;csat;26/10/2025 01:30;Zoë;;ann@example.org;7;Autre\n"
        "0005;csat;26/10/2025 01:30;Zoë;;ann@example.org;11;Facture\n",
        RATINGS,
    )

    assert result.events[EventKind.RATINGS] == (
        {
            "event_id": "0001",
            "occurred_at": datetime(2025, 10, 25, 23, 30, tzinfo=UTC),
            "customer_key": "Zoë",
            "link_key": link_key("zoe@example.org"),
            "employee_namespace": "email",
            "employee_key": "ann@example.org",
            "topic": "billing",
            "scale": "csat_0_10",
            "score": Decimal("7.5"),
            "score_low": Decimal(0),
            "score_high": Decimal(10),
        },
    )
    assert result.skipped == {"a bot": 1}
    assert [(row.row, row.column) for row in result.rejected] == [(5, "topic"), (6, "Note")]


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_can_be_read_by_our_own_column_names(tmp_path: Path, kind: EventKind) -> None:
    rows = {
        "contacts": "channel=phone,outcome=resolved",
        "ratings": "scale=nps,score=9,score_low=0,score_high=10",
        "purchases": "order_id=1,kind=purchase,amount=990,currency=EUR",
        "subscriptions": "interval=month",
        "ownerships": "ended_at=2026-01-01T00:00:00Z",
        "customers": "segment=business",
    }
    cells = dict(cell.split("=") for cell in rows[kind].split(","))
    cells = {"event_id": "1", "occurred_at": "2025-01-01T00:00:00Z", "customer_key": "c", **cells}

    result = read(tmp_path, f"{','.join(cells)}\n{','.join(cells.values())}\n", settings={"kind": kind.value})

    assert [(event["event_id"], event["customer_key"]) for event in result.events[kind]] == [("1", "c")]


def test_columns_that_fit_one_kind_alone_need_no_setting(tmp_path: Path) -> None:
    result = read(tmp_path, "event_id,occurred_at,customer_key,email,interval\n1,2025-01-01T00:00:00Z,c,A@b.org,year\n")

    assert result.events == {
        EventKind.SUBSCRIPTIONS: (
            {
                "event_id": "1",
                "occurred_at": datetime(2025, 1, 1, tzinfo=UTC),
                "customer_key": "c",
                "link_key": link_key("a@b.org"),
                "interval": "year",
            },
        )
    }


def test_columns_that_fit_several_kinds_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="its columns fit contacts, subscriptions, ownerships, customers"):
        read(tmp_path, "event_id,occurred_at,customer_key\n1,2025-01-01T00:00:00Z,c\n")


def test_a_misspelt_kind_is_refused_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(tmp_path, "event_id\n1\n", settings={"kind": "purchase"})

    assert refusal.value.hint == "did you mean purchases?"


def test_a_rating_without_a_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(
            tmp_path,
            "a,b\n1,2\n",
            'kind = "ratings"\n[columns]\nevent_id="a"\noccurred_at="b"\ncustomer_key="a"\nscore="b"',
        )

    assert refusal.value.found == "nothing says where scale, score_low, score_high of the ratings come from"
    assert refusal.value.hint == "a rating needs the scale it was given on: [scale] name, low, high"


def test_times_without_offset_or_zone_are_rejected_and_that_is_said(tmp_path: Path) -> None:
    result = read(
        tmp_path, "event_id,occurred_at,customer_key\n1,2025-01-01 00:00:00,c\n", settings={"kind": "customers"}
    )

    assert result.warnings == (
        "customers: no time zone is declared, so times without an offset are rejected",
        "customers: without e-mail addresses the customers cannot be joined to other sources",
    )
    assert [(row.row, row.column, row.value) for row in result.rejected] == [(2, "occurred_at", "2025-01-01 00:00:00")]


def test_a_mapping_of_people_does_not_read_events(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="the mapping is one of people"):
        read(tmp_path, "a,b\n1,2\n", 'kind = "people"\n[columns]\nkey = "a"\ndisplay_name = "b"')
