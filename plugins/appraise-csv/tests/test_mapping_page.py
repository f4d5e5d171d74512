"""docs/mapping-files.md: its examples are read as it says, and it has every key there is."""

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appraise.adapters.contract import ImportOptions
from appraise.adapters.event_mapping import EVENT_KEYS
from appraise.domain.employees import EmploymentStatus, ExternalReference
from appraise.domain.events import EventKind
from appraise.errors import InvalidInput
from appraise.testing.imported import imported, link_key
from appraise_csv import adapter
from appraise_csv import mapping as keys

PAGE = (Path(__file__).parents[3] / "docs" / "mapping-files.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_sales_are_read(files: Path) -> None:
    result = imported(adapter, files / "sales.csv", ImportOptions("shop", mapping=files / "sales.toml"))

    assert (result.rejected, result.skipped, result.unmapped) == ((), {"a test sale": 1}, ("Shop",))
    paid, refunded = result.events[EventKind.PURCHASES]
    assert paid["occurred_at"] == datetime(2025, 3, 3, 8, 15, tzinfo=UTC)
    assert (paid["kind"], paid["amount"], paid["currency"], paid["employee_key"]) == ("purchase", 12900, "EUR", "0007")
    assert paid["link_key"] == link_key("ida@example.org")
    assert (refunded["kind"], refunded["amount"], refunded["order_id"]) == ("reversal", -5990, "1002")


def test_the_people_are_read(files: Path) -> None:
    read = adapter.read_people(
        files / "people.csv", ImportOptions("hr", mapping=files / "people.toml", as_of=date(2026, 1, 1))
    )

    ann, bo = read.records
    assert read.rejected == ()
    assert (ann.display_name, ann.status, ann.hire_date) == ("Ann Lee", EmploymentStatus.ACTIVE, date(2020, 2, 1))
    assert ExternalReference("till:badge", "b-17") in ann.references
    assert [one.reference for one in ann.managers] == [bo.key]
    assert bo.managers == ()


def test_the_page_has_every_key() -> None:
    prose = re.sub(r"^```.*?^```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    columns = [line for line in prose.splitlines() if line.startswith("| `[columns]` | key")]
    told = set(re.findall(r"[a-z_]+", " ".join([*re.findall(r"`([^`]+)`", prose), *columns])))

    assert {*keys._FILE_KEYS, *keys._PEOPLE_KEYS, *EVENT_KEYS, *keys.PEOPLE_COLUMNS} <= told
    assert {status.value for status in EmploymentStatus} <= set(re.findall(r"\w+", PAGE))
    assert set(EventKind) <= set(re.findall(r"\w+", PAGE))


def test_a_mapping_without_a_needed_field_is_told_how_to_give_it(files: Path) -> None:
    document = (files / "sales.toml").read_text(encoding="utf-8").replace('currency = "EUR"', "")
    assert "currency" not in tomllib.loads(document)["constants"]
    (files / "sales.toml").write_text(document, encoding="utf-8")

    with pytest.raises(InvalidInput, match=r'\[constants\] currency = "its value"'):
        imported(adapter, files / "sales.csv", ImportOptions("shop", mapping=files / "sales.toml"))


def test_what_is_suggested_says_where_constants_go(files: Path) -> None:
    suggested = adapter.suggest_mapping(files / "sales.csv")

    assert '# currency = "…"  # needed: ISO 4217' in suggested
    assert "needed: purchase or reversal" in suggested
    assert "# [constants]" in suggested
    tomllib.loads(suggested)
