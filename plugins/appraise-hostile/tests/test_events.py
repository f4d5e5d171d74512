"""What the event store makes of the nastiest file that it is allowed to get."""

from datetime import UTC, datetime
from pathlib import Path

from appraise.adapters.contract import ImportOptions
from appraise.domain.events import EventKind
from appraise.testing.imported import imported
from appraise_hostile import CONTACTS, NAMESPACE, adapter


def test_nothing_in_a_name_or_value_is_carried_out(tmp_path: Path) -> None:
    path = tmp_path / 'it\'s; a "file" 🙂.csv'
    header = ",".join('"' + name.replace('"', '""') + '"' for name in CONTACTS.values())
    path.write_text(
        f"{header}\n"
        '"=1+1",2025-03-30T02:30:00,"\'; DELETE",7,web,…\n'
        '"; --",whenever,1,,,…\n'
        "word,2025-01-01T00:00:00Z,1,,,over\n",
        encoding="utf-8",
    )

    result = imported(adapter, path, ImportOptions(source='it\'s "me"'))

    assert result.events == {
        EventKind.CONTACTS: (
            {
                "event_id": "=1+1",
                "occurred_at": datetime(2025, 3, 30, 2, 30, tzinfo=UTC),
                "customer_key": "'; DELETE",
                "employee_namespace": NAMESPACE,
                "employee_key": "7",
                "channel": "web",
                "outcome": "open",
            },
        )
    }
    assert result.skipped == {"it's nobody's; really": 1}
    assert [(row.file, row.row, row.column, row.value) for row in result.rejected] == [(path.name, 4, "CASE", "over")]
