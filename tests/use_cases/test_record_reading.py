"""Lines about lists that were read: one for each, whole and in order, whoever else writes at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from appraise.domain.access import Principal, Role
from appraise.domain.audit import first_break
from appraise.domain.identifiers import EmployeeId, SectionId
from appraise.storage import audit, audit_lists
from appraise.storage.audit_memory import AuditMemory
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.gathering import Gathering
from appraise.use_cases.record_reading import record_reading
from appraise.use_cases.transactions import committed

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HAL = Principal("Hal Novak", EmployeeId("hal"), frozenset({Role.HR_ADMINISTRATOR}))


def read(deployment: Deployment, *sections: str) -> None:
    record_reading(deployment, HAL, {SectionId(key): EmployeeId("ann") for key in sections}, at=AT)


def test_many_threads_of_two_processes_and_other_lines_between_them(deployment: Deployment) -> None:
    """Each process has its own memory of the line that it wrote last, and the other's makes it out of date."""
    processes = deployment, replace(deployment, lists_read=Gathering(), audit_memory=AuditMemory())

    def one(number: int) -> None:
        read(processes[number % 2], f"s{number}", "s0")
        if number % 10 == 0:
            committed(
                deployment,
                lambda session: audit.append(
                    session, at=AT, actor="operator", action="token.create", subject="token:1"
                ),
            )

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(one, range(60)))
    for _ in range(3):  # the same list again, alone
        read(deployment, "s0", "s59")

    with deployment.database.reading() as session:
        entries = list(audit.entries(session))
        subjects = audit_lists.subjects_of(session, entries)
    assert first_break(entries) is None
    assert [entry.sequence for entry in entries] == list(range(1, 70))
    lists = sorted(one for one, entry in zip(subjects, entries, strict=True) if entry.action == "sections.read")
    expected = [tuple(sorted({f"section:s{number}", "section:s0"})) for number in range(60)]
    assert lists == sorted([*expected, *[("section:s0", "section:s59")] * 3])
    last = entries[-1]
    assert (last.actor, last.at, last.details) == ("employee:hal", AT, (("name", "Hal Novak"), ("sections", "2")))


def test_whoever_fails_takes_nobody_along() -> None:
    gathered: list[list[int]] = []

    def work(numbers: list[int]) -> None:
        gathered.append(numbers)
        if 3 in numbers:
            raise ValueError(numbers)

    def one(number: int) -> bool:
        try:
            gathering.done(number, work)
        except ValueError:
            return False
        return True

    gathering: Gathering[int] = Gathering()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(one, (1, 2, 4, 5, 6, 7, 8, 9)))
    assert all(found)
    assert sorted(number for numbers in gathered for number in numbers) == [1, 2, 4, 5, 6, 7, 8, 9]
    with pytest.raises(ValueError, match="3"):
        gathering.done(3, work)
    gathering.done(10, work)
    assert gathered[-1] == [10]
