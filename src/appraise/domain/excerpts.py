"""What reads hand out that were asked for single columns: tuples of plain values, in the order of the columns.

Numbers are text, digit for digit; days, times and documents are as in other reads. The columns are named in
`appraise.storage.excerpts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appraise.domain.identifiers import CycleId, EmployeeId, SectionId
from appraise.domain.reading import Page

Columns = tuple[str, ...]
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SectionsAsked:
    """Columns of the sections of a cycle; `items` those of their items, None where no item is asked for.

    `is_audited`: figures of individuals are among them.
    """

    cycle: CycleId
    columns: Columns
    items: Columns | None
    is_audited: bool = False


@dataclass(frozen=True, slots=True)
class SectionsFound:
    """Sections by employee, and the items of each by their place in it."""

    sections: Mapping[EmployeeId, Values]
    items: Mapping[SectionId, Sequence[Values]]


@dataclass(frozen=True, slots=True)
class PeopleExcerpt:
    """`sections` has an entry for each that was asked for."""

    people: Page[Values]
    sections: Sequence[SectionsFound]


@dataclass(frozen=True, slots=True)
class SectionsExcerpt:
    sections: Page[Values]
    items: Mapping[SectionId, Sequence[Values]]
