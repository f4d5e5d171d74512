import json
from pathlib import Path

from appraise.testing.tiny_company import tiny_company
from appraise_zendesk import adapter


def test_tickets_are_written_in_the_accounts_time_with_names_for_agents(tmp_path: Path) -> None:
    """00:30 UTC on 30 March 2025 is 01:30 in Berlin, and an hour later the clocks have gone forward to 03:30."""
    tickets, _ = adapter.write_example(tiny_company(), tmp_path)

    lines = tickets.path.read_bytes().decode("utf-8").split("\r\n")
    assert lines[0].startswith("\ufeffSummation column,Id,Requester,Requester id,")
    assert lines[1] == (
        "1,5001,Ida Ø,C000001,,ida@example.org,,Ida Ø,Cleo O'Neil,Support,billing question,,Solved,Normal,Mail,"
        "Question,2025-03-30 01:30,2025-03-30 03:30,2025-03-30 01:30,,,2025-03-30 01:30,2025-03-30 03:30,,Good,1,1,"
        "0,1,billing,consumer"
    )
    assert tickets.options.time_zone == "Europe/Berlin"


def test_ratings_are_written_in_utc_with_ids_for_agents(tmp_path: Path) -> None:
    _, ratings = adapter.write_example(tiny_company(), tmp_path)

    document = json.loads(ratings.path.read_text(encoding="utf-8"))
    assert document["satisfaction_ratings"][0] == {
        "id": 7001,
        "assignee_id": 903,
        "requester_id": "C000001",
        "ticket_id": 5001,
        "score": "good",
        "comment": "Thank you, Cleo!",
        "created_at": "2025-03-31T08:00:00Z",
    }
    assert (document["next_page"], document["count"]) == (None, 3)
