"""Kill -9 at any moment of an import, an erasure, a compaction or a scoring run: the repeat ends as if nothing had been."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import text
from tests.flows.killable import Commands, commands

from appraise.bootstrap import initialise, open_deployment
from appraise.domain.events import EventKind
from appraise.events.erasing import count_customer, find_customer
from appraise.events.health import count_abandoned
from appraise.settings import Settings
from appraise.storage import people
from appraise.storage.database import Database
from appraise.use_cases.check_health import check_health
from appraise.use_cases.deployment import Deployment

AT = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "event_id,order_id,occurred_at,customer_key,kind,amount,currency"
Row = tuple[str, str, int]


@dataclass
class Shop:
    """A deployment with what must be in it, and a hand that kills."""

    deployment: Deployment
    commands: Commands
    directory: Path
    chance: random.Random
    held: dict[str, tuple[str, int]] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    took: dict[str, float] = field(default_factory=dict)
    """Seconds by command, so that kills fall within it on fast machines, too."""

    def kill_and_repeat(self, *command: str, then: dict[str, tuple[str, int]]) -> None:
        """What is seen is as before the command or as after it, and as after it when it was repeated."""
        moment = self.chance.uniform(0, self.took.get(command[0], 0.2))
        self.killed[command[0]] += self.commands.run(*command, kill_after=moment) == -9
        assert self.seen() in (rows(self.held), rows(then)), (command, "after the kill")
        assert self.is_readable(), (command, "after the kill")
        began = time.monotonic()
        self.commands.run(*command)
        self.took[command[0]] = time.monotonic() - began
        self.held = then
        assert self.seen() == rows(then), (command, "after the repeat")

    def import_orders(self, number: int) -> None:
        """Two orders of a new customer, and the last customer's first order corrected."""
        customer = f"customer-{number}"
        new = {f"{number}-{order}": (customer, self.chance.randrange(1, 1000)) for order in range(2)}
        if self.held:
            corrected = min(self.held)
            new[corrected] = (self.held[corrected][0], self.chance.randrange(1000, 2000))
        path = self.directory / f"{number}.csv"
        lines = (
            f"{event},{event},2024-05-01T10:00:00Z,{who},purchase,{sum_},EUR" for event, (who, sum_) in new.items()
        )
        path.write_text("\n".join([HEADER, *lines]) + "\n")
        self.kill_and_repeat("import", "csv", str(path), then=self.held | new)

    def erase(self) -> None:
        who = self.chance.choice(sorted({who for who, _ in self.held.values()}))
        then = {event: one for event, one in self.held.items() if one[0] != who}
        self.kill_and_repeat("erase", "customer", who, "--source", "csv", then=then)
        customer = find_customer(self.deployment.events, keys=[("csv", who)], links=[])
        assert sum(count_customer(self.deployment.events, customer).values()) == 0
        self.assert_tidy()

    def compact(self) -> None:
        self.kill_and_repeat("compact", then=dict(self.held))
        self.assert_tidy()

    def assert_tidy(self) -> None:
        assert count_abandoned(self.deployment.events, at=AT) == 0
        assert [check for check in check_health(self.deployment, at=AT) if not check.well] == []

    def is_readable(self) -> bool:
        return all(check.well for check in check_health(self.deployment, at=AT) if check.name.startswith("events"))

    def seen(self) -> list[Row]:
        with duckdb.connect() as connection:
            query = self.deployment.events.snapshot().query(EventKind.PURCHASES)
            return connection.execute(f"SELECT event_id, customer_key, amount FROM ({query}) ORDER BY ALL").fetchall()


def rows(held: dict[str, tuple[str, int]]) -> list[Row]:
    return sorted((event, who, amount) for event, (who, amount) in held.items())


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "data"))
    initialise(Settings())
    with commands(tmp_path / "data") as ready:
        yield Shop(open_deployment(Settings()), ready, tmp_path, random.Random(7))  # noqa: S311  # moments, no secrets


@pytest.mark.parametrize("rounds", [2, pytest.param(40, marks=pytest.mark.long)])
def test_imports_erasures_and_compactions_that_are_killed_are_finished_by_repeating_them(
    shop: Shop, rounds: int
) -> None:
    for number in range(rounds):
        shop.import_orders(number)
        shop.compact()
        if number % 2:
            shop.erase()
    assert sum(shop.killed.values()) > rounds, shop.killed


@pytest.mark.parametrize("rounds", [2, pytest.param(40, marks=pytest.mark.long)])
def test_an_import_of_people_that_is_killed_is_there_whole_or_not_at_all(shop: Shop, rounds: int) -> None:
    """Everybody has another job, department and manager in each file."""
    held: list[tuple[str, ...]] = []
    killed = 0
    for number in range(1, rounds + 1):
        path, day = shop.directory / f"staff-{number}.csv", date(2024, 1, 1) + timedelta(days=number)
        lines, then = ["key,display_name,job_title,department_name,manager"], []
        for one in range(200):
            boss = "" if one == number else f"{number}"
            lines.append(f"{one},Person {one:03},Job {number},Team {number},{boss}")
            then.append((f"Person {one:03}", f"Job {number}", f"Team {number}", boss and f"Person {number:03}"))
        path.write_text("\n".join(lines) + "\n")
        command = ("import", "csv", str(path), "--as-of", day.isoformat())

        killed += shop.commands.run(*command, kill_after=shop.chance.uniform(0, 1.1)) == -9
        assert staff(shop.deployment.database, day) in (held, then), (number, "after the kill")
        assert shop.commands.run(*command) == 0
        held = then
        assert staff(shop.deployment.database, day) == held, (number, "after the repeat")
    assert [check.well for check in check_health(shop.deployment, at=AT) if check.name == "audit log"] == [True]
    assert killed >= rounds // 2


def staff(database: Database, day: date) -> list[tuple[str, ...]]:
    with database.reading() as session:
        found = people.snapshot(session)
    names = {one.id: one.display_name for one in found.employees}
    teams = {one.code: one.name for one in found.departments}
    bosses = {one.employee: names[one.manager] for one in found.reporting_lines if day in one.period}
    now = [one for one in found.employments if day in one.period]
    return sorted(
        (names[one.employee], one.job_title or "", teams[one.department or ""], bosses.get(one.employee, ""))
        for one in now
    )


@pytest.mark.long
def test_a_scoring_run_that_is_killed_leaves_the_run_before_and_is_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRAISE_DATA", str(tmp_path / "demo"))
    chance, killed = random.Random(7), 0  # noqa: S311  # moments, no secrets
    with commands(tmp_path / "demo") as ready:
        assert ready.run("demo", "--size", "small", "--no-serve", "--data", str(tmp_path / "demo")) == 0
        database = open_deployment(Settings()).database
        assert ready.run("score", "2025") == 0
        for number in range(20):
            before = finished_runs(database)
            code = ready.run("score", "2025", kill_after=chance.uniform(0, 1.1))
            killed += code == -9
            after = finished_runs(database)
            assert len(after) - len(before) == (0 if code == -9 and len(after) == len(before) else 1)
            assert set(after.values()) == set(before.values())  # as many results of each
            assert number % 5 or ready.run("score", "--again", "2025") == 0
        assert ready.run("score", "2025") == 0
        assert ready.run("doctor") == 0
    assert killed > 10


def finished_runs(database: Database) -> dict[str, int]:
    """With how many results each."""
    counted = (
        "SELECT r.id, count(s.run_id) FROM scoring_runs r JOIN cycles c ON c.id = r.cycle_id AND c.name = '2025' "
        "LEFT JOIN scorecards s ON s.run_id = r.id WHERE r.state = 'DONE' GROUP BY r.id"
    )
    with database.reading() as session:
        return dict(map(tuple, session.execute(text(counted))))
