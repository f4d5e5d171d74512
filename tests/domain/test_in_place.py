"""What is said of tables in place."""

import pytest

from appraise.domain.events import EventKind
from appraise.domain.in_place import FileRead, Form, InPlace, Location, State

FILE = FileRead("/lake/a.parquet", 1_000, "0" * 64)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State(version=0), "version 0"),
        (State(version=7, snapshot="10:20:"), "version 7"),
        (State(files=(FILE,)), "1 file, 1,000 bytes"),
        (State(files=(FileRead("/lake/b.parquet", 1, "0" * 64),)), "1 file, 1 byte"),
        (State(files=(FILE,) * 1_002), "1,002 files, 1,002,000 bytes"),
        (State(snapshot="10:20:"), "10:20:"),
        (State(), "no files"),
    ],
)
def test_a_state_is_told_in_a_few_words(state: State, says: str) -> None:
    assert str(state) == says


def test_a_table_is_named_by_its_kind_and_source() -> None:
    location = Location(Form.DELTA, "/lake/sales")
    table = InPlace("shop", EventKind.PURCHASES, location, "{}", State(1), 10, 9, (("in the future", 1),), "ff")

    assert (table.name, str(location)) == ("purchases of shop", "delta /lake/sales")
