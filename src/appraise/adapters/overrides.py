"""What a person says of an export where it differs from an adapter's own names: by settings or a mapping file."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from appraise.adapters.columns import nearest
from appraise.adapters.contract import ImportOptions
from appraise.adapters.header_rows import OF_TABLES
from appraise.adapters.settings import own_settings
from appraise.domain.employees import EmploymentStatus
from appraise.errors import InvalidInput, Place

SETTINGS = ("column.", "status.", "reference.", "attribute.", *OF_TABLES)
_TABLES = {"columns": "column", "status": "status", "references": "reference", "attributes": "attribute"}
_SENSITIVE = frozenset(
    """gender sex birth birthday birthdate dob ssn sin bsn iban bank salary pay wage compensation bonus race ethnic
    ethnicity hispanic religion disability disabled health medical marital nationality citizen citizenship passport visa
    veteran pregnancy orientation political union children age phone mobile telephone street zip postcode emergency
    geschlecht geburtsdatum gehalt religionszugehörigkeit staatsangehörigkeit familienstand
    sozialversicherungsnummer""".split()  # noqa: SIM905  # to be read as one text
) | {"social security"}


@dataclass(frozen=True, slots=True)
class Overrides:
    """Columns by field, meanings by status word, columns by a reference's namespace and by an attribute's name."""

    columns: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, EmploymentStatus] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


def read_overrides(options: ImportOptions, fields: Iterable[str]) -> Overrides:
    """From `options.settings` such as `column.hire_date=Start` and `status.Sabbatical=leave`, and `options.mapping`.

    The mapping file has the same in tables: [columns] field = "Column", [status] "Word" = "leave", [references]
    "zendesk:agent" = "Column", [attributes] level = "Column"; settings win. In settings the column stands before the
    equals sign: `reference.CUSTOM01=zendesk:agent`. Raises `InvalidInput` naming whatever is not known or never read.
    """
    found: dict[str, dict[str, str]] = {kind: {} for kind in _TABLES.values()}
    for kind, pairs in _mapped(options).items():
        found[kind].update(pairs)
    for name, value in own_settings(options.settings, SETTINGS).items():
        kind, _, rest = name.partition(".")
        if kind in OF_TABLES:
            continue
        found[kind].update({value: rest} if kind in {"reference", "attribute"} else {rest: value})
    known = tuple(fields)
    for name in found["column"]:
        if name not in known:
            raise _unknown(f"there is no field {name!r}", name, known)
    for column in (*found["column"].values(), *found["reference"].values(), *found["attribute"].values()):
        refuse_sensitive(column)
    for word, meaning in found["status"].items():
        if meaning not in list(EmploymentStatus):
            raise _unknown(f"the meaning of the status {word!r} is {meaning!r}", meaning, EmploymentStatus)
    statuses = {word.casefold(): EmploymentStatus(meaning) for word, meaning in found["status"].items()}
    return Overrides(found["column"], statuses, found["reference"], found["attribute"])


def refuse_sensitive(column: str) -> None:
    """Raises `InvalidInput` for a column that by its name tells of sex, birth, pay, health and the like."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    words = re.findall(r"[^\W\d_]+", spaced.casefold())
    if _SENSITIVE & {*words, *map(" ".join, pairwise(words))}:
        raise never_read(column)


def never_read(column: str) -> InvalidInput:
    return InvalidInput(
        f"the column {column!r} is never read",
        expected="a column that says nothing about sex, birth, pay, health, address or telephone",
    )


def _mapped(options: ImportOptions) -> dict[str, dict[str, str]]:
    if options.mapping is None:
        return {}
    place = Place(options.mapping.name)
    try:
        document = tomllib.loads(options.mapping.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"the mapping file cannot be read: {error.strerror}", place=place) from error
    except (tomllib.TOMLDecodeError, UnicodeError) as error:
        raise InvalidInput(f"the mapping file is not TOML: {error}", place=place) from error
    for name, table in document.items():
        if name not in _TABLES:
            raise _unknown(f"there is no table of the mapping {name!r}", name, _TABLES)
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            raise InvalidInput(f"[{name}] is {table!r}", place=place, expected='lines such as name = "text"')
    return {_TABLES[name]: table for name, table in document.items()}


def _unknown(found: str, name: str, known: Iterable[str]) -> InvalidInput:
    close = nearest(name, known)
    return InvalidInput(
        found,
        expected=f"one of: {', '.join(known)}",
        hint=f"did you mean {close!r}?" if close else None,
    )
