"""Managers as the whole file shows them: named by post, by a name that several people have, by a damaged id."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from appraise.adapters.people_reader import Refused
from appraise.adapters.records import PeopleRecord, RejectedRow
from appraise.domain.damaged_ids import AS_NUMBER, PRECISION, ROUND
from appraise.domain.employees import EmploymentStatus, ExternalReference


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Who is in the file, rejected rows included: whoever is named like two people may be the one that was rejected.

    `people` reference (id, e-mail address, name) → keys of those who have it; `posts` likewise.
    """

    people: Mapping[ExternalReference, Collection[ExternalReference]]
    posts: Mapping[ExternalReference, Collection[ExternalReference]]


def with_managers(
    records: Sequence[PeopleRecord], mentioned: Mentioned, file: str
) -> tuple[list[PeopleRecord], list[RejectedRow]]:
    """The records with their managers resolved as far as the file can, and those whose manager might be another."""
    refused: list[RejectedRow] = []
    kept = list(records)
    while True:
        statuses = {record.key: record.status for record in kept}
        resolved: list[PeopleRecord] = []
        for record in kept:
            try:
                managers = tuple(
                    replace(one, reference=_found(one.reference, mentioned, statuses)) for one in record.managers
                )
            except Refused as reason:
                refused.append(RejectedRow(file, record.row, None, reason.field, reason.reason))
            else:
                resolved.append(replace(record, managers=managers))
        if len(resolved) == len(kept):
            return resolved, refused
        kept = [record for record in kept if record.row in {one.row for one in resolved}]


def _found(
    manager: ExternalReference, mentioned: Mentioned, statuses: Mapping[ExternalReference, EmploymentStatus]
) -> ExternalReference:
    holders = _still_there(mentioned.posts.get(manager, ()), statuses)
    if holders:
        return holders.pop() if len(holders) == 1 else manager
    if manager.namespace in {"email", "name"}:
        people = set(mentioned.people.get(manager, ()))
        if len(people) > 1 and not people <= statuses.keys():
            kind = "name" if manager.namespace == "name" else "e-mail address"
            raise Refused(
                manager.value, f"{len(people)} people in the file have the manager's {kind}, and not all were read"
            )
        return manager
    if manager not in mentioned.people and any(_is_rounded(manager, one) for one in mentioned.people):
        raise Refused(
            manager.value,
            "a spreadsheet may have rounded the manager's id: nobody in the file has it, somebody one that begins so",
        )
    if not AS_NUMBER.fullmatch(manager.value):
        return manager
    whole = manager.value.partition(".")[0]
    meant = {one.value for one in mentioned.people if one.namespace == manager.namespace and _may_be(one.value, whole)}
    if meant != {whole} or "e" in manager.value.casefold():
        raise Refused(
            manager.value,
            "a spreadsheet has made a number of the manager's id, and nobody in the file has plainly this one",
        )
    return ExternalReference(manager.namespace, whole)


def _is_rounded(manager: ExternalReference, one: ExternalReference) -> bool:
    """Whether an id, with the digits that a spreadsheet keeps of it, is the manager's."""
    alike = manager.namespace == one.namespace and len(manager.value) == len(one.value) and one.value.isdigit()
    is_round = ROUND.fullmatch(manager.value) is not None
    return alike and is_round and abs(int(manager.value) - int(one.value)) <= 10 ** (len(one.value) - PRECISION)


def _may_be(key: str, whole: str) -> bool:
    """Whether a spreadsheet would write an id, or has written it, as the number."""
    return (key.partition(".")[0] if AS_NUMBER.fullmatch(key) else key).lstrip("0") == whole


def _still_there(
    holders: Iterable[ExternalReference], statuses: Mapping[ExternalReference, EmploymentStatus]
) -> set[ExternalReference]:
    return {holder for holder in holders if statuses.get(holder) is not EmploymentStatus.TERMINATED}
