"""The tree of departments on one day, lists of them, and who is at their head."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from appraise.domain.employees import Department
from appraise.domain.identifiers import EmployeeId


class DepartmentOrder(StrEnum):
    CODE = "code"
    NAME = "name"


KEYS: Final[Mapping[DepartmentOrder, Callable[[Department], tuple[str, ...]]]] = {
    DepartmentOrder.CODE: lambda one: (one.code,),
    DepartmentOrder.NAME: lambda one: (one.name.casefold(), one.code),
}
"""By which a list is sorted, and the parts of its cursors."""


@dataclass(frozen=True, slots=True)
class DepartmentsWanted:
    """All that are given must hold; `search` is part of the name or the code, in any case.

    `parent` is the code of the department above. `is_top` where there is none above that is known.
    """

    codes: frozenset[str] | None = None
    search: str | None = None
    parent: str | None = None
    is_top: bool | None = None
    order: DepartmentOrder = DepartmentOrder.CODE


class DepartmentTree:
    """All departments of a day, with unlike codes."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self._by_code = {one.code: one for one in departments}
        self._below: dict[str, list[Department]] = {}
        for one in self._by_code.values():
            if one.parent is not None:
                self._below.setdefault(one.parent, []).append(one)

    def get(self, code: str) -> Department | None:
        return self._by_code.get(code)

    def above(self, code: str) -> Department | None:
        found = self.get(code)
        return None if found is None or found.parent is None else self.get(found.parent)

    def children(self, code: str) -> Sequence[Department]:
        """Directly below, by code."""
        return sorted(self._below.get(code, ()), key=lambda one: one.code)

    def chosen(self, wanted: DepartmentsWanted) -> list[Department]:
        """In the order wanted."""
        part = (wanted.search or "").strip().casefold()

        def fits(one: Department) -> bool:
            is_top = one.parent is None or one.parent not in self._by_code
            return (
                (wanted.codes is None or one.code in wanted.codes)
                and (part in one.name.casefold() or part in one.code.casefold())
                and (wanted.parent is None or one.parent == wanted.parent)
                and (wanted.is_top is None or is_top is wanted.is_top)
            )

        return sorted(filter(fits, self._by_code.values()), key=KEYS[wanted.order])


def head_among(managers: Mapping[EmployeeId, Sequence[EmployeeId]]) -> EmployeeId | None:
    """The nearest whom all of these people have above them or are themselves; None where there is nobody.

    `managers` has of each of them the managers in the solid line, from the nearest up.
    """
    chains = [(one, *above) for one, above in managers.items()]
    if not chains:
        return None
    common = set(chains[0]).intersection(*chains[1:])
    return next((one for one in chains[0] if one in common), None)
