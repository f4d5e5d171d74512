"""How far an import is: on a terminal, in a log, and for whoever wants to hear nothing."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from appraise.adapters.contract import FileShape, ImportOptions
from appraise.adapters.files import as_delimited
from appraise.bootstrap import initialise, utc_now
from appraise.cli import app, output
from appraise.cli.reading_pace import Paced
from appraise.domain.progress import Reading, silent
from appraise.settings import Settings
from appraise.use_cases.import_events import import_events

ROWS = "".join(f"{n},{n},2024-05-01T10:00:00Z,anna,purchase,1000,EUR\n" for n in range(9_000))
ORDERS = "event_id,order_id,occurred_at,customer_key,kind,amount,currency\n" + ROWS


def clock(*seconds: float) -> Iterator[float]:
    yield from seconds


def test_what_is_left_follows_from_the_bytes_and_the_pace_from_the_rows() -> None:
    paced = Paced(clock(0, 10, 14).__next__)

    assert paced.told(Reading(100, 1_000, 100_000)) == "100 rows"
    # 2,000 rows and 20,000 bytes in 10 seconds; 79,000 bytes are left, which takes 39.5 seconds
    assert paced.told(Reading(2_100, 21_000, 100_000)) == "2,100 rows, 200/s, 0:40 left"
    assert paced.told(Reading(9_000, 100_000, 100_000)) == "9,000 rows, 636/s"


def test_a_file_that_is_read_once_more_has_a_pace_of_its_own() -> None:
    paced = Paced(clock(0, 100, 102).__next__)
    paced.told(Reading(9_000, 90_000, 90_000))

    assert paced.told(Reading(10, 1_000, 7_201_000)) == "10 rows"
    assert paced.told(Reading(30, 3_000, 7_201_000)) == "30 rows, 10/s, 1:59:58 left"


def test_the_engine_and_the_copying_tell_every_row_and_every_byte(tmp_path: Path) -> None:
    deployment = initialise(Settings(data=tmp_path / "data"))
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS)
    seen: list[Reading] = []
    import_events(
        deployment,
        "csv",
        path,
        ImportOptions(source="shop"),
        at=utc_now(),
        dry_run=True,
        error_policy="reject-rows",
        rejected_to=None,
        progress=silent,
        watch=seen.append,
    )
    assert seen[-1] == Reading(9_000, path.stat().st_size, path.stat().st_size)

    copied: list[Reading] = []
    path.write_text(ORDERS, encoding="utf-16")
    copies = tmp_path / "copies"
    copies.mkdir()
    as_delimited(path, FileShape("csv", "utf-16", ","), copies, on_reject=None, watch=copied.append)

    assert [one.rows for one in copied] == [4_094, 8_190]  # read before it is known to be a row, and below the header
    assert [one.size for one in copied] == [path.stat().st_size] * 2
    assert 0 < copied[0].bytes < copied[1].bytes <= path.stat().st_size


def test_a_log_gets_a_line_now_and_then_and_none_of_what_is_over_soon(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with output.reading_bar("Importing orders.csv", quiet=False) as (advance, watch):
        advance("read", 2, 5)
        watch(Reading(1, 1, 2))
    assert capsys.readouterr().err == ""

    monkeypatch.setattr(output, "BETWEEN_LINES", 0.0)
    with output.reading_bar("Importing orders.csv", quiet=False) as (advance, watch):
        advance("read", 2, 5)
        watch(Reading(1_000, 1, 2))
    assert capsys.readouterr().err.splitlines() == [
        "Importing orders.csv: read, step 2 of 5",
        "Importing orders.csv: 1,000 rows",
    ]


def test_a_terminal_shows_the_rows_unless_it_is_to_be_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    initialise(Settings())
    (tmp_path / "orders.csv").write_text(ORDERS)
    arguments = ["import", "csv", str(tmp_path / "orders.csv"), "--dry-run"]

    def shown(*more: str) -> str:
        screen = io.StringIO()
        monkeypatch.setattr(output, "errors", Console(file=screen, force_terminal=True, width=80))
        CliRunner().invoke(app, [*arguments, *more], catch_exceptions=False)
        return screen.getvalue()

    told = shown()
    assert "Importing orders.csv" in told
    assert "9,000 rows · check" in told
    assert shown("--quiet") == shown("--json") == ""
