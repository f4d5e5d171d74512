"""Who a row of an export is: the source's own id of the person decides, and no other id outdoes it."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from appraise.domain.employees import ExternalReference
from appraise.domain.identifiers import EmployeeId


@dataclass(frozen=True, slots=True)
class Whose:
    """`employee` is None for somebody new. `taken` are ids of the row that another person holds and keeps."""

    employee: EmployeeId | None
    taken: tuple[ExternalReference, ...] = ()


def whose(
    key: ExternalReference,
    others: Iterable[ExternalReference],
    holders: Mapping[ExternalReference, EmployeeId],
    have_key: Container[EmployeeId],
) -> Whose | str:
    """Whose row it is that names its person by `key` and has the ids `others`; a sentence where it is nobody's.

    Whoever holds the key is it. Is the key unknown, the other ids lead to a person of whom no key of this kind is known
    (`have_key`: all others), so that no two keys of one source ever come to one person. `others` are without names and
    e-mail addresses, which decide nothing, and without ids that several people of the file share.
    """
    ids = list(others)
    if again := [one for one in ids if one.namespace == key.namespace and one != key]:
        return f"the row has two ids of one kind ({key.namespace}): {key.value} and {again[0].value}"
    held = {one: holders[one] for one in ids if one in holders}
    chosen = holders.get(key)
    if chosen is None:
        linked = {employee for employee in held.values() if employee not in have_key}
        if len(linked) > 1:
            told = ", ".join(f"{one.namespace} {one.value}" for one in held)
            return f"the ids on this row belong to different employees: {told}"
        chosen = next(iter(linked), None)
    return Whose(chosen, tuple(one for one, employee in held.items() if employee != chosen))


def shared_ids(
    rows: Iterable[tuple[ExternalReference, Iterable[ExternalReference]]],
) -> dict[ExternalReference, frozenset[ExternalReference]]:
    """Ids, besides keys, that several keys of one file bear, with these keys: they name nobody ("0", "TBD")."""
    keys: dict[ExternalReference, ExternalReference] = {}
    shared: dict[ExternalReference, set[ExternalReference]] = {}
    for key, others in rows:
        for one in others:
            first = keys.setdefault(one, key)
            if first != key and one.namespace != key.namespace:
                shared.setdefault(one, {first}).add(key)
    return {one: frozenset(bearers) for one, bearers in shared.items()}


def is_reused(*, is_known_name: bool, hired: date | None, last_start: date) -> bool:
    """Whether the key of somebody who has left seems to have been given to another person.

    That is so where both the name and the day of hire are new: the name none that the holder ever had, the hire later
    than the start of the holder's last job. Either alone is a marriage or a rehire.
    """
    return not is_known_name and hired is not None and hired > last_start
