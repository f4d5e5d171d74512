"""Bring a records database to the schema of this version, or back."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from appraise.errors import Fatal
from appraise.storage.database import Database, Session, lock
from appraise.storage.tables import METADATA

PACKAGED: Final = Path(__file__).parent / "migrations"
CHECKOUT: Final = Path(__file__).parents[3] / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """All in one transaction: a migration that is killed half-way leaves the database as it was."""
    with database.transaction() as session:
        lock(session, "migrate")
        command.upgrade(_config(session), revision)


def downgrade(database: Database, revision: str = "base") -> None:
    with database.transaction() as session:
        lock(session, "migrate")
        command.downgrade(_config(session), revision)


def current_revision(database: Database) -> str | None:
    """The migration that the database stands at; None where it has none yet."""
    with database.reading() as session:
        return MigrationContext.configure(session).get_current_revision()


def newest_revision() -> str | None:
    return ScriptDirectory(str(_directory())).get_current_head()


def differences(database: Database) -> list[str]:
    """What the database's schema has otherwise than the tables in code; empty where they agree."""
    with database.reading() as session:
        context = MigrationContext.configure(session, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, METADATA)]


def draft(database: Database, message: str) -> Path:
    """Write a new migration from the difference between the tables in code and this database; check it by hand."""
    with database.transaction() as session:
        script = command.revision(_config(session), message=message, autogenerate=True)
    if script is None or isinstance(script, list):
        message = "alembic wrote no single script"
        raise Fatal(message)
    return Path(script.path)


def _config(session: Session) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_directory()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = session
    return config


def _directory() -> Path:
    for directory in (PACKAGED, CHECKOUT):
        if (directory / "env.py").exists():
            return directory
    raise Fatal(f"the migrations are not in {PACKAGED}: the installation is incomplete")
