"""Salesforce's ids: 18 characters from APIs and Data Loader, 15 from reports."""

from collections.abc import Iterable

from appraise.adapters.columns import quoted

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SUFFIXES = "".join(f"|{format(number, '05b')[::-1]}{sign}" for number, sign in enumerate(_ALPHABET))
"""Which of five characters are capitals, the first of them first, and the character that this adds to an id."""


def with_full_ids(columns: Iterable[str]) -> str:
    """SQL: the raw rows with the ids in these columns trimmed, and those of 15 characters as the ones of 18.

    Both name the same record, and capitals count: each five characters add one that says which of them are capitals.
    """
    ids = ", ".join(f"{full_id(f'trim({quoted(column)})')} AS {quoted(column)}" for column in columns)
    return f"SELECT * REPLACE ({ids}) FROM raw"  # noqa: S608  # names of columns, quoted


def full_id(text: str) -> str:
    """SQL: the id of 18 characters."""
    capitals = f"regexp_replace(regexp_replace({text}, '[^A-Z]', '0', 'g'), '[A-Z]', '1', 'g')"
    added = " || ".join(
        f"substr('{_SUFFIXES}', instr('{_SUFFIXES}', '|' || substr({capitals}, {start}, 5)) + 6, 1)"
        for start in (1, 6, 11)
    )
    return f"CASE WHEN length({text}) = 15 THEN {text} || {added} ELSE {text} END"
