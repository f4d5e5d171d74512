"""Read who was trained, and when, from a table that a person keeps: `employee_id, trained_on[, cost]`."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from appraise.domain.employees import Employee
from appraise.domain.identifiers import EmployeeId
from appraise.errors import InvalidInput, Place

EMPLOYEE: Final = "employee_id"
DAY: Final = "trained_on"
COST: Final = "cost"


@dataclass(frozen=True, slots=True)
class Training:
    """One accepted row, counted as a spreadsheet does. `cost` is in whole units of money, None where not said."""

    row: int
    employee: EmployeeId
    trained_on: date
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class RejectedTraining:
    """One row that was not used; `row` counts as a spreadsheet does. `employee` where it could be told whose it is."""

    row: int
    column: str
    value: str
    reason: str
    employee: EmployeeId | None = None

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column!r}, value {self.value!r}: {self.reason}"


@dataclass(frozen=True, slots=True)
class TrainingFile:
    trained: tuple[Training, ...]
    rejected: tuple[RejectedTraining, ...]


def read_training(path: Path, employees: Iterable[Employee]) -> TrainingFile:
    """Every row is accepted or rejected with its place and reason.

    `employee_id` is our id, an id of a source, `NAMESPACE=VALUE` or an e-mail address. Raises `InvalidInput` for a file
    that is no table with these columns.
    """
    known = _known(employees)
    trained: dict[EmployeeId, Training] = {}
    rejected: list[RejectedTraining] = []
    for row, values in _rows(path):
        found = _training(row, values, known)
        if isinstance(found, Training) and found.employee in trained:
            again = "this employee stands in an earlier row"
            found = RejectedTraining(row, EMPLOYEE, values[EMPLOYEE], again, found.employee)
        if isinstance(found, Training):
            trained[found.employee] = found
        else:
            rejected.append(found)
    return TrainingFile(tuple(trained.values()), tuple(rejected))


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, restval="", strict=True)
            header = [name.strip() for name in table.fieldnames or ()]
            for name in (EMPLOYEE, DAY):
                if name not in header:
                    raise InvalidInput(
                        f"the column {name!r} is missing",
                        expected=f"a table with commas and the columns {EMPLOYEE}, {DAY} and, where known, {COST}",
                        place=Place(str(path), 1),
                    )
            table.fieldnames = header
            return [(table.line_num, {name: (values[name] or "").strip() for name in header}) for values in table]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(
            f"the file cannot be read as a table: {error}", expected="CSV in UTF-8", place=Place(str(path))
        ) from error


def _training(row: int, values: Mapping[str, str], known: Mapping[str, set[EmployeeId]]) -> Training | RejectedTraining:
    text, day, cost = values[EMPLOYEE], values[DAY], values.get(COST, "")
    whose = known.get(text.casefold(), set())
    if len(whose) != 1:
        reason = f"may be {len(whose)} people; use NAMESPACE=VALUE" if whose else "no such employee"
        return RejectedTraining(row, EMPLOYEE, text, reason)
    employee = next(iter(whose))
    try:
        trained_on = date.fromisoformat(day)
    except ValueError:
        return RejectedTraining(row, DAY, day, "no day; expected YYYY-MM-DD", employee)
    try:
        amount = Decimal(cost) if cost else None
    except InvalidOperation:
        amount = Decimal(-1)
    if amount is not None and not (amount.is_finite() and amount >= 0):
        return RejectedTraining(row, COST, cost, "no amount of money; expected a number such as 350.00", employee)
    return Training(row, employee, trained_on, amount)


def _known(employees: Iterable[Employee]) -> dict[str, set[EmployeeId]]:
    found: dict[str, set[EmployeeId]] = defaultdict(set)
    for employee in employees:
        found[employee.id.casefold()].add(employee.id)
        for reference in employee.references:
            if reference.namespace != "name":
                found[reference.value.casefold()].add(employee.id)
            found[f"{reference.namespace}={reference.value}".casefold()].add(employee.id)
        if employee.email:
            found[employee.email.casefold()].add(employee.id)
    return found
