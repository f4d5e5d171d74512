"""Exchange rates from files, as a person imports them, and runs that are computed again by the rates of then."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from appraise.bootstrap import initialise
from appraise.cli import app
from appraise.errors import InvalidInput, NotFound
from appraise.settings import Settings

Run = Callable[..., Result]

# As the European Central Bank writes it: the last day first, N/A where there is no rate, a comma at the end of a line.
ECB = """Date,USD,JPY,BGN,ISK,
2025-03-04,1.0557,156.55,1.9558,146.5,
2025-03-03,1.0465,157.31,1.9558,N/A,
2025-02-28,1.0411,156.31,1.9558,145.9,
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    initialise(Settings())
    return lambda *arguments: CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def told(ran: Result) -> dict[str, object]:
    return dict(json.loads(ran.stdout))


def test_the_banks_archive_is_read_and_a_later_one_adds_days_and_mends_rates(run: Run) -> None:
    with zipfile.ZipFile("eurofxref-hist.zip", "w") as archive:
        archive.writestr("eurofxref-hist.csv", ECB)
    first = told(run("rates", "import", "eurofxref-hist.zip", "--json"))
    Path("later.csv").write_text("Date,USD\n2025-03-05,1.0694\n2025-03-04,1.0558\n2025-03-03,1.0465\n")
    later = told(run("rates", "import", "later.csv", "--json"))
    same = told(run("rates", "import", "later.csv", "--json"))
    shown = run("rates", "show").stdout
    run("audit", "export", "--to", "audit.jsonl")

    assert (first["read"], first["new"], first["changed"]) == (11, 11, 0)
    assert (later["read"], later["new"], later["changed"]) == (3, 1, 1)
    assert later["currencies"]["USD"] == {"first": "2025-02-28", "last": "2025-03-05", "days": 4, "rate": "1.0694"}
    assert (same["new"], same["changed"], same["hash"]) == (0, 0, later["hash"])
    assert later["hash"] != first["hash"]
    assert "ISK  2025-02-28 to 2025-03-04, 2 days, last 146.5" in shown
    assert Path("audit.jsonl").read_text().count('"rates.import"') == 2


def test_the_same_rates_are_the_same_whatever_their_zeros(run: Run) -> None:
    Path("one.csv").write_text("Date,USD\n2025-03-03,1.10\n")
    Path("two.csv").write_text("Date,USD\n2025-03-03,1.1\n")

    assert told(run("rates", "import", "one.csv", "--json"))["changed"] == 0
    assert told(run("rates", "import", "two.csv", "--json"))["changed"] == 0


UNFIT = [
    ("Day,USD\n2025-03-03,1.1\n", (), "no table of exchange rates", 1),
    ("Date,USD,Dollar\n2025-03-03,1.1,1\n", (), "Dollar is none", 1),
    ("Date,EUR\n2025-03-03,1\n", (), "no table of exchange rates", 1),
    ("Date,USD\n03/03/2025,1.1\n", (), "'03/03/2025' is no day", 2),
    ("Date,USD\n2025-03-03,1.1\n2999-01-01,1.1\n", (), "is yet to come", 3),
    ("Date,USD\n2025-03-03,1.1\n2025-03-03,1.2\n", (), "told twice, in row 2 too", 3),
    ('Date,USD\n2025-03-03,"1,1"\n', (), "'1,1' is no rate", 2),
    ("Date,USD\n2025-03-03,0\n", (), "'0' is no rate", 2),
    ("Date,USD\n2025-03-03,NaN\n", (), "'NaN' is no rate", 2),
    ("Date,USD\n2025-03-03,1.1\n", ("--reporting", "CHF"), "has no rates of CHF", 1),
    ("Date,USD\n2025-03-03,1.1\n", ("--base", "EURO"), "'EURO' is no currency", None),
]


def test_a_file_that_is_unfit_is_refused_whole_with_the_place(run: Run) -> None:
    for text, options, message, row in UNFIT:
        Path("rates.csv").write_text(text)

        with pytest.raises(InvalidInput) as refused:
            run("rates", "import", "rates.csv", *options)

        assert message in refused.value.found
        assert (refused.value.place.row if refused.value.place else None) == row
    with pytest.raises(NotFound, match="there are no exchange rates"):
        run("rates", "show")
