"""Headers of German reports as recorded: they name no id, so no report of people can be read from them alone."""

import json
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.errors import InvalidInput
from appraise_personio import adapter
from appraise_personio.adapter import EMPLOYEES

SAMPLES = Path("../shared/samples/hris/personio")


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the file is not beside the project: {path}")
    return path


@pytest.mark.samples
def test_the_recorded_german_labels_are_known() -> None:
    headers = json.loads(sample("personio_client_report_headers_de.json").read_text(encoding="utf-8"))
    recorded = {label for sheet in headers.values() if isinstance(sheet, dict) for label in sheet["headers"]}
    known = {label for labels in EMPLOYEES.columns.values() for label in labels}

    assert {"Nachname (bürgerlich)", "Vorname (bürgerlich)", "Name (bevorzugt)", "Abteilung"} <= recorded & known


def test_a_report_without_an_id_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "bericht.csv"
    path.write_text("Nachname (bürgerlich);Vorname (bürgerlich);Abteilung\nLee;Ann;Service\n", encoding="utf-8")

    with pytest.raises(InvalidInput, match="no list of Personio employees: it has no column 'id'"):
        adapter.read_people(path, ImportOptions(source="personio"))
