import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.testing.imported import Imported, imported
from appraise_zendesk import adapter

GOOD = {
    "id": 62,
    "url": "https://example.zendesk.com/api/v2/satisfaction_ratings/62.json",
    "assignee_id": 135,
    "group_id": 44,
    "requester_id": 12345678901234567890,
    "ticket_id": 208,
    "score": "good",
    "comment": "Thanks",
    "created_at": "2011-07-20T22:55:29Z",
    "updated_at": "2011-07-21T01:00:00Z",
}


def read(directory: Path, content: str, name: str = "ratings.json") -> Imported:
    path = directory / name
    path.write_text(content, encoding="utf-8")
    return imported(adapter, path, ImportOptions(source="zendesk"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ratings.json", json.dumps({"satisfaction_ratings": [GOOD], "next_page": None, "count": 1})),
        ("ratings.ndjson", json.dumps(GOOD) + "\n"),
    ],
)
def test_a_good_rating_is_the_best_answer_on_the_scale_of_thumbs(tmp_path: Path, name: str, content: str) -> None:
    assert read(tmp_path, content, name) == Imported(
        events={
            EventKind.RATINGS: (
                {
                    "event_id": "62",
                    "occurred_at": datetime(2011, 7, 20, 22, 55, 29, tzinfo=UTC),
                    "customer_key": "12345678901234567890",
                    "employee_namespace": "zendesk:agent",
                    "employee_key": "135",
                    "contact_id": "208",
                    "scale": "thumbs",
                    "score": Decimal(1),
                    "score_low": Decimal(0),
                    "score_high": Decimal(1),
                },
            )
        }
    )


@pytest.mark.parametrize(
    ("score", "found"),
    [("good_with_comment", Decimal(1)), ("bad", Decimal(0)), ("bad_with_comment", Decimal(0))],
)
def test_comments_do_not_change_a_score(tmp_path: Path, score: str, found: Decimal) -> None:
    result = read(tmp_path, json.dumps([{**GOOD, "score": score}]).join(['{"satisfaction_ratings": ', "}"]))

    assert [rating["score"] for rating in result.events[EventKind.RATINGS]] == [found]


@pytest.mark.parametrize(
    ("score", "reason"), [("offered", "offered and not answered"), ("unoffered", "not offered to the customer")]
)
def test_no_answer_is_not_a_bad_answer(tmp_path: Path, score: str, reason: str) -> None:
    result = read(tmp_path, json.dumps({"satisfaction_ratings": [{**GOOD, "score": score}]}))

    assert (result.events[EventKind.RATINGS], result.skipped) == ((), {reason: 1})


def test_a_rating_without_an_agent_is_kept_as_nobodys(tmp_path: Path) -> None:
    result = read(tmp_path, json.dumps({"satisfaction_ratings": [{**GOOD, "assignee_id": None}]}))

    (rating,) = result.events[EventKind.RATINGS]
    # Nor of the ticket, whose assignee of today would be credited with it.
    assert rating.keys() & {"employee_key", "employee_namespace", "contact_id"} == set()


def test_a_rating_of_a_bot_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "ratings.json"
    path.write_text(json.dumps({"satisfaction_ratings": [GOOD, {**GOOD, "id": 63, "assignee_id": 360001}]}))

    result = imported(adapter, path, ImportOptions(source="zendesk", settings={"bots": "Helper, 360001"}))

    assert [rating["event_id"] for rating in result.events[EventKind.RATINGS]] == ["62"]
    assert result.skipped == {"a bot was rated": 1}


def test_tickets_as_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no 'satisfaction_ratings' on the path"):
        read(tmp_path, '{"tickets": [{"id": 1}]}')
