"""Names and addresses as an export shows them; an address may go from one person to another, an identity never."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from appraise.domain.employees import Employee, ExternalReference
from appraise.domain.identifiers import EmployeeId
from appraise.use_cases.people_identities import Identities


@dataclass(frozen=True, slots=True)
class Attributes:
    """How those are shown whose name or address changes, and what to mind of addresses that somebody else had."""

    changed: Mapping[EmployeeId, Employee]
    warnings: tuple[str, ...] = ()


def shown_attributes(
    identities: Identities,
    before: Mapping[EmployeeId, Employee],
    known: Mapping[ExternalReference, Collection[EmployeeId]],
    *,
    day: date,
) -> Attributes:
    """A blank address leaves the known one, unless somebody else of the same source has it now."""
    changed: dict[EmployeeId, Employee] = {}
    for employee, records in identities.records.items():
        last = max(records, key=lambda record: record.effective_from or day)
        held = before.get(employee) or identities.created[employee]
        shown = Employee(employee, last.display_name, last.email or held.email)
        if shown != held:
            changed[employee] = shown
    after = {**identities.created, **changed}
    takers = [one for one in after.values() if _address(one) not in {None, _address(before.get(one.id))}]
    if not takers or not before:
        return Attributes(changed)
    warnings = []
    for taker, holder in _taken(identities, takers, before, known):
        held = changed.get(holder.id, holder)
        if _address(held) == _address(holder):
            changed[holder.id] = replace(held, email=None)
        warnings.append(
            f"{taker.email} was the address of {holder.display_name} and is that of {taker.display_name} now:"
            " neither is another person for it, and what names people by this address names nobody"
        )
    return Attributes(changed, tuple(warnings))


def _taken(
    identities: Identities,
    takers: Iterable[Employee],
    before: Mapping[EmployeeId, Employee],
    known: Mapping[ExternalReference, Collection[EmployeeId]],
) -> Iterator[tuple[Employee, Employee]]:
    """Each who has the address of another person of the source, and who that was; not of addresses that two share."""
    holders: dict[str | None, list[Employee]] = defaultdict(list)
    for one in before.values():
        holders[_address(one)].append(one)
    kinds = {records[0].key.namespace for records in identities.records.values()}
    of_source = {key for one, keys in known.items() if one.namespace in kinds for key in keys}
    for taker in takers:
        for holder in holders[_address(taker)]:
            shown = {_folded(record.email) for record in identities.records.get(holder.id, ())}
            if holder.id != taker.id and holder.id in of_source and _address(taker) not in shown:
                yield taker, holder


def _address(employee: Employee | None) -> str | None:
    return None if employee is None else _folded(employee.email)


def _folded(email: str | None) -> str | None:
    return None if email is None else ExternalReference("email", email).normalised().value
