import csv
from io import StringIO

from appraise.adapters.contract import ImportOptions
from appraise.testing.conformance import Example, conformance_suite
from appraise_hostile import CONTACTS, PEOPLE, adapter


def _table(header: dict[str, str], *rows: tuple[str, ...]) -> str:
    stream = StringIO(newline="")
    csv.writer(stream).writerows([list(header.values()), *rows])
    return stream.getvalue()


PERSONS = _table(
    PEOPLE,
    ("=cmd|'/c calc'!A0", "Zoë \u202eתל אביב", "a@example.org", "loop", "2020-01-01", "✓"),
    ("loop", "لينا", "", "=cmd|'/c calc'!A0", "9999-12-31", "✓"),
    ("loop", "a repeated key", "", "", "", "✓"),
    ("1e400", "  9 lives  ", "", "1e400", "0000-00-00", ""),
    ("\u2007", "a key of blanks", "", "", "", "✓"),
    ("00", "O'Hara; DROP TABLE employees --", "O'HARA@example.org", "nobody here", "10000-01-01", "✓"),
    ("99999999999999999999999", "x" * 5_000, "", "", "1899-12-31", "✓"),
    ("family", "👩‍👩‍👧‍👦", "", "", "2020-02-30", "✓"),
    ("short",),
    ("long", "a", "b", "c", "", "✓", "one too many"),
)
HAPPENINGS = _table(
    CONTACTS,
    ("=1+1", "2025-03-30T02:30:00", "'; DELETE", "7", "\t", "…"),
    ("=1+1", "2025-03-30T02:30:00", "'; DELETE", "7", "a repeated id", "…"),
    ("year", "9999-12-31T23:59:59", "1", "", "", "…"),
    ("leap", "2025-02-29T00:00:00", "1", "", "", "…"),
    ("; --", "not a time at all", "1", "", "", "…"),
    ("word", "2025-01-01T00:00:00Z", "1", "", "", "over"),
    ("", "2025-01-01T00:00:00Z", "1", "", "", "…"),
    ("e" * 5_000, "2025-01-01T00:00:00-12:00", "\u202e", "🙂" * 500, "", 'it\'s "over"'),
)

test_adapter = conformance_suite(
    adapter,
    examples=(
        Example("nasty people", ImportOptions(source='it\'s "me"'), of_people=True, content=PERSONS),
        Example("nasty contacts", ImportOptions(source='it\'s "me"'), of_people=False, content=HAPPENINGS),
    ),
)
