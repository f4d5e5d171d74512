from datetime import UTC, datetime
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.testing.imported import Imported, imported, link_key
from appraise_zendesk import adapter

HEADER = (
    "Summation column,Id,Requester,Requester id,Requester email,Assignee,Status,Via,Created at,Assignee stations,"
    "Topic [list],Segment [list],Plan [list]"
)


def read(
    directory: Path, *rows: str, header: str = HEADER, time_zone: str | None = "Europe/Berlin", **settings: str
) -> Imported:
    path = directory / "tickets.csv"
    path.write_text("\r\n".join([header, *rows]) + "\r\n", encoding="utf-8")
    return imported(adapter, path, ImportOptions(source="zendesk", time_zone=time_zone, settings=settings))


def test_a_ticket_is_a_contact_and_its_requester_a_customer(tmp_path: Path) -> None:
    result = read(
        tmp_path, "1,35436,Ida,0042,Ida@Example.org,Ann Lee,Solved,Mail,2025-07-01 12:00,2,billing,business,gold"
    )

    link = link_key("ida@example.org")
    opened = datetime(2025, 7, 1, 10, 0, tzinfo=UTC)
    assert result == Imported(
        events={
            EventKind.CONTACTS: (
                {
                    "event_id": "35436",
                    "occurred_at": opened,
                    "customer_key": "0042",
                    "link_key": link,
                    "employee_namespace": "name",
                    "employee_key": "Ann Lee",
                    "channel": "email",
                    "topic": "billing",
                    "segment": "business",
                    "case_id": "35436",
                    "outcome": "resolved",
                    "transferred": True,
                },
            ),
            EventKind.CUSTOMERS: (
                {
                    "event_id": "0042",
                    "occurred_at": opened,
                    "customer_key": "0042",
                    "link_key": link,
                    "segment": "business",
                },
            ),
        }
    )


def test_a_further_field_is_taken_where_a_setting_names_it(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "1,1,Ida,42,,Ann Lee,Open,Chat,2025-07-01 12:00,1,,,gold",
        **{"column.product": "Plan [list]"},
    )

    assert [contact["product"] for contact in result.events[EventKind.CONTACTS]] == ["gold"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,1,Ida,42,,,New,Mail,2025-07-01 12:00,0,,,", "no agent was assigned"),
        ("1,1,Ida,42,,-,New,Mail,2025-07-01 12:00,0,,,", "no agent was assigned"),
        ("1,1,Ida,42,,Ann Lee,Deleted,Mail,2025-07-01 12:00,1,,,", "the ticket was deleted"),
        ("1,1,Ida,42,,Answer Bot,Solved,Mail,2025-07-01 12:00,1,,,", "a bot held the ticket"),
    ],
)
def test_a_ticket_that_no_agent_served_is_left_out_with_the_reason(tmp_path: Path, row: str, reason: str) -> None:
    result = read(tmp_path, row)

    assert (result.events[EventKind.CONTACTS], result.skipped) == ((), {reason: 1})


def test_bots_can_be_named(tmp_path: Path) -> None:
    result = read(tmp_path, "1,1,Ida,42,,Robo o'Bot,Open,Mail,2025-07-01 12:00,1,,,", bots="helper, robo O'BOT")

    assert result.skipped == {"a bot held the ticket": 1}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-01-15 09:30", datetime(2025, 1, 15, 8, 30, tzinfo=UTC)),
        ("2025-03-30 03:00", datetime(2025, 3, 30, 1, 0, tzinfo=UTC)),
        ("2025-10-26 01:59:59", datetime(2025, 10, 25, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_times_are_the_accounts(tmp_path: Path, written: str, moment: datetime) -> None:
    """Berlin is one hour before UTC, two from 30 March 2025 02:00 to 26 October 2025 03:00."""
    result = read(tmp_path, f"1,1,Ida,42,,Ann Lee,Open,Mail,{written},1,,,")

    assert [contact["occurred_at"] for contact in result.events[EventKind.CONTACTS]] == [moment]


@pytest.mark.parametrize(
    ("via", "channel"),
    [
        ("Mail", "email"),
        ("Web form", "web"),
        ("Phone call (incoming)", "phone"),
        ("Chat", "chat"),
        ("Twitter DM", "twitter dm"),
    ],
)
def test_via_becomes_the_channel(tmp_path: Path, via: str, channel: str) -> None:
    result = read(tmp_path, f"1,1,Ida,42,,Ann Lee,Open,{via},2025-07-01 12:00,1,,,")

    assert [contact["channel"] for contact in result.events[EventKind.CONTACTS]] == [channel]


def test_an_unknown_status_rejects_the_ticket(tmp_path: Path) -> None:
    result = read(tmp_path, "1,1,Ida,42,,Ann Lee,Gelöst,Mail,2025-07-01 12:00,1,,,")

    assert result.events[EventKind.CONTACTS] == ()
    assert [(row.row, row.column) for row in result.rejected] == [(2, "Status")]


def test_a_customer_is_as_the_latest_ticket_shows_them(tmp_path: Path) -> None:
    result = read(
        tmp_path,
        "1,1,Ida,42,old@example.org,Ann Lee,Open,Mail,2025-07-01 12:00,1,,consumer,",
        "1,2,Ida,42,new@example.org,Ann Lee,Open,Mail,2025-08-01 12:00,1,,business,",
    )

    assert [(one["link_key"], one["segment"]) for one in result.events[EventKind.CUSTOMERS]] == [
        (link_key("new@example.org"), "business")
    ]


def test_the_time_zone_must_be_declared(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="the time zone is not declared"):
        read(tmp_path, "1,1,Ida,42,,Ann Lee,Open,Mail,2025-07-01 12:00,1,,,", time_zone=None)


def test_labels_in_another_language_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="with English labels"):
        read(tmp_path, header="Summenspalte,ID,Anfragender,Anfragender ID,Zuständiger,Status,Erstellt am")


def test_what_the_file_lacks_is_said(tmp_path: Path) -> None:
    result = read(tmp_path, "1,42,Ann Lee,Open,2025-07-01 12:00", header="Id,Requester id,Assignee,Status,Created at")

    assert result.warnings == (
        "without Requester email the customers cannot be joined to other sources",
        "without Assignee stations transferred tickets cannot be told",
        "no column 'Topic [list]': contacts have no topic to compare like with like",
        "no column 'Segment [list]': contacts have no segment to compare like with like",
    )
