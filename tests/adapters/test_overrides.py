from collections.abc import Mapping
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.adapters.overrides import Overrides, read_overrides, refuse_sensitive
from appraise.domain.employees import EmploymentStatus
from appraise.errors import InvalidInput

FIELDS = ("id", "hire_date", "manager")
MAPPING = """
[columns]
hire_date = "Start"
[status]
Sabbatical = "leave"
[references]
"zendesk:agent" = "CUSTOM01"
[attributes]
level = "Grade"
"""


def given(directory: Path, mapping: str | None = None, settings: Mapping[str, str] | None = None) -> Overrides:
    path = directory / "own.toml"
    path.write_text(mapping or "", encoding="utf-8")
    return read_overrides(
        ImportOptions(source="hr", mapping=path if mapping else None, settings=settings or {}), FIELDS
    )


def test_a_mapping_file_and_settings_say_the_same(tmp_path: Path) -> None:
    settings = {
        "column.hire_date": "Start",
        "status.Sabbatical": "leave",
        "reference.CUSTOM01": "zendesk:agent",
        "attribute.Grade": "level",
    }

    assert given(tmp_path, MAPPING) == given(tmp_path, settings=settings)
    assert given(tmp_path, MAPPING).statuses == {"sabbatical": EmploymentStatus.LEAVE}


def test_a_setting_wins_over_the_mapping_file(tmp_path: Path) -> None:
    assert given(tmp_path, MAPPING, {"column.hire_date": "Hired"}).columns == {"hire_date": "Hired"}


@pytest.mark.parametrize(
    ("mapping", "found", "hint"),
    [
        ('[columns]\nhire_day = "Start"', "there is no field 'hire_day'", "did you mean 'hire_date'?"),
        ('[colums]\nhire_date = "Start"', "there is no table of the mapping 'colums'", "did you mean 'columns'?"),
        ('[status]\nAway = "leaf"', "the meaning of the status 'Away' is 'leaf'", "did you mean 'leave'?"),
        ("[columns]\nhire_date = 1", "[columns] is {'hire_date': 1}", None),
        ("[columns", "the mapping file is not TOML", None),
    ],
)
def test_what_is_not_known_is_refused_with_the_nearest(
    tmp_path: Path, mapping: str, found: str, hint: str | None
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        given(tmp_path, mapping)

    assert found in str(refusal.value)
    assert refusal.value.hint == hint


@pytest.mark.parametrize(
    "column",
    [
        "Gender",
        "dateOfBirth",
        "SSN",
        "SocialSecurityNumber",
        "Annual Salary",
        "marital_status",
        "Home Phone",
        "Religion",
        "Geburtsdatum",
    ],
)
def test_columns_on_private_matters_cannot_be_asked_for(tmp_path: Path, column: str) -> None:
    with pytest.raises(InvalidInput, match="is never read"):
        given(tmp_path, settings={f"attribute.{column}": "x"})


@pytest.mark.parametrize(
    "column", ["Payroll Company Code", "Email Address", "Sussex", "Percentage", "Trace", "Stage", "Social Media"]
)
def test_names_that_only_hold_such_a_word_can(column: str) -> None:
    refuse_sensitive(column)
