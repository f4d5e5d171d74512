from datetime import UTC, datetime
from pathlib import Path

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.testing.imported import imported
from appraise_surveymonkey import adapter


def test_a_declared_form_of_days_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("RespondentID,End Date,How was it?\n,,Response\n1,05/10/2018 4:03,5\n2,05/10/2018 04:03:10 PM,4\n")
    options = ImportOptions(
        source="survey",
        time_zone="UTC",
        date_format="%d/%m/%Y",
        settings={"column.score": "How was it?", "scale": "1-5"},
    )

    ratings = imported(adapter, path, options).events[EventKind.RATINGS]

    assert [one["occurred_at"] for one in ratings] == [
        datetime(2018, 10, 5, 4, 3, tzinfo=UTC),
        datetime(2018, 10, 5, 16, 3, 10, tzinfo=UTC),
    ]
