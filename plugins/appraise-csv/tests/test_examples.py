from datetime import UTC, datetime
from pathlib import Path

from appraise.domain.events import EventKind
from appraise.testing.imported import imported, link_key
from appraise.testing.tiny_company import tiny_company
from appraise_csv import adapter


def test_the_list_of_account_owners_comes_with_its_mapping(tmp_path: Path) -> None:
    (example,) = adapter.write_example(tiny_company(), tmp_path)

    lines = example.path.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == [
        "Account;Customer e-mail;Owner;Owner e-mail;From;Until",
        "C000001;ida@example.org;Ben Böhm;ben@example.com;01.05.2024 00:00:00;01.07.2025 00:00:00",
    ]
    assert imported(adapter, example.path, example.options).events[EventKind.OWNERSHIPS][0] == {
        "event_id": "C000001/01.05.2024 00:00:00",
        "occurred_at": datetime(2024, 5, 1, tzinfo=UTC),
        "customer_key": "C000001",
        "link_key": link_key("ida@example.org"),
        "employee_namespace": "email",
        "employee_key": "ben@example.com",
        "ended_at": datetime(2025, 7, 1, tzinfo=UTC),
    }
