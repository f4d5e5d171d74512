"""Matching the columns that an adapter knows with those that a file has, and naming them in SQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from appraise.errors import InvalidInput, Place


def find_column(columns: Iterable[str], *names: str) -> str | None:
    """The file's own spelling of the first of `names` that it has; case and outer blanks do not count."""
    found = {column.strip().casefold(): column for column in reversed(list(columns))}
    for name in names:
        if name.casefold() in found:
            return found[name.casefold()]
    return None


def find_columns(
    columns: Sequence[str],
    aliases: Mapping[str, Sequence[str]],
    *,
    required: Collection[str],
    path: Path,
    title: str,
    row: int | None = None,
) -> dict[str, str]:
    """Field → the file's own column, for the fields whose `aliases` the file has.

    Raises `InvalidInput` when one of the `required` fields has no column: the file is then not of this format. `row` is
    where the names stand, if not in the first.
    """
    found = {field: column for field, names in aliases.items() if (column := find_column(columns, *names)) is not None}
    missing = [field for field in aliases if field in required and field not in found]
    if missing:
        wanted = ", ".join(repr(aliases[field][0]) for field in missing)
        raise InvalidInput(
            f"the file is no {title}: it has no column {wanted}",
            place=Place(path.name, row),
            expected=f"the columns {', '.join(repr(aliases[field][0]) for field in aliases if field in required)}",
            hint=_hint(columns, [aliases[field][0] for field in missing]),
        )
    return found


def _hint(columns: Sequence[str], missing: Sequence[str]) -> str:
    pairs = [(name, close) for name in missing if (close := nearest(name, columns)) is not None]
    if pairs:
        return "; ".join(f"{name!r} may be what the file calls {close!r}" for name, close in pairs)
    seen = ", ".join(columns[:8]) + (", …" if len(columns) > 8 else "")  # noqa: PLR2004  # a line's worth
    return f"choose another adapter or export; the file's columns are: {seen}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody who wrote `name` may have meant."""
    spelled = {str(candidate).casefold(): str(candidate) for candidate in known}
    close = get_close_matches(name.casefold(), spelled, n=1)
    return spelled[close[0]] if close else None


def quoted(column: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
