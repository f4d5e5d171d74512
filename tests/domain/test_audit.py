"""Changing, removing or moving any line of the audit log shows."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraise.domain.audit import (
    START,
    AuditEntry,
    Link,
    ListRead,
    WithheldEntry,
    chained,
    first_break,
    list_entries,
    list_name,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number in range(length):
        previous = entries[-1] if entries else None
        entries.append(
            chained(
                previous,
                at=AT + timedelta(minutes=number),
                actor=f"employee:{number % 3}",
                action="section.read",
                subject=f"section:{number}",
                details=[("version", str(number)), ("name", "Ann")],
            )
        )
    return entries


def test_a_chain_as_it_was_written_is_whole() -> None:
    entries = chain(5)

    assert first_break(entries) is None
    assert (entries[0].previous_hash, entries[4].sequence) == (START, 5)


def test_a_hash_can_be_made_again_from_the_line_alone() -> None:
    """SHA-256 of the fields as compact UTF-8 JSON, details in order of their names."""
    entry = chained(
        None,
        at=AT,
        actor="Zoë",
        action="section.read",
        subject="section:1",
        details=[("version", "3"), ("name", "Ann")],
    )
    line = (
        '[1,"2026-01-01T00:00:00+00:00","Zoë","section.read","section:1",[["name","Ann"],["version","3"]],"'
        + "0" * 64
        + '"]'
    )

    assert entry.hash == hashlib.sha256(line.encode("utf-8")).hexdigest()
    assert entry == AuditEntry(
        1, AT, "Zoë", "section.read", "section:1", (("name", "Ann"), ("version", "3")), "0" * 64, entry.hash
    )


@pytest.mark.parametrize(
    "edit",
    [
        {"actor": "somebody"},
        {"action": "section.rate"},
        {"subject": "section:x"},
        {"at": AT},
        {"details": ()},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
        {"sequence": 9},
    ],
)
def test_a_changed_line_is_found(edit: dict[str, object]) -> None:
    entries = chain(5)
    changed = replace(entries[2], **edit)  # type: ignore[arg-type]  # each field in its turn

    assert first_break([*entries[:2], changed, *entries[3:]]) == changed


@given(st.integers(2, 8), st.data())
def test_a_removed_line_is_found_at_the_one_after_it(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    removed = data.draw(st.integers(0, length - 2))

    assert first_break(entries[:removed] + entries[removed + 1 :]) == entries[removed + 1]


@given(st.integers(2, 8), st.data())
def test_two_lines_that_changed_places_are_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    first = data.draw(st.integers(0, length - 2))
    entries[first], entries[first + 1] = entries[first + 1], entries[first]

    assert first_break(entries) == entries[first]


def test_a_line_whose_hash_was_made_anew_breaks_the_next_one() -> None:
    entries = chain(3)
    forged = chained(
        entries[0], at=entries[1].at, actor="somebody", action="section.read", subject="section:1", details=()
    )

    assert first_break([entries[0], forged, entries[2]]) == entries[2]


def withheld(entry: AuditEntry) -> WithheldEntry:
    return WithheldEntry(entry.sequence, entry.previous_hash, entry.hash)


@pytest.mark.parametrize("gone", [{0}, {1, 2}, {4}, {0, 1, 2, 3, 4}])
def test_a_chain_of_which_lines_are_withheld_is_whole(gone: set[int]) -> None:
    left: list[Link] = [withheld(entry) if number in gone else entry for number, entry in enumerate(chain(5))]

    assert first_break(left) is None


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("edit", [{"previous_hash": "1" * 64}, {"sequence": 9}])
def test_a_withheld_line_that_is_not_in_its_place_is_found(place: int, edit: dict[str, object]) -> None:
    entries = chain(5)
    moved = replace(withheld(entries[place]), **edit)  # type: ignore[arg-type]  # each field in its turn

    assert first_break([*entries[:place], moved, *entries[place + 1 :]]) == moved


def test_a_withheld_line_whose_hash_is_another_breaks_the_next_one() -> None:
    entries = chain(3)

    assert first_break([entries[0], replace(withheld(entries[1]), hash="1" * 64), entries[2]]) == entries[2]


def test_a_list_is_named_by_all_that_is_in_it_whatever_their_order() -> None:
    """The hash of the sorted subjects as JSON without blanks, written out here."""
    written = '["section:1","section:2","section:ä"]'.encode()

    assert list_name(iter(["section:ä", "section:2", "section:1"])) == f"list:{hashlib.sha256(written).hexdigest()}"


def test_lists_that_were_read_are_the_next_lines_of_the_chain_at_their_time_in_utc() -> None:
    before = chain(2)[-1]
    there = datetime(2026, 1, 2, 12, tzinfo=timezone(timedelta(hours=2)))
    one = ListRead(there, "employee:1", "section.list", ("section:1", "section:2"), (("count", "2"),))
    other = ListRead(there + timedelta(hours=1), "employee:2", "section.export", ("section:3",), ())

    found = list_entries(before, iter([one, other]))

    assert [(line.sequence, line.at, line.actor, line.action, line.subject, line.details) for line in found] == [
        (
            before.sequence + 1,
            there.astimezone(UTC),
            "employee:1",
            "section.list",
            list_name(one.subjects),
            one.details,
        ),
        (
            before.sequence + 2,
            (there + timedelta(hours=1)).astimezone(UTC),
            "employee:2",
            "section.export",
            list_name(other.subjects),
            (),
        ),
    ]
    assert all(line.at.tzinfo is UTC for line in found)
    assert first_break([*chain(2), *found]) is None
    assert list_entries(None, [one])[0].sequence == chain(1)[0].sequence
    assert list_entries(before, []) == []
