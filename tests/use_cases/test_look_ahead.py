"""What is gathered before the first reader comes, so that they do not wait for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from tests.use_cases.conftest import AT, Company

from appraise.domain.contributions import ContributionQuery, Dimension
from appraise.domain.policies import DEFAULT_POLICY
from appraise.domain.progress import silent
from appraise.events.duckdb_engine import STATEMENTS
from appraise.events.store import EventStore
from appraise.storage.database import Database
from appraise.use_cases import look_ahead as ahead
from appraise.use_cases import read_evidence as evidence
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.look_ahead import look_ahead
from appraise.use_cases.read_contributions import list_contributions
from appraise.use_cases.result_columns import _results_of, results_of
from appraise.use_cases.score_cycle import score_cycle


@pytest.fixture
def deployment(sqlite_database: Database, tmp_path: Path) -> Deployment:
    """Nothing here is another on another database."""
    events = EventStore(str(tmp_path / "events"))
    events.initialise()
    return Deployment(database=sqlite_database, events=events, secret=b"key of the tests", code_version="test")


@contextmanager
def looking_ahead(company: Company) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=look_ahead, args=[company.deployment, stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end, "nothing is gathered"
        time.sleep(0.05)


def scored(company: Company, *, days: int = 0) -> None:
    score_cycle(
        company.deployment,
        company.cycle.id,
        DEFAULT_POLICY,
        clock=lambda: AT + timedelta(days=days),
        memory_limit="1GB",
        progress=silent,
    )


def gathered() -> int:
    return _results_of.cache_info().misses


def read(company: Company) -> None:
    wanted = ContributionQuery(Dimension.DEPARTMENT)
    list_contributions(company.deployment, company.principal("hal"), wanted, at=AT, first=9)


def test_the_first_reader_finds_results_and_statements_at_hand(rated_company: Company) -> None:
    scored(rated_company)
    before, looked_up, written = gathered(), evidence._rows.cache_info().currsize, len(STATEMENTS._known)
    with looking_ahead(rated_company):
        until(lambda: evidence._rows.cache_info().currsize > looked_up)
    statements, after = len(STATEMENTS._known), gathered()

    read(rated_company)
    found = evidence.read_evidence(rated_company.deployment, rated_company.section("ann", "max"))

    assert (after, gathered()) == (before + 1, before + 1)
    assert len(STATEMENTS._known) == statements > written
    assert len(found) == 48  # four answers, twelve times


def test_a_later_run_is_gathered_before_somebody_asks(rated_company: Company) -> None:
    scored(rated_company)
    before = gathered()
    every, ahead.LOOK_EVERY = ahead.LOOK_EVERY, 0.1  # type: ignore[misc]
    try:
        with looking_ahead(rated_company):
            until(lambda: gathered() == before + 1)
            scored(rated_company, days=1)
            until(lambda: gathered() == before + 2)
    finally:
        ahead.LOOK_EVERY = every  # type: ignore[misc]
    read(rated_company)

    assert gathered() == before + 2


def test_where_nothing_is_scored_nothing_is_gathered(company: Company) -> None:
    before = gathered()
    stop = Event()
    stop.set()
    look_ahead(company.deployment, stop)

    assert gathered() == before


def test_of_two_who_ask_at_once_one_gathers(rated_company: Company) -> None:
    scored(rated_company)
    run = rated_company.section("ann").section.run
    before, start = gathered(), Barrier(2)

    def ask() -> None:
        start.wait()
        results_of(rated_company.deployment, run)

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert gathered() == before + 1
