"""Settings: read once from the environment by `bootstrap`, then passed on as a value."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from appraise.domain.origins import origin
from appraise.errors import InvalidInput

Network = IPv4Network | IPv6Network


def _address(text: str) -> str:
    found = origin(text.removesuffix("/"))
    if found is None:
        raise ValueError("it must be https://host, without a path; http is taken for this machine alone")
    return found


class TrustedMode(StrEnum):
    ALSO = "also"
    ONLY = "only"


class Settings(BaseSettings):
    """Each is an environment variable `APPRAISE_<NAME>`; the README lists them, a test keeps that list whole."""

    model_config = SettingsConfigDict(env_prefix="APPRAISE_", frozen=True)

    data: Path = Field(default=Path("appraise-data"), description="directory of the embedded database and event store")
    database_url: str | None = Field(default=None, description="PostgreSQL URL; SQLite under `data` where not set")
    events_url: str | None = Field(
        default=None,
        description="directory or s3://bucket/prefix in which the event tables lie; `data`/events where not set",
    )
    events_in_place: Path | None = Field(
        default=None, description="TOML file of event tables that are read where they are; none where not set"
    )
    protected_url: str | None = Field(
        default=None,
        description="separate database of protected attributes; an SQLite file of its own in `data` where not set",
    )
    files: Path | None = Field(
        default=None,
        description="directory of exports and uploads, one for all processes; `data`/files where not set",
    )
    secret: SecretStr | None = Field(
        default=None, description="key for customers' link keys and sessions; kept in `data`/secret where not set"
    )
    demo: bool = Field(default=False, description="offer sign-in without a password as people of the generated company")
    policy: Path | None = Field(default=None, description="policy document in force; the defaults where not set")
    issuers: Path | None = Field(
        default=None, description="TOML file of the identity providers whose tokens open the API; none where not set"
    )
    hosts: Path | None = Field(
        default=None, description="TOML file of the HR systems into which sections are written; none where not set"
    )
    subgraph_source: str | None = Field(
        default=None,
        min_length=1,
        description="whose ids a supergraph has for employees, e.g. `successfactors:userid`; no /subgraph without it",
    )
    public_url: Annotated[str, AfterValidator(_address)] | None = Field(
        default=None, description="address at which browsers reach the console, e.g. https://appraise.example.org"
    )
    engine: str = Field(
        default="duckdb",
        pattern=r"^(duckdb|local(\[(\d+|\*)\])?|(spark|sc)://[^\s/]+(/\S*)?)$",
        description="where scoring computes: duckdb, or Spark at spark://host:port or sc://host:port (Connect)",
    )
    memory_limit: str = Field(
        default="2GB",
        pattern=r"(?i)^\s*[1-9]\d*(\.\d+)?\s*([kmgt]i?b)\s*$",
        description="what the query engine may use, e.g. 2GB",
    )
    request_timeout: float = Field(
        default=30, gt=0, le=600, description="seconds after which a request to the API is stopped"
    )
    rate_limit: int = Field(
        default=600_000, ge=20_000, description="cost points that one principal may ask of the API in a minute"
    )
    response_cache: int = Field(
        default=64, ge=0, le=16_384, description="megabytes of answers that are kept until records change; 0 keeps none"
    )

    trusted_documents: TrustedMode = Field(
        default=TrustedMode.ALSO, description="`only`: the API runs no document but those of `schema/operations`"
    )

    webhook_retention: int = Field(
        default=90, ge=1, le=3650, description="days for which messages to webhooks and their deliveries are kept"
    )
    webhook_networks: str = Field(
        default="", description="networks, e.g. 10.2.0.0/16, into which webhooks may send though they are not public"
    )

    language: str = Field(
        default="en", pattern="^(en|de)$", description="of mails and printed sections for who chose none: `en` or `de`"
    )
    mail_server: SecretStr | None = Field(
        default=None,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://…, to tell people what there is to do",
    )
    mail_from: str | None = Field(default=None, description="sender of messages, e.g. Appraise <appraise@example.org>")

    def __init__(self, **values: Any) -> None:
        """Raises `InvalidInput` naming the first setting that cannot be read."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][0]).upper()
            described = type(self).model_fields[name.lower()].description
            is_pattern = first["type"] == "string_pattern_mismatch"  # nobody wants to read the pattern
            raise InvalidInput(
                f"the setting APPRAISE_{name} cannot be read",
                expected=described if is_pattern else f"{described} ({first['msg']})",
                hint="mend it in the environment; the README lists the settings with examples",
            ) from None

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """Raises `InvalidInput` naming what is no network."""
        found = []
        for part in self.webhook_networks.replace(",", " ").split():
            try:
                found.append(ip_network(part))
            except ValueError as error:
                raise InvalidInput(
                    f"the setting APPRAISE_WEBHOOK_NETWORKS cannot be read: {error}",
                    expected="networks or addresses with a comma between, e.g. 10.2.0.0/16, 192.168.7.9",
                ) from error
        return tuple(found)

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{(self.data / 'appraise.sqlite').resolve()}"

    @property
    def resolved_protected_url(self) -> str:
        return self.protected_url or f"sqlite:///{(self.data / 'protected.sqlite').resolve()}"

    @property
    def resolved_events_url(self) -> str:
        return self.events_url or str((self.data / "events").resolve())

    @property
    def resolved_files(self) -> Path:
        return (self.files or self.data / "files").resolve()
