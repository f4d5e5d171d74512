"""What reads hand out that were asked for single columns: rows of plain values, in the order of the columns.

Numbers are text, digit for digit; days, times and documents are as in other reads. A column is named by its level and
itself, as `item.weight`; `appraise.storage.excerpts` has them all. A section and its items come as one group of rows,
one for each item, in which all that is not the item's is the same; so do an employee, their section and its items. Of
a section without items there is one row, and of an employee without a section as well; what is missing is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appraise.domain.identifiers import CycleId, EmployeeId
from appraise.domain.reading import Page

Columns = tuple[str, ...]
Values = tuple[Any, ...]
Group = Sequence[Values]


@dataclass(frozen=True, slots=True)
class Selection:
    """What one statement reads, the key first; `cycle` is that of the sections, None where no column is of one.

    `is_audited`: figures of individuals are among it; then the ids of the section and of its employee are as well.
    """

    columns: Columns
    cycle: CycleId | None
    is_audited: bool = False


@dataclass(frozen=True, slots=True)
class PeopleExcerpt:
    """`sections` has an entry, by employee, for each further cycle that was asked for."""

    people: Page[Group]
    sections: Sequence[Mapping[EmployeeId, Group]]
