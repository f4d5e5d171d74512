"""Settings: read once from the environment by `bootstrap`, then passed on as a value."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each is an environment variable `APPRAISE_<NAME>`; the README lists them, a test keeps that list whole."""

    model_config = SettingsConfigDict(env_prefix="APPRAISE_", frozen=True)

    data: Path = Field(default=Path("appraise-data"), description="directory of the embedded database and event store")
    database_url: str | None = Field(default=None, description="PostgreSQL URL; SQLite under `data` where not set")
    events_url: str | None = Field(default=None, description="where the event tables lie; `data`/events where not set")
    secret: SecretStr | None = Field(
        default=None, description="key for customers' link keys and sessions; kept in `data`/secret where not set"
    )
    demo: bool = Field(default=False, description="offer sign-in without a password as people of the generated company")
    policy: Path | None = Field(default=None, description="policy document in force; the defaults where not set")
    memory_limit: str = Field(default="2GB", description="what the query engine may use, e.g. 2GB")

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data / 'appraise.sqlite').resolve()}"

    @property
    def resolved_events_url(self) -> str:
        return self.events_url or str((self.data / "events").resolve())
