"""An import against a second implementation, row by row in plain Python, on files that Hypothesis thinks up."""

import shutil
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.events.conftest import OPTIONS, orders, plan, rows_of

from appraise.domain.events import EventKind
from appraise.events.ingest import import_events
from appraise.events.store import EventStore

Order = tuple[str, str, str, str]

ORDER = st.tuples(
    st.sampled_from(["1", "2", "3", "4", ""]),
    st.sampled_from(["2024-05-01", "2024-05-02", "never"]),
    st.sampled_from(["1", "1.00", "2.50", "x", ""]),
    st.sampled_from(["", "test"]),
)


def expected(files: list[list[Order]]) -> tuple[dict[str, int], list[tuple[int, ...]]]:
    """What must be seen, and per file (accepted, superseding, unchanged, duplicates, skipped, rejected, withdrawn)."""
    held: dict[str, tuple[str, Decimal]] = {}
    tallies = []
    for file in files:
        skipped = sum(state == "test" for *_, state in file)
        good = [
            (number, day, Decimal(amount))
            for number, day, amount, state in file
            if state != "test" and number and day != "never" and amount not in {"x", ""}
        ]
        told = {
            number: None if state == "test" else (day, Decimal(amount))
            for number, day, amount, state in file
            if number and (state == "test" or (day != "never" and amount not in {"x", ""}))
        }
        last = {number: content for number, content in told.items() if content is not None}
        gone = {number for number, content in told.items() if content is None and number in held}
        unchanged = sum(held.get(number) == content for number, content in last.items())
        superseding = sum(number in held and held[number] != content for number, content in last.items())
        duplicates = len(good) - len(last)
        rejected = len(file) - skipped - len(good)
        tallies.append((len(last) - unchanged, superseding, unchanged, duplicates, skipped, rejected, len(gone)))
        held = {number: content for number, content in (held | last).items() if number not in gone}
    return {number: int(amount * 100) for number, (_, amount) in held.items()}, tallies


@settings(max_examples=10)
@given(st.lists(st.lists(ORDER, max_size=8), min_size=1, max_size=3, unique_by=tuple))
def test_every_row_is_accounted_for_and_the_last_load_counts(empty_store: Path, files: list[list[Order]]) -> None:
    purchases = replace(plan(), stages=plan().stages[:1])
    with tempfile.TemporaryDirectory() as directory:
        store = EventStore(shutil.copytree(empty_store, Path(directory) / "events"))
        tallies = []
        for number, file in enumerate(files):
            path = Path(directory) / f"{number}.csv"
            path.write_text(
                orders(*(f"{no},anna,,{day},{sum_},EUR,,{state},{number}" for no, day, sum_, state in file))
            )
            counts = import_events(store, purchases, path, options=OPTIONS).counts[EventKind.PURCHASES]
            assert counts.considered == len(file)
            tallies.append(
                (
                    counts.accepted,
                    counts.superseding,
                    counts.unchanged,
                    counts.duplicates,
                    counts.skipped,
                    counts.rejected,
                    counts.withdrawn,
                )
            )

        seen = dict(rows_of(store, EventKind.PURCHASES, "event_id", "amount"))
        assert (seen, tallies) == expected(files)
