"""Rejected rows in a file like their export: mended and imported, nothing of the export is missing or there twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from appraise.adapters.contract import ImportOptions
from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.domain.events import EventKind
from appraise.domain.progress import silent
from appraise.errors import InvalidInput
from appraise.events.reconcile import monthly_sums
from appraise.settings import Settings
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.import_events import import_events

MAPPING = """
kind = "ratings"
[columns]
event_id = "No"
occurred_at = "When"
customer_key = "Customer"
score = "Score"
employee_key = "Clerk"
[constants]
scale = "csat_1_5"
score_low = "1"
score_high = "5"
employee_namespace = "hr:id"
"""
ROWS = (
    'No;When;Customer;Clerk;Score;Said\n1;2025-03-03 09:00;Jürgen;0007;5;"fine;\nthank you"\n'
    "2;yesterday;Jürgen;0007;4;=1+1\n\n3;2025-03-04 09:00;Ann;0008;seven;\n4;2025-03-05 09:00;Bob;0008;2;\n"
)


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return initialise(Settings(data=tmp_path / "data"))


def take(deployment: Deployment, path: Path, to_mend: Path | None = None, *, text: str = MAPPING) -> int:
    mapping = path.parent / "mapping.toml"
    mapping.write_text(text, encoding="utf-8")
    report = import_events(
        deployment,
        "csv",
        path,
        ImportOptions("desk", mapping=mapping, time_zone="Europe/Berlin"),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        dry_run=False,
        error_policy="reject-rows",
        rejected_to=None,
        to_mend=to_mend,
        progress=silent,
    )
    return report.rejected


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_rows_are_those_of_the_export_under_its_header(deployment: Deployment, tmp_path: Path, encoding: str) -> None:
    export = tmp_path / "ratings.csv"
    export.write_text(ROWS, encoding=encoding)

    assert take(deployment, export, tmp_path / "mend") == 2
    mended = tmp_path / "mend" / "ratings.to-mend.csv"
    text = mended.read_text(encoding=encoding)
    assert text.splitlines() == [
        "No;When;Customer;Clerk;Score;Said",
        "2;yesterday;Jürgen;0007;4;=1+1",
        "3;2025-03-04 09:00;Ann;0008;seven;",
    ]

    right = text.replace("yesterday", "2025-03-03 10:00").replace("seven", "3")
    mended.write_text(right, encoding=encoding)
    assert take(deployment, mended) == 0
    (line,) = monthly_sums(deployment.events.snapshot(), time_zone="UTC")
    assert (line.count, line.total, line.kind) == (4, 5 + 4 + 3 + 2, EventKind.RATINGS)


def test_a_load_that_is_there_already_gives_its_rows_again(deployment: Deployment, tmp_path: Path) -> None:
    export = tmp_path / "ratings.csv"
    export.write_text(ROWS, encoding="utf-8")
    take(deployment, export)

    take(deployment, export, tmp_path / "mend")
    mended = tmp_path / "mend" / "ratings.to-mend.csv"
    assert mended.read_text(encoding="utf-8").count("\n") == 3

    mended.write_text("by hand", encoding="utf-8")
    take(deployment, export, tmp_path / "mend")

    assert mended.read_text(encoding="utf-8") == "by hand"
    assert (tmp_path / "mend" / "ratings.to-mend-2.csv").read_text(encoding="utf-8").count("\n") == 3
    assert len(deployment.events.loads()) == 1


def test_lines_of_json_stay_lines_of_json(deployment: Deployment, tmp_path: Path) -> None:
    export = tmp_path / "ratings.jsonl"
    lines = [
        '{"No": 1, "When": "2025-03-03 09:00", "Customer": "Ann", "Clerk": "7", "Score": 5}\n',
        '{"No": 2, "When": "soon", "Customer": "Bob", "Clerk": "7", "Score": 5}\n',
    ]
    export.write_text("".join(lines), encoding="utf-8")

    assert take(deployment, export, tmp_path / "mend") == 1

    assert (tmp_path / "mend" / "ratings.to-mend.jsonl").read_text(encoding="utf-8") == lines[1]


def test_rows_of_a_document_are_not_written_apart(deployment: Deployment, tmp_path: Path) -> None:
    export = tmp_path / "ratings.json"
    export.write_text('[{"No": 1, "When": "soon", "Customer": "Ann", "Clerk": "7", "Score": 5}]', encoding="utf-8")

    with pytest.raises(InvalidInput, match="--rejected-to"):
        take(deployment, export, tmp_path / "mend")

    assert not deployment.events.loads()


def test_several_files_tell_of_their_rows_in_one(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.database.close()
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    files = [tmp_path / "march.csv", tmp_path / "april.csv"]
    files[0].write_text(ROWS, encoding="utf-8")
    files[1].write_text(ROWS.replace("2025-03", "2025-04").replace("\n1;", "\n11;"), encoding="utf-8")
    told, mend = tmp_path / "rejected.csv", tmp_path / "mend"
    options = ["--mapping", str(tmp_path / "mapping.toml"), "--time-zone", "Europe/Berlin", "--source", "desk"]

    done = CliRunner().invoke(
        app, ["import", "csv", *map(str, files), *options, "--rejected-to", str(told), "--to-mend", str(mend)]
    )

    assert done.exit_code == 3, done.output
    assert [line.split(",")[:3] for line in told.read_text(encoding="utf-8").splitlines()] == [
        ["file", "row", "column"],
        ["march.csv", "3", "When"],
        ["march.csv", "5", "Score"],
        ["april.csv", "3", "When"],
        ["april.csv", "5", "Score"],
    ]
    assert sorted(path.name for path in mend.iterdir()) == ["april.to-mend.csv", "march.to-mend.csv"]
