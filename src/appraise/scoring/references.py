"""Which employee an event names: the reference in the event's own words, looked up among the people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa

from appraise.domain.employees import Employee, Employment, ExternalReference
from appraise.scoring.leave import Leave, leaves

NOBODY_NAMED = "no employee is named on the record"
UNKNOWN = "the employee named is not among the people"
AMBIGUOUS = "the name fits several employees"


@dataclass(frozen=True, slots=True)
class Directory:
    """Position of each employee in the order of ids, by every reference that names exactly one; None where several.

    `leaves` are the times in which somebody was on leave of absence.
    """

    positions: Mapping[ExternalReference, int | None]
    leaves: tuple[Leave, ...] = ()

    def resolve(self, namespace: str | None, key: str | None) -> tuple[int | None, str | None]:
        """The employee's position, or None and why not."""
        if key is None or not key.strip() or namespace is None:
            return None, NOBODY_NAMED
        reference = ExternalReference(namespace, key).normalised()
        if reference not in self.positions:
            return None, UNKNOWN
        position = self.positions[reference]
        return position, AMBIGUOUS if position is None else None


def directory(employees: Sequence[Employee], employments: Iterable[Employment] = ()) -> Directory:
    """E-mail address and display name are references too, of the kinds `email` and `name`."""
    positions: dict[ExternalReference, int | None] = {}
    for position, employee in enumerate(employees):
        references = [*employee.references, ExternalReference("name", employee.display_name)]
        if employee.email is not None:
            references.append(ExternalReference("email", employee.email))
        for reference in {reference.normalised() for reference in references}:
            shared = positions.get(reference, position) != position
            positions[reference] = None if shared else position
    return Directory(positions, leaves([employee.id for employee in employees], employments))


def resolved(named: Iterable[ibis.Table], people: Directory) -> ibis.Table:
    """Every pair (`employee_namespace`, `employee_key`) in the tables, with `employee` or `why` there is none.

    The pairs come back to Python: there are about as many as employees, and only there are names folded exactly as in
    the people records.
    """
    pairs = [table.select("employee_namespace", "employee_key") for table in named]
    found = ibis.union(pairs[0], *pairs[1:], distinct=True).to_pyarrow()
    answers = [people.resolve(pair["employee_namespace"], pair["employee_key"]) for pair in found.to_pylist()]
    # A null equals nothing in a join, so absent parts are written as empty text on both sides.
    return ibis.memtable(
        pa.table(
            {
                "employee_namespace": found["employee_namespace"].fill_null(""),
                "employee_key": found["employee_key"].fill_null(""),
                "employee": pa.array([employee for employee, _ in answers], pa.int32()),
                "why": pa.array([why for _, why in answers], pa.string()),
            }
        )
    )


def with_employee(table: ibis.Table, references: ibis.Table) -> ibis.Table:
    """The table with `employee` and `why` in place of the reference; `named` tells whether it names anybody."""
    keyed = table.mutate(
        employee_namespace=table.employee_namespace.fill_null(""), employee_key=table.employee_key.fill_null("")
    )
    joined = keyed.left_join(references, ["employee_namespace", "employee_key"])
    named = joined.why.isnull() | (joined.why != NOBODY_NAMED)
    return joined.mutate(named=named).drop(
        "employee_namespace", "employee_key", "employee_namespace_right", "employee_key_right"
    )
